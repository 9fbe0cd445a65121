"""Applying to be a supplier, asking for a new kind of service, and answering the garden."""

from collections.abc import Sequence

from marketplace.accounts import queries as people
from marketplace.accounts import use_cases as accounts
from marketplace.accounts.use_cases import HashCost
from marketplace.audit.use_cases import record
from marketplace.core import clock, places, taxonomy
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import format_date
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import BusinessGarden
from marketplace.organisations.use_cases import NewPerson, add_membership
from marketplace.outbox.use_cases import send
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.use_cases import details as write
from marketplace.suppliers.use_cases.details import SupplierApplication
from marketplace.vetting import queries, rules, second_review
from marketplace.vetting.models import Vetting, VettingDecision
from marketplace.vetting.notices import applications
from marketplace.vetting.use_cases.deciding import locked
from marketplace.vetting.use_cases.refusing import overtake_refusals


def home_garden(municipality_number: str, garden_id: int | None = None) -> BusinessGarden:
    """Return the garden that vets a supplier: the chosen one, the one covering its seat, else the nearest.

    Raises RuleBroken when there is none.
    """
    gardens = organisations.gardens()
    chosen = next((garden for garden in gardens if garden.id == garden_id), None)
    if garden_id is not None and chosen is None:
        raise RuleBroken(_("Choose one from the list."), "garden")
    found = chosen or organisations.garden_covering(municipality_number)
    if found:
        return found
    placed = [
        garden for garden in gardens if garden.municipality and places.find_municipality(municipality_number)
    ]
    if not placed:
        raise RuleBroken(_("No business garden is accepting applications yet. Try again later."), "garden")
    return min(placed, key=lambda garden: places.distance_km(municipality_number, garden.municipality_number))


def add_application(
    application: SupplierApplication,
    *,
    owner_id: int | None = None,
    actor: Viewer | None = None,
    tell: bool = True,
) -> Supplier:
    """Add a supplier that waits for approval, in the caller's transaction or its own. Raises RuleBroken.

    `owner_id` is the person who will act for it. With `tell` the garden's curators get a notice, the owner a receipt.
    """
    with transaction():
        garden = home_garden(application.basics.municipality_number, application.garden_id)
        supplier = Supplier(slug=organisations.unique_slug(application.basics.name), garden_id=garden.id)
        write.write_basics(supplier, application.basics)
        supplier.about, supplier.text_locale = application.about, application.text_locale
        offer = application.offer
        write.write_services(supplier, offer.services)
        write.write_trades(supplier, offer.sectors, offer.languages)
        write.write_area(supplier, offer.areas, remote=offer.remote, on_site=offer.on_site)
        supplier.price_from_nok, supplier.next_start = offer.price_from_nok, offer.next_start
        supplier.cases = [write.new_case(case) for case in application.cases]
        session.add(supplier)
        session.flush()
        if owner_id is not None:
            add_membership(owner_id, supplier.id, "owner")
        by = actor or Viewer(user_id=owner_id, organisation_id=supplier.id)
        categories = sorted({taxonomy.group_of(row.code) for row in supplier.services})
        opened = [_open_vetting(supplier, category, by, application.note) for category in categories]
        record(by, "supplier.apply", "organisation", supplier.id, categories=categories, garden=garden.id)
        if tell:
            _tell_of_application(supplier, opened, owner_id)
        return supplier


def _open_vetting(supplier: Supplier, category: str, by: Viewer, note: str) -> Vetting:
    opened = Vetting(
        supplier=supplier, category=category, garden_id=supplier.garden_id, state=rules.SUBMITTED
    )
    session.add(opened)
    session.flush()
    session.add(
        VettingDecision(
            vetting_id=opened.id, by_id=by.user_id, from_state="", to_state=rules.SUBMITTED, text=note
        )
    )
    return opened


def _tell_of_application(supplier: Supplier, opened: Sequence[Vetting], owner_id: int | None) -> None:
    categories = [item.category for item in opened]
    garden_id = opened[0].garden_id
    curators = organisations.recipients_for(garden_id, roles=("curator",))
    send(applications.application_received(supplier, categories, opened[0].id), curators)
    if owner_id is not None:
        owner = accounts.as_recipient(people.get_user(owner_id))
        send(
            applications.application_receipt(supplier, categories, organisations.garden(garden_id).name),
            [owner],
        )


def register_supplier(person: NewPerson, application: SupplierApplication, cost: HashCost) -> None:
    """Make an account and a supplier in one step, and mail a link that confirms the address. Raises RuleBroken.

    Says nothing of whether the address had an account: then its owner is told by mail, and there is no new supplier.
    """
    garden = home_garden(application.basics.municipality_number, application.garden_id)
    prepared = accounts.prepare_account(person, cost, application.basics.name, garden.name)
    with transaction():
        write.check_number(application.basics)
        user = accounts.register(prepared)
        if user is not None:
            _apply_for(user.id, application)


def found_supplier(viewer: Viewer, application: SupplierApplication) -> int:
    """Add a supplier for a person who is signed in; return the id of the membership. Raises RuleBroken."""
    with transaction():
        return _apply_for(viewer.user_id or 0, application)


def _apply_for(user_id: int, application: SupplierApplication) -> int:
    supplier = add_application(application, owner_id=user_id)
    return next(m.id for m in organisations.members(supplier.id) if m.user_id == user_id)


def open_new_kinds(viewer: Viewer, supplier: Supplier, note: str = "") -> int:
    """Apply for the kinds of service that a supplier sells but has no vetting for. Returns the number of applications.

    Called inside the transaction that changes the services.
    """
    have = {vetting.category for vetting in queries.vettings_of(supplier.id)}
    wanted = sorted({taxonomy.group_of(row.code) for row in supplier.services} - have)
    if supplier.garden_id is None and wanted:
        supplier.garden_id = home_garden(supplier.municipality_number).id
    opened = [_open_vetting(supplier, category, viewer, note) for category in wanted]
    if opened:
        record(
            viewer,
            "supplier.apply",
            "organisation",
            supplier.id,
            categories=wanted,
            garden=supplier.garden_id,
        )
        _tell_of_application(supplier, opened, viewer.user_id)
    return len(opened)


def submit_again(viewer: Viewer, vetting_id: int, note: str) -> Vetting:
    """Send an application again, or ask for renewal. Raises RuleBroken when nothing differs or it is too early."""
    if not viewer.is_owner:
        raise Forbidden
    with transaction():
        item = locked(vetting_id)
        if not viewer.is_supplier or item.supplier_id != viewer.organisation_id:
            raise NotFound
        stands = queries.standing_of(item)
        to_state = rules.result_of(rules.SUBMIT, stands)
        if to_state is None:
            raise RuleBroken(_("The business garden already has this application."))
        renewal = stands in {rules.DUE, rules.DORMANT}
        if stands == rules.DUE and item.submitted_at > (item.approved_at or item.submitted_at):
            raise RuleBroken(_("You have already requested this. The business garden will review it."))
        way = queries.ways_on(viewer).get(item.id)
        if way and way.appeal and way.appeal.state == second_review.WAITING:
            raise RuleBroken(
                _("Another garden is reviewing your appeal. You can apply again once it has replied.")
            )
        if (
            stands == rules.REFUSED
            and item.decided_at
            and rules.reapply_from(item.decided_at) > clock.today()
        ):
            day = format_date(rules.reapply_from(item.decided_at))
            raise RuleBroken(_("You can apply again from %(date)s.", date=day))
        earlier = [decision.text for decision in item.decisions]
        if not renewal and not rules.has_changed(item.supplier.updated_at, item.decided_at, note, earlier):
            raise RuleBroken(
                _(
                    "Nothing has changed since the business garden answered. Change your profile, or add new information."
                ),
                "note",
            )
        session.add(
            VettingDecision(
                vetting_id=item.id,
                by_id=viewer.user_id,
                from_state=stands,
                to_state=rules.SUBMITTED,
                text=note,
            )
        )
        overtake_refusals(item.supplier_id, item.id)
        item.state, item.submitted_at = to_state, clock.now()
        item.revision += 1
        record(viewer, "vetting.submit", "vetting", item.id, standing=stands)
        curators = organisations.recipients_for(item.garden_id, roles=("curator",))
        waits = applications.renewal_waits if renewal else applications.application_received
        send(waits(item.supplier, [item.category], item.id), curators)
        return item

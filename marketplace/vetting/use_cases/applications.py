"""Applying for approval, applying for more kinds of service, and sending an application again."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from marketplace.accounts import queries as people, use_cases as accounts
from marketplace.accounts.use_cases import HashCost, NewOrganisation
from marketplace.audit.queries import details_by_object
from marketplace.audit.use_cases import record
from marketplace.core import clock, taxonomy
from marketplace.core.collation import norwegian_order
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.use_cases import NewPerson, add_membership
from marketplace.outbox.use_cases import send
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.use_cases import details
from marketplace.suppliers.use_cases.details import SupplierApplication
from marketplace.vetting import appeal_rules, queries, rules
from marketplace.vetting.models import Vetting, VettingDecision
from marketplace.vetting.notices import applications, transfers
from marketplace.vetting.use_cases.decisions import lock_vetting
from marketplace.vetting.use_cases.refusals import supersede_refusals
from marketplace.vetting.use_cases.transfers import (
    leave_closed_garden,
    move_without_request,
    responsible_garden,
)


def add_application(
    application: SupplierApplication,
    *,
    owner_id: int | None = None,
    actor: Viewer | None = None,
    notify: bool = True,
) -> Supplier:
    """Add a supplier with applications for the kinds of service it sells. Raises RuleBroken.

    Runs in the caller's transaction, or its own. `owner_id` is the person who will act for the supplier. With
    `notify`, the garden's curators and the owner are notified.
    """
    with transaction():
        garden = responsible_garden(application.basics.municipality_number, application.garden_id)
        supplier = Supplier(slug=organisations.unique_slug(application.basics.name), garden_id=garden.id)
        details.write_basics(supplier, application.basics)
        supplier.about, supplier.text_locale = application.about, application.text_locale
        offer = application.offer
        details.write_services(supplier, offer.services)
        details.write_trades(supplier, offer.sectors, offer.languages)
        details.write_area(supplier, offer.areas, remote=offer.remote, on_site=offer.on_site)
        supplier.price_from_nok, supplier.next_start = offer.price_from_nok, offer.next_start
        supplier.cases = [details.new_case(case) for case in application.cases]
        session.add(supplier)
        session.flush()
        if owner_id is not None:
            add_membership(owner_id, supplier.id, "owner")
        by = actor or Viewer(user_id=owner_id, organisation_id=supplier.id)
        categories = sorted({taxonomy.group_of(row.code) for row in supplier.services})
        vettings = [_add_vetting(supplier, category, by, application.note) for category in categories]
        record(by, "supplier.apply", "organisation", supplier.id, categories=categories, garden=garden.id)
        if notify:
            _notify_of_application(supplier, vettings, owner_id)
        return supplier


def _add_vetting(supplier: Supplier, category: str, by: Viewer, note: str) -> Vetting:
    vetting = Vetting(
        supplier=supplier, category=category, garden_id=supplier.garden_id, state=rules.SUBMITTED
    )
    session.add(vetting)
    session.flush()
    session.add(
        VettingDecision(
            vetting_id=vetting.id, by_id=by.user_id, from_state="", to_state=rules.SUBMITTED, text=note
        )
    )
    return vetting


def _notify_of_application(supplier: Supplier, vettings: Sequence[Vetting], owner_id: int | None) -> None:
    categories = [vetting.category for vetting in vettings]
    garden_id = vettings[0].garden_id
    curators = organisations.recipients_for(garden_id, roles=("curator",))
    send(applications.application_received(supplier, categories, vettings[0].id), curators)
    if owner_id is not None:
        owner = accounts.as_recipient(people.get_user(owner_id))
        send(
            applications.application_sent(supplier, categories, organisations.garden(garden_id).name),
            [owner],
        )


def register_supplier(person: NewPerson, application: SupplierApplication, cost: HashCost) -> str:
    """Store a registration and e-mail a confirmation link. Raises RuleBroken.

    Returns the key with which the browser can request the e-mail again.

    Account, supplier and application are created when the link is used. The response does not reveal whether the
    address has an account: if it has, its owner gets an e-mail.
    """
    garden = responsible_garden(application.basics.municipality_number, application.garden_id)
    prepared = accounts.prepare_account(person, cost, application.basics.name, garden.name)
    with transaction():
        details.check_number(application.basics)
        values = details.application_to_json(application)
        return accounts.register(prepared, NewOrganisation("supplier", application.basics.name, values))


def add_registered_supplier(user_id: int, values: dict[str, Any]) -> None:
    """Add the supplier and applications of a confirmed registration, inside the caller's transaction. Raises RuleBroken."""
    _add_for_user(user_id, details.application_from_json(values))


def create_own_supplier(viewer: Viewer, application: SupplierApplication) -> int:
    """Create a supplier for a signed-in person. Returns the membership id. Raises RuleBroken."""
    with transaction():
        return _add_for_user(viewer.user_id or 0, application)


def _add_for_user(user_id: int, application: SupplierApplication) -> int:
    supplier = add_application(application, owner_id=user_id)
    return next(m.id for m in organisations.members(supplier.id) if m.user_id == user_id)


def apply_for_new_categories(viewer: Viewer, supplier: Supplier, note: str = "") -> int:
    """Apply for the kinds of service that a supplier sells but has no vetting for. Returns the number of applications.

    Called inside the transaction that changes the services.
    """
    have = {vetting.category for vetting in queries.vettings_of(supplier.id)}
    wanted = sorted({taxonomy.group_of(row.code) for row in supplier.services} - have)
    if wanted:
        leave_closed_garden(viewer, supplier)
    vettings = [_add_vetting(supplier, category, viewer, note) for category in wanted]
    if vettings:
        record(
            viewer,
            "supplier.apply",
            "organisation",
            supplier.id,
            categories=wanted,
            garden=supplier.garden_id,
        )
        _notify_of_application(supplier, vettings, viewer.user_id)
    return len(vettings)


def move_suppliers_of_closed_garden(viewer: Viewer, garden_id: int) -> None:
    """Move the suppliers of a closed garden to the responsible garden, and notify both of waiting applications.

    A supplier stays if no garden can be responsible for it. Called inside the transaction that closes the garden.
    """
    query = select(Supplier).where(Supplier.garden_id == garden_id, Supplier.is_active)
    for supplier in session.scalars(query.order_by(Supplier.id)).all():
        try:
            leave_closed_garden(viewer, supplier)
        except RuleBroken:
            continue
        _notify_of_waiting_applications(supplier)


def return_suppliers_of_reopened_garden(viewer: Viewer, garden_id: int) -> None:
    """Return the suppliers that left a garden because it was closed, and notify both gardens.

    When gardens have closed in turn, each supplier belongs to the earliest of its gardens that is open. A supplier stays
    if it has been transferred by agreement since, or is closed. Called inside the transaction that opens the garden.
    """
    garden = organisations.garden(garden_id)
    moves = details_by_object("supplier.move", "organisation")
    left = [int(id_) for id_, moves_of_one in moves.items() if _belongs_to(garden_id, moves_of_one)]
    query = select(Supplier).where(Supplier.id.in_(left), Supplier.is_active)
    returned: dict[int, list[str]] = {}
    for supplier in session.scalars(query.order_by(norwegian_order(Supplier.name), Supplier.id)).all():
        returned.setdefault(supplier.garden_id or 0, []).append(supplier.name)
        move_without_request(viewer, supplier, garden)
        _notify_of_waiting_applications(supplier)
    for former_id, names in returned.items():
        message = transfers.suppliers_returned(garden.name, names)
        send(message, organisations.recipients_for(former_id, roles=("curator",)))


def _belongs_to(garden_id: int, moves: Sequence[Mapping[str, Any]]) -> bool:
    """Return True if a supplier had a garden, since its last agreed transfer, before it had its current one."""
    gardens: list[int | None] = []
    for move in moves:
        gardens = [move["after"]] if "asked_by" in move else [*(gardens or [move["before"]]), move["after"]]
    return garden_id in gardens[: gardens.index(gardens[-1])]


def _notify_of_waiting_applications(supplier: Supplier) -> None:
    waiting = [one for one in queries.vettings_of(supplier.id) if one.state == rules.SUBMITTED]
    if waiting:
        _notify_of_application(supplier, waiting, None)


def submit_again(viewer: Viewer, vetting_id: int, note: str) -> Vetting:
    """Send an application again, or request renewal. Raises RuleBroken if nothing has changed or it is too early."""
    if not viewer.is_owner:
        raise Forbidden
    with transaction():
        vetting = lock_vetting(vetting_id)
        if not viewer.is_supplier or vetting.supplier_id != viewer.organisation_id:
            raise NotFound
        status = queries.status_of(vetting)
        to_state = rules.next_state(rules.SUBMIT, status)
        if to_state is None:
            raise RuleBroken(_("The business garden already has this application."))
        renewal = status in {rules.DUE, rules.DORMANT}
        if status == rules.DUE and vetting.submitted_at > (vetting.approved_at or vetting.submitted_at):
            raise RuleBroken(_("You have already requested this. The business garden will review it."))
        recourse = queries.recourse_by_vetting(viewer, [vetting]).get(vetting.id)
        if recourse and recourse.appeal and recourse.appeal.state == appeal_rules.WAITING:
            raise RuleBroken(
                _("Another garden is reviewing your appeal. You can apply again once it has replied.")
            )
        if (
            status == rules.REFUSED
            and vetting.decided_at
            and rules.reapply_from(vetting.decided_at) > clock.today()
        ):
            day = format_date(rules.reapply_from(vetting.decided_at))
            raise RuleBroken(_("You can apply again from %(date)s.", date=day))
        earlier = [decision.text for decision in vetting.decisions]
        if not renewal and not rules.has_changed(
            vetting.supplier.updated_at, vetting.decided_at, note, earlier
        ):
            raise RuleBroken(
                _(
                    "Nothing has changed since the business garden answered. Change your profile, or add new information."
                ),
                "note",
            )
        session.add(
            VettingDecision(
                vetting_id=vetting.id,
                by_id=viewer.user_id,
                from_state=status,
                to_state=rules.SUBMITTED,
                text=note,
            )
        )
        leave_closed_garden(viewer, vetting.supplier)
        supersede_refusals(vetting.supplier_id, vetting.id)
        vetting.state, vetting.submitted_at = to_state, clock.now()
        vetting.revision += 1
        record(viewer, "vetting.submit", "vetting", vetting.id, standing=status)
        curators = organisations.recipients_for(vetting.garden_id, roles=("curator",))
        waits = applications.renewal_requested if renewal else applications.application_received
        send(waits(vetting.supplier, [vetting.category], vetting.id), curators)
        return vetting

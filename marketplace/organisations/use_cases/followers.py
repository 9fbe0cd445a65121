"""Starting and ending a business garden's right to see and help a company."""

from sqlalchemy import or_, select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import read_and_release, session, sum_over_rows, transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import notices, queries
from marketplace.organisations.contacts import owner_contact
from marketplace.organisations.models import AREA, ASKED, BusinessGarden, Company, CompanyFollower
from marketplace.outbox.use_cases import send


def follow_company(company_id: int, garden_id: int, why: str, by: Viewer | None = None) -> bool:
    """Let a garden see and help a company for a reason; return False if it already did. Sends no notices.

    Raises NotFound if the company or the garden does not exist.
    """
    with transaction():
        company, garden, follower = _locked(company_id, garden_id, why)
        if follower is not None and follower.until is None:
            return False
        if follower is None:
            company.followers.append(CompanyFollower(garden=garden, why=why))
        else:
            follower.since, follower.until = clock.now(), None
        session.flush()
        record(by, "company.follow", "organisation", company_id, garden=garden_id, why=why)
        return True


def stop_following(company_id: int, garden_id: int, why: str, by: Viewer | None = None) -> bool:
    """End a garden's right for a reason; return False if it had none. Other reasons stay. Sends no notices.

    Raises NotFound if the company or the garden does not exist.
    """
    with transaction():
        _company, _garden, follower = _locked(company_id, garden_id, why)
        if follower is None or follower.until is not None:
            return False
        follower.until = clock.now()
        record(by, "company.stop_following", "organisation", company_id, garden=garden_id, why=why)
        return True


def _locked(
    company_id: int, garden_id: int, why: str
) -> tuple[Company, BusinessGarden, CompanyFollower | None]:
    """Lock a company, and return it with a garden and the row of the garden's right for a reason, if there is one."""
    queries.lock_organisation(company_id)
    company, garden = session.get(Company, company_id), queries.garden(garden_id)
    if company is None:
        raise NotFound
    query = select(CompanyFollower).where(
        CompanyFollower.company_id == company_id,
        CompanyFollower.garden_id == garden_id,
        CompanyFollower.why == why,
    )
    return company, garden, session.scalar(query)


def move_company(viewer: Viewer, company: Company, municipality_number: str) -> None:
    """Set a company's municipality and the garden that covers it, inside the caller's transaction.

    If the garden is another, both gardens and the company are notified.
    """
    change = queries.garden_change(company, municipality_number)
    company.municipality_number = municipality_number
    if change is None:
        return
    company.garden_id = change.new.id if change.new else None
    if change.old:
        stop_following(company.id, change.old.id, AREA, viewer)
    if change.new:
        follow_company(company.id, change.new.id, AREA, viewer)
    old = change.old.name if change.old and change.old.is_active else ""
    new = change.new.name if change.new else ""
    if change.old:
        stays = change.old in company.following_gardens
        message = notices.company_moved_away(company.name, company.place, new, company.id if stays else None)
        send(message, queries.recipients_for(change.old.id))
    if change.new:
        send(
            notices.company_moved_here(company.name, company.place, old, company.id, owner_contact(company)),
            queries.recipients_for(change.new.id),
        )
    send(notices.garden_changed(company.place, old, new), queries.recipients_for(company.id))


def follow_companies_without_garden() -> int:
    """Let the open garden that covers the place of a company follow it, if none does; return their number. A scheduled job.

    Saving a garden does the same, but not for the companies of an earlier version, which did not do it, and for one that
    registers at the same moment.
    """
    is_open = select(BusinessGarden.id).where(BusinessGarden.is_active)
    query = (
        select(Company.municipality_number)
        .where(Company.is_active, or_(Company.garden_id.is_(None), Company.garden_id.not_in(is_open)))
        .distinct()
        .order_by(Company.municipality_number)
    )
    return sum_over_rows(_follow_companies_in, read_and_release(query))


def _follow_companies_in(municipality_number: str) -> int:
    with transaction():
        garden = queries.garden_covering(municipality_number)
        return take_over_companies(None, garden) if garden else 0


def take_over_companies(viewer: Viewer | None, garden: BusinessGarden) -> int:
    """Let an open garden follow the companies in its municipalities, instead of the garden that followed them before.

    Joins the caller's transaction. Each company gets a notice; each garden gets one for all its companies. Returns their
    number.
    """
    is_elsewhere = Company.garden_id.is_distinct_from(garden.id)
    query = select(Company.id).where(
        Company.municipality_number.in_(garden.covered_municipalities), Company.is_active, is_elsewhere
    )
    former_gardens: list[BusinessGarden | None] = []
    for company_id in session.scalars(query.order_by(Company.id)).all():
        queries.lock_organisation(company_id)
        company = session.get_one(Company, company_id, populate_existing=True)
        is_covered = company.municipality_number in garden.covered_municipalities
        if not is_covered or company.garden_id == garden.id:  # because of another transaction meanwhile
            continue
        former = company.garden
        if former:
            stop_following(company.id, former.id, AREA, viewer)
        company.garden = garden
        follow_company(company.id, garden.id, AREA, viewer)
        former_gardens.append(former)
        notice = notices.garden_took_over(company.place, former.name if former else "", garden.name)
        send(notice, queries.recipients_for(company.id))
    if former_gardens:
        send(notices.companies_taken_over(len(former_gardens)), queries.recipients_for(garden.id))
    for former in dict.fromkeys(filter(None, former_gardens)):
        message = notices.companies_handed_over(garden.name, former_gardens.count(former))
        send(message, queries.recipients_for(former.id))
    return len(former_gardens)


def ask_to_follow(viewer: Viewer, garden_id: int) -> BusinessGarden:
    """Let a garden follow the viewer's company because it was asked, and notify both. Raises RuleBroken."""
    with transaction():
        company = queries.own_company(viewer)
        garden = next((one for one in queries.gardens() if one.id == garden_id), None)
        if garden is None:
            raise RuleBroken(_("Choose a business garden from the list."), "garden")
        if garden.id in queries.following_garden_ids(company):
            raise RuleBroken(_("%(garden)s already follows you.", garden=garden.name), "garden")
        follow_company(company.id, garden.id, ASKED, viewer)
        send(
            notices.asked_to_follow(company.name, company.id, owner_contact(company)),
            queries.recipients_for(garden.id),
        )
        send(notices.follower_added(garden.name), queries.recipients_for(company.id))
        return garden


def end_asked_following(viewer: Viewer, garden_id: int) -> BusinessGarden:
    """End the right that the viewer's company gave a garden, and notify both. A second call changes nothing.

    Raises NotFound if the company never asked the garden.
    """
    with transaction():
        company = queries.own_company(viewer)
        garden = queries.asked_garden(company, garden_id)
        if stop_following(company.id, garden.id, ASKED, viewer):
            send(notices.following_ended(company.name), queries.recipients_for(garden.id))
            send(notices.follower_removed(garden.name), queries.recipients_for(company.id))
        return garden

"""Recent reminders to companies, and which of the chosen companies can be reminded."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Integer, bindparam, func, select

from marketplace.accounts.models import User
from marketplace.accounts.use_cases import as_recipient
from marketplace.casework.models import CompanyReminder
from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.list_query import EVERYTHING
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company, Membership
from marketplace.organisations.queries import companies_followed_by, companies_query
from marketplace.outbox.messages import Recipient
from marketplace.outbox.queries import users_without_mail
from marketplace.outbox.topics import Topic

REPEAT_DAYS = 14


class SkipReason(StrEnum):
    """Reason why a chosen company is not reminded."""

    NOT_NEEDED = "not_needed"
    RECENT = "recent"
    NO_EMAIL = "no_email"


@dataclass(frozen=True, slots=True)
class ReminderRecipients:
    """The chosen companies that can be reminded, and the other chosen companies by the reason for leaving them out.

    `site_only` are companies among them that only see the reminder on the site, because all their recipients have turned
    off e-mail of this kind. `locales` counts the companies by the language of their first recipient. `not_followed` is
    the number of chosen companies that the garden does not follow.
    """

    companies: Sequence[Company]
    skipped: Mapping[SkipReason, Sequence[Company]]
    site_only: Sequence[Company]
    locales: Counter[str]
    not_followed: int


_RECENT = prepared(
    select(CompanyReminder)
    .where(
        CompanyReminder.company_id.in_(companies_followed_by(bindparam("garden_id", type_=Integer()))),
        CompanyReminder.cancelled_at.is_(None),
        CompanyReminder.send_at > bindparam("since"),
    )
    .order_by(CompanyReminder.send_at.desc(), CompanyReminder.id.desc())
)


def recent_reminders(viewer: Viewer, kind: str = "") -> dict[int, list[CompanyReminder]]:
    """Return the reminders of the last REPEAT_DAYS to the companies that the viewer's garden follows, newest first.

    Includes the reminders of other gardens, so that a company does not get the same reminder twice. Cancelled reminders
    are left out.
    """
    since = clock.now() - dt.timedelta(days=REPEAT_DAYS)
    reminders: dict[int, list[CompanyReminder]] = defaultdict(list)
    for reminder in session.scalars(_RECENT, {"garden_id": viewer.organisation_id, "since": since}):
        if kind in {"", reminder.kind}:
            reminders[reminder.company_id].append(reminder)
    return reminders


def waiting_reminders(viewer: Viewer) -> int:
    """Return the number of the viewer's reminders that have been queued but not sent."""
    query = select(func.count()).where(
        CompanyReminder.garden_id == viewer.organisation_id,
        CompanyReminder.by_id == viewer.user_id,
        CompanyReminder.sent_at.is_(None),
        CompanyReminder.cancelled_at.is_(None),
    )
    return session.scalar(query) or 0


def find_recipients(
    viewer: Viewer, kind: str, company_ids: Collection[int], states: Mapping[int, Collection[str]]
) -> ReminderRecipients:
    """Return which of the chosen companies can be reminded. `states` are the state codes of companies.

    Raises NotFound outside business gardens.
    """
    query = companies_query(viewer, EVERYTHING).where(Company.id.in_(company_ids))
    chosen = session.scalars(query).all()
    recent = recent_reminders(viewer, kind)
    people = company_recipients([company.id for company in chosen])
    without_mail = users_without_mail(
        Topic.REMINDERS, [one.user_id for several in people.values() for one in several]
    )
    companies, site_only, locales = [], [], Counter[str]()
    skipped: dict[SkipReason, list[Company]] = defaultdict(list)
    for company in chosen:
        if kind not in states.get(company.id, ()):
            skipped[SkipReason.NOT_NEEDED].append(company)
        elif company.id in recent:
            skipped[SkipReason.RECENT].append(company)
        elif not people[company.id]:
            skipped[SkipReason.NO_EMAIL].append(company)
        else:
            companies.append(company)
            locales[people[company.id][0].locale] += 1
            if all(one.user_id in without_mail for one in people[company.id]):
                site_only.append(company)
    return ReminderRecipients(companies, skipped, site_only, locales, len(set(company_ids)) - len(chosen))


def company_recipients(company_ids: Collection[int]) -> dict[int, list[Recipient]]:
    """Return the active owners of each company, or if it has none, all its active members, by company id."""
    query = (
        select(Membership.organisation_id, Membership.role, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id.in_(company_ids), User.is_active)
        .order_by(User.id)
    )
    owners: dict[int, list[Recipient]] = defaultdict(list)
    everybody: dict[int, list[Recipient]] = defaultdict(list)
    for company_id, role, user in session.execute(query):
        everybody[company_id].append(as_recipient(user))
        if role == "owner":
            owners[company_id].append(as_recipient(user))
    return defaultdict(list, everybody | owners)

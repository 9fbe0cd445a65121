"""Issuing a report: its figures are frozen, numbered and given a digest. Links let funders read issues without an account."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select, update

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import best_effort_write, lock_row, session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import format_datetime, gettext as _
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import send
from marketplace.programme.models.projects import ProjectPerson
from marketplace.programme.queries.projects import has_role
from marketplace.reporting.facts import ReportPeriod
from marketplace.reporting.models import ReportIssue, ReportLink
from marketplace.reporting.notices import report_issued
from marketplace.reporting.queries.issues import (
    WHOLE,
    IssueOwner,
    compute_content,
    compute_partner_parts,
    earlier_parts,
    issues_of,
    owner_for,
)
from marketplace.reporting.serialization import content_digest

MAX_LINK_DAYS = 1100
SETTLING_TIME = dt.timedelta(seconds=10)
"""How far back an issue looks: rows recorded by a transaction that has not committed yet would change its figures later."""


@dataclass(frozen=True, slots=True)
class IssueDetails:
    """The period to issue. `newest_number` is the newest issue that the form showed, 0 for none."""

    from_on: dt.date
    to_on: dt.date
    newest_number: int


@dataclass(frozen=True, slots=True)
class LinkDetails:
    """A link for a reader, such as the funder, with the language of its pages and the last day on which it works."""

    label: str
    locale: str
    last_day: dt.date


def issue_report(viewer: Viewer, slug: str, details: IssueDetails) -> ReportIssue:
    """Issue the report of a project, or of the viewer's garden if `slug` is empty, as of now, and notify colleagues.

    Raises Forbidden unless the viewer leads it, RuleBroken, or Conflict if somebody else has issued one meanwhile.
    """
    with transaction():
        owner = _leading_owner(viewer, slug)
        lock_row(BusinessGarden.id, owner.garden_id)
        issues = issues_of(owner)
        newest = issues[0] if issues else None
        if newest is not None and newest.number != details.newest_number:
            raise Conflict(
                _(
                    "Issue %(number)s was made %(time)s, after you opened the page. Read it before you issue another.",
                    number=newest.number,
                    time=format_datetime(newest.issued_at),
                )
            )
        if details.from_on > clock.today():
            raise RuleBroken(_("The date cannot be later than today."), "from_on")
        if details.to_on < details.from_on:
            raise RuleBroken(_("Choose a date after the first one."), "to_on")
        period = ReportPeriod(details.from_on, details.to_on, clock.now() - SETTLING_TIME)
        content, whole_bases = compute_content(owner, period, earlier_parts(issues))
        bases = {WHOLE: whole_bases}
        issue = ReportIssue(
            garden_id=owner.garden_id,
            project_id=owner.project_id,
            number=newest.number + 1 if newest else 1,
            from_on=period.from_on,
            to_on=period.to_on,
            as_of=period.as_of,
            content=content,
            partner_parts=compute_partner_parts(owner, period, content, bases, issues),
            bases=bases,
            digest=content_digest(content),
            issued_by_id=viewer.user_id,
        )
        session.add(issue)
        session.flush()
        record(viewer, "report.issue", "report", issue.id, number=issue.number, digest=issue.digest)
        path = f"{f'/programme/{slug}' if slug else ''}/report/issues/{issue.number}"
        send(report_issued(viewer.name, owner.name, issue, path), _colleagues(viewer, owner))
        return issue


def _colleagues(viewer: Viewer, owner: IssueOwner) -> list[Recipient]:
    """Return the curators of the garden and its members with a role in the project, without the viewer."""
    people = select(ProjectPerson.user_id).where(
        ProjectPerson.project_id == owner.project_id, has_role(clock.today())
    )
    curators = recipients_for(owner.garden_id, roles=("curator",))
    informed = {*session.scalars(people), *(one.user_id for one in curators)} - {viewer.user_id}
    return [one for one in recipients_for(owner.garden_id) if one.user_id in informed]


def create_link(viewer: Viewer, slug: str, details: LinkDetails) -> str:
    """Create a link to all issues, present and future; return its token, which is shown once. Raises RuleBroken."""
    with transaction():
        owner = _leading_owner(viewer, slug)
        days = (details.last_day - clock.today()).days
        if not 0 <= days <= MAX_LINK_DAYS:
            raise RuleBroken(_("Choose a day from today on, at most three years ahead."), "last_day")
        token = new_token()
        link = ReportLink(
            garden_id=owner.garden_id,
            project_id=owner.project_id,
            label=details.label,
            locale=details.locale,
            token_hash=token_hash(token),
            created_by_id=viewer.user_id,
            expires_at=clock.end_of_day(details.last_day),
        )
        session.add(link)
        session.flush()
        record(viewer, "report.create_link", "report_link", link.id)
        return token


def withdraw_link(viewer: Viewer, slug: str, link_id: int) -> None:
    """Make a link stop working. Raises NotFound for a link to another report."""
    with transaction():
        owner = _leading_owner(viewer, slug)
        link = session.get(ReportLink, link_id)
        if link is None or (link.garden_id, link.project_id) != (owner.garden_id, owner.project_id):
            raise NotFound
        if link.withdrawn_at is None:
            link.withdrawn_at = clock.now()
            record(viewer, "report.withdraw_link", "report_link", link.id)


def count_opening(link_id: int) -> None:
    """Count that a link was opened. The reader gets the report even if the database cannot be written to."""
    with best_effort_write(), transaction():
        session.execute(
            update(ReportLink)
            .where(ReportLink.id == link_id)
            .values(opened=ReportLink.opened + 1, last_opened_at=clock.now())
        )


def _leading_owner(viewer: Viewer, slug: str) -> IssueOwner:
    owner = owner_for(viewer, slug)
    if not owner.is_leader:
        raise Forbidden
    return owner

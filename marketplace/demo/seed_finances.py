"""Demo accounts of the project: hours, funding, costs, fees and state aid, and an issued report with a funder's link."""

import datetime as dt
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select

from marketplace.core import clock
from marketplace.core.currencies import MINOR_UNITS, RATE_UNITS
from marketplace.core.database import session
from marketplace.core.identifiers import token_hash
from marketplace.demo import content_files as content
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.timeline import Timeline
from marketplace.finance.models import FundingSource
from marketplace.finance.use_cases.aid import AidDetails, FeeDetails, note_fees, save_aid
from marketplace.finance.use_cases.hours import HoursDetails, approve_hours, save_hours
from marketplace.finance.use_cases.money import EntryDetails, Money, SourceDetails, save_entry, save_source
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project, ProjectPlace
from marketplace.programme.models.sessions import CourseSession
from marketplace.reporting.models import ReportLink
from marketplace.reporting.use_cases import IssueDetails, LinkDetails, create_link, issue_report

FUNDER_LINK = "demo-funder"
"""Token of the funder's link to the issued reports, the same in every demo, so that it can be printed."""
RECORDED_DAY, FEES_DAY = -11, -10
MONTHS = 3
FIRST_UNPAID = 60
"""Index of the first company whose fee is invoiced but not paid."""
DE_MINIMIS_EVERY = 6
"""The aid to every sixth company is de minimis aid."""


def seed_finances(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the accounts of the project and the issue of its report to the timeline."""
    accounts = content.accounts()
    timeline.add(RECORDED_DAY, "accounts", lambda: _Accounts(timeline, fixtures, accounts).record_money())
    timeline.add(
        RECORDED_DAY, "accounts", lambda: _Accounts(timeline, fixtures, accounts).record_hours(), minutes=30
    )
    timeline.add(FEES_DAY, "accounts", lambda: _Accounts(timeline, fixtures, accounts).note_fees_and_aid())
    timeline.add(
        accounts["issue"]["day"], "accounts", lambda: _Accounts(timeline, fixtures, accounts).issue()
    )


class _Accounts:
    def __init__(self, timeline: Timeline, fixtures: Fixtures, accounts: dict[str, Any]) -> None:
        self.timeline, self.fixtures, self.accounts = timeline, fixtures, accounts
        self.leader = fixtures.viewer(content.course()["leader"]["email"])
        self.project = session.scalars(select(Project)).one()
        self.places = {place.name: place.id for place in session.scalars(select(ProjectPlace))}

    def record_money(self) -> None:
        slug = self.project.slug
        for funding in self.accounts["funding"]:
            save_source(
                self.leader,
                slug,
                SourceDetails(funding["kind"], funding["name"], self._euro(funding["euro"])),
            )
        sources = {row.name: row.id for row in session.scalars(select(FundingSource))}
        for funding in self.accounts["funding"]:
            if "received" in funding:
                day = self.timeline.day(funding["day"])
                income = EntryDetails(self._euro(funding["received"]), day, sources[funding["name"]])
                save_entry(self.leader, slug, income)
            if "received_kroner" in funding:
                day = self.timeline.day(funding["day"])
                income = EntryDetails(_kroner(funding["received_kroner"]), day, sources[funding["name"]])
                save_entry(self.leader, slug, income)
        for cost in self.accounts["costs"]:
            money = self._euro(cost["euro"]) if "euro" in cost else _kroner(cost["kroner"])
            entry = EntryDetails(
                money,
                self.timeline.day(cost["day"]),
                category=cost["category"],
                place_id=self.places.get(cost.get("place", "")),
                reference=cost["reference"],
            )
            save_entry(self.leader, slug, entry)

    def record_hours(self) -> None:
        """Record the hours of the last three months.

        The leader's own hours wait for the approval of somebody else, and this month's hours of others for the leader's.
        """
        this_month = clock.today().replace(day=1)
        first_session = session.scalars(select(func.min(CourseSession.starts_at))).one()
        recorded = []
        for back in range(MONTHS):
            month = this_month - relativedelta(months=back)
            is_before_course = month < clock.to_local(first_session).date().replace(day=1)
            for row in self.accounts["hours"]:
                person = self.fixtures.viewer(row["email"])
                details = HoursDetails(
                    user_id=person.user_id or 0,
                    month=month,
                    place_id=self.places.get(row.get("place", "")),
                    activity="recruiting" if is_before_course else row["activity"],
                    minutes=round(row["hours"] * 60),
                )
                entry = save_hours(person, self.project.slug, details)
                if back:
                    recorded.append(entry.id)
        approve_hours(self.leader, self.project.slug, recorded)

    def note_fees_and_aid(self) -> None:
        query = (
            select(Participation)
            .where(Participation.project_id == self.project.id, Participation.state == "signed_up")
            .order_by(Participation.id)
        )
        seated = session.scalars(query).all()
        fee = round(self.accounts["fee_kroner"] * MINOR_UNITS)
        for state, companies in (("paid", seated[:FIRST_UNPAID]), ("invoiced", seated[FIRST_UNPAID:])):
            ids = [one.id for one in companies]
            note_fees(self.leader, self.project.slug, ids, FeeDetails(state, fee, clock.today()))
        amount = round(self.accounts["aid_kroner"] * MINOR_UNITS)
        for index, one in enumerate(one for one in seated if one.organisation_number):
            basis = "de_minimis" if index % DE_MINIMIS_EVERY == 0 else "article_28"
            aid = AidDetails(amount, basis, clock.today(), "2026-1")
            save_aid(self.leader, self.project.slug, one.id, aid)

    def issue(self) -> None:
        issue = self.accounts["issue"]
        period = IssueDetails(self.timeline.day(issue["from"]), self.timeline.day(issue["to"]), 0)
        issue_report(self.leader, self.project.slug, period)
        last_day = self.timeline.today + dt.timedelta(days=365)
        create_link(self.leader, self.project.slug, LinkDetails("Trøndelag fylkeskommune", "nb", last_day))
        link = session.scalars(select(ReportLink)).one()
        link.token_hash = token_hash(FUNDER_LINK)
        session.commit()

    def _euro(self, euro: float) -> Money:
        rate = self.accounts["rate"]
        day = self.timeline.day(rate["day"])
        return Money(round(euro * MINOR_UNITS), "EUR", round(rate["nok"] * RATE_UNITS), day)


def _kroner(kroner: float) -> Money:
    return Money(round(kroner * MINOR_UNITS), "NOK")

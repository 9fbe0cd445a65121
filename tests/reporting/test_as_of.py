"""The report as of a moment stays the same after any later change: marks, states, plans, briefs, money and erasures."""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from marketplace.accounts.models import User
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.finance.models import AidGrant, FundingSource, HoursEntry, MoneyEntry
from marketplace.organisations.models import CompanyFollower
from marketplace.privacy.use_cases import erase_user
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectPerson
from marketplace.programme.models.sessions import CourseSession, SessionFeedback
from marketplace.programme.use_cases.contact_data import clear_contact
from marketplace.proposals.models.offers import Award
from marketplace.reporting.facts import ReportPeriod
from marketplace.reporting.figures import ReportPart
from marketplace.reporting.models import ReportIssue
from marketplace.reporting.queries.facts import ReportScope
from marketplace.reporting.queries.issues import verify_issue
from marketplace.reporting.queries.report import build_report
from marketplace.reporting.use_cases import IssueDetails, issue_report
from marketplace.sourcing.models import Invitation
from marketplace.strategy.models.actions import ToolUse
from marketplace.strategy.models.assessment import AssessmentAnswer
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy, StrategyReview
from marketplace.strategy.use_cases.deletion import delete_plan_of
from marketplace.suppliers.models import Supplier, SupplierService
from marketplace.vetting.models import Vetting
from tests.factories import programme
from tests.factories.reporting import ReportedProject, add_fee, add_measurement, reported_project
from tests.support.sampling import Sampling

Edit = Callable[["World"], None]


class World:
    """A project with a random generator that chooses rows and values for edits."""

    def __init__(self, built: ReportedProject, seed: str) -> None:
        """Begin with the built project; edits use no other state."""
        self.built, self.draw = built, random.Random(seed)
        self.by = built.curator.user_id or 0

    def pick(self, model: type[Any]) -> Any:
        """Return a random row of a table, or None without any."""
        rows = session.scalars(select(model).order_by(model.id)).all()
        return self.draw.choice(rows) if rows else None


def mark_again(world: World) -> None:
    held, one = world.pick(CourseSession), world.pick(Participation)
    moved = dt.timedelta(minutes=world.draw.randint(-60, 600))
    kind = world.draw.choice(["here", "away", "excused"])
    programme.mark(held, one, kind, marked_at=held.starts_at + moved, recorded_at=clock.now())


def change_participation(world: World) -> None:
    one = world.pick(Participation)
    one.state = world.draw.choice(["signed_up", "withdrawn", "lead", "waiting"])
    one.withdrawal_reason = "time" if one.state == "withdrawn" else ""
    one.allows_figures = world.draw.choice([True, False])
    one.employees, one.municipality_number = world.draw.randint(0, 90), "5025"
    one.cohort_id = world.pick(Cohort).id


def erase_contact(world: World) -> None:
    clear_contact(world.pick(Participation))


def change_session(world: World) -> None:
    one = world.pick(CourseSession)
    one.cancelled_at = world.draw.choice([None, clock.now()])
    one.held_at, one.head_count = world.draw.choice([None, clock.now()]), world.draw.randint(0, 30)
    one.starts_at += dt.timedelta(days=1)
    one.ends_at += dt.timedelta(days=1, hours=1)


def lock_project_as_leader(world: World) -> None:
    project, person = world.pick(Project), world.pick(ProjectPerson)
    project.target_companies, project.sessions_needed = world.draw.randint(1, 200), world.draw.randint(1, 6)
    project.ends_on = world.draw.choice([None, clock.today()])
    if person is not None:
        person.percent = world.draw.randint(0, 100)
        if world.draw.random() < 0.05:
            session.delete(person)


def change_feedback(world: World) -> None:
    one = world.pick(SessionFeedback)
    one.answered_at, one.useful, one.used_before = clock.now(), world.draw.randint(1, 5), 4
    one.comment, one.allows_quote = world.draw.choice(["", "Fint."]), world.draw.choice([True, False])


def change_objective(world: World) -> None:
    one = world.pick(Objective)
    if one is None:
        return
    one.baseline_milli = world.draw.choice([None, 1_000, 90_000])
    one.target_milli = world.draw.randint(1, 100_000)
    one.removed_at = world.draw.choice([None, clock.now()])
    if world.draw.random() < 0.1:
        session.execute(delete(Objective).where(Objective.id == one.id))


def correct_measurement(world: World) -> None:
    old = world.pick(Measurement)
    if old is None:
        return
    replaced = set(session.scalars(select(Measurement.replaces_id)))
    kind = world.draw.choice(["new", "correct", "withdraw"])
    values = {} if kind == "new" or old.id in replaced else {"replaces_id": old.id}
    values |= {"is_withdrawn": True} if kind == "withdraw" and values else {}
    add_measurement(old.objective, world.by, clock.today(), world.draw.randint(1, 100_000), **values)


def change_strategy(world: World) -> None:
    one = world.pick(Strategy)
    if one is None:
        return
    if world.draw.random() < 0.05:
        delete_plan_of(None, one.company_id)
    else:
        one.completed_at = world.draw.choice([None, clock.now()])
        session.execute(update(Strategy).where(Strategy.id == one.id).values(started_at=clock.now()))


def change_review(world: World) -> None:
    one = world.pick(StrategyReview)
    if one is not None:
        one.verdict, one.answered_at = world.draw.choice(["ok", "changes"]), clock.now()


def change_answers(world: World) -> None:
    answer = session.scalars(select(AssessmentAnswer).order_by(AssessmentAnswer.code).limit(5)).first()
    if answer is not None:
        answer.value = world.draw.randint(0, 4)


def change_tool(world: World) -> None:
    one = world.pick(ToolUse)
    if one is not None:
        one.state = world.draw.choice(["drop", "in_use", "have"])
        if world.draw.random() < 0.1:
            session.delete(one)


def change_brief(world: World) -> None:
    one = world.pick(Brief)
    consent = world.draw.choice(["no", "totals", "individual"])
    one.answers = {} if world.draw.random() < 0.1 else one.answers | {"report_consent": consent}
    one.state, one.closed_at = world.draw.choice(["withdrawn", "awarded", "lapsed"]), clock.now()


def change_invitation(world: World) -> None:
    one = world.pick(Invitation)
    if one is None:
        return
    is_declined = world.draw.choice([True, False])
    one.declined_at = clock.now() if is_declined else None
    one.decline_reason = world.draw.choice(["too_far", "low_budget"]) if is_declined else ""
    if world.draw.random() < 0.1:
        session.delete(one)


def take_back_award(world: World) -> None:
    award = world.pick(Award)
    if award is not None:
        award.delivered_at = None
        if world.draw.random() < 0.3:
            session.delete(award)


def change_supplier(world: World) -> None:
    supplier, vetting = world.pick(Supplier), world.pick(Vetting)
    supplier.is_active = world.draw.choice([True, False])
    supplier.updated_at = clock.now()
    supplier.services = [SupplierService(code=world.draw.choice(["web.site", "ecm.shop", "con.social"]))]
    vetting.state = world.draw.choice(["approved", "suspended"])
    vetting.approved_at = clock.now()


def correct_accounts(world: World) -> None:
    model = world.draw.choice([HoursEntry, MoneyEntry, AidGrant, FundingSource])
    replaced = set(session.scalars(select(model.replaces_id)))
    rows = [one for one in session.scalars(select(model).order_by(model.id)) if one.id not in replaced]
    old = world.draw.choice(rows)
    amount = {HoursEntry: "minutes", AidGrant: "amount_ore", FundingSource: "agreed_minor"}.get(
        model, "amount_minor"
    )
    skipped = {"id", "recorded_at", "replaces_id", "approved_at", "approved_by_id", amount}
    copied = {
        column.key: getattr(old, column.key)
        for column in model.__table__.columns
        if column.key not in skipped
    }
    session.add(model(**copied, **{amount: world.draw.randint(0, 10_000)}, replaces_id=old.id))
    add_fee(world.pick(Participation), world.built.curator, world.draw.choice(["paid", "waived"]))


def approve_hours(world: World) -> None:
    one = world.pick(HoursEntry)
    if one.approved_at is None:
        one.approved_at, one.approved_by_id = clock.now(), world.built.approver.user_id


def stop_following(world: World) -> None:
    one = world.pick(CompanyFollower)
    one.until = world.draw.choice([None, clock.now()])


def erase_owner(world: World) -> None:
    if world.draw.random() < 0.1:
        owner = world.draw.choice(world.built.owners)
        user = session.get_one(User, owner.user_id)
        if user.erased_at is None:
            erase_user(None, user)


EDITS: Sequence[Edit] = (
    mark_again, change_participation, erase_contact, change_session, lock_project_as_leader, change_feedback, change_objective,
    correct_measurement, change_strategy, change_review, change_answers, change_tool, change_brief, change_invitation,
    take_back_award,
    change_supplier, correct_accounts, approve_hours, stop_following, erase_owner,
)  # fmt: skip


def reports(world: World, as_of: dt.datetime) -> list[tuple[ReportPart, ...]]:
    """Return the reports of the project, of one of its places, and of the garden, as of a moment."""
    period = ReportPeriod(
        clock.to_local(as_of).date() - dt.timedelta(days=20), clock.to_local(as_of).date(), as_of
    )
    project = world.built.project
    place_id = session.scalars(select(Cohort.place_id).order_by(Cohort.id)).first() or 0
    scopes = [
        ReportScope(project.garden_id, project.id),
        ReportScope(project.garden_id, project.id, (place_id,)),
        ReportScope(project.garden_id),
    ]
    return [build_report(scope, period) for scope in scopes]


def run_edits(world: World, count: int) -> None:
    """Compare the reports as of a moment, and an issue of it, before and after random edits, one a minute."""
    today = clock.today()
    details = IssueDetails(today - dt.timedelta(days=20), today, 0)
    with clock.as_of(clock.now() + dt.timedelta(seconds=20)):
        issue_id = issue_report(world.built.curator, world.built.project.slug, details).id
    as_of = clock.now() + dt.timedelta(seconds=20)
    expected = reports(world, as_of)
    assert sum(one.value or 0 for part in expected[0] for one in part.figures) > 0
    done = []
    for number in range(1, count + 1):
        edit = world.draw.choice(EDITS)
        done.append(edit.__name__)
        with clock.as_of(as_of + dt.timedelta(minutes=number)), transaction():
            edit(world)
    session.expire_all()
    changed = reports(world, as_of)
    differing = [
        (one, other)
        for before, after in zip(expected, changed, strict=True)
        for part, part_after in zip(before, after, strict=True)
        for one, other in zip(part.figures, part_after.figures, strict=False)
        if one != other
    ]
    assert differing == [], done[-5:]
    assert changed == expected
    assert verify_issue(session.get_one(ReportIssue, issue_id)).is_verified
    with clock.as_of(as_of + dt.timedelta(days=2)):
        assert reports(world, clock.now()) != expected


def test_report_as_of_a_moment_survives_random_edits(app: Flask, sampling: Sampling) -> None:
    run_edits(World(reported_project(), sampling.seed), 100)


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.both_databases
def test_report_as_of_a_moment_survives_thousand_random_edits(app: Flask, sampling: Sampling) -> None:
    run_edits(World(reported_project(companies=12), f"{sampling.seed} long"), 1000)

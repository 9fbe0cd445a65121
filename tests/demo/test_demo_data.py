"""Loaded demo data: every state is present, demo users have pending work, and two loads are identical."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief, BriefVersion, ClarificationQuestion
from marketplace.briefs.queries import phase_of
from marketplace.casework.models import CompanyReminder
from marketplace.core import clock
from marketplace.core.database import Base, session
from marketplace.core.viewer import Viewer
from marketplace.demo import use_cases as demo
from marketplace.demo.course_links import course_links
from marketplace.finance.models import FundingSource, HoursEntry
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import BusinessGarden, Company
from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import ProjectPerson
from marketplace.programme.models.sessions import AttendanceMark, CourseSession, SessionFeedback
from marketplace.proposals.job_facts import count_facts
from marketplace.proposals.lifecycle import STATES_WITH_LETTER, ProposalState
from marketplace.proposals.models.offers import Award, Evaluation, Proposal, SealedEvent
from marketplace.proposals.models.outcomes import Outcome
from marketplace.proposals.queries import shared_job_answers
from marketplace.sourcing.models import Invitation, RankingRun
from marketplace.strategy.completeness import StrategyPhase
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.plan import Strategy, StrategyReview
from marketplace.strategy.objective_state import Status
from marketplace.strategy.queries.objectives import objectives_of
from marketplace.strategy.queries.plan import plan_of, strategy_of
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries as suppliers
from marketplace.vetting.models import Appeal, Refusal, Vetting
from marketplace.vetting.queries import status_of

RANDOM_COLUMNS = {
    "password_hash",
    "sealed_link",
    "message_id",
    "data_key",
    "sealed_content",
    "sealed_submission",
    "sealed_reason",
    "hash",
    "previous_hash",
    "next_attempt_at",
    "sent_at",
    "calendar",
    "calendar_token_hash",
    "sealed_token",
    "token_hash",
    "uid",
}
RANDOM_TABLES = {"directory_revision"}
"""Tables whose rows are random numbers."""
FIRST_TIMES = {
    "asked_at",
    "awarded_at",
    "begun_at",
    "created_at",
    "invited_at",
    "proposed_at",
    "queued_at",
    "starts_at",
    "submitted_at",
}
"""Times with which a row begins."""
TEMPORARY_REFERENCE = re.compile(r"(?<='reference': \[')[\w-]{12}(?=')")
"""Temporary reference of a brief before it gets its number."""


def count(model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def viewer(email: str) -> Viewer:
    user = people.find_user_by_email(email)
    assert user is not None, email
    memberships = organisations.memberships_of(user.id)
    return organisations.viewer_for(user, memberships[0] if memberships else None)


def phases() -> Counter[str]:
    return Counter(phase_of(brief) for brief in session.scalars(select(Brief)))


def test_demo_data_is_complete(demo_app: Flask) -> None:
    assert demo.database_content() is demo.DatabaseContent.DEMO
    assert (count(BusinessGarden), count(Supplier), count(Company), count(Brief)) == (4, 45, 30, 26)
    assert phases() == {
        Phase.DRAFT: 3, Phase.IN_REVIEW: 1, Phase.OPEN: 7, Phase.EVALUATING: 4, Phase.AWARDED: 3, Phase.DELIVERED: 4,
        Phase.NO_AWARD: 1, Phase.WITHDRAWN: 1, Phase.LAPSED: 1, Phase.TERMINATED: 1,
    }  # fmt: skip
    statuses = Counter(status_of(vetting) for vetting in session.scalars(select(Vetting)))
    assert set(statuses) == {
        "submitted",
        "changes_requested",
        "approved",
        "due",
        "dormant",
        "refused",
        "suspended",
    }
    refusals = Counter(refusal.state for refusal in session.scalars(select(Refusal)))
    assert (refusals["proposed"], refusals["confirmed"]) == (1, statuses["refused"])
    assert [appeal.state for appeal in session.scalars(select(Appeal))] == ["waiting"]
    assert session.scalars(select(Supplier).where(Supplier.paused_at.is_not(None))).all()
    for model in (
        ClarificationQuestion,
        Evaluation,
        Award,
        Outcome,
        Invitation,
        SealedEvent,
        AuditEvent,
        Notice,
    ):
        assert count(model), model
    hashes = set(session.scalars(select(User.password_hash)))
    assert len(hashes) == 1, "one that nobody knows the password of, made once"
    _check_published_briefs_are_ranked()
    _check_closed_briefs_have_decided_offers()
    _check_no_timestamp_is_in_the_future()
    _check_rows_are_in_chronological_order()
    _check_courses_and_self_assessments_are_in_chronological_order()
    _check_answers_of_briefs_are_in_chronological_order()
    _check_old_notices_are_read_and_sent()
    _check_one_batch_of_reminders_is_sent_and_one_waits()
    _check_demo_users_have_pending_work()
    _check_course(demo_app)
    _check_strategies()
    _check_plan_with_results()
    _check_a_supplier_has_public_figures()


def _check_published_briefs_are_ranked() -> None:
    runs = {run.brief_version_id for run in session.scalars(select(RankingRun))}
    assert runs == {version.id for version in session.scalars(select(BriefVersion))}
    for invitation in session.scalars(select(Invitation)):
        assert invitation.ranking_run_id is not None
        assert invitation.place is not None, (invitation.brief.title, invitation.supplier.name)


def _check_closed_briefs_have_decided_offers() -> None:
    for brief in session.scalars(select(Brief)):
        states = Counter(session.scalars(select(Proposal.state).where(Proposal.brief_id == brief.id)))
        if phase_of(brief) not in {Phase.OPEN, Phase.EVALUATING}:
            assert set(states) <= {
                str(state) for state in STATES_WITH_LETTER | {ProposalState.AWARD_DECLINED}
            }
        assert states[ProposalState.AWARDED] == (
            phase_of(brief) in {Phase.AWARDED, Phase.DELIVERED, Phase.TERMINATED}
        )


def _check_no_timestamp_is_in_the_future() -> None:
    now = clock.now()
    columns = [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name
        in {"at", "created_at", "updated_at", "published_at", "submitted_at", "decided_at", "answered_at"}
    ]
    for column in columns:
        latest = session.scalar(select(func.max(column)))
        assert latest is None or latest <= now, column


def _check_rows_are_in_chronological_order() -> None:
    """Whatever happens to a row is after its first time; e-mails are queued again after the load."""
    for table in Base.metadata.sorted_tables:
        times = [one for one in table.columns if one.name.endswith("_at") and one.name != "next_attempt_at"]
        first = next((one for one in times if one.name in FIRST_TIMES), None)
        for column in times if first is not None else ():
            assert not session.scalar(select(func.count()).where(column < first)), column


def _check_courses_and_self_assessments_are_in_chronological_order() -> None:
    """Companies register, sign up and answer before their course, and answer again after it.

    The company that has answered at all stages took an earlier course.
    """
    stages: dict[int, dict[str, dt.datetime]] = {}
    for one in session.scalars(select(Assessment).where(Assessment.finished_at.is_not(None))):
        stages.setdefault(one.company_id, {})[one.stage] = one.finished_at or one.begun_at
    first, last = func.min(CourseSession.starts_at), func.max(CourseSession.ends_at)
    query = select(CourseSession.cohort_id, first, last).group_by(CourseSession.cohort_id)
    courses = {cohort_id: (begins, ends) for cohort_id, begins, ends in session.execute(query)}
    months = session.scalars(select(HoursEntry.month).where(HoursEntry.activity == "course")).all()
    assert min(months) >= min(begins for begins, _ends in courses.values()).date().replace(day=1)
    for seat in session.scalars(select(Participation).where(Participation.confirmed_at.is_not(None))):
        begins, ends = courses[seat.cohort_id or 0]
        answered = stages.get(seat.company_id or 0, {})
        order = [
            seat.company.created_at if seat.company else None,
            seat.created_at,
            seat.confirmed_at,
            begins,
        ]
        if "later" in answered:
            assert answered["start"] < answered["end"] < answered["later"]
        else:
            assert answered.get("start", begins) <= begins, seat.company_name
            assert answered.get("end", ends) >= ends, seat.company_name
        times = [time for time in order if time is not None]
        assert times == sorted(times), seat.company_name


def _check_answers_of_briefs_are_in_chronological_order() -> None:
    codes = ("response_deadline", "decision_date", "start_from", "finish_by")
    for brief in session.scalars(select(Brief)):
        dates = [brief.answers[code] for code in codes if brief.answers.get(code)]
        assert dates == sorted(dates), brief.reference
    for award in session.scalars(select(Award)):
        answers = award.proposal.brief.answers
        dates = [answers["response_deadline"], str(award.awarded_at.date()), str(award.start_on)]
        assert dates == sorted(dates), award.proposal.brief.reference
        assert str(award.start_on) >= answers["start_from"], award.proposal.brief.reference


def _check_old_notices_are_read_and_sent() -> None:
    waiting = session.scalars(select(OutboxMail).where(OutboxMail.state == "waiting")).all()
    assert not session.scalar(
        select(func.count()).where(OutboxMail.state == "sent", OutboxMail.sealed_link != "")
    )
    assert len(waiting) < 40
    unread = Counter(session.scalars(select(Notice.user_id).where(Notice.read_at.is_(None))))
    assert max(unread.values()) < 20


def _check_one_batch_of_reminders_is_sent_and_one_waits() -> None:
    reminders = session.scalars(select(CompanyReminder)).all()
    assert all(reminder.cancelled_at is None for reminder in reminders)
    sent = {reminder.kind: reminder.sent_at is not None for reminder in reminders}
    assert sent == {"no_strategy": True, "strategy_started": False}
    assert len({reminder.company_id for reminder in reminders}) >= 4


def _check_demo_users_have_pending_work() -> None:
    shown = demo.demo_people()
    assert [person["first_name"] for person in shown] == ["Marit", "Tone", "Ingrid", "Sivert", "Mads"]
    marit, tone, ingrid, sivert, _mads = (viewer(person["email"]) for person in shown)
    own = {
        phase_of(brief)
        for brief in session.scalars(select(Brief).where(Brief.company_id == marit.organisation_id))
    }
    assert own == {Phase.DRAFT, Phase.OPEN, Phase.EVALUATING}
    waiting = select(Invitation).join(Invitation.brief).where(Invitation.supplier_id == tone.organisation_id)
    assert sum(phase_of(invitation.brief) is Phase.OPEN for invitation in session.scalars(waiting)) >= 2
    letters = select(Proposal).where(
        Proposal.supplier_id == tone.organisation_id,
        Proposal.state == ProposalState.NOT_SELECTED,
        Proposal.outcome_seen_at.is_(None),
    )
    assert session.scalars(letters).all()
    queue = select(Vetting).where(Vetting.garden_id == ingrid.organisation_id)
    statuses = Counter(status_of(vetting) for vetting in session.scalars(queue))
    assert statuses["submitted"] >= 3
    assert statuses["due"] >= 1
    assert len(suppliers.pending_reviews(ingrid).refusals) == 1
    assert ingrid.is_curator
    assert sivert.is_admin


def _check_course(demo_app: Flask) -> None:
    participations = session.scalars(select(Participation)).all()
    states = Counter(one.state for one in participations)
    assert (len(participations), states["signed_up"], states["waiting"]) == (97, 82, 2)
    sessions = session.scalars(select(CourseSession)).all()
    assert (len(sessions), sum(one.held_at is not None for one in sessions)) == (24, 14)
    assert sum(clock.to_local(one.starts_at).date() == clock.today() for one in sessions) == 1
    assert all(clock.to_local(one.starts_at).hour == 13 for one in sessions)
    assert set(session.scalars(select(AttendanceMark.mark))) == {"here", "late", "excused", "away"}
    answered = session.scalars(select(SessionFeedback).where(SessionFeedback.answered_at.is_not(None))).all()
    assert len(answered) > 30
    assert any(one.comment for one in answered)
    shares = session.execute(select(ProjectPerson.role, ProjectPerson.percent)).all()
    assert sorted(share for role, share in shares if role == "leader") == [50]
    assert (len(shares), sum(share for _role, share in shares)) == (4, 100)
    agreed = session.execute(
        select(FundingSource.kind, FundingSource.currency, FundingSource.agreed_minor)
    ).all()
    assert {(kind, currency): minor for kind, currency, minor in agreed} == {
        ("public", "EUR"): 80_000_00, ("fee", "EUR"): 40_000_00, ("bank", "EUR"): 60_000_00,
    }  # fmt: skip
    links = dict(course_links())
    adviser = viewer(demo.demo_people()[2]["email"])
    browser: Any = demo_app.test_client()
    assert {label: browser.get(path).status_code for label, path in links.items()} == dict.fromkeys(
        links, 200
    ) | {"Oppmøte, som næringshage": 303}
    assert browser.sign_in(adviser.user_id).get(links["Oppmøte, som næringshage"]).status_code == 200


def _check_strategies() -> None:
    """Companies have strategies in all phases, and reviews with each answer."""
    strategies = session.scalars(select(Strategy)).all()
    assert len(strategies) == 20
    phases = Counter(plan_of(strategy).phase for strategy in strategies)
    assert min(phases[phase] for phase in StrategyPhase) >= 2
    due = [one for one in strategies if one.completed_at and one.content["review_on"] < str(clock.today())]
    assert len(due) == 1
    assert set(session.scalars(select(StrategyReview.verdict))) == {"", "ok", "changes"}


def _check_plan_with_results() -> None:
    """One demo user has completed every step from self-assessment to a measured result of an objective."""
    stages = Counter(session.scalars(select(Assessment.stage).where(Assessment.finished_at.is_not(None))))
    assert (stages["start"] > 20, stages["end"] > 5, stages["later"]) == (True, True, 1)
    mads = viewer(demo.demo_people()[-1]["email"])
    strategy = strategy_of(mads.organisation_id)
    assert strategy is not None
    assert strategy.completed_at is not None
    assert strategy.shared_at is not None
    assert session.scalars(
        select(StrategyReview.verdict).where(StrategyReview.strategy_id == strategy.id)
    ).all() == ["ok"]
    brief = session.scalars(select(Brief).where(Brief.company_id == mads.organisation_id)).one()
    assert phase_of(brief) is Phase.DELIVERED
    [objective] = [one for one in objectives_of(strategy) if one.objective.id == brief.objective_id]
    assert [one.brief_reference for one in objective.valid if one.origin == "outcome"] == [brief.reference]
    assert objective.valid[-1].measured_on - objective.valid[0].measured_on > dt.timedelta(days=270)
    assert objective.state.status is Status.REACHED


def _check_a_supplier_has_public_figures() -> None:
    suppliers = session.scalars(select(Supplier).order_by(Supplier.id))
    shown = [facts for one in suppliers if (facts := count_facts(shared_job_answers(one.id)))]
    assert [len(facts) for facts in shown] == [3], "how jobs went is shown from three jobs on"


def dump() -> dict[str, list[dict[str, Any]]]:
    """Return all rows without randomly generated secrets."""
    offers = {
        str(offer.id): f"offer of {offer.supplier_id} to {offer.brief_id}"
        for offer in session.scalars(select(Proposal))
    }

    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name in RANDOM_TABLES:
            continue
        order = (
            (table.c.brief_id, table.c.supplier_id) if table.name == "proposal" else table.primary_key.columns
        )
        # SQLite gives the ids of sealed events, which are deleted at the deadline, to later ones; PostgreSQL does not,
        # and the first load may be a copy made on SQLite.
        # Facts of one commit are in the order of their rows' ids, and those of offers are random.
        ignored = RANDOM_COLUMNS | ({"id"} if table.name in {"sealed_event", "report_fact"} else set())
        found[table.name] = [
            {key: _written(value, offers) for key, value in row._mapping.items() if key not in ignored}
            for row in session.execute(select(table).order_by(*order))
        ]
    found["report_fact"].sort(key=repr)
    return found


def _written(value: Any, offers: dict[str, str]) -> str:
    """Return a value as text, with mappings sorted."""
    if isinstance(value, dict):
        return str(sorted(_with_names(str(item), offers) for item in value.items()))
    return _with_names(str(value), offers)


def _with_names(text: str, offers: dict[str, str]) -> str:
    """Replace the random ids of offers in a text by names."""
    text = TEMPORARY_REFERENCE.sub("", text)
    return re.sub(r"\d{5,}", lambda found: offers.get(found[0], found[0]), text)


@pytest.mark.exhaustive
def test_second_load_gives_same_rows(demo_app: Flask, command: Callable[..., Result]) -> None:
    first = dump()
    said = command("demo", "--reset")
    assert said.exit_code == 0, said.output
    deliver_due(demo_app.config["SETTINGS"])  # as after the first load
    second = dump()
    for name, rows in first.items():
        assert [pair for pair in zip(rows, second[name], strict=True) if pair[0] != pair[1]] == [], name

"""Concurrent saves, submits and awards from twelve threads."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from marketplace.audit.models import AuditEvent
from marketplace.briefs.use_cases import extend_deadline, withdraw as withdraw_brief
from marketplace.core.database import session
from marketplace.core.errors import Conflict, MarketplaceError
from marketplace.outbox.models import Notice
from marketplace.proposals import queries, use_cases
from marketplace.proposals.models.offers import Award, Proposal, ProposalRevision
from tests.factories.offers import full_content
from tests.proposals.conftest import AFTER, DEADLINE_DAY
from tests.support.concurrency import run_concurrently

pytestmark = pytest.mark.both_databases


def test_concurrent_saves_create_one_offer(app, market):
    session.commit()
    results = run_concurrently(
        app, lambda _n: use_cases.save(market.kvistverk, market.reference, full_content()) and None
    )
    assert results == ["done"] * 12
    assert session.scalar(select(func.count()).select_from(Proposal)) == 1


def test_concurrent_submits_store_one_revision(app, market):
    revision = use_cases.save(market.kvistverk, market.reference, full_content()).revision
    session.commit()
    results = run_concurrently(
        app, lambda _n: use_cases.submit(market.kvistverk, market.reference, revision) and None
    )
    assert results == ["done"] * 12
    assert session.scalar(select(func.count()).select_from(ProposalRevision)) == 1
    assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_concurrent_submits_of_suppliers_are_all_stored(app, market):
    names = [f"byra{number}" for number in range(12)]
    for name in names:
        market.supplier(name)
    session.commit()

    def send(number):
        viewer = market.people[names[number]]
        saved = use_cases.save(viewer, market.reference, full_content())
        use_cases.submit(viewer, market.reference, saved.revision)

    assert run_concurrently(app, send) == ["done"] * 12
    assert session.scalar(select(func.count()).where(Proposal.state == "submitted")) == 12


def test_concurrent_awards_create_one_award(app, opened, replies):
    live = [offer.id for offer in queries.offers_for(opened.owner, opened.reference).live]
    answers = {number: replies(opened, number) for number in live}
    session.commit()

    def choose(number):
        chosen = live[number % 3]
        details = use_cases.AwardDetails(chosen, 92_000, dt.date(2027, 1, 11), "Dere forsto oss.")
        use_cases.award(opened.owner, opened.reference, details, answers[chosen])

    results = run_concurrently(app, choose)
    assert results.count("done") == 1
    assert all(result == "done" or isinstance(result, Conflict) for result in results)
    assert session.scalar(select(func.count()).select_from(Award)) == 1
    assert session.scalar(select(func.count()).where(Proposal.state == "awarded")) == 1
    assert session.scalar(select(func.count()).where(Proposal.state == "submitted")) == 0


def test_concurrent_award_and_no_award_end_in_one_state(app, opened, replies):
    number = opened.proposal("kvistverk").id
    answers = replies(opened, number)
    session.commit()

    def decide(which):
        if which % 2:
            use_cases.choose_nobody(
                opened.owner, opened.reference, use_cases.RejectionReply("postponed", "Vi venter et år.")
            )
        else:
            details = use_cases.AwardDetails(number, 92_000, dt.date(2027, 1, 11), "Dere forsto oss.")
            use_cases.award(opened.owner, opened.reference, details, answers)

    assert run_concurrently(app, decide).count("done") == 1
    awarded = session.scalar(select(func.count()).where(Proposal.state == "awarded"))
    assert awarded == session.scalar(select(func.count()).select_from(Award))
    assert (opened.brief.state == "awarded") == bool(awarded)


def test_brief_withdrawn_during_submits_leaves_no_open_offer(app, market):
    names = [f"byra{number}" for number in range(11)]
    revisions = {}
    for name in names:
        market.supplier(name)
        revisions[name] = use_cases.save(market.people[name], market.reference, full_content()).revision

    def act(number):
        if number == len(names):
            withdraw_brief(market.owner, market.reference, "Vi skal ikke ha nettbutikk likevel.")
        else:
            name = names[number]
            use_cases.submit(market.people[name], market.reference, revisions[name])

    results = run_concurrently(app, act)
    assert results[-1] == "done"
    assert all(result == "done" or isinstance(result, MarketplaceError) for result in results)
    states = session.scalars(select(Proposal.state)).all()
    assert set(states) <= {"closed_unjudged", "draft", "not_sent"}
    assert states.count("closed_unjudged") == results[:-1].count("done")
    assert market.brief.state == "withdrawn"


def test_concurrent_extension_and_early_opening_are_exclusive(app, market):
    for name in ("kvistverk", "myrull", "skogsfjord"):
        market.send(name)

    def act(number):
        if number % 2:
            return str(use_cases.open_early(market.owner, market.reference))
        extend_deadline(market.owner, market.reference, DEADLINE_DAY + dt.timedelta(days=number + 1))
        return "extended"

    results = run_concurrently(app, act)
    given, opened = results.count("extended"), results.count("True")
    assert opened == 1
    assert given <= 2
    assert all(isinstance(result, str | MarketplaceError) for result in results)
    assert market.brief.extensions == given
    acts = session.scalars(
        select(AuditEvent.action)
        .where(AuditEvent.action.in_(["brief.extend", "brief.opened"]))
        .order_by(AuditEvent.id)
    ).all()
    assert acts == ["brief.extend"] * given + ["brief.opened"]


def test_concurrent_extension_and_scheduled_opening_extend_once(app, market, at_noon):
    at_noon.move_to(AFTER, tick=False)

    def act(number):
        if number % 2:
            return str(use_cases.open_due())
        use_cases.extend_without_offers(market.owner, market.reference, dt.date(2026, 12, 21))
        return "extended"

    results = run_concurrently(app, act)
    assert results.count("extended") == 1
    assert all(isinstance(result, str | MarketplaceError) for result in results)
    assert market.brief.extensions == 1
    assert results.count("1") <= 1

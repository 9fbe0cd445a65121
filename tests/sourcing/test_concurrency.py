"""Concurrent publication and invitation: no duplicates, and limits hold."""

import pytest
from sqlalchemy import func, select

from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import BriefVersion
from marketplace.core.database import session
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.outbox.models import Notice
from marketplace.sourcing import use_cases
from marketplace.sourcing.models import Invitation, RankingRun
from tests import factories
from tests.factories.briefs import draft
from tests.support.concurrency import run_concurrently

pytestmark = pytest.mark.both_databases


@pytest.fixture
def partner(market):
    """Another owner of the company."""
    from marketplace.organisations.models import Company

    return factories.member(session.get_one(Company, market.owner.organisation_id))


def _count(model):
    return session.scalar(select(func.count()).select_from(model))


def test_concurrent_invites_of_same_suppliers_create_one_each(app, market, publish, partner):
    reference = publish()
    ids = [market.suppliers[name].id for name in ("Kvistverk", "Myrull")]
    session.commit()
    owners = (market.owner, partner)
    results = run_concurrently(
        app, lambda n: str(use_cases.invite_suppliers(owners[n % 2], reference, ids)), 8
    )
    assert sorted(results) == ["0"] * 7 + ["2"]
    assert _count(Invitation) == 2
    kinds = session.scalars(select(Notice.kind).where(Notice.kind == "invited")).all()
    assert len(kinds) == 2


def test_concurrent_invites_of_different_suppliers_obey_limit(app, market, publish, partner):
    for number in range(8):
        market.add(f"Butikk {number}", "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    reference = publish(invite_count=3)
    ids = [market.suppliers[f"Butikk {number}"].id for number in range(8)]
    session.commit()
    owners = (market.owner, partner)
    results = run_concurrently(
        app, lambda n: str(use_cases.invite_suppliers(owners[n % 2], reference, [ids[n]])), 8
    )
    assert results.count("1") == 3
    assert sum(isinstance(result, RuleBroken) for result in results) == 5
    assert _count(Invitation) == 3


def test_concurrent_publish_stores_one_run(app, market, partner):
    reference = draft(market.owner).reference
    owners = (market.owner, partner)
    results = run_concurrently(
        app, lambda n: use_cases.publish_brief(owners[n % 2], reference, confirmed=True) and "done", 6
    )
    assert results.count("done") == 1
    assert sum(isinstance(result, Conflict) for result in results) == 5
    assert (_count(BriefVersion), _count(RankingRun)) == (1, 1)
    assert session.scalars(select(AuditEvent).where(AuditEvent.action == "brief.publish")).one()


def test_concurrent_submits_in_browsers_both_reach_ranking(app, market, sign_in, partner):
    reference = draft(market.owner).reference
    browsers = [sign_in(market.owner), sign_in(partner)] * 2
    for browser in browsers:
        browser.csrf_token()  # else two concurrent requests would each create a CSRF secret
    session.commit()

    def publish(number):
        answer = browsers[number].post(f"/briefs/{reference}/publish", data={"confirmed": "yes"})
        return f"{answer.status_code} {answer.location}"

    assert set(run_concurrently(app, publish, 4)) == {f"303 /briefs/{reference}/ranking"}
    chosen = {"supplier": str(market.suppliers["Kvistverk"].id)}

    def ask(number):
        return browsers[number].post(f"/briefs/{reference}/invite", data=chosen).status_code

    assert run_concurrently(app, ask, 4) == [303] * 4
    assert _count(Invitation) == 1


def test_concurrent_decline_and_undo_end_in_one_state(app, market, publish):
    reference, supplier = publish(), market.people["Kvistverk"]
    use_cases.invite_suppliers(market.owner, reference, [market.suppliers["Kvistverk"].id])

    def answer(number):
        if number % 2:
            use_cases.decline(supplier, reference, "too_small")
        else:
            use_cases.reconsider(supplier, reference)

    assert run_concurrently(app, answer, 8) == ["done"] * 8
    row = session.scalars(select(Invitation)).one()
    assert (row.state, bool(row.decline_reason)) in {("declined", True), ("seen", False), ("invited", False)}
    notices = session.scalars(select(Notice.kind).where(Notice.user_id == market.owner.user_id)).all()
    no, yes = (notices.count(f"invitation_{word}") for word in ("declined", "reconsidered"))
    assert no - yes == (row.state == "declined")

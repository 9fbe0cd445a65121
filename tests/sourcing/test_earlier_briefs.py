"""Earlier briefs similar to a brief, listed below it with their outcome for viewers who may see them."""

import datetime as dt

import pytest

from marketplace.briefs import queries as briefs
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.cache import BoundedCache
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.proposals import queries
from marketplace.proposals.models.offers import Proposal
from marketplace.proposals.models.outcomes import Outcome, OutcomeAnswer
from marketplace.sourcing import use_cases
from marketplace.sourcing.queries import similar_briefs
from tests import factories
from tests.factories.briefs import draft, full_answers
from tests.project.test_statements import MAX_STATEMENTS, statements_of

ANOTHER_JOB = {
    "services": ["ecm.shop", "con.copy", "med.film", "ops.hosting"],
    "title": "Safe boats at sea",
    "problem": (
        "Our three boats have been without a working radio log since autumn, and nobody ashore can read what the crew "
        "wrote. Twice this year a trip was stopped, and the insurer asks for proof that we cannot give."
    ),
    "goal": "Each trip is logged, and the office ashore reads the log within an hour.",
    "current_state": "Paper logs in a drawer, one old laptop in each boat, no network out at sea.",
    "audience_text": "Eleven skippers and deckhands, two clerks and an auditor from the insurer.",
    "deliverables": ["Log for three boats", "Manual for skippers"],
    "must_have": ["Works offline"],
    "nice_to_have": [],
}
HEADING = "Earlier briefs similar to this one"


@pytest.fixture
def far_owner(market) -> Viewer:
    away = session.get(BusinessGarden, market.elsewhere.organisation_id)
    return factories.member(factories.company("Ytterholmen fiskemottak", of=away))


def publish_as(viewer: Viewer, **changes: object) -> str:
    reference = draft(viewer, **changes).reference
    return use_cases.publish_brief(viewer, reference, confirmed=True).reference


def earlier_briefs(viewer: Viewer, reference: str) -> list[queries.SimilarBriefOutcome]:
    return queries.similar_brief_outcomes(viewer, briefs.brief_view_for(viewer, reference))


def references(viewer: Viewer, reference: str) -> list[str]:
    return [one.earlier.brief.reference for one in earlier_briefs(viewer, reference)]


def brief_of(reference: str) -> Brief:
    return session.query(Brief).filter_by(reference=reference).one()


def add_offer(market, reference: str, supplier: str, state: str = "submitted") -> None:
    brief, seller = brief_of(reference), market.suppliers[supplier]
    session.add(
        Proposal(
            brief_id=brief.id,
            supplier_id=seller.id,
            brief_version_id=brief.versions[-1].id,
            created_by_id=market.people[supplier].user_id,
            state=state,
        )
    )
    session.commit()


def deliver(reference: str, **goals: str) -> None:
    """Mark a brief as delivered, with an answer on goal achievement for each round given."""
    brief, today = brief_of(reference), clock.today()
    brief.state, brief.closed_at = "delivered", clock.now()
    for days, (name, goal) in enumerate(goals.items()):
        answered = clock.now() if goal else None
        due = today + dt.timedelta(days=days)
        outcome = Outcome(brief_id=brief.id, round=name, due_on=due, answered_at=answered)
        if goal:
            outcome.answers.append(
                OutcomeAnswer(
                    answered_by_id=brief.created_by_id,
                    on_time="",
                    within_price="",
                    goal_met=goal,
                    order_again="",
                )
            )
        session.add(outcome)
    session.commit()


def test_viewers_see_only_earlier_briefs_they_may_read(market, publish, far_owner, sign_in):
    own, neighbours, far = publish(), publish_as(market.outsider), publish_as(far_owner)
    now = publish()
    assert references(market.owner, now) == references(market.colleague, now) == [own]
    assert sorted(references(market.adviser, now)) == [own, neighbours]
    assert references(market.admin, now) == []
    assert references(market.people["Kvistverk"], now) == []
    later = publish_as(far_owner)
    assert references(market.elsewhere, later) == [far]
    for viewer, seen, unseen in (
        (market.owner, [own], [neighbours, far]),
        (market.adviser, [own, neighbours], [far]),
    ):
        page = sign_in(viewer).get(f"/briefs/{now}").text
        panel = page.split('id="earlier"')[1]
        assert all(f'href="/briefs/{one}"' in panel for one in seen)
        assert not any(one in page for one in unseen)
    assert sign_in(market.outsider).get(f"/briefs/{now}").status_code == 404
    assert sign_in(market.elsewhere).get(f"/briefs/{now}").status_code == 404
    for reader in (market.people["Kvistverk"], market.admin):
        assert HEADING not in sign_in(reader).get(f"/briefs/{now}").text


def test_own_draft_is_compared_and_other_drafts_are_hidden(market, publish):
    earlier, written = publish(), draft(market.outsider).reference
    mine = draft(market.owner).reference
    assert references(market.owner, mine) == [earlier]
    assert written not in references(market.adviser, earlier)


def test_later_and_dissimilar_briefs_are_not_listed(market, publish):
    words = full_answers()
    market.add("Ordrik", f"{words['problem']} {words['goal']} {words['current_state']}", "ecm.shop")
    market.add("Båtlogg", f"{ANOTHER_JOB['problem']} {ANOTHER_JOB['goal']}", "ops.hosting")
    session.commit()
    publish(**ANOTHER_JOB)
    first = publish()
    publish()
    assert references(market.owner, first) == []


def test_number_of_offers_is_hidden_while_brief_is_open(market, publish, sign_in, time_machine):
    earlier, now = publish(), publish()
    add_offer(market, earlier, "Kvistverk")
    for viewer in (market.owner, market.adviser):
        (one,) = earlier_briefs(viewer, now)
        assert (one.offers, one.goal_met) == (None, "")
        panel = sign_in(viewer).get(f"/briefs/{now}").text.split('id="earlier"')[1]
        assert "Open for offers" in panel
        assert "It got" not in panel
    add_offer(market, earlier, "Myrull")
    add_offer(market, earlier, "Dyrt", "draft")
    time_machine.move_to(clock.now() + dt.timedelta(days=40), tick=False)
    for viewer in (market.owner, market.adviser):
        panel = sign_in(viewer).get(f"/briefs/{now}").text.split('id="earlier"')[1]
        assert "Being evaluated" in panel
        assert "It received 2 offers." in panel


def test_number_of_offers_is_hidden_for_withdrawn_brief(market, publish):
    earlier = publish()
    add_offer(market, earlier, "Kvistverk")
    brief = brief_of(earlier)
    brief.state, brief.closed_at = "withdrawn", clock.now()
    session.commit()
    (one,) = earlier_briefs(market.adviser, publish())
    assert one.offers is None


def test_latest_outcome_answer_is_shown(market, publish, sign_in):
    earlier = publish(report_consent="individual")
    deliver(earlier, handover="too_early", d90="partly", d365="")
    now = publish()
    for viewer in (market.owner, market.colleague, market.adviser):
        page = sign_in(viewer, "nn").get(f"/briefs/{now}").text
        assert "Målet vart delvis nådd." in page
        assert "Levert" in page


@pytest.mark.parametrize("consent", ["totals", "no"])
def test_garden_sees_outcome_only_with_individual_consent(market, publish, consent):
    deliver(publish(report_consent=consent), handover="no")
    now = publish()
    assert [one.goal_met for one in earlier_briefs(market.owner, now)] == ["no"]
    assert [one.goal_met for one in earlier_briefs(market.adviser, now)] == [""]


def test_shared_services_and_words_are_listed(market, publish, sign_in):
    publish(services=["ecm.shop"])
    now = publish()
    (one,) = earlier_briefs(market.owner, now)
    assert "med.product-photo" not in one.earlier.services
    assert len(one.earlier.services) == 1
    assert 1 <= len(one.earlier.words) <= 6
    brief_view = briefs.brief_view_for(market.owner, now)
    written = " ".join(str(value) for value in brief_view.answers.values()).casefold()
    assert all(word in written for word in one.earlier.words)
    page = sign_in(market.owner, "nb").get(f"/briefs/{now}").text
    assert "Begge ber om: " in page
    assert "Ord i begge: " in page


def test_five_most_similar_briefs_are_listed_in_order(market, publish):
    for _number in range(5):
        publish()
    less = publish(services=["ecm.shop"], problem=ANOTHER_JOB["problem"])
    found = earlier_briefs(market.owner, publish())
    assert len(found) == 5
    assert [one.earlier.similarity for one in found] == sorted(
        (one.earlier.similarity for one in found), reverse=True
    )
    assert less not in {one.earlier.brief.reference for one in found}


@pytest.mark.parametrize("reader", ["owner", "adviser"])
def test_query_count_is_the_same_for_one_and_five_briefs(market, publish, sign_in, reader):
    viewer = getattr(market, reader)
    deliver(publish(report_consent="individual"), handover="yes")
    one = statements_of(sign_in(viewer), f"/briefs/{publish()}")[1].total()
    for _number in range(3):
        deliver(publish(report_consent="individual"), handover="yes")
    now = publish()
    assert len(earlier_briefs(viewer, now)) == 5
    assert statements_of(sign_in(viewer), f"/briefs/{now}")[1].total() == one <= MAX_STATEMENTS


def test_erased_brief_shares_no_words(market, publish):
    own, now = publish(), publish()
    assert earlier_briefs(market.owner, now)[0].earlier.words
    version = brief_of(own).versions[-1]
    texts = {"own_words", "title", "problem", "goal", "current_state", "audience_text"}
    lists = {"deliverables", "must_have", "nice_to_have"}
    version.answers = {
        code: "" if code in texts else [] if code in lists else value
        for code, value in version.answers.items()
    }
    session.commit()
    assert [word for one in earlier_briefs(market.owner, now) for word in one.earlier.words] == []


def test_evicted_comparisons_are_computed_again(market, publish, monkeypatch):
    for _number in range(3):
        publish()
    now = publish()
    before = [
        (one.earlier.brief.reference, one.earlier.similarity, one.earlier.words)
        for one in earlier_briefs(market.owner, now)
    ]
    assert len(before) == 3
    for name in ("_queries", "_comparisons"):
        monkeypatch.setattr(similar_briefs, name, BoundedCache(2))
    for _time in range(2):
        found = earlier_briefs(market.owner, now)
        assert [
            (one.earlier.brief.reference, one.earlier.similarity, one.earlier.words) for one in found
        ] == before
    assert max(len(similar_briefs._queries), len(similar_briefs._comparisons)) <= 2

"""Under a brief stand the earlier ones most like it that the reader may see, with what became of each."""

import datetime as dt

import pytest

from marketplace.briefs import queries as briefs
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.proposals import queries
from marketplace.proposals.models import Outcome, Proposal
from marketplace.sourcing import use_cases
from marketplace.sourcing.queries import similar_briefs
from tests import factories
from tests.factories.briefs import draft, full_answers
from tests.project.test_statements import MOST_STATEMENTS, statements_of

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


def sent(viewer: Viewer, **changes: object) -> str:
    reference = draft(viewer, **changes).reference
    return use_cases.publish_brief(viewer, reference, confirmed=True).reference


def read(viewer: Viewer, reference: str) -> list[queries.Became]:
    return queries.earlier_with_outcome(viewer, briefs.paper_for(viewer, reference))


def named(viewer: Viewer, reference: str) -> list[str]:
    return [one.earlier.brief.reference for one in read(viewer, reference)]


def brief_of(reference: str) -> Brief:
    return session.query(Brief).filter_by(reference=reference).one()


def offer(market, reference: str, supplier: str, state: str = "submitted") -> None:
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


def delivered(reference: str, **goals: str) -> None:
    """Let a brief be delivered, with an answer of whether the goal was met for each round that is given."""
    brief, today = brief_of(reference), clock.today()
    brief.state, brief.closed_at = "delivered", clock.now()
    for days, (name, goal) in enumerate(goals.items()):
        answered = clock.now() if goal else None
        due = today + dt.timedelta(days=days)
        session.add(Outcome(brief_id=brief.id, round=name, due_on=due, answered_at=answered, goal_met=goal))
    session.commit()


def test_each_reader_sees_only_the_briefs_it_may_see_anyway(market, publish, far_owner, sign_in):
    own, neighbours, far = publish(), sent(market.outsider), sent(far_owner)
    now = publish()
    assert named(market.owner, now) == named(market.colleague, now) == [own]
    assert sorted(named(market.adviser, now)) == [own, neighbours]
    assert named(market.admin, now) == []
    assert named(market.people["Kvistverk"], now) == []
    later = sent(far_owner)
    assert named(market.elsewhere, later) == [far]
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


def test_another_companys_draft_is_not_shown_and_ones_own_draft_is_compared(market, publish):
    earlier, written = publish(), draft(market.outsider).reference
    mine = draft(market.owner).reference
    assert named(market.owner, mine) == [earlier]
    assert written not in named(market.adviser, earlier)


def test_a_later_one_and_another_job_with_a_service_in_common_are_not_among_them(market, publish):
    words = full_answers()
    market.add("Ordrik", f"{words['problem']} {words['goal']} {words['current_state']}", "ecm.shop")
    market.add("Båtlogg", f"{ANOTHER_JOB['problem']} {ANOTHER_JOB['goal']}", "ops.hosting")
    session.commit()
    publish(**ANOTHER_JOB)
    first = publish()
    publish()
    assert named(market.owner, first) == []


def test_while_it_is_open_not_even_the_number_of_offers_is_told(market, publish, sign_in, time_machine):
    earlier, now = publish(), publish()
    offer(market, earlier, "Kvistverk")
    for viewer in (market.owner, market.adviser):
        (one,) = read(viewer, now)
        assert (one.offers, one.goal_met) == (None, "")
        panel = sign_in(viewer).get(f"/briefs/{now}").text.split('id="earlier"')[1]
        assert "Open for offers" in panel
        assert "It got" not in panel
    offer(market, earlier, "Myrull")
    offer(market, earlier, "Dyrt", "draft")
    time_machine.move_to(clock.now() + dt.timedelta(days=40), tick=False)
    for viewer in (market.owner, market.adviser):
        panel = sign_in(viewer).get(f"/briefs/{now}").text.split('id="earlier"')[1]
        assert "Being evaluated" in panel
        assert "It got 2 offers." in panel


def test_one_that_was_taken_back_while_open_stays_sealed(market, publish):
    earlier = publish()
    offer(market, earlier, "Kvistverk")
    brief = brief_of(earlier)
    brief.state, brief.closed_at = "withdrawn", clock.now()
    session.commit()
    (one,) = read(market.adviser, publish())
    assert one.offers is None


def test_the_latest_answer_of_whether_the_goal_was_met_is_told(market, publish, sign_in):
    earlier = publish(report_consent="individual")
    delivered(earlier, handover="too_early", d90="partly", d365="")
    now = publish()
    for viewer in (market.owner, market.colleague, market.adviser):
        page = sign_in(viewer, "nn").get(f"/briefs/{now}").text
        assert "Målet vart delvis nådd." in page
        assert "Levert" in page


@pytest.mark.parametrize("consent", ["totals", "no"])
def test_the_garden_hears_it_only_when_the_company_lets_its_figures_be_used_one_by_one(
    market, publish, consent
):
    delivered(publish(report_consent=consent), handover="no")
    now = publish()
    assert [one.goal_met for one in read(market.owner, now)] == ["no"]
    assert [one.goal_met for one in read(market.adviser, now)] == [""]


def test_it_says_what_the_two_have_in_common(market, publish, sign_in):
    publish(services=["ecm.shop"])
    now = publish()
    (one,) = read(market.owner, now)
    assert "med.product-photo" not in one.earlier.services
    assert len(one.earlier.services) == 1
    assert 1 <= len(one.earlier.words) <= 6
    paper = briefs.paper_for(market.owner, now)
    written = " ".join(str(value) for value in paper.answers.values()).casefold()
    assert all(word in written for word in one.earlier.words)
    page = sign_in(market.owner, "nb").get(f"/briefs/{now}").text
    assert "Begge ber om: " in page
    assert "Ord i begge: " in page


def test_five_are_told_the_most_alike_first(market, publish):
    for _number in range(5):
        publish()
    less = publish(services=["ecm.shop"], problem=ANOTHER_JOB["problem"])
    found = read(market.owner, publish())
    assert len(found) == 5
    assert [one.earlier.alike for one in found] == sorted((one.earlier.alike for one in found), reverse=True)
    assert less not in {one.earlier.brief.reference for one in found}


@pytest.mark.parametrize("reader", ["owner", "adviser"])
def test_the_page_asks_the_same_with_one_earlier_brief_and_with_five(market, publish, sign_in, reader):
    viewer = getattr(market, reader)
    delivered(publish(report_consent="individual"), handover="yes")
    one = statements_of(sign_in(viewer), f"/briefs/{publish()}")[1].total()
    for _number in range(3):
        delivered(publish(report_consent="individual"), handover="yes")
    now = publish()
    assert len(read(viewer, now)) == 5
    assert statements_of(sign_in(viewer), f"/briefs/{now}")[1].total() == one <= MOST_STATEMENTS


def test_a_brief_whose_texts_are_erased_is_no_longer_told_by_them(market, publish):
    own, now = publish(), publish()
    assert read(market.owner, now)[0].earlier.words
    version = brief_of(own).versions[-1]
    texts = {"own_words", "title", "problem", "goal", "current_state", "audience_text"}
    lists = {"deliverables", "must_have", "nice_to_have"}
    version.answers = {
        code: "" if code in texts else [] if code in lists else value
        for code, value in version.answers.items()
    }
    session.commit()
    assert [word for one in read(market.owner, now) for word in one.earlier.words] == []


def test_what_was_compared_and_is_forgotten_is_compared_again_the_same(market, publish, monkeypatch):
    for _number in range(3):
        publish()
    now = publish()
    before = [
        (one.earlier.brief.reference, one.earlier.alike, one.earlier.words) for one in read(market.owner, now)
    ]
    assert len(before) == 3
    for name in ("_read", "_remembered"):
        monkeypatch.setattr(similar_briefs, name, {})
    monkeypatch.setattr(similar_briefs, "MOST_REMEMBERED", 2)
    for _time in range(2):
        found = read(market.owner, now)
        assert [
            (one.earlier.brief.reference, one.earlier.alike, one.earlier.words) for one in found
        ] == before
    assert max(len(similar_briefs._read), len(similar_briefs._remembered)) <= 2

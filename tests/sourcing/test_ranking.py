"""The kept list: what it holds, who may see it, and that it stays as it was."""

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import NotFound
from marketplace.sourcing import queries, stored_ranking, use_cases
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.documents import query_of
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.run_storage import DamagedRunError, pack, unpack
from tests.factories.briefs import draft, full_answers


def test_publishing_keeps_a_ranking_with_reasons(market, publish):
    found = queries.ranking_for(market.owner, publish())
    names = [item.told.listing.name for item in found.page.items]
    assert names[0] == "Kvistverk"
    assert set(names) == {"Kvistverk", "Myrull", "Dyrt"}
    first = found.page.items[0].told
    assert sum(part.value for part in first.match.explanation.parts) == pytest.approx(
        first.match.score, abs=1e-9
    )
    assert first.why.endswith(".")
    assert any(piece.marked for piece in first.you_wrote)
    assert any(piece.marked for piece in first.they_write)
    assert first.listing.approvals[0][0] == "Fjellfoten næringshage"


def test_one_over_the_budget_is_in_the_list_but_does_not_fit(market, publish):
    found = queries.ranking_for(market.owner, publish())
    assert found.fits == 2
    assert found.run.matched == 3
    assert next(item for item in found.page.items if item.told.listing.name == "Dyrt").told.lacks


def test_the_list_stays_as_it_was_when_suppliers_change(market, publish):
    reference = publish()
    before = queries.ranking_for(market.owner, reference)
    supplier = market.suppliers["Kvistverk"]
    supplier.name, supplier.about, supplier.price_from_nok = "Noe annet", "Helt andre ord.", 1
    supplier.version += 1
    supplier.updated_at = clock.now()
    session.commit()
    stored_ranking._open.cache_clear()  # another process reads what is stored
    after = queries.ranking_for(market.owner, reference)
    assert [item.told.listing for item in after.page.items] == [
        item.told.listing for item in before.page.items
    ]
    assert [item.told.match for item in after.page.items] == [item.told.match for item in before.page.items]
    assert [item.told.they_write for item in after.page.items] == [
        item.told.they_write for item in before.page.items
    ]


def test_a_changed_byte_is_seen(market, publish):
    reference = publish()
    run = session.scalars(select(RankingRun)).one()
    run.result = run.result[:-3] + b"abc"
    session.commit()
    with pytest.raises(DamagedRunError):
        queries.ranking_for(market.owner, reference)


def test_it_is_shown_to_the_company_its_garden_and_the_administrator_only(market, publish, sign_in):
    path = f"/briefs/{publish()}/ranking"
    for viewer in (market.owner, market.colleague, market.adviser, market.admin):
        assert "Kvistverk" in sign_in(viewer).get(path).text
    for viewer in (market.elsewhere, market.outsider, market.people["Kvistverk"]):
        assert sign_in(viewer).get(path).status_code == 404


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_the_page_says_the_same_in_three_languages(market, publish, sign_in, locale):
    text = sign_in(market.owner, locale).get(f"/briefs/{publish()}/ranking").text
    assert "<mark>" in text
    heading = {"nb": "2 leverandører passer", "nn": "2 leverandørar passar", "en": "2 suppliers fit"}[locale]
    assert heading in text


def test_the_directory_is_read_anew_when_a_supplier_pauses(market, publish):
    assert len(corpus().documents) == 4
    market.suppliers["Myrull"].paused_at = clock.now()
    session.commit()
    assert "Myrull" not in {listing.name for listing in corpus().listings.values()}
    names = [item.told.listing.name for item in queries.ranking_for(market.owner, publish()).page.items]
    assert "Myrull" not in names


def test_hard_requirements_leave_out_with_a_reason(market, publish):
    market.add(
        "Langtvekk", "Nettbutikk for havbruk.", "ecm.shop", areas=("5014",), municipality_number="5014"
    )
    market.add("Skjermvis", "Nettbutikk på skjerm.", "ecm.shop", on_site=False, municipality_number="5014")
    session.commit()
    found = queries.ranking_for(market.owner, publish(presence="must"))
    (group,) = found.left_out
    assert "Oppdal" in group.reason
    assert {listing.name for listing in group.listings} == {"Langtvekk", "Skjermvis"}


def test_a_brief_is_read_in_its_own_language():
    english = full_answers() | {
        "title": "New web shop",
        "problem": "We sell cheese over the phone and would like our customers to order by themselves at night.",
        "goal": "Half of the orders should come in through the shop by next summer.",
        "current_state": "The site is from 2017 and we cannot change it ourselves.",
        "audience_text": "Visitors who drive by.",
        "deliverables": ["A web shop with forty products"],
        "must_have": [],
        "nice_to_have": [],
    }
    assert query_of("r", english, "food-drink").lang == "en"
    assert query_of("r", full_answers(), "food-drink").lang == "nb"


def test_there_is_no_list_before_publication(market):
    with pytest.raises(NotFound):
        queries.ranking_for(market.owner, draft(market.owner).reference)


def test_a_draft_is_not_ranked(market):
    brief = draft(market.owner)
    with pytest.raises(NotFound), transaction():
        use_cases.rank_brief(market.owner, brief)
    assert session.query(RankingRun).count() == 0


def test_a_list_that_tells_of_no_approval_is_shown_without_one(market, publish, sign_in):
    reference = publish()
    browser = sign_in(market.owner)
    assert browser.page(f"/briefs/{reference}/ranking").text.count("approved by Fjellfoten") == 3
    run = session.scalars(select(RankingRun)).one()
    kept = unpack(run.result, run.result_digest)
    kept["listings"][str(market.suppliers["Myrull"].id)]["approvals"] = []
    run.result, run.result_digest = pack(kept)
    session.commit()
    text = browser.page(f"/briefs/{reference}/ranking").text
    assert "Myrull" in text
    assert text.count("approved by Fjellfoten") == 2

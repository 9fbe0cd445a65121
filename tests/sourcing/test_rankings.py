"""Stored rankings: content, access, and independence of later profile edits."""

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import NotFound
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.ranking import stored_ranking
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.documents import query_of
from marketplace.sourcing.ranking.run_storage import DamagedRunError, deserialize, serialize
from tests.factories.briefs import draft, full_answers


def test_publish_stores_ranking_with_explanations(market, publish):
    found = queries.ranking_for(market.owner, publish())
    names = [item.entry.listing.name for item in found.page.items]
    assert names[0] == "Kvistverk"
    assert set(names) == {"Kvistverk", "Myrull", "Dyrt"}
    first = found.page.items[0].entry
    assert sum(part.value for part in first.match.explanation.parts) == pytest.approx(
        first.match.score, abs=1e-9
    )
    assert first.summary.endswith(".")
    assert any(piece.highlighted for piece in first.query_excerpt)
    assert any(piece.highlighted for piece in first.document_excerpt)
    assert first.listing.approvals[0][0] == "Fjellfoten næringshage"


def test_supplier_over_budget_is_ranked_but_does_not_fit(market, publish):
    found = queries.ranking_for(market.owner, publish())
    assert found.fits == 2
    assert found.run.matched == 3
    assert next(item for item in found.page.items if item.entry.listing.name == "Dyrt").entry.gaps


def test_stored_ranking_is_independent_of_later_edits(market, publish):
    reference = publish()
    before = queries.ranking_for(market.owner, reference)
    supplier = market.suppliers["Kvistverk"]
    supplier.name, supplier.about, supplier.price_from_nok = "Noe annet", "Helt andre ord.", 1
    supplier.version += 1
    supplier.updated_at = clock.now()
    session.commit()
    stored_ranking._cache.clear()  # read the stored ranking, as another process would
    after = queries.ranking_for(market.owner, reference)
    assert [item.entry.listing for item in after.page.items] == [
        item.entry.listing for item in before.page.items
    ]
    assert [item.entry.match for item in after.page.items] == [item.entry.match for item in before.page.items]
    assert [item.entry.document_excerpt for item in after.page.items] == [
        item.entry.document_excerpt for item in before.page.items
    ]


def test_changed_byte_raises_damaged_run_error(market, publish):
    reference = publish()
    run = session.scalars(select(RankingRun)).one()
    run.result = run.result[:-3] + b"abc"
    session.commit()
    stored_ranking._cache.clear()  # as in another process
    with pytest.raises(DamagedRunError):
        queries.ranking_for(market.owner, reference)


def test_only_company_its_garden_and_admin_see_ranking(market, publish, sign_in):
    path = f"/briefs/{publish()}/ranking"
    for viewer in (market.owner, market.colleague, market.adviser, market.admin):
        assert "Kvistverk" in sign_in(viewer).get(path).text
    for viewer in (market.elsewhere, market.outsider, market.people["Kvistverk"]):
        assert sign_in(viewer).get(path).status_code == 404


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_page_is_translated(market, publish, sign_in, locale):
    text = sign_in(market.owner, locale).get(f"/briefs/{publish()}/ranking").text
    assert "<mark>" in text
    heading = {"nb": "2 leverandører passer", "nn": "2 leverandørar passar", "en": "2 suppliers fit"}[locale]
    assert heading in text


def test_paused_supplier_leaves_directory(market, publish):
    assert len(corpus().documents) == 4
    market.suppliers["Myrull"].paused_at = clock.now()
    session.commit()
    assert "Myrull" not in {listing.name for listing in corpus().listings.values()}
    names = [item.entry.listing.name for item in queries.ranking_for(market.owner, publish()).page.items]
    assert "Myrull" not in names


def test_hard_requirements_exclude_with_reason(market, publish):
    market.add(
        "Langtvekk", "Nettbutikk for havbruk.", "ecm.shop", areas=("5014",), municipality_number="5014"
    )
    market.add("Skjermvis", "Nettbutikk på skjerm.", "ecm.shop", on_site=False, municipality_number="5014")
    session.commit()
    found = queries.ranking_for(market.owner, publish(presence="must"))
    (group,) = found.exclusion_groups
    assert "Oppdal" in group.reason
    assert {listing.name for listing in group.listings} == {"Langtvekk", "Skjermvis"}


def test_query_language_follows_brief():
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


def test_draft_has_no_ranking(market):
    with pytest.raises(NotFound):
        queries.ranking_for(market.owner, draft(market.owner).reference)


def test_rank_draft_raises_not_found(market):
    brief = draft(market.owner)
    with pytest.raises(NotFound), transaction():
        use_cases.rank_brief(market.owner, brief)
    assert session.query(RankingRun).count() == 0


def test_listing_without_approvals_is_shown(market, publish, sign_in):
    reference = publish()
    browser = sign_in(market.owner)
    assert browser.page(f"/briefs/{reference}/ranking").text.count("approved by Fjellfoten") == 3
    run = session.scalars(select(RankingRun)).one()
    result = deserialize(run.result, run.result_digest)
    result["listings"][str(market.suppliers["Myrull"].id)]["approvals"] = []
    run.result, run.result_digest = serialize(result)
    session.commit()
    text = browser.page(f"/briefs/{reference}/ranking").text
    assert "Myrull" in text
    assert text.count("approved by Fjellfoten") == 2

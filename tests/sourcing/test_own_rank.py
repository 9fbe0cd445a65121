"""Own rank: a supplier sees its rank, score and hints, and nothing about other suppliers."""

from dataclasses import replace

import pytest

from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.sourcing import queries
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.documents import query_of
from tests.factories.briefs import full_answers


def test_own_rank_matches_stored_ranking(market, publish):
    reference = publish()
    for item in queries.ranking_for(market.owner, reference).page.items:
        own = queries.own_rank(market.people[item.entry.listing.name], reference)
        assert (own.rank, own.score) == (item.entry.match.rank, item.entry.match.score)
        assert own.list_sentence.startswith("3 ")
        assert sum(part.value for part in own.parts) == pytest.approx(own.score, abs=1e-9)


def test_hint_points_match_score_after_change(market, publish):
    improvements = {
        change.code: change for change in queries.own_rank(market.people["Myrull"], publish()).improvements
    }
    assert {"service", "sector", "case"} <= improvements.keys()
    query = query_of("2026-0001", full_answers(), "food-drink")
    document = corpus().documents[str(market.suppliers["Myrull"].id)]
    index = corpus().fitted.index
    before = index.updated([document]).judge(query, document.id).score
    knows = replace(document, sectors=("food-drink",))
    after = index.updated([knows]).judge(query, document.id).score
    assert improvements["sector"].points == pytest.approx(after - before, abs=1e-9)
    assert all(change.points > 0 and change.rank <= 3 for change in improvements.values())


def test_page_tells_the_match_of_the_list_and_the_missing_services(market, publish, sign_in):
    reference = publish(services=["ecm.shop", "med.product-photo"])
    page = sign_in(market.people["Myrull"]).page(f"/briefs/{reference}/standing")
    assert "Not approved for: product photography" in page.text
    assert "as in the list of open briefs" not in page.text, "both are the same"
    supplier = market.suppliers["Myrull"]
    supplier.price_from_nok, supplier.version = 900_000, supplier.version + 1
    session.commit()
    (listed,) = queries.opportunities(market.people["Myrull"]).items
    own = queries.own_rank(market.people["Myrull"], reference)
    assert own.current_score == listed.score != own.score
    page = sign_in(market.people["Myrull"]).page(f"/briefs/{reference}/standing")
    assert f"the match is {listed.score:.0f}, as in the list of open briefs" in page.text


def test_page_names_no_other_supplier(market, publish, sign_in):
    reference = publish()
    page = sign_in(market.people["Myrull"]).get(f"/briefs/{reference}/standing")
    assert "Your place in the list is 2" in page.text
    assert "more points, still rank 2" in page.text
    for name in ("Kvistverk", "Dyrt", "Tekstverk"):
        assert name not in page.text
    assert "/standing" in sign_in(market.people["Myrull"]).get(f"/briefs/{reference}").text


def test_excluded_supplier_sees_reason(market, publish, sign_in):
    market.add(
        "Langtborte",
        "Nettbutikk på stedet.",
        "ecm.shop",
        remote=False,
        on_site=True,
        areas=("5014",),
        municipality_number="5014",
    )
    reference = publish(presence="must")
    own = queries.own_rank(market.people["Langtborte"], reference)
    assert own.rank is None
    assert (
        "You were left out" in sign_in(market.people["Langtborte"]).get(f"/briefs/{reference}/standing").text
    )


def test_excluded_suppliers_see_their_own_reasons(market, publish):
    far = {"municipality_number": "5014", "areas": ("5014",)}
    market.add("Langtborte", "Nettbutikk på stedet.", "ecm.shop", **far)
    market.add("Fremmed", "Nettbutikk her.", "ecm.shop", languages=("de",))
    reference = publish(presence="must")
    said = {name: queries.own_rank(market.people[name], reference) for name in ("Langtborte", "Fremmed")}
    assert "Oppdal" in said["Langtborte"].exclusion_reason
    assert "bokmål" in said["Fremmed"].exclusion_reason
    assert {own.rank for own in said.values()} == {None}


def test_supplier_added_after_ranking_gets_not_found(market, publish, sign_in):
    reference = publish()
    market.add("Etternøler", "Nettbutikk med klikk og hent.", "ecm.shop")
    session.commit()
    late = market.people["Etternøler"]
    with pytest.raises(NotFound):
        queries.own_rank(late, reference)
    assert sign_in(late).get(f"/briefs/{reference}/standing").status_code == 404
    assert "/standing" not in sign_in(late).get(f"/briefs/{reference}").text


def test_missing_price_gives_price_hint(market, publish):
    market.add("Prisløs", "Nettbutikk for gårdsutsalg.", "ecm.shop")
    reference = publish()
    improvements = {
        change.code: change for change in queries.own_rank(market.people["Prisløs"], reference).improvements
    }
    assert improvements["price"].points > 0
    priced = {change.code for change in queries.own_rank(market.people["Myrull"], reference).improvements}
    assert "price" not in priced


def test_related_service_gives_service_hint_without_case_hint(market, publish):
    market.add("Nabofag", "Vi setter opp kasse og betaling i butikken.", "ecm.payment-shipping")
    reference = publish(services=["ecm.shop"])
    codes = {change.code for change in queries.own_rank(market.people["Nabofag"], reference).improvements}
    assert "service" in codes
    assert "case" not in codes
    assert "case" in {
        change.code for change in queries.own_rank(market.people["Myrull"], reference).improvements
    }


def test_other_viewers_cannot_see_own_rank_page(market, publish, sign_in):
    reference = publish()
    with pytest.raises(NotFound):
        queries.own_rank(market.owner, reference)
    assert sign_in(market.people["Tekstverk"]).get(f"/briefs/{reference}/standing").status_code in {200, 404}
    assert sign_in(market.owner).get(f"/briefs/{reference}/standing").status_code == 403


@pytest.mark.parametrize(
    ("locale", "said"), [("nb", "nummer 2 på listen"), ("nn", "Kva som ville ha gitt meir")]
)
def test_page_is_translated(market, publish, sign_in, locale, said):
    assert said in sign_in(market.people["Myrull"], locale).get(f"/briefs/{publish()}/standing").text

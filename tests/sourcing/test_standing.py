"""A supplier sees its own place, its own parts and what would have given more, and nothing of anybody else."""

from dataclasses import replace

import pytest

from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.sourcing import queries
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.documents import query_of
from tests.factories.briefs import full_answers


def test_the_place_is_that_of_the_kept_list_and_the_parts_add_up(market, publish):
    reference = publish()
    for item in queries.ranking_for(market.owner, reference).page.items:
        own = queries.standing(market.people[item.told.listing.name], reference)
        assert (own.place, own.of, own.score) == (item.told.match.place, 3, item.told.match.score)
        assert sum(part.value for part in own.parts) == pytest.approx(own.score, abs=1e-9)


def test_each_hint_gives_the_points_it_names_when_it_is_done(market, publish):
    hints = {hint.code: hint for hint in queries.standing(market.people["Myrull"], publish()).hints}
    assert {"service", "sector", "case"} <= hints.keys()
    query = query_of("2026-0001", full_answers(), "food-drink")
    document = corpus().documents[str(market.suppliers["Myrull"].id)]
    index = corpus().base.index
    before = index.updated([document]).judge(query, document.id).score
    knows = replace(document, sectors=("food-drink",))
    after = index.updated([knows]).judge(query, document.id).score
    assert hints["sector"].points == pytest.approx(after - before, abs=1e-9)
    assert all(hint.points > 0 and hint.place <= 3 for hint in hints.values())


def test_the_page_shows_no_rival(market, publish, sign_in):
    reference = publish()
    page = sign_in(market.people["Myrull"]).get(f"/briefs/{reference}/standing")
    assert "Ranked 2 of 3" in page.text
    assert "more points, rank" in page.text
    for name in ("Kvistverk", "Dyrt", "Tekstverk"):
        assert name not in page.text
    assert "/standing" in sign_in(market.people["Myrull"]).get(f"/briefs/{reference}").text


def test_one_left_out_is_told_why(market, publish, sign_in):
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
    own = queries.standing(market.people["Langtborte"], reference)
    assert own.place is None
    assert (
        "You were left out" in sign_in(market.people["Langtborte"]).get(f"/briefs/{reference}/standing").text
    )


def test_each_that_was_left_out_is_told_its_own_reason(market, publish):
    far = {"municipality_number": "5014", "areas": ("5014",)}
    market.add("Langtborte", "Nettbutikk på stedet.", "ecm.shop", **far)
    market.add("Fremmed", "Nettbutikk her.", "ecm.shop", languages=("de",))
    reference = publish(presence="must")
    said = {name: queries.standing(market.people[name], reference) for name in ("Langtborte", "Fremmed")}
    assert "Oppdal" in said["Langtborte"].left_out
    assert "bokmål" in said["Fremmed"].left_out
    assert {own.place for own in said.values()} == {None}


def test_who_came_after_the_list_was_made_has_no_place_in_it(market, publish, sign_in):
    reference = publish()
    market.add("Etternøler", "Nettbutikk med klikk og hent.", "ecm.shop")
    session.commit()
    late = market.people["Etternøler"]
    with pytest.raises(NotFound):
        queries.standing(late, reference)
    assert sign_in(late).get(f"/briefs/{reference}/standing").status_code == 404
    assert "/standing" not in sign_in(late).get(f"/briefs/{reference}").text


def test_one_without_a_price_is_told_what_stating_one_would_give(market, publish):
    market.add("Prisløs", "Nettbutikk for gårdsutsalg.", "ecm.shop")
    reference = publish()
    hints = {hint.code: hint for hint in queries.standing(market.people["Prisløs"], reference).hints}
    assert hints["price"].points > 0
    priced = {hint.code for hint in queries.standing(market.people["Myrull"], reference).hints}
    assert "price" not in priced


def test_one_with_something_close_is_told_of_the_service_and_not_of_a_job_within_it(market, publish):
    market.add("Nabofag", "Vi setter opp kasse og betaling i butikken.", "ecm.payment-shipping")
    reference = publish(services=["ecm.shop"])
    codes = {hint.code for hint in queries.standing(market.people["Nabofag"], reference).hints}
    assert "service" in codes
    assert "case" not in codes
    assert "case" in {hint.code for hint in queries.standing(market.people["Myrull"], reference).hints}


def test_others_are_answered_as_if_there_were_no_such_page(market, publish, sign_in):
    reference = publish()
    with pytest.raises(NotFound):
        queries.standing(market.owner, reference)
    assert sign_in(market.people["Tekstverk"]).get(f"/briefs/{reference}/standing").status_code in {200, 404}
    assert sign_in(market.owner).get(f"/briefs/{reference}/standing").status_code == 403


@pytest.mark.parametrize(("locale", "said"), [("nb", "Plass 2 av 3"), ("nn", "Kva som ville ha gitt meir")])
def test_it_is_said_in_norwegian(market, publish, sign_in, locale, said):
    assert said in sign_in(market.people["Myrull"], locale).get(f"/briefs/{publish()}/standing").text

"""A change that lifts a profile far for several briefs waits for a curator, and counts for nothing until then."""

import pytest

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.rank_jumps import JUMP_BRIEFS, JUMP_PLACES
from marketplace.suppliers import use_cases as profiles
from marketplace.suppliers.models import HeldChange
from marketplace.vetting import queries, use_cases
from marketplace.vetting.queries import vettings_of
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.sourcing.test_exposure import ALIKE, TELLS

COPY = (
    "Vi lager nettbutikk med henting på gården for kunder og turister i Oppdal. Bestillinger på telefon rekker du "
    "ikke å svare på om sommeren, og ysteriet ditt mister salg av ost. Kobling til kassa, betaling med kort, "
    "produktbilder, opplæring og gavekort følger med, så halvparten av ordrene kommer på nett."
)


@pytest.fixture
def crowd(market):
    """Add equal suppliers, and one that stands below them: it says little."""
    for number, (name, tells) in enumerate(zip(ALIKE, TELLS, strict=True)):
        price = 30_000 if number % 2 else None
        market.add(name, f"Vi lager nettbutikk for gårdsutsalg. {tells}", "ecm.shop", price_from_nok=price)
    market.add("Nedst", "Nokså stille her.", "ecm.shop", "ecm.payment-shipping", price_from_nok=30_000)
    session.commit()
    return market


def counts_as(crowd):
    return corpus().documents[str(crowd.suppliers["Nedst"].id)].text


def held(crowd):
    return session.get(HeldChange, crowd.suppliers["Nedst"].id)


def publish_some(publish, count=JUMP_BRIEFS):
    for number in range(count):
        publish(title=f"Nettbutikk nummer {number}")


def curator(crowd):
    return factories.member(crowd.garden, "curator")


def vetting(crowd):
    (item,) = vettings_of(crowd.suppliers["Nedst"].id)
    return item


def test_a_jump_is_held_named_and_counts_when_a_curator_has_looked(crowd, publish, sign_in):
    publish_some(publish)
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    found = held(crowd)
    assert (found.briefs, found.places >= JUMP_PLACES) == (JUMP_BRIEFS, True)
    assert counts_as(crowd) == "Nokså stille her."
    assert session.query(AuditEvent).filter_by(action="supplier.jump").count() == 1

    looking = curator(crowd)
    assert [item.supplier_id for item in queries.to_read_again(looking)] == [crowd.suppliers["Nedst"].id]
    page = sign_in(looking).page(f"/vetting/{vetting(crowd).id}").text
    assert f"raises the profile by {found.places} ranks or more for {JUMP_BRIEFS} briefs" in page
    use_cases.decide(looking, vetting(crowd).id, Decision("read", vetting(crowd).revision, {}))
    assert held(crowd) is None
    assert counts_as(crowd) == COPY
    assert queries.to_read_again(looking) == []


def test_the_supplier_is_told_and_the_numbers_are_published(crowd, publish, sign_in):
    publish_some(publish)
    browser = sign_in(crowd.people["Nedst"], "nn")
    assert "langt opp i listene" not in browser.page("/profile").text
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    assert "langt opp i listene" in browser.page("/profile").text
    said = f"{JUMP_PLACES} plassar eller meir for {JUMP_BRIEFS} av dei siste"
    assert said in " ".join(browser.page("/how-we-rank").text.split())


def test_a_jump_for_few_briefs_or_a_small_change_counts_at_once(crowd, publish):
    publish_some(publish, JUMP_BRIEFS - 1)
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    assert held(crowd) is None
    assert counts_as(crowd) == COPY
    publish_some(publish)
    profiles.change_text(crowd.people["Nedst"], COPY + " Ring oss gjerne.", "nb")
    assert held(crowd) is None


def test_a_service_more_can_jump_as_well_and_taking_it_back_ends_the_wait(crowd, publish):
    nedst, person = crowd.suppliers["Nedst"], crowd.people["Nedst"]
    profiles.change_text(person, COPY, "nb")
    profiles.change_services(person, ["ecm.payment-shipping"])
    publish_some(publish)
    profiles.change_services(person, ["ecm.payment-shipping", "ecm.shop"])
    assert held(crowd) is not None
    assert corpus().documents[str(nedst.id)].services == ("ecm.payment-shipping",)
    profiles.change_services(person, ["ecm.payment-shipping"])
    assert held(crowd) is None


def test_what_is_not_told_in_words_counts_at_once_also_while_a_change_waits(crowd, publish):
    publish_some(publish)
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    profiles.change_price(crowd.people["Nedst"], 11_000, None)
    document = corpus().documents[str(crowd.suppliers["Nedst"].id)]
    assert (document.price_from_nok, document.text) == (11_000, "Nokså stille her.")
    assert held(crowd) is not None


def test_a_second_change_is_held_against_what_counted_and_not_against_the_first(crowd, publish):
    publish_some(publish)
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    profiles.change_text(crowd.people["Nedst"], COPY + " Ring oss gjerne.", "nb")
    assert held(crowd).before["text"] == "Nokså stille her."
    assert counts_as(crowd) == "Nokså stille her."


def test_one_that_is_not_approved_has_nowhere_to_jump_from(crowd, publish):
    publish_some(publish)
    vetting(crowd).state = "submitted"
    session.commit()
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    assert held(crowd) is None

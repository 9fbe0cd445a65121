"""Profile edits that raise a supplier far for several briefs are held until a curator has reviewed them."""

import pytest

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.rank_jumps import MIN_JUMP_RANKS, MIN_JUMP_RUNS
from marketplace.suppliers import use_cases as profiles
from marketplace.suppliers.models import HeldChange
from marketplace.vetting import queries, use_cases
from marketplace.vetting.queries import vettings_of
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.sourcing.test_exposure import NAMES, SENTENCES

COPY = (
    "Vi lager nettbutikk med henting på gården for kunder og turister i Oppdal. Bestillinger på telefon rekker du "
    "ikke å svare på om sommeren, og ysteriet ditt mister salg av ost. Kobling til kassa, betaling med kort, "
    "produktbilder, opplæring og gavekort følger med, så halvparten av ordrene kommer på nett."
)


@pytest.fixture
def crowd(market):
    """Add equal suppliers, and one with a short profile that ranks below them."""
    for number, (name, sentence) in enumerate(zip(NAMES, SENTENCES, strict=True)):
        price = 30_000 if number % 2 else None
        market.add(name, f"Vi lager nettbutikk for gårdsutsalg. {sentence}", "ecm.shop", price_from_nok=price)
    market.add("Nedst", "Nokså stille her.", "ecm.shop", "ecm.payment-shipping", price_from_nok=30_000)
    session.commit()
    return market


def ranked_text(crowd):
    return corpus().documents[str(crowd.suppliers["Nedst"].id)].text


def held_change(crowd):
    return session.get(HeldChange, crowd.suppliers["Nedst"].id)


def publish_some(publish, count=MIN_JUMP_RUNS):
    for number in range(count):
        publish(title=f"Nettbutikk nummer {number}")


def curator(crowd):
    return factories.member(crowd.garden, "curator")


def vetting(crowd):
    (item,) = vettings_of(crowd.suppliers["Nedst"].id)
    return item


def test_rank_jump_is_held_until_curator_reviews_it(crowd, publish, sign_in):
    publish_some(publish)
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    found = held_change(crowd)
    assert (found.briefs, found.places >= MIN_JUMP_RANKS) == (MIN_JUMP_RUNS, True)
    assert ranked_text(crowd) == "Nokså stille her."
    assert session.query(AuditEvent).filter_by(action="supplier.jump").count() == 1

    reviewer = curator(crowd)
    assert [item.supplier_id for item in queries.profiles_to_review(reviewer)] == [
        crowd.suppliers["Nedst"].id
    ]
    page = sign_in(reviewer).page(f"/vetting/{vetting(crowd).id}").text
    assert f"raises the profile by {found.places} ranks or more for {MIN_JUMP_RUNS} briefs" in page
    use_cases.decide(reviewer, vetting(crowd).id, Decision("read", vetting(crowd).revision, {}))
    assert held_change(crowd) is None
    assert ranked_text(crowd) == COPY
    assert queries.profiles_to_review(reviewer) == []


def test_supplier_sees_held_edit_and_limits_are_published(crowd, publish, sign_in):
    publish_some(publish)
    browser = sign_in(crowd.people["Nedst"], "nn")
    assert "langt opp i listene" not in browser.page("/profile").text
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    assert "langt opp i listene" in browser.page("/profile").text
    said = f"{MIN_JUMP_RANKS} plassar eller meir i {MIN_JUMP_RUNS} av dei siste"
    assert said in " ".join(browser.page("/how-we-rank").text.split())


def test_small_or_rare_rank_gains_count_at_once(crowd, publish):
    publish_some(publish, MIN_JUMP_RUNS - 1)
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    assert held_change(crowd) is None
    assert ranked_text(crowd) == COPY
    publish_some(publish)
    profiles.change_text(crowd.people["Nedst"], COPY + " Ring oss gjerne.", "nb")
    assert held_change(crowd) is None


def test_added_service_alone_raises_no_supplier_and_is_not_held(crowd, publish):
    nedst, person = crowd.suppliers["Nedst"], crowd.people["Nedst"]
    profiles.change_services(person, ["ecm.payment-shipping"])
    publish_some(publish)
    profiles.change_services(person, ["ecm.payment-shipping", "ecm.shop"])
    assert held_change(crowd) is None
    assert set(corpus().documents[str(nedst.id)].services) == {"ecm.payment-shipping", "ecm.shop"}


def test_service_added_during_hold_is_held_with_the_text(crowd, publish):
    nedst, person = crowd.suppliers["Nedst"], crowd.people["Nedst"]
    profiles.change_services(person, ["ecm.payment-shipping"])
    publish_some(publish)
    profiles.change_text(person, COPY, "nb")
    profiles.change_services(person, ["ecm.payment-shipping", "ecm.shop"])
    assert held_change(crowd) is not None
    assert corpus().documents[str(nedst.id)].services == ("ecm.payment-shipping",)
    profiles.change_text(person, "Nokså stille her.", "nb")
    assert held_change(crowd) is None


def test_price_change_counts_at_once_during_hold(crowd, publish):
    publish_some(publish)
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    profiles.change_price(crowd.people["Nedst"], 11_000, None)
    document = corpus().documents[str(crowd.suppliers["Nedst"].id)]
    assert (document.price_from_nok, document.text) == (11_000, "Nokså stille her.")
    assert held_change(crowd) is not None


def test_second_edit_is_compared_with_reviewed_profile(crowd, publish):
    publish_some(publish)
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    profiles.change_text(crowd.people["Nedst"], COPY + " Ring oss gjerne.", "nb")
    assert held_change(crowd).before["text"] == "Nokså stille her."
    assert ranked_text(crowd) == "Nokså stille her."


def test_unapproved_supplier_is_never_held(crowd, publish):
    publish_some(publish)
    vetting(crowd).state = "submitted"
    session.commit()
    profiles.change_text(crowd.people["Nedst"], COPY, "nb")
    assert held_change(crowd) is None

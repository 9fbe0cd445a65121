"""Who was shown is kept with each run, gives turns among equals, and is told as numbers to those it concerns."""

import pytest
from sqlalchemy import func, select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.lifecycle import DECLINE_REASONS
from marketplace.sourcing.models import Exposure, RankingRun
from marketplace.sourcing.queries.exposure import COUNTS_AS_SHOWN, last_shown
from marketplace.sourcing.replay import replay
from marketplace.sourcing.run_storage import unpack

DAY = 86_400
ALIKE = (
    "Furulia",
    "Granholt",
    "Bjørkeli",
    "Seljestad",
    "Rognlund",
    "Heggås",
    "Osplia",
    "Einerbakk",
    "Lindhaug",
)
TELLS = (
    "Kunder får handle ost dag og natt.", "Bøndene ringer, så rydder vi opp sammen.", "Kassa blir koblet på første uka.",
    "Alle varer får et ordentlig kort.", "Teamet sitter på loftet over bakeriet.", "Opplæring tar vi hjemme ved bordet.",
    "Kaffen er svart og møtene korte.", "Etter lansering måler vi hver måned.", "Skiftet skjer om natten, uten stans.",
)  # fmt: skip


@pytest.fixture
def crowd(market):
    """Add equal suppliers, more than one page shows."""
    for name, tells in zip(ALIKE, TELLS, strict=True):
        market.add(name, f"Vi lager nettbutikk for gårdsutsalg. {tells}", "ecm.shop", price_from_nok=30_000)
    session.commit()
    return market


def shown_of(run):
    return unpack(run.inputs, run.inputs_digest)["shown"]


def runs():
    return session.scalars(select(RankingRun).order_by(RankingRun.id)).all()


def test_publishing_counts_those_on_the_first_page_as_shown_and_reading_counts_nobody(
    crowd, publish, sign_in
):
    reference = publish()
    assert session.scalar(select(func.count()).select_from(Exposure)) == COUNTS_AS_SHOWN
    places = queries.ranking_for(crowd.owner, reference).page.items
    kept = session.execute(select(Exposure.supplier_id, Exposure.place).order_by(Exposure.place)).all()
    assert [tuple(row) for row in kept] == [(item.told.supplier_id, item.told.match.place) for item in places]
    sign_in(crowd.owner).get(f"/briefs/{reference}/ranking")
    assert session.scalar(select(func.count()).select_from(Exposure)) == COUNTS_AS_SHOWN


def test_the_next_run_knows_whose_turn_it_is_and_is_made_again_with_it(crowd, publish):
    publish()
    publish()
    first, second = runs()
    assert shown_of(first) == {}
    assert len(shown_of(second)) == COUNTS_AS_SHOWN
    assert set(shown_of(second).values()) == {first.id}
    for run in (first, second):
        assert "the same to the last digit" in replay(run.id)


def test_offers_and_invitations_give_nobody_another_turn(crowd, publish):
    reference = publish()
    before = last_shown([supplier.id for supplier in crowd.suppliers.values()])
    use_cases.invite_suppliers(crowd.owner, reference, [crowd.suppliers["Kvistverk"].id])
    use_cases.decline(crowd.people["Kvistverk"], reference, next(iter(DECLINE_REASONS)))
    assert last_shown([supplier.id for supplier in crowd.suppliers.values()]) == before


def test_only_the_supplier_and_its_own_garden_see_the_numbers(market, publish, sign_in):
    supplier = market.suppliers["Kvistverk"]
    supplier.garden_id = market.garden.id
    session.commit()
    use_cases.invite_suppliers(market.owner, publish(), [supplier.id])
    path, said = f"/suppliers/{supplier.slug}", "Shown 1 time in the last 90 days. Invited 1 time."
    for viewer in (market.people["Kvistverk"], market.adviser):
        assert said in sign_in(viewer).get(path).text
    for viewer in (market.owner, market.elsewhere, market.admin, market.people["Myrull"]):
        assert "Shown to signed-in companies" not in sign_in(viewer).get(path).text


def test_what_is_older_than_ninety_days_is_not_counted_but_the_day_is_still_told(
    market, publish, time_machine
):
    at = clock.now()
    publish()
    time_machine.move_to(at.timestamp() + 91 * DAY, tick=False)
    found = queries.exposed(market.people["Kvistverk"], market.suppliers["Kvistverk"].id)
    assert found is not None
    assert (found.shown, found.invited) == (0, 0)
    assert found.last is not None
    assert found.last.date() == at.date()


def test_one_never_shown_is_told_so(market, sign_in):
    page = sign_in(market.people["Tekstverk"]).get(f"/suppliers/{market.suppliers['Tekstverk'].slug}")
    assert "Not shown yet." in page.text


@pytest.mark.parametrize(
    ("locale", "width"), [("nb", "0,25 poeng"), ("nn", "0,25 poeng"), ("en", "0.25 points")]
)
def test_the_width_is_published(app, locale, width):
    browser = app.test_client()
    browser.set_cookie("locale", locale)
    assert width in browser.get("/how-we-rank").text


def test_of_a_supplier_that_is_not_there_nobody_sees_numbers(market):
    for viewer in (market.people["Kvistverk"], market.adviser, market.admin):
        assert queries.exposed(viewer, 999_999) is None

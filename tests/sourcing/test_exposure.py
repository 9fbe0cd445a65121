"""Exposure: recorded with each run, used to rotate ties, and shown to the supplier and its garden."""

import pytest
from sqlalchemy import func, select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.decline_reasons import DECLINE_REASONS
from marketplace.sourcing.models import Exposure, RankingRun
from marketplace.sourcing.queries.exposure import SHOWN_RANKS, last_shown
from marketplace.sourcing.ranking.replay import replay
from marketplace.sourcing.ranking.run_storage import deserialize

DAY = 86_400
NAMES = (
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
SENTENCES = (
    "Kunder får handle ost dag og natt.", "Bøndene ringer, så rydder vi opp sammen.", "Kassa blir koblet på første uka.",
    "Alle varer får et ordentlig kort.", "Teamet sitter på loftet over bakeriet.", "Opplæring tar vi hjemme ved bordet.",
    "Kaffen er svart og møtene korte.", "Etter lansering måler vi hver måned.", "Skiftet skjer om natten, uten stans.",
)  # fmt: skip


@pytest.fixture
def crowd(market):
    """Add more equal suppliers than one page shows."""
    for name, sentence in zip(NAMES, SENTENCES, strict=True):
        market.add(
            name, f"Vi lager nettbutikk for gårdsutsalg. {sentence}", "ecm.shop", price_from_nok=30_000
        )
    session.commit()
    return market


def shown_of(run):
    return deserialize(run.inputs, run.inputs_digest)["shown"]


def runs():
    return session.scalars(select(RankingRun).order_by(RankingRun.id)).all()


def test_publishing_records_first_page_and_reading_records_nothing(crowd, publish, sign_in):
    reference = publish()
    assert session.scalar(select(func.count()).select_from(Exposure)) == SHOWN_RANKS
    items = queries.ranking_for(crowd.owner, reference).page.items
    exposures = session.execute(select(Exposure.supplier_id, Exposure.place).order_by(Exposure.place)).all()
    assert [tuple(row) for row in exposures] == [
        (item.entry.supplier_id, item.entry.match.rank) for item in items
    ]
    sign_in(crowd.owner).get(f"/briefs/{reference}/ranking")
    assert session.scalar(select(func.count()).select_from(Exposure)) == SHOWN_RANKS


def test_next_run_uses_exposure_and_can_be_repeated(crowd, publish):
    publish()
    publish()
    first, second = runs()
    assert shown_of(first) == {}
    assert len(shown_of(second)) == SHOWN_RANKS
    assert set(shown_of(second).values()) == {first.id}
    for run in (first, second):
        assert "identical" in replay(run.id)


def test_invitations_do_not_change_exposure(crowd, publish):
    reference = publish()
    before = last_shown([supplier.id for supplier in crowd.suppliers.values()])
    use_cases.invite_suppliers(crowd.owner, reference, [crowd.suppliers["Kvistverk"].id])
    use_cases.decline(crowd.people["Kvistverk"], reference, next(iter(DECLINE_REASONS)))
    assert last_shown([supplier.id for supplier in crowd.suppliers.values()]) == before


def test_only_supplier_and_its_garden_see_exposure(market, publish, sign_in):
    supplier = market.suppliers["Kvistverk"]
    supplier.garden_id = market.garden.id
    session.commit()
    use_cases.invite_suppliers(market.owner, publish(), [supplier.id])
    path, said = f"/suppliers/{supplier.slug}", "Shown 1 time in the last 90 days. Invited 1 time."
    for viewer in (market.people["Kvistverk"], market.adviser):
        assert said in sign_in(viewer).get(path).text
    for viewer in (market.owner, market.elsewhere, market.admin, market.people["Myrull"]):
        assert "Shown to signed-in companies" not in sign_in(viewer).get(path).text


def test_old_exposure_is_not_counted_but_last_date_is_shown(market, publish, time_machine):
    at = clock.now()
    publish()
    time_machine.move_to(at.timestamp() + 91 * DAY, tick=False)
    found = queries.exposure_stats(market.people["Kvistverk"], market.suppliers["Kvistverk"].id)
    assert found is not None
    assert (found.shown, found.invited) == (0, 0)
    assert found.last is not None
    assert found.last.date() == at.date()


def test_supplier_never_shown_sees_message(market, sign_in):
    page = sign_in(market.people["Tekstverk"]).get(f"/suppliers/{market.suppliers['Tekstverk'].slug}")
    assert "Not shown yet." in page.text


@pytest.mark.parametrize(
    ("locale", "width"), [("nb", "0,25 poeng"), ("nn", "0,25 poeng"), ("en", "0.25 points")]
)
def test_tie_width_is_published(app, locale, width):
    browser = app.test_client()
    browser.set_cookie("locale", locale)
    assert width in browser.get("/how-we-rank").text


def test_unknown_supplier_has_no_exposure(market):
    for viewer in (market.people["Kvistverk"], market.adviser, market.admin):
        assert queries.exposure_stats(viewer, 999_999) is None

"""The comparison page of a company, and users who see no offers."""

import datetime as dt

import pytest

from marketplace.briefs.models import BriefVersion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.proposals import queries, use_cases
from marketplace.proposals.offer_content import PriceLine
from marketplace.proposals.price_comparison import PriceKind
from tests.factories.offers import full_content
from tests.proposals.conftest import AFTER, ANSWERS, REFERENCE
from tests.support.page_rules import text_of

OFFERS = f"/briefs/{REFERENCE}/proposals"


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_comparison_names_cheapest_with_and_without_gaps(browser, market, at_noon):
    lines = full_content().price_lines
    market.send("kvistverk")
    market.send(
        "skogsfjord",
        price_lines=(
            PriceLine(lines[0].deliverable, PriceKind.AMOUNT, 60_000),
            PriceLine(lines[1].deliverable, PriceKind.NOT_INCLUDED),
            lines[2],
        ),
    )
    at_noon.move_to(AFTER, tick=False)
    lede = plain(browser("owner").page(OFFERS).one("p", class_="lede").text)
    assert "Skogsfjord ser billigst ut, men har ikke med «Kobling til kassa»." in lede
    assert "Med anslag for det som mangler, er Kvistverk billigst, og det skiller 2 000 kr" in lede


def test_estimates_use_the_prices_of_offers_that_are_not_shown(browser, market, at_noon):
    lines = full_content().price_lines
    market.send("kvistverk")
    for name in ("myrull", "skogsfjord"):
        included = PriceLine(lines[1].deliverable, PriceKind.INCLUDED)
        market.send(name, price_lines=(lines[0], included, lines[2]))
    market.supplier("fjord")
    market.send(
        "fjord", price_lines=(lines[0], PriceLine(lines[1].deliverable, PriceKind.NOT_INCLUDED), lines[2])
    )
    at_noon.move_to(AFTER, tick=False)
    shown = "&".join(f"offer={market.proposal(name).id}" for name in ("fjord", "myrull"))
    page = plain(browser("owner").page(f"{OFFERS}?{shown}").text)
    assert "122 960 kr" in page, "the gap is filled with the price of Kvistverk"
    assert "Myrull" in page
    assert "Kobling til kassa 18 000 kr" not in page


def test_estimates_stay_the_same_after_the_choice(browser, market, at_noon, choose):
    first, gap, last = full_content().price_lines
    market.send("kvistverk")
    for name, kind, amount in (("myrull", "not_included", None), ("skogsfjord", "amount", 90_000)):
        line = PriceLine(gap.deliverable, PriceKind(kind), amount)
        market.send(name, price_lines=(first, line, last))
    at_noon.move_to(AFTER, tick=False)
    use_cases.rule_out(market.owner, REFERENCE, market.proposal("skogsfjord").id, "Kobling til kassa", "Nei.")

    def estimates() -> list[str]:
        row = browser("owner").page(OFFERS).all("tr", class_="total")[0]
        return [plain(text_of(cell)) for cell in row.findall("td")][:2]

    before = estimates()
    assert len(set(before)) == 1, "the gap has the price of the other offer"
    choose(market, "kvistverk")
    assert estimates() == before


def test_choice_names_estimated_and_unpriced_parts_of_a_total(browser, market, at_noon):
    first, *others = full_content().price_lines
    left_out = [PriceLine(line.deliverable, PriceKind.NOT_INCLUDED) for line in others]
    market.send("kvistverk", price_lines=(first, others[0], left_out[1]))
    market.send("myrull", price_lines=(first, *left_out))
    at_noon.move_to(AFTER, tick=False)
    page = browser("owner").page(f"/briefs/{REFERENCE}/award")
    totals = [
        text_of(page.one("div", id=f"about-{market.proposal(name).id}")) for name in ("kvistverk", "myrull")
    ]
    assert totals[0].endswith("over 24 måneder (uten det som ingen har priset)")
    assert totals[1].endswith("over 24 måneder (anslag) (uten det som ingen har priset)")


@pytest.mark.parametrize(("needed", "is_late"), [("2027-04-16", False), ("2027-04-15", True)])
def test_offer_that_finishes_too_late_is_marked(browser, market, at_noon, needed, is_late):
    market.brief.versions[0].answers = ANSWERS | {"finish_by": needed}
    session.commit()
    market.send("kvistverk", finish=dt.date(2027, 4, 16))
    at_noon.move_to(AFTER, tick=False)
    page = browser("owner").page(OFFERS)
    warning = "Kvistverk blir ferdig 16. april 2027. Dere trenger det ferdig innen 15. april 2027."
    assert (warning in page.text) is is_late
    assert [plain(cell.text) for cell in page.all("td", class_="hole")] == ["16. april 2027"] * is_late


def test_offer_older_than_amendment_is_marked(browser, market, at_noon):
    market.send("kvistverk")
    brief = market.brief
    brief.versions.append(
        BriefVersion(
            number=2,
            guide_version=1,
            title="Nettbutikk med henting",
            answers=ANSWERS | {"nice_to_have": ["Gavekort", "Kundeklubb"]},
            published_at=clock.now(),
            published_by_id=market.owner.user_id,
        )
    )
    session.commit()
    market.send("myrull")
    at_noon.move_to(AFTER, tick=False)
    told = browser("owner").page(OFFERS).text
    assert "Kvistverk har svart på en eldre versjon av briefen." in told
    assert "Myrull har svart på en eldre versjon" not in told


def test_prices_of_parts_that_were_reworded_are_shown_beside_the_total(browser, market, at_noon):
    market.send("kvistverk")
    brief, wanted = market.brief, ANSWERS["deliverables"]
    details = {"number": 2, "guide_version": 1, "title": "Nettbutikk", "published_at": clock.now()}
    answers = ANSWERS | {"deliverables": [*wanted[:2], "60 produktbilder"]}
    brief.versions.append(BriefVersion(**details, answers=answers, published_by_id=market.owner.user_id))
    session.commit()
    lines = full_content().price_lines
    market.send("myrull", price_lines=(*lines[:2], PriceLine("60 produktbilder", PriceKind.AMOUNT, 20_000)))
    at_noon.move_to(AFTER, tick=False)
    owner, sentence = browser("owner"), "40 produktbilder: 16 000 kr"
    rows = [text_of(row) for row in owner.page(OFFERS).all("tr")]
    row = next(text for text in rows if "endret eller fjernet" in text)
    assert plain(row).count(sentence) == 1, "only the offer to the older version"
    for name, is_shown in (("kvistverk", True), ("myrull", False)):
        number = market.proposal(name).id
        for path in (f"{OFFERS}/{number}", f"/briefs/{REFERENCE}/award?proposal={number}"):
            assert (sentence in plain(owner.page(path).text)) is is_shown


@pytest.mark.parametrize("day", ["", "i morgen", "31.02.2027"])
def test_extension_with_invalid_date_is_refused(browser, market, at_noon, day):
    deadline = market.brief.deadline
    assert browser("owner").post(f"{OFFERS}/extend", data={"day": day}).status_code == 404, "it is sealed"
    at_noon.move_to(AFTER, tick=False)
    browser("owner").sign_in(market.owner.user_id)  # the session of some weeks ago is over
    answer = browser("owner").post(f"{OFFERS}/extend", data={"day": day})
    assert answer.status_code == 422
    assert 'id="day-error"' in answer.text
    assert (market.brief.deadline, market.brief.extensions) == (deadline, 0)


def test_extension_with_offers_is_refused(browser, opened):
    deadline = opened.brief.deadline
    assert browser("owner").post(f"{OFFERS}/extend", data={"day": "i morgen"}).status_code == 404
    day = (AFTER + dt.timedelta(days=7)).date().isoformat()
    answer = browser("owner").post(f"{OFFERS}/extend", data={"day": day})
    assert answer.status_code == 409
    assert "bare når det ikke kom noe tilbud" in answer.text
    assert (opened.brief.deadline, opened.brief.extensions) == (deadline, 0)


def test_garden_sees_offer_count_and_supplier_own_offer_only(opened):
    for name in ("owner", "kvistverk", "admin"):
        with pytest.raises(NotFound):
            queries.count_for_garden(opened.people[name], REFERENCE)
    for name in ("owner", "curator", "admin"):
        viewer = opened.people[name]
        assert queries.own_proposal(viewer, opened.brief_id) is None
        for query in (queries.own_offers, lambda asker: queries.load_supplier_offer(asker, REFERENCE)):
            with pytest.raises(NotFound):
                query(viewer)
    assert queries.own_offers(opened.kvistverk).total == 1


def test_draft_in_review_has_no_offer_count(browser, market):
    market.brief.state, market.brief.versions = "in_review", []
    session.commit()
    assert browser("curator").get(OFFERS).status_code == 404
    with pytest.raises(NotFound):
        queries.count_for_garden(market.curator, REFERENCE)

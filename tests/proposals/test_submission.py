"""Offer pages after the offer or brief was closed meanwhile, or without permission to write."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from marketplace.briefs.models import BriefVersion
from marketplace.briefs.use_cases import withdraw as withdraw_brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.list_query import ListQuery
from marketplace.proposals import queries, use_cases
from marketplace.proposals.models.offers import Proposal
from marketplace.vetting.models import Vetting
from tests.factories.offers import filled, full_content
from tests.proposals.conftest import AFTER, REFERENCE
from tests.support.interleaving import interleave
from tests.support.page_rules import HtmlPage

OFFER = f"/briefs/{REFERENCE}/proposal"
TOO_LATE = "Svarfristen er ute. Tilbud kan ikke skrives eller endres lenger."
NOT_APPROVED = "Dere er ikke godkjent for denne typen oppdrag, eller bedriften tar ikke imot tilbud fra dere."
WITHDRAWN = "Dette tilbudet er trukket. Gjenopprett det før dere endrer det."
BRIEF_WITHDRAWN = "Briefen er trukket tilbake. Tilbud kan ikke skrives eller endres lenger."
OWN_OFFER = "SELECT proposal.id, "


def suspend(viewer):
    with transaction():
        for vetting in session.scalars(select(Vetting).where(Vetting.supplier_id == viewer.organisation_id)):
            vetting.state = "suspended"


@pytest.mark.both_databases
@pytest.mark.parametrize(("happens", "told"), [("deadline", TOO_LATE), ("suspended", NOT_APPROVED)])
def test_save_after_offer_closed_is_refused_with_reason(app, browser, market, at_noon, happens, told):
    sent = market.send("kvistverk")
    person = browser("kvistverk")
    acts = {
        "deadline": lambda: at_noon.move_to(AFTER, tick=False),
        "suspended": lambda: suspend(market.kvistverk),
    }
    with interleave(app, OWN_OFFER, acts[happens]):
        answer = person.post(OFFER, data=filled(seen=str(sent.revision), team="For sent", act="send"))
    assert answer.status_code in {409, 422}  # PostgreSQL sees the suspension at an earlier check
    assert told in HtmlPage(answer.text).text
    assert "For sent" in answer.text
    stored = market.proposal("kvistverk")
    assert (stored.content["team"], stored.revision) == ("Ane og Trygve", sent.revision)
    person.sign_in(market.kvistverk.user_id)
    assert not person.page(OFFER).all("textarea")


@pytest.mark.both_databases
def test_input_is_kept_when_colleague_withdraws_offer(app, browser, market):
    sent = market.send("kvistverk")
    act = lambda: use_cases.withdraw(market.kvistverk, REFERENCE, "Full ordrebok")  # noqa: E731 because it is an argument
    with interleave(app, OWN_OFFER, act):
        answer = browser("kvistverk").post(
            OFFER, data=filled(seen=str(sent.revision), team="Min egen tekst", act="send")
        )
    assert answer.status_code == 422
    page = HtmlPage(answer.text)
    assert WITHDRAWN in page.text
    assert page.one("input", name="team").get("value") == "Min egen tekst"
    stored = market.proposal("kvistverk")
    assert (stored.state, stored.content["team"]) == ("withdrawn", "Ane og Trygve")


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        ("deadline", TOO_LATE),
        ("suspended", NOT_APPROVED),
        ("withdrawn", WITHDRAWN),
        ("brief withdrawn", BRIEF_WITHDRAWN),
    ],
)
def test_submit_after_closing_explains_why(browser, market, at_noon, happened, told):
    sent = market.send("kvistverk")
    if happened == "deadline":
        at_noon.move_to(AFTER, tick=False)
    elif happened == "suspended":
        suspend(market.kvistverk)
    elif happened == "brief withdrawn":
        withdraw_brief(market.owner, REFERENCE, "Vi skal ikke ha nettbutikk likevel")
    else:
        use_cases.withdraw(market.kvistverk, REFERENCE, "Full ordrebok")
    form = filled(seen=str(sent.revision), team="For sent", act="send")
    person = browser("kvistverk")
    assert told in person.post(OFFER, data=form, follow_redirects=True).text
    saved = person.post(OFFER, data=form, headers={"X-Autosave": "1"})
    assert (saved.status_code, saved.json["ok"], saved.json["saved"]) == (409, False, told)
    assert market.proposal("kvistverk").content["team"] == "Ane og Trygve"


def test_invited_supplier_without_offer_sees_none_was_sent(browser, market, at_noon):
    at_noon.move_to(AFTER, tick=False)
    page = browser("kvistverk").page(OFFER)
    assert "dere sendte ikke noe tilbud" in page.text
    assert not page.all("textarea")
    answer = browser("kvistverk").post(OFFER, data=filled(act="save"), follow_redirects=True)
    assert "Svarfristen er ute" in answer.text
    assert session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_pages_of_a_brief_withdrawn_while_open_name_no_deadline(browser, market):
    use_cases.save(market.kvistverk, REFERENCE, full_content())
    withdraw_brief(market.owner, REFERENCE, "Vi skal ikke ha nettbutikk likevel")
    for supplier in ("kvistverk", "myrull"):
        page = browser(supplier).page(OFFER).text
        assert "trukket tilbake" in page or "trekt tilbake" in page
        assert "11. desember" not in page
    assert "ingen tilbud blir åpnet" in browser("curator").page(f"/briefs/{REFERENCE}/proposals").text


@pytest.mark.parametrize("act", ["save", "send"])
def test_answers_stay_with_their_questions_when_the_brief_changes(browser, market, act):
    person = browser("kvistverk")
    version = person.page(OFFER).one("input", name="version").get("value")
    brief = market.brief
    first = brief.versions[0]
    deliverables = ["Innføring i løsningen", *reversed(first.answers["deliverables"])]
    brief.versions.append(
        BriefVersion(
            number=2,
            guide_version=1,
            title=first.title,
            answers={**first.answers, "deliverables": deliverables},
            published_at=clock.now(),
            published_by_id=market.owner.user_id,
        )
    )
    session.commit()
    answer = person.post(OFFER, data=filled(version=version, act=act), follow_redirects=True)
    assert "Briefen ble endret mens dere skrev" in answer.text
    stored = market.proposal("kvistverk")
    assert stored.state == "draft"
    assert {
        line["deliverable"]: (line["kind"], line["amount"]) for line in stored.content["price_lines"]
    } == {
        "Nettbutikk med 40 varer": ("amount", 58_000),
        "Kobling til kassa": ("not_included", None),
        "40 produktbilder": ("included", None),
        "Innføring i løsningen": ("not_priced", None),
    }


def test_unapproved_supplier_without_offer_gets_404(browser, market):
    suspend(market.kvistverk)
    assert browser("kvistverk").get(OFFER).status_code == 404
    with pytest.raises(RuleBroken, match="ikke godkjent"):
        use_cases.save(market.kvistverk, REFERENCE, full_content())
    assert session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_letter_is_unread_until_first_view(browser, opened, choose, at_noon):
    choose(opened, "kvistverk")
    number = opened.proposal("myrull").id
    link = f"/proposals/{number}/letter"
    assert [offer.has_news for offer in queries.own_offers(opened.myrull).items] == [True]
    assert len(browser("myrull").page("/proposals").all("a", href=link)) == 2
    browser("myrull").page(link)
    assert [offer.has_news for offer in queries.own_offers(opened.myrull).items] == [False]
    assert len(browser("myrull").page("/proposals").all("a", href=link)) == 1
    at_noon.shift(dt.timedelta(minutes=5))
    use_cases.mark_letter_seen(opened.myrull, number)
    assert opened.proposal("myrull").outcome_seen_at == AFTER


def test_own_offers_are_searched_filtered_and_sorted(opened, choose):
    choose(opened, "kvistverk")

    def listed(viewer, text="", **chosen):
        return queries.own_offers(viewer, wanted=ListQuery(text, chosen)).total

    winner, loser = opened.kvistverk, opened.myrull
    assert [listed(winner, state=state) for state in ("draft", "sent", "won", "lost", "other")] == [
        0,
        0,
        1,
        0,
        0,
    ]
    assert [listed(loser, state=state) for state in ("draft", "sent", "won", "lost", "other")] == [
        0,
        0,
        0,
        1,
        0,
    ]
    assert (
        listed(winner, "bjoerkvolen")
        == listed(winner, "bjoerkvollen")
        == listed(winner, "NETTBUTIKK", sort="title")
        == 1
    )
    assert listed(winner, "finnes ikke") == 0

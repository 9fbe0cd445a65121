"""Offer pages for each role, before and after the deadline."""

import pytest
from sqlalchemy import select

from marketplace.core.database import session
from marketplace.outbox.models import Notice
from tests.factories.offers import filled
from tests.proposals.conftest import REFERENCE
from tests.proposals.test_decision_pages import award_form

OFFER = f"/briefs/{REFERENCE}/proposal"
OFFERS = f"/briefs/{REFERENCE}/proposals"
OTHERS = ("owner", "member", "outsider", "curator", "far_curator", "admin", "myrull", "stranger")
CANARY = "Kanarifuglen synger i Oppdal"


def seen_by(browser, name):
    """Return everything a person can read about the brief: pages, notices and audit log."""
    paths = [
        f"/briefs/{REFERENCE}", OFFER, OFFERS, f"{OFFERS}/1", f"{OFFERS}/scores", f"/briefs/{REFERENCE}/award",
        f"/briefs/{REFERENCE}/job", f"/briefs/{REFERENCE}/ranking", f"/briefs/{REFERENCE}/invitations",
        "/proposals", "/proposals/1/letter", "/home", "/briefs", "/opportunities", "/messages", "/admin/audit",
        "/suppliers", "/suppliers/kvistverk", "/companies",
    ]  # fmt: skip
    answers = []
    for path in paths:
        answer = browser(name).get(path)
        answers.append(
            (path, answer.status_code, answer.headers.get("ETag"), answer.data.split(b"csrf_token")[0])
        )
    return answers


@pytest.mark.sample(4)
@pytest.mark.parametrize("name", [*OTHERS, "nobody"])
def test_competitor_offer_changes_no_page_of_others(browser, market, name):
    before = seen_by(browser, name)
    market.send("kvistverk", understanding=CANARY)
    market.send("skogsfjord", understanding=CANARY)
    assert seen_by(browser, name) == before


@pytest.mark.parametrize("name", OTHERS)
def test_sealed_offer_is_on_no_page(browser, market, name):
    number = market.send("kvistverk", understanding=CANARY).id
    for path in (
        f"{OFFERS}/{number}",
        f"/proposals/{number}/letter",
        f"{OFFERS}/scores",
        f"/briefs/{REFERENCE}/job",
    ):
        assert browser(name).get(path).status_code in {403, 404}
    for path in (OFFERS, OFFER, "/proposals"):
        assert CANARY not in browser(name).get(path).text


def test_opened_offers_access_by_role(browser, opened):
    number = opened.proposal("kvistverk").id
    expected = {
        "owner": 200,
        "member": 200,
        "outsider": 404,
        "curator": 200,
        "far_curator": 404,
        "admin": 404,
    }
    for name, status in (
        expected | {"myrull": 404, "kvistverk": 404, "stranger": 404, "nobody": 303}
    ).items():
        assert browser(name).get(OFFERS).status_code == status, name
    one = {
        "owner": 200,
        "member": 200,
        "outsider": 404,
        "curator": 403,
        "admin": 403,
        "myrull": 403,
        "nobody": 303,
    }
    for name, status in one.items():
        assert browser(name).get(f"{OFFERS}/{number}").status_code == status, name
    garden = browser("curator").page(OFFERS)
    assert "3" in garden.heading
    assert "Kvistverk" not in garden.text
    assert "58" not in garden.text.replace(REFERENCE, "")


def test_uninvited_supplier_gets_404(browser, market):
    for path in (OFFER, f"{OFFER}/withdraw"):
        assert browser("stranger").get(path).status_code == 404
    assert browser("stranger").post(OFFER, data=filled(act="save")).status_code == 404


def test_sealed_page_offers_early_opening_without_details(browser, market):
    owner = browser("owner")
    market.send("kvistverk")
    assert owner.page(OFFERS).all("form", action=f"{OFFERS}/open")
    assert not browser("member").page(OFFERS).all("form", action=f"{OFFERS}/open")
    answer = owner.post(f"{OFFERS}/open", follow_redirects=True)
    assert "Kvistverk" not in answer.text
    for name in ("myrull", "skogsfjord"):
        market.send(name)
    assert "Kvistverk" in owner.post(f"{OFFERS}/open", follow_redirects=True).text


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_pages_in_every_language(browser, opened, locale):
    for name, paths in {
        "owner": [OFFERS, f"{OFFERS}/scores", f"/briefs/{REFERENCE}/award", f"/briefs/{REFERENCE}/nobody"],
        "kvistverk": ["/proposals", OFFER],
    }.items():
        browser(name).get(f"/language/{locale}")
        for path in paths:
            assert browser(name).page(path).one("html").get("lang") == locale


def test_offer_notices_never_reach_competitors(opened, browser):
    browser("owner").post(f"/briefs/{REFERENCE}/award", data=award_form(opened))
    rival = opened.myrull.user_id
    for notice in session.scalars(select(Notice).where(Notice.user_id == rival)):
        assert "Kvistverk" not in notice.subject + notice.body
        assert "92" not in notice.body

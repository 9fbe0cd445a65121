"""An adviser whom the company lets read the offers prepares the choice, and an owner confirms it."""

from typing import Any

import pytest
from sqlalchemy import select

from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import NotFound
from marketplace.mandates.models import Confirmation, Mandate
from marketplace.mandates.queries.acting import mandated_viewer
from marketplace.mandates.rules import default_end
from marketplace.mandates.use_cases import mandates
from marketplace.outbox.models import OutboxMail
from marketplace.proposals import queries, use_cases
from marketplace.proposals.models.offers import Award
from tests.factories.market import Market
from tests.support.browser import Browser, signed_in

PREPARE = "/briefs/2026-0147/award/prepare"
OFFERS = "/briefs/2026-0147/proposals"


def give(market: Market, *, reads_offers: bool) -> Mandate:
    garden = market.curator.organisation_id or 0
    return mandates.give_mandate(market.owner, garden, default_end(clock.today()), reads_offers=reads_offers)


def writing(app: Any, market: Market) -> Browser:
    """Return a browser in which the curator writes for the company."""
    browser = signed_in(app, market.curator)
    assert browser.post(f"/companies/{market.owner.organisation_id}/write").status_code == 303
    return browser


def choice(market: Market, chosen: str = "kvistverk") -> dict[str, str]:
    data = {"proposal": str(market.proposal(chosen).id), "price_nok": "92 000", "start_on": "11.01.2027"}
    data["reason"] = "Dere forsto oss best av alle."
    for name in {"kvistverk", "myrull", "skogsfjord"} - {chosen}:
        other = market.proposal(name).id
        data |= {f"code_{other}": "gaps", f"text_{other}": "Koblingen manglet.", f"good_{other}": ""}
    return data


def link() -> str:
    mails = session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [mail.link_path for mail in mails if mail.link_path.startswith("/confirmations/")][-1]


def test_mandate_without_access_reads_no_offer(app: Any, opened: Market) -> None:
    mandate = give(opened, reads_offers=False)
    browser = writing(app, opened)
    for path in (OFFERS, f"{OFFERS}/{opened.proposal('kvistverk').id}", PREPARE):
        assert browser.get(path).status_code == 403, path
    writer = mandated_viewer(
        opened.curator, mandate.id, opened.owner.organisation_id or 0, "", mandate.garden_id
    )
    with pytest.raises(NotFound):
        queries.offers_for(writer, opened.reference)


def test_mandate_with_access_reads_nothing_before_the_deadline(app: Any, market: Market) -> None:
    market.send("kvistverk")
    give(market, reads_offers=True)
    browser = writing(app, market)
    sealed = browser.get(OFFERS)
    assert sealed.status_code == 200
    assert "Kvistverk" not in sealed.text
    assert browser.get(f"{OFFERS}/{market.proposal('kvistverk').id}").status_code == 404
    assert browser.get(PREPARE).status_code == 404


def test_owner_confirms_the_choice_that_the_adviser_prepared(app: Any, opened: Market) -> None:
    give(opened, reads_offers=True)
    browser = writing(app, opened)
    compared = browser.page(OFFERS)
    assert compared.all("a", href=PREPARE)
    assert not compared.all("a", href=f"{OFFERS}/scores")
    form = choice(opened)
    page = browser.get(f"{PREPARE}?proposal={form['proposal']}")
    assert "Spør eierne" in page.text
    incomplete = browser.post(PREPARE, data=form | {"reason": ""})
    assert incomplete.status_code == 422
    assert "Koblingen manglet." in incomplete.text
    assert browser.post(PREPARE, data=form).status_code == 303
    assert session.scalar(select(Award)) is None, "nothing happens before an owner confirms"
    assert "Ring dem" in browser.post(PREPARE, data=form).text, "the owners are not asked the same twice"
    assert browser.post(PREPARE, data=form | {"price_nok": "92 500"}).status_code == 303
    visitor = app.test_client()
    shown = visitor.get(link()).text
    assert all(
        text in shown
        for text in ("Kvistverk", "92\xa0500", "Dere forsto oss best av alle.", "Koblingen manglet.")
    )
    visitor.post(link())
    award = session.scalars(select(Award)).one()
    assert (award.proposal_id, award.awarded_by_id) == (opened.proposal("kvistverk").id, opened.owner.user_id)
    assert opened.proposal("myrull").outcome_text == "Koblingen manglet."
    assert session.get_one(Brief, opened.brief_id).state == BriefState.AWARDED


def test_offer_that_was_ruled_out_meanwhile_is_not_chosen(app: Any, opened: Market) -> None:
    give(opened, reads_offers=True)
    writing(app, opened).post(PREPARE, data=choice(opened))
    use_cases.rule_out(
        opened.owner, opened.reference, opened.proposal("kvistverk").id, "Henting på gården", "Mangler."
    )
    visitor = app.test_client()
    assert "kan ikke lenger velges" in visitor.get(link()).text
    visitor.post(link())
    assert session.scalar(select(Award)) is None


def test_access_that_is_taken_back_ends_at_once(app: Any, opened: Market) -> None:
    mandate = give(opened, reads_offers=True)
    browser = writing(app, opened)
    assert browser.get(OFFERS).status_code == 200
    mandates.change_mandate(opened.owner, mandate.id, mandate.until, reads_offers=False)
    assert browser.get(OFFERS).status_code == 403
    assert browser.post(PREPARE, data=choice(opened)).status_code == 403
    assert session.scalar(select(Confirmation)) is None
    with transaction():
        assert session.get_one(Mandate, mandate.id).is_active

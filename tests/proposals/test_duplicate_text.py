"""Limit on offers per day, and warnings about duplicate texts."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import RuleBroken
from marketplace.proposals import queries, use_cases
from marketplace.proposals.comparison import compare
from marketplace.proposals.duplicate_text import DUPLICATE_THRESHOLD, count_duplicates, normalize
from marketplace.proposals.limits import MAX_OFFERS_PER_DAY
from marketplace.proposals.models.offers import ProposalRevision
from marketplace.proposals.use_cases import open_due
from marketplace.sourcing.models import Invitation
from tests.factories.market import Market
from tests.factories.offers import filled, full_content
from tests.proposals.conftest import AFTER, ANSWERS, NOON


def briefs(market: Market, count: int, *, deadline: dt.datetime | None = None) -> list[str]:
    """Publish more briefs like the market's, with the same three invited suppliers."""
    invited = [market.people[name] for name in ("kvistverk", "myrull", "skogsfjord")]
    references = []
    for number in range(count):
        reference = f"2026-1{number:03}"
        brief = Brief(
            reference=reference, company_id=market.owner.organisation_id, created_by_id=market.owner.user_id,
            state="published", title="Nettbutikk", answers=ANSWERS, open_door=False, published_at=clock.now(),
            deadline=deadline or market.brief.deadline, services=[BriefService(code="ecm.shop", category="ecm")],
        )  # fmt: skip
        brief.versions = [
            BriefVersion(
                number=1, guide_version=1, title="Nettbutikk", answers=ANSWERS, published_at=clock.now(),
                published_by_id=market.owner.user_id,
            )
        ]  # fmt: skip
        session.add(brief)
        session.flush()
        for viewer in invited:
            session.add(
                Invitation(
                    brief_id=brief.id, supplier_id=viewer.organisation_id, invited_by_id=market.owner.user_id
                )
            )
        references.append(reference)
    session.commit()
    return references


def send(market: Market, name: str, reference: str, **changes: Any) -> Any:
    viewer = market.people[name]
    saved = use_cases.save(viewer, reference, full_content(**changes))
    return use_cases.submit(viewer, reference, saved.revision)


def test_daily_offer_limit_is_twenty(market: Market, at_noon: Any) -> None:
    references = briefs(market, MAX_OFFERS_PER_DAY + 1)
    for reference in references[:-1]:
        send(market, "kvistverk", reference)
    with pytest.raises(RuleBroken, match=str(MAX_OFFERS_PER_DAY)):
        send(market, "kvistverk", references[-1])
    send(market, "myrull", references[-1])  # another supplier's day
    sent = queries.load_supplier_offer(market.kvistverk, references[0]).proposal
    assert sent is not None
    changed = use_cases.save(
        market.kvistverk, references[0], full_content(monthly_nok=900), seen_revision=sent.revision
    )
    use_cases.submit(market.kvistverk, references[0], changed.revision)  # a submitted offer may be changed
    waiting = queries.load_supplier_offer(market.kvistverk, references[-1]).proposal
    assert waiting is not None
    assert waiting.state == "draft", "what was written is kept"
    at_noon.move_to(NOON + dt.timedelta(hours=24, seconds=1), tick=False)
    assert use_cases.submit(market.kvistverk, references[-1], waiting.revision).state == "submitted"


@pytest.mark.both_databases
def test_concurrent_offers_obey_daily_limit(market: Market, app: Flask) -> None:
    references = briefs(market, MAX_OFFERS_PER_DAY + 5)
    saved = {one: use_cases.save(market.kvistverk, one, full_content()).revision for one in references}
    session.commit()
    viewer = market.kvistverk

    def attempt(reference: str) -> bool:
        with app.app_context():
            try:
                use_cases.submit(viewer, reference, saved[reference])
            except RuleBroken:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(attempt, references))
    session.rollback()
    assert taken == MAX_OFFERS_PER_DAY
    assert session.scalar(select(func.count()).select_from(ProposalRevision)) == MAX_OFFERS_PER_DAY


def advice(market: Market, reference: str) -> str:
    found = queries.offers_for(market.owner, reference)
    return " ".join(compare(found.offers, found.requirements).advice)


def test_text_repeated_in_three_opened_offers_is_reported(market: Market, at_noon: Any) -> None:
    own = "Vi lager en butikk for Bjørkvollen, der ostene hentes på gården. Den er nummer %s."
    references = briefs(market, DUPLICATE_THRESHOLD + 1)
    for number, reference in enumerate(references):
        send(market, "kvistverk", reference)
        send(market, "myrull", reference, understanding=own % number)
    at_noon.move_to(AFTER, tick=False)
    open_due()
    told = [advice(market, reference) for reference in references]
    assert sum("Kvistverk" in text and "samme ord" in text for text in told) == 1
    assert not any("Myrull" in text and "samme ord" in text for text in told)


def test_sealed_texts_are_not_counted_as_duplicates(market: Market, at_noon: Any) -> None:
    """An offer for another brief is known to the supplier alone until that brief is opened."""
    briefs(market, DUPLICATE_THRESHOLD, deadline=AFTER + dt.timedelta(days=10))
    for number in range(DUPLICATE_THRESHOLD):
        send(market, "kvistverk", f"2026-1{number:03}")
    market.send("kvistverk")
    market.send("myrull")
    at_noon.move_to(AFTER, tick=False)
    open_due()
    assert "samme ord" not in advice(market, market.reference)
    assert market.proposal("kvistverk").repeats == 0


def test_supplier_sees_duplicate_warning_on_submit(market: Market, app: Flask) -> None:
    references = briefs(market, DUPLICATE_THRESHOLD)
    for reference in references:
        send(market, "kvistverk", reference)
    saved = use_cases.save(market.kvistverk, market.reference, full_content())
    session.commit()
    assert (
        queries.count_duplicate_offers(use_cases.submit(market.kvistverk, market.reference, saved.revision))
        == DUPLICATE_THRESHOLD
    )
    other = market.send("myrull")
    assert queries.count_duplicate_offers(other) == 0


def test_duplicate_warning_is_shown_only_for_repeated_text(market: Market, browser: Any) -> None:
    same = full_content().understanding
    for reference in briefs(market, DUPLICATE_THRESHOLD):
        send(market, "kvistverk", reference)
        send(market, "myrull", reference, understanding=f"Ny tekst om {reference}.")
    for name in ("kvistverk", "myrull"):
        answer = browser(name).post(
            f"/briefs/{market.reference}/proposal",
            data=filled(understanding=same, act="send"),
            follow_redirects=True,
        )
        assert "kan endre det til svarfristen" in answer.text
        assert ("med samme ord som andre" in answer.text) == (name == "kvistverk")
        assert market.proposal(name).state == "submitted"


@pytest.mark.parametrize(
    "text",
    [
        "Vi lager en butikk",
        "VI  LAGER, en butikk!",
        "Vi la\u00adger\u200b en\nbutikk.",
        " vi lager en butikk ",
    ],
)
def test_normalized_text_ignores_small_changes(text: str) -> None:
    assert normalize(text) == "vi lager en butikk"


def test_empty_text_is_never_a_duplicate() -> None:
    assert count_duplicates("", ["", " ", "…"]) == 0
    assert count_duplicates("Ja.", ["ja", "nei", "JA!"]) == 2

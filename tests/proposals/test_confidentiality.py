"""Sealed offers leak nothing before the opening: pages, headers, e-mail, logs and SQL statements."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.briefs import use_cases as briefs
from marketplace.core.database import session
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.proposals import use_cases
from marketplace.proposals.models.offers import Proposal
from marketplace.sourcing.models import Invitation
from marketplace.suppliers.models import Supplier
from tests.factories.market import Market
from tests.factories.offers import full_content
from tests.proposals.conftest import REFERENCE
from tests.proposals.page_snapshots import addresses, browsers, fetch, url_arguments
from tests.support.browser import Browser
from tests.support.databases import Database
from tests.support.sampling import Sampling
from tests.support.sql_capture import captured_sql

Seen = dict[tuple[str, str], Any]
BIDDER = "kvistverk"
SAMPLED_STEPS, SAMPLED_PEOPLE = 1, 2
"""How many steps are followed by a comparison of pages, and the pages of how many people are compared. An exhaustive run
compares them all, each person on one of the databases: what a page shows depends on the person, not on the database."""


def snapshot(app: Flask, people: dict[str, Any], numbers: dict[str, Any], sampling: Sampling) -> Seen:
    """Return the response of each page for each of these users."""
    return {
        (name, address): fetch(browser, address)
        for name, browser in people.items()
        for address in addresses(app, numbers, sampling)
    }


def changed_pages(before: Seen, after: Seen) -> list[str]:
    return sorted(
        f"{name} {address}" for (name, address), seen in after.items() if before[name, address] != seen
    )


def with_offer_id(seen: Seen, real: int, number: int) -> Seen:
    """Replace an offer's id in a snapshot, because pages repeat the requested URL."""

    def swap(value: Any) -> Any:
        if isinstance(value, bytes):
            return value.replace(str(real).encode(), str(number).encode())
        if isinstance(value, str):
            return value.replace(str(real), str(number))
        if isinstance(value, tuple):
            return tuple(map(swap, value))
        return value

    return {swap(key): swap(value) for key, value in seen.items()}


def some_browsers(
    database: Database, app: Flask, market: Market, sampling: Sampling, key: str, without: str = ""
) -> dict[str, Browser]:
    """Return the browsers of a sample of all users except one."""
    everybody = {name: browser for name, browser in browsers(app, market).items() if name != without}
    chosen = sampling.split(sampling.choose(everybody, SAMPLED_PEOPLE, key), database.name, key)
    return {name: everybody[name] for name in chosen}


def sent_to_others(market: Market) -> tuple[list[Any], list[Any]]:
    bidder = market.people[BIDDER]
    return (
        list(session.scalars(select(OutboxMail.id).where(OutboxMail.recipient != bidder.email))),
        list(session.scalars(select(Notice.id).where(Notice.user_id != bidder.user_id))),
    )


def steps(market: Market) -> Iterator[tuple[str, Callable[[], object]]]:
    bidder, reference = market.people[BIDDER], market.reference
    yield "begin", lambda: use_cases.save(bidder, reference, full_content(team="Begynt"))
    yield "send", lambda: market.send(BIDDER)
    yield "change", lambda: market.send(BIDDER, team="En annen")
    yield "withdraw", lambda: use_cases.withdraw(bidder, reference, "Rekker ikke")
    yield "resume", lambda: use_cases.resume(bidder, reference)


def test_bidder_actions_change_no_byte_for_others(
    market: Market,
    app: Flask,
    shared_database: Database,
    caplog: pytest.LogCaptureFixture,
    at_noon: Any,
    sampling: Sampling,
) -> None:
    market.send("myrull")
    people = some_browsers(shared_database, app, market, sampling, "actions of bidders", without=BIDDER)
    numbers = url_arguments()
    number = 4_242_424
    numbers["proposal_id"] = [*numbers["proposal_id"], number]
    first = snapshot(
        app, people, numbers, sampling
    )  # the first request may change a page: it marks messages as read
    before = snapshot(app, people, numbers, sampling)
    assert len(before) > 40 * len(people)
    assert sum(seen[0] == 200 for seen in before.values()) > 5 * len(people)
    told = sent_to_others(market)
    compared = sampling.choose([name for name, _step in steps(market)], SAMPLED_STEPS, "sealed offers")
    for name, step in steps(market):
        with caplog.at_level(logging.DEBUG):
            caplog.clear()
            at_noon.shift(dt.timedelta(0))
            step()
            assert not caplog.records, name
        assert sent_to_others(market) == told, name
        if name not in compared:
            continue
        numbers["proposal_id"][-1] = market.proposal(BIDDER).id
        after = snapshot(app, people, numbers, sampling)
        known = with_offer_id(after, market.proposal(BIDDER).id, number)
        assert changed_pages(before, known) == [], name
    assert len(first) == len(before)


PAGES = (
    "/home",
    "/briefs/{0}",
    "/briefs/{0}/proposals",
    "/briefs/{0}/ranking",
    "/opportunities",
    "/suppliers",
    "/",
)


def statements_of(people: dict[str, Any], reference: str) -> dict[tuple[str, str], list[str]]:
    found = {}
    for name in ("anonymous", "owner", "member", "outsider", "myrull", "stranger", "curator", "admin"):
        for page in PAGES:
            with captured_sql() as said:
                people[name].get(page.format(reference))
            found[name, page] = list(said)
    return found


def test_sql_statements_are_independent_of_offer_count(market: Market, app: Flask) -> None:
    others = [
        Supplier(
            name=f"Ukjent {n}",
            slug=f"ukjent-{n}",
            municipality_number="5021",
            garden_id=market.curator.organisation_id,
        )
        for n in range(50)
    ]
    session.add_all(others)
    session.commit()
    people = browsers(app, market)
    statements_of(people, market.reference)
    without = statements_of(people, market.reference)
    assert sum(len(said) for said in without.values()) > 100
    version = market.brief.versions[-1].id
    for supplier in others:
        proposal = Proposal(
            brief_id=market.brief_id, supplier_id=supplier.id, brief_version_id=version, created_by_id=market.admin.user_id,
            state="submitted", content=full_content().to_dict(), submitted_content=full_content().to_dict(),
        )  # fmt: skip
        session.add(proposal)
    session.commit()
    for key, said in statements_of(people, market.reference).items():
        assert said == without[key], key


class Canaries:
    """Unique words planted in private texts, with the people who may find them."""

    def __init__(self) -> None:
        self.seen_by: dict[str, set[str]] = {}

    def plant(self, word: str, *people: str) -> str:
        self.seen_by[word] = set(people)
        return word


def found_by(
    app: Flask, market: Market, people: dict[str, Browser], words: list[str], sampling: Sampling
) -> dict[str, set[str]]:
    """Return the people who find each word: these on a page, anybody in an e-mail."""
    found: dict[str, set[str]] = {word: set() for word in words}
    numbers = url_arguments()
    for name, browser in people.items():
        for address in addresses(app, numbers, sampling):
            _status, headers, body = fetch(browser, address)
            text = str(headers) + body.decode(errors="replace")
            for word in words:
                if word in text:
                    found[word].add(name)
    by_address = {viewer.email: name for name, viewer in market.people.items()}
    for mail in session.scalars(select(OutboxMail)):
        for word in words:
            if word in mail.subject + mail.body + mail.link_path:
                found[word].add(by_address.get(mail.recipient, mail.recipient))
    return found


def plant_all(market: Market) -> Canaries:
    """Plant canary words before the deadline: drafts, offers, withdrawn offers, notes and names of askers."""
    planted = Canaries()
    draft = briefs.create_draft(market.owner)
    draft.title, draft.answers = (
        planted.plant("Utkastalm", "owner", "member"),
        {"problem": planted.plant("Problemosp", "owner", "member")},
    )
    use_cases.save(
        market.kvistverk, market.reference, full_content(team=planted.plant("Kladdbjork", "kvistverk"))
    )
    market.send("myrull", understanding=planted.plant("Budfuru", "myrull"))
    use_cases.save(
        market.myrull,
        market.reference,
        full_content(understanding="Budfuru", team=planted.plant("Endringsgran", "myrull")),
    )
    market.send("skogsfjord", assumptions=planted.plant("Trukketselje", "skogsfjord"))
    use_cases.withdraw(market.skogsfjord, market.reference, planted.plant("Grunnhassel", "skogsfjord"))
    session.commit()
    return planted


def find_leaks(
    planted: Canaries, found: dict[str, set[str]], people: Iterable[str]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return leaked words, and words that their owners did not find, among these people."""
    leaks = {word: finders - planted.seen_by[word] for word, finders in found.items()}
    blind = {word: planted.seen_by[word].intersection(people) - finders for word, finders in found.items()}
    return {w: p for w, p in leaks.items() if p}, {w: p for w, p in blind.items() if p}


def test_canary_words_are_found_by_owners_only_before_opening(
    market: Market,
    app: Flask,
    shared_database: Database,
    caplog: pytest.LogCaptureFixture,
    sampling: Sampling,
) -> None:
    planted = plant_all(market)
    people = some_browsers(shared_database, app, market, sampling, "words before opening")
    # The reason for withdrawing an offer is stored for the company, but no page shows it before the opening.
    planted.seen_by["Grunnhassel"] = set()
    with caplog.at_level(logging.DEBUG):
        found = found_by(app, market, people, list(planted.seen_by), sampling)
    assert find_leaks(planted, found, people) == ({}, {})
    logged = "\n".join(str(record.getMessage()) for record in caplog.records)
    assert [word for word in planted.seen_by if word in logged] == []


def test_opened_offers_are_readable_by_company_only(
    market: Market, app: Flask, shared_database: Database, at_noon: Any, sampling: Sampling
) -> None:
    planted = plant_all(market)
    planted.seen_by |= {"Grunnhassel": set(), "Budfuru": {"myrull", "owner", "member"}, "Endringsgran": set()}
    at_noon.move_to(dt.datetime(2026, 12, 14, 9, 0, tzinfo=dt.UTC), tick=False)
    use_cases.open_due()
    people = some_browsers(shared_database, app, market, sampling, "words after opening")
    found = found_by(app, market, people, list(planted.seen_by), sampling)
    assert find_leaks(planted, found, people) == ({}, {})


def test_rejected_supplier_sees_winner_name_only(opened: Market, app: Flask, choose: Any) -> None:
    number = choose(opened, "kvistverk")
    session.commit()
    for name in ("myrull", "skogsfjord"):
        own = opened.proposal(name)
        browser = app.test_client().sign_in(opened.people[name].user_id)
        letter = browser.get(f"/proposals/{own.id}/letter").text
        assert "Kvistverk" in letter
        assert "Koblingen manglet." in letter
        assert browser.get(f"/proposals/{number}/letter").status_code == 404
        other = "skogsfjord" if name == "myrull" else "myrull"
        about = [
            a
            for a in addresses(app, url_arguments())
            if opened.reference in a or a.startswith(("/proposals", "/home"))
        ]
        walked = "".join(fetch(browser, address)[2].decode() for address in about)
        for never in (
            other.title(),
            "92 000",
            "92\u00a0000",
            "58 000",
            "58\u00a0000",
            "Dere forsto oss best",
        ):
            assert never not in walked, (name, never)


def test_offer_of_an_uninvited_supplier_changes_no_page_of_its_company(browser, market):
    market.brief.open_door = True
    session.query(Invitation).delete()
    session.commit()

    def pages():
        return [browser("owner").page(path).text for path in ("/briefs", f"/briefs/{REFERENCE}")]

    before = pages()
    use_cases.save(market.stranger, REFERENCE, full_content())
    assert pages() == before
    market.send("stranger")
    assert pages() == before

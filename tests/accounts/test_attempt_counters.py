"""Limits on wrong passwords: counting, delays, lockout, and how the owner gets access again."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from flask import Flask

from marketplace.accounts import use_cases
from marketplace.accounts.attempt_limits import CODE, MAIL, PASSWORD, POLICIES
from marketplace.accounts.models import Throttle
from marketplace.accounts.use_cases import attempt_counters
from marketplace.core.client_network import network_prefix
from marketplace.core.database import session, transaction
from marketplace.core.errors import TooMany
from marketplace.core.identifiers import token_hash
from tests import factories
from tests.accounts.helpers import GOOD, mails, sign_in
from tests.support.browser import Browser, comparable_html

START = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
REJECTED, TOO_MANY, SIGNED_IN = 422, 429, 303
CHEAP = use_cases.HashCost(1, 1024)


def test_wrong_passwords_are_limited_to_ten_in_five_minutes(client: Browser) -> None:
    person = factories.user()
    with time_machine.travel(START, tick=False) as clock:
        answers: list[int] = []
        for number in range(100):
            answers.append(sign_in(client, person.email, f"wrong {number}"))
            clock.shift(dt.timedelta(seconds=3))
    counted = Counter(answers)
    assert 5 <= counted[REJECTED] <= 10
    assert counted[TOO_MANY] == 100 - counted[REJECTED]
    assert answers[:6] == [REJECTED] * 5 + [TOO_MANY], "delays begin after the fifth wrong password"


def test_known_and_unknown_addresses_are_limited_alike(client: Browser) -> None:
    factories.user(email="kari@fjordnett.example")
    texts = []
    with time_machine.travel(START, tick=False):
        for email in ("kari@fjordnett.example", "oda@fjordnett.example"):
            answers = [client.post("/sign-in", data={"email": email, "password": "x"}) for _try in range(7)]
            texts.append([(answer.status_code, comparable_html(answer.text, email)) for answer in answers])
            assert answers[-1].headers["Retry-After"] == "6"
    assert texts[0] == texts[1]


@pytest.mark.both_databases
@pytest.mark.parametrize("forged", [False, True])
def test_forty_concurrent_attempts_are_limited_to_ten(app: Flask, *, forged: bool) -> None:
    person = factories.user()
    session.commit()
    email = person.email

    def attempt(number: int) -> int:
        browser = app.test_client()
        headers = {"X-Forwarded-For": f"203.0.113.{number}"} if forged else {}
        return sign_in(browser, email, "wrong", headers=headers)  # type: ignore[arg-type]  # because the test client is our Browser

    with ThreadPoolExecutor(40) as pool:
        counted = Counter(pool.map(attempt, range(40)))
    assert set(counted) == {REJECTED, TOO_MANY}
    assert counted[REJECTED] <= 10
    assert (
        session.query(Throttle).filter(Throttle.subject.startswith("password:")).one().hits
        == counted[REJECTED]
    )


def lock_account(client: Browser, email: str, clock: Any) -> None:
    """Enter ten wrong passwords from the client's network and device."""
    attempts = 0
    while attempts < 10:
        attempts += sign_in(client, email, "wrong") == REJECTED
        clock.shift(dt.timedelta(seconds=20))


def test_locked_account_rejects_right_password_for_15_minutes(
    client: Browser,
) -> None:
    person = factories.user()
    with time_machine.travel(START, tick=False) as clock:
        lock_account(client, person.email, clock)
        assert sign_in(client, person.email) == TOO_MANY
        assert sign_in(client, person.email, environ_base={"REMOTE_ADDR": "203.0.113.9"}) == SIGNED_IN
        client.post("/sign-out")
        client.delete_cookie("device")
        assert sign_in(client, person.email) == TOO_MANY
        clock.shift(dt.timedelta(minutes=15))
        assert sign_in(client, person.email) == SIGNED_IN
        client.post("/sign-out")
        client.delete_cookie("device")
        assert [sign_in(client, person.email, "wrong") for _try in range(5)] == [REJECTED] * 5, (
            "the counter was reset"
        )


def test_locked_account_owner_gets_a_link_that_unlocks(client: Browser) -> None:
    person = factories.user()
    with time_machine.travel(START, tick=False) as clock:
        lock_account(client, person.email, clock)
        (mail,) = mails(person.email)
        assert sign_in(client, person.email) == TOO_MANY
        assert client.post(mail.link_path, data={"password": GOOD}).status_code == 303
        assert sign_in(client, person.email, GOOD) == SIGNED_IN
        assert client.get("/account").status_code == 200


def is_accepted(email: str, password: str, address: str) -> bool:
    try:
        use_cases.sign_in(use_cases.SignInAttempt(email, password, use_cases.Origin(address)), CHEAP)
    except TooMany:
        return False
    return True


def test_right_password_does_not_count_as_an_attempt(app: Flask) -> None:
    person = factories.user()
    with time_machine.travel(START, tick=False):
        assert all(is_accepted(person.email, factories.PASSWORD, "203.0.113.9") for _time in range(70))
    assert {row.hits for row in session.query(Throttle)} <= {0}


def test_network_address_is_limited_across_accounts(app: Flask) -> None:
    with time_machine.travel(START, tick=False):
        assert sum(is_accepted(f"p{number}@x.example", "wrong", "203.0.113.9") for number in range(70)) == 60
        assert is_accepted("p99@x.example", "wrong", "203.0.113.10")


@pytest.mark.parametrize(("proxies", "counted"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_forwarded_address_counts_only_from_trusted_proxies(
    make_app: Callable[..., Flask], proxies: int, counted: str
) -> None:
    browser = make_app(trusted_proxies=proxies).test_client()
    forged = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    assert sign_in(browser, "person@x.example", "wrong", headers=forged) == REJECTED
    rows = session.query(Throttle).filter(Throttle.subject.startswith("network:"))
    assert [row.subject for row in rows] == [f"network:{token_hash(counted)}"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("nonsense", "unknown"),
    ],
)
def test_network_prefix_of_an_address(address: str, network: str) -> None:
    assert network_prefix(address) == network


@pytest.mark.sample(4)
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_no_timing_of_attempts_exceeds_the_policy(app: Flask, policy: Any) -> None:
    """Trying at every opportunity for hours must not exceed the limit within any reset period."""
    accepted: list[dt.datetime] = []
    with time_machine.travel(START, tick=False) as clock:
        step = policy.reset_after / 40
        for _step in range(100):
            for _at_once in range(12):
                try:
                    with transaction():
                        attempt_counters.record_attempt(policy, "subject")
                except TooMany:
                    break
                accepted.append(dt.datetime.now(dt.UTC))
            clock.shift(step)
    max_accepted = max(
        sum(first <= other < first + policy.reset_after for other in accepted) for first in accepted
    )
    assert max_accepted <= len(policy.delays)


@pytest.mark.once
def test_policies_have_the_documented_limits() -> None:
    assert len(PASSWORD.delays) == 10
    assert PASSWORD.delays[-1] <= dt.timedelta(minutes=15)
    assert (len(CODE.delays), CODE.reset_after) == (5, dt.timedelta(minutes=5))
    assert (len(MAIL.delays), MAIL.reset_after) == (3, dt.timedelta(hours=6))


def test_old_attempts_are_purged(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        with transaction():
            attempt_counters.record_attempt(MAIL, "kari@fjordnett.example")
        clock.shift(dt.timedelta(hours=11))
        assert use_cases.purge_attempts() == 0
        clock.shift(dt.timedelta(hours=2))
        assert use_cases.purge_attempts() == 1
    assert session.query(Throttle).count() == 0


def test_attempt_counters_hold_no_addresses(client: Browser) -> None:
    sign_in(client, "kari@fjordnett.example", "wrong")
    client.post("/forgotten", data={"email": "kari@fjordnett.example"})
    assert [row.subject for row in session.query(Throttle) if "kari" in row.subject] == []


def test_wrong_current_password_counts_as_a_failed_sign_in(client: Browser) -> None:
    person = factories.user()
    client.sign_in(person.id)
    form = {"old": "wrong", "password": GOOD}
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False):
        answers = [client.post("/account/password", data=form).status_code for _try in range(7)]
    assert answers == [422] * 5 + [429] * 2


def test_plus_suffixes_share_the_mail_quota(client: Browser) -> None:
    owner = factories.user(email="ane@fjordnett.example")
    with time_machine.travel(START, tick=False):
        for word in ("", "+a", "+b", "+c", "+d+e"):
            client.post("/forgotten", data={"email": f"ane{word}@fjordnett.example"})
        assert len(mails(owner.email)) == 1
        with transaction():
            here = "network 127.0.0.1"
            assert not use_cases.consume_mail_quota("ane@fjordnett.example", here), "all share one quota"
            assert use_cases.consume_mail_quota("+ane@fjordnett.example", here), "a leading plus is no suffix"


def test_network_cannot_mail_to_ever_new_addresses(app: Flask) -> None:
    del app
    with time_machine.travel(START, tick=False) as now, transaction():
        sent = [
            use_cases.consume_mail_quota(f"stranger{number}@fjordnett.example", "network 192.0.2.1")
            for number in range(61)
        ]
        assert sent == [True] * 60 + [False]
        assert use_cases.consume_mail_quota("kari@fjordnett.example", "network 192.0.2.1", is_owner=True)
        assert use_cases.consume_mail_quota("kari@fjordnett.example", "network 192.0.2.2")
        now.shift(dt.timedelta(hours=2))
        assert use_cases.consume_mail_quota("another@fjordnett.example", "network 192.0.2.1")


STRANGERS = [f"198.51.100.{number}" for number in range(1, 40)]
HOME, ELSEWHERE = "203.0.113.9", "192.0.2.7"


def attack(email: str, clock: Any) -> None:
    """Enter five wrong passwords from each of many networks, until all of them are refused."""
    for address in STRANGERS:
        for _attempt in range(5):
            is_accepted(email, "wrong", address)
        clock.shift(dt.timedelta(seconds=1))
    assert not is_accepted(email, "wrong", "198.51.100.99")


def browse(app: Flask, address: str) -> Browser:
    browser: Browser = app.test_client()  # type: ignore[assignment]  # because the app's client class is Browser
    browser.environ_base["REMOTE_ADDR"] = address
    return browser


def test_strangers_do_not_lock_out_known_devices_and_networks(app: Flask) -> None:
    person = factories.user()
    laptop = browse(app, HOME)
    with time_machine.travel(START, tick=False) as clock:
        assert sign_in(laptop, person.email) == SIGNED_IN
        laptop.post("/sign-out")
        attack(person.email, clock)
        laptop.environ_base["REMOTE_ADDR"] = STRANGERS[0]
        assert sign_in(laptop, person.email) == SIGNED_IN, "a known device, even on an attacking network"
        assert sign_in(browse(app, HOME), person.email) == SIGNED_IN, "a new device on a known network"
        assert sign_in(browse(app, ELSEWHERE), person.email) == TOO_MANY
        clock.shift(dt.timedelta(hours=1))
        assert sign_in(browse(app, ELSEWHERE), person.email) == SIGNED_IN


def test_limits_and_known_devices_are_shared_by_two_processes(
    app: Flask, make_app: Callable[..., Flask]
) -> None:
    person, other = factories.user(), make_app()
    first, second = browse(app, HOME), browse(other, HOME)
    with time_machine.travel(START, tick=False):
        answers = [sign_in(browser, person.email, "wrong") for browser in (first, second) * 4]
        assert answers == [REJECTED] * 5 + [TOO_MANY] * 3
        assert sign_in(browse(app, ELSEWHERE), person.email) == SIGNED_IN
        known = browse(app, ELSEWHERE)
        sign_in(known, person.email)
        second.set_cookie("device", known.get_cookie("device").value)  # type: ignore[union-attr]  # because it has been set
        assert sign_in(second, person.email) == SIGNED_IN


def test_device_cookie_of_another_user_or_a_forged_one_lifts_no_limit(app: Flask) -> None:
    person, other = factories.user(), factories.user()
    browser = browse(app, HOME)
    with time_machine.travel(START, tick=False):
        assert sign_in(browser, other.email) == SIGNED_IN
        browser.post("/sign-out")
        assert [sign_in(browser, person.email, "wrong") for _try in range(6)][-1] == TOO_MANY
        browser.set_cookie("device", browser.get_cookie("device").value[:-1] + "x")  # type: ignore[union-attr]  # because it has been set
        assert sign_in(browser, person.email) == TOO_MANY


def test_known_device_has_ten_attempts_of_its_own(app: Flask) -> None:
    person = factories.user()
    browser = browse(app, HOME)
    with time_machine.travel(START, tick=False):
        assert sign_in(browser, person.email) == SIGNED_IN
        browser.post("/sign-out")
        assert [sign_in(browser, person.email, "wrong") for _try in range(6)] == [REJECTED] * 5 + [TOO_MANY]


def test_strangers_cannot_use_up_the_owners_reset_links(app: Flask) -> None:
    person = factories.user()
    laptop = browse(app, HOME)
    with time_machine.travel(START, tick=False):
        sign_in(laptop, person.email)
        laptop.post("/sign-out")
        for address in STRANGERS:
            browse(app, address).post("/forgotten", data={"email": person.email})
        assert len(mails(person.email)) == 10, "all strangers together"
        laptop.post("/forgotten", data={"email": person.email})
        assert len(mails(person.email)) == 11
        browse(app, STRANGERS[0]).post("/forgotten", data={"email": person.email})
        assert laptop.post(mails(person.email)[-1].link_path, data={"password": GOOD}).status_code == 303
        assert {laptop.get(mail.link_path).status_code for mail in mails(person.email)[:11]} == {410}


def test_wrong_passwords_cause_one_warning_in_six_hours(app: Flask) -> None:
    person = factories.user()
    with time_machine.travel(START, tick=False) as clock:
        for address in STRANGERS[:3]:
            lock_account(browse(app, address), person.email, clock)
        assert [mail.subject for mail in mails(person.email)] == ["Mange feil passord for kontoen din"]


def test_signed_in_user_is_not_limited_by_strangers(app: Flask) -> None:
    person = factories.user()
    browser = browse(app, HOME).sign_in(person.id)
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        attack(person.email, clock)
        form = {"old": factories.PASSWORD, "password": GOOD}
        assert browser.post("/account/password", data=form).status_code == SIGNED_IN

"""Registration: addresses must be confirmed, and responses do not reveal existing accounts."""

import datetime as dt
import statistics
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from marketplace.accounts import use_cases
from marketplace.accounts.models import User
from marketplace.core.database import session
from marketplace.core.errors import TooMany
from marketplace.organisations import queries, use_cases as organisations
from marketplace.organisations.models import Company
from tests import factories
from tests.accounts.helpers import COMPANY, GOOD, confirm, mails, sign_in
from tests.support.browser import Browser, comparable_html

REFUSED = 422
CHEAP = use_cases.HashCost(1, 1024)


def register(client: Browser, **change: str) -> TestResponse:
    return client.post("/register/company", data=COMPANY | change)


def test_registration_creates_nothing_before_confirmation(client: Browser) -> None:
    adviser = factories.member(factories.garden(), "adviser")
    assert register(client).headers["Location"] == "/check-mail"
    assert COMPANY["email"] in client.page("/check-mail").text
    assert (session.query(Company).count(), queries.organisation_names_of(adviser.user_id)[0]) == (
        0,
        "Fjellfoten næringshage",
    )
    assert mails(adviser.email) == []
    assert sign_in(client, COMPANY["email"], COMPANY["password"]) == 422
    assert client.get("/home").headers["Location"].startswith("/sign-in")


def test_browser_that_registered_confirms_by_the_link_alone(client: Browser) -> None:
    client.post("/register/company?next=/briefs/new", data=COMPANY)
    link = mails(COMPANY["email"])[0].link_path
    for inspection in ({"method": "HEAD"}, {"headers": {"Sec-Purpose": "prefetch"}}):
        assert client.open(link, **inspection).status_code == 200
    assert session.query(User).count() == 0, "an inspection confirms nothing"
    assert client.get(link).headers["Location"] == "/briefs/new"
    assert "Bjørkvollen ysteri" in client.page("/home").text


def test_rule_broken_by_the_link_is_shown_on_its_page(app: Flask, client: Browser) -> None:
    number = {"organisation_number": "310 000 019"}
    register(client, **number)
    factories.company("Nabo AS", organisation_number="310000019")
    session.commit()
    answer = client.get(mails(COMPANY["email"])[0].link_path)
    assert "Dette organisasjonsnummeret er allerede registrert." in answer.text
    assert session.query(User).count() == 0


def test_confirmation_link_opens_the_requested_page(app: Flask, client: Browser) -> None:
    factories.garden()
    app.test_client().post("/register/company?next=/briefs/new", data=COMPANY)
    link = mails(COMPANY["email"])[0].link_path
    assert "Bjørkvollen ysteri" in client.page(link).text
    assert client.get("/home").status_code == 303, "looking at the link confirms nothing"
    assert client.post(link, data={"password": COMPANY["password"]}).headers["Location"] == "/briefs/new"
    assert "Bjørkvollen ysteri" in client.page("/home").text
    assert client.get(link).status_code == 410


def test_confirmation_on_another_device_signs_in_there_only(app: Flask, client: Browser) -> None:
    register(client)
    phone = app.test_client()
    assert confirm(phone, COMPANY["email"], COMPANY["password"]) == 303
    assert [browser.get("/home").status_code for browser in (phone, client)] == [200, 303]


STRANGER = {"name": "Fremmed AS", "person_name": "En Fremmed", "password": GOOD}


@pytest.mark.parametrize("order", ["stranger first", "owner first"])
def test_confirmation_never_validates_a_strangers_registration(
    app: Flask, client: Browser, order: str
) -> None:
    """Both have registered the owner's address; only the owner reads the e-mail, only the stranger knows GOOD."""
    changes: list[dict[str, str]] = [STRANGER, {}] if order == "stranger first" else [{}, STRANGER]
    for change in changes:
        register(app.test_client(), **change)
    links = [mail.link_path for mail in mails(COMPANY["email"])]
    strangers, own = links if order == "stranger first" else reversed(links)
    assert "Fremmed AS" in client.page(strangers).text
    assert client.post(strangers, data={"password": COMPANY["password"]}).status_code == REFUSED
    assert session.query(User).count() == 0
    assert client.post(own, data={"password": GOOD}).status_code == REFUSED
    assert client.post(own, data={"password": COMPANY["password"]}).status_code == 303
    assert [company.name for company in session.query(Company)] == [COMPANY["name"]]
    assert client.post(strangers, data={"password": GOOD}).status_code == 410
    assert sign_in(app.test_client(), COMPANY["email"], GOOD) == REFUSED
    assert sign_in(app.test_client(), COMPANY["email"], COMPANY["password"]) == 303


def test_invitation_drops_a_strangers_registration_of_the_address(app: Flask, client: Browser) -> None:
    register(app.test_client(), **STRANGER)
    link = mails(COMPANY["email"])[0].link_path
    organisations.invite_colleague(factories.member(factories.company()), COMPANY["email"], "member")
    form = {"person_name": "Marit", "password": COMPANY["password"]}
    assert client.post(mails(COMPANY["email"])[1].link_path, data=form).status_code == 303
    assert app.test_client().post(link, data={"password": GOOD}).status_code == 410
    assert session.query(Company).count() == 1


def test_new_address_is_confirmed_with_the_password_of_its_account(app: Flask, client: Browser) -> None:
    """A stranger enters the owner's address as a new one; the owner clicks the link."""
    stranger = factories.user(email="stranger@fjordnett.example")
    browser = app.test_client().sign_in(stranger.id)
    browser.post("/account/address", data={"email": COMPANY["email"], "present": factories.PASSWORD})
    link = mails(COMPANY["email"])[0].link_path
    assert client.post(link, data={"password": COMPANY["password"]}).status_code == REFUSED
    session.refresh(stranger)
    assert stranger.email == "stranger@fjordnett.example"


def test_confirmation_accepts_ten_wrong_passwords(client: Browser) -> None:
    register(client)
    answers = [confirm(client, COMPANY["email"], f"wrong {number}") for number in range(11)]
    assert answers == [REFUSED] * 10 + [429]


def test_unconfirmed_registration_reserves_no_organisation_number(app: Flask, client: Browser) -> None:
    number = {"organisation_number": "310 000 019"}
    register(app.test_client(), email="stranger@x.example", **number)
    register(client, **number)
    assert confirm(client, COMPANY["email"], COMPANY["password"]) == 303
    late = app.test_client()
    answer = late.post(mails("stranger@x.example")[0].link_path, data={"password": COMPANY["password"]})
    assert "Dette organisasjonsnummeret er allerede registrert." in answer.text
    assert session.query(User).count() == 1


def test_confirmation_link_expires_after_two_days_or_a_newer_one(app: Flask, client: Browser) -> None:
    register(client)
    phone = app.test_client()
    first = mails(COMPANY["email"])[0].link_path
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=47)):
        assert phone.get(first).status_code == 200
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=49)):
        assert client.get(first).status_code == 410
    client.post("/check-mail/again")
    assert client.get(first).status_code == 410
    assert phone.get(mails(COMPANY["email"])[1].link_path).status_code == 200


def test_registering_a_known_address_only_notifies_its_owner(app: Flask, client: Browser) -> None:
    factories.user(email="kari@fjordnett.example")
    other = app.test_client()
    known = register(client, email="Kari@fjordnett.example")
    unknown = register(other, email="oda@fjordnett.example")
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    pages = (client.page("/check-mail").text, other.page("/check-mail").text.replace("oda@", "kari@"))
    assert comparable_html(pages[0]) == comparable_html(pages[1])
    assert mails("kari@fjordnett.example")[0].link_path == "/sign-in"
    assert session.query(User).filter_by(email="kari@fjordnett.example").count() == 1
    confirm(other, "oda@fjordnett.example", COMPANY["password"])
    assert session.query(Company).count() == 1, "and no company is made in another's name"


def test_form_errors_do_not_reveal_known_addresses(client: Browser) -> None:
    factories.user(email="kari@fjordnett.example")
    for change in ({"password": "passord12345"}, {"organisation_number": "123"}, {"name": ""}):
        answers = [
            comparable_html(register(client, email=email, **change).text, email)
            for email in ("kari@fjordnett.example", "oda@fjordnett.example")
        ]
        assert answers[0] == answers[1]
        assert "field-error" in answers[0]


def test_triggered_e_mail_is_limited_to_three_per_sender_in_six_hours(app: Flask, client: Browser) -> None:
    person = factories.user(email="kari@fjordnett.example")
    owner = factories.member(factories.company())
    with time_machine.travel(dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC), tick=False) as clock:
        for _round in range(8):
            client.post("/forgotten", data={"email": person.email})
            register(client, email=person.email)
            app.test_client().sign_in(owner.user_id or 0).post(
                "/organisation/colleagues", data={"email": person.email, "role": "member"}
            )
            for _wrong in range(10):
                with suppress(TooMany):
                    use_cases.sign_in(use_cases.SignInAttempt(person.email, "wrong"), CHEAP)
                clock.shift(dt.timedelta(seconds=81))
            clock.shift(dt.timedelta(hours=1))
        sent = sorted(mail.created_at for mail in mails(person.email))
    assert len(sent) >= 3
    within = [sum(first <= other < first + dt.timedelta(hours=6) for other in sent) for first in sent]
    assert max(within) == 7, "three by the visitor, three by the user, one about wrong passwords"


def test_mail_limit_does_not_change_the_page(client: Browser) -> None:
    factories.user(email="kari@fjordnett.example")
    first = client.post("/forgotten", data={"email": "kari@fjordnett.example"}).text
    for _time in range(5):
        last = client.post("/forgotten", data={"email": "kari@fjordnett.example"}).text
    assert first == last


def seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


SAMPLES, ROUNDS = 11, 3


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.sample(2)
@pytest.mark.parametrize("way", ["sign-in", "registration", "reset", "invitation"])
def test_known_and_unknown_addresses_take_the_same_time(make_app: Callable[..., Flask], way: str) -> None:
    """Medians of interleaved attempts must agree within 30 % or 5 ms, in one of several rounds.

    A systematic difference shows in every round; noise from other load on the machine does not.
    """
    leader = factories.member(factories.company())
    known = [factories.user(email=f"known{n}@fjordnett.example").email for n in range(SAMPLES * ROUNDS)]
    app = make_app(testing=False, password_hash_cost=1)
    browser = app.test_client()
    browser.check_pages = False
    if way == "invitation":
        browser.sign_in(leader.user_id or 0)

    def ask(email: str) -> Callable[[], object]:
        if way == "sign-in":
            return lambda: browser.post("/sign-in", data={"email": email, "password": "wrong"})
        if way == "registration":
            return lambda: register(browser, email=email)
        if way == "reset":
            return lambda: browser.post("/forgotten", data={"email": email})
        form = {"email": email, "role": "member"}
        return lambda: browser.post("/organisation/colleagues", data=form)

    # The dummy hash of unknown addresses has this application's cost, so the stored hashes need the same.
    if way == "sign-in":
        from marketplace.accounts import password_hashing

        kept = password_hashing.hash_password(GOOD, password_hashing.HashCost(1))
        session.query(User).update({User.password_hash: kept})
    ask("first@fjordnett.example")()
    measured = []
    for begin in range(0, len(known), SAMPLES):
        times: dict[bool, list[float]] = {True: [], False: []}
        for email in known[begin : begin + SAMPLES]:
            times[True].append(seconds(ask(email)))
            times[False].append(seconds(ask(f"un{email}")))
        low, high = sorted(statistics.median(taken) for taken in times.values())
        measured.append((low, high))
        if high / low <= 1.3 or high - low < 0.005:
            return
    pytest.fail(f"known and unknown differ in every round: {measured}")


def test_invited_user_needs_no_confirmation(app: Flask, client: Browser) -> None:
    owner = factories.member(factories.company())
    organisations.invite_colleague(owner, "Jon@bjorkvollen.example", "member")
    link = mails("jon@bjorkvollen.example")[0].link_path
    client.post(link, data={"person_name": "Jon Bjørkvold", "password": GOOD})
    assert client.get("/home").status_code == 200
    assert session.query(User).filter_by(email="jon@bjorkvollen.example").one().email_verified_at is not None


def test_registration_works_when_the_mail_quota_is_used_up(client: Browser) -> None:
    for _time in range(3):
        client.post("/forgotten", data={"email": COMPANY["email"]})
    assert register(client).headers["Location"] == "/check-mail"
    client.post("/check-mail/again")
    assert mails() == []
    assert "Vi kan ikke sende en e-post til ennå." in client.page("/check-mail").text
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=7)):
        client.post("/check-mail/again")
        assert confirm(client, COMPANY["email"], COMPANY["password"]) == 303


def test_invited_user_with_an_account_must_sign_in(client: Browser) -> None:
    owner = factories.member(factories.company())
    person = factories.user(email="jon@bjorkvollen.example")
    organisations.invite_colleague(owner, person.email, "member")
    link = mails(person.email)[0].link_path
    form = {"person_name": "En annen", "password": GOOD}
    assert "Det finnes allerede en konto med denne adressen." in client.post(link, data=form).text
    assert client.get("/home").status_code == 303
    assert (person.name, session.query(User).count()) == ("Kari Lyngstad", 2)
    assert sign_in(client, person.email) == 303
    assert client.post(link).headers["Location"] == "/home"
    assert "Velkommen til Bjørkvollen ysteri." in client.page("/home").text
    assert len(queries.memberships_of(person.id)) == 1


def test_resend_sends_nothing_to_known_addresses_or_other_browsers(app: Flask, client: Browser) -> None:
    factories.user(email="kari@fjordnett.example")
    register(client, email="kari@fjordnett.example")
    client.post("/check-mail/again")
    assert "En ny lenke er på vei." in client.page("/check-mail").text
    assert [mail.link_path for mail in mails()] == ["/sign-in"]
    app.test_client().post("/check-mail/again")
    assert len(mails()) == 1

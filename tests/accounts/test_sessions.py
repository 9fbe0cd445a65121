"""Sessions: tokens, expiry, and the page that lists them."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from marketplace.accounts import use_cases
from marketplace.accounts.devices import device_name
from marketplace.accounts.models import SignInSession
from marketplace.core.database import session
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.i18n import use_locale
from marketplace.organisations import use_cases as organisations
from tests import factories
from tests.accounts.helpers import GOOD, mails, sign_in
from tests.support.browser import Browser

START = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1"


def secret_of(client: Browser) -> str:
    with client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def test_sign_in_replaces_the_session_and_its_token(
    client: Browser,
) -> None:
    person = factories.user()
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    sign_in(client, person.email)
    first = secret_of(client)
    assert len(first) >= 43, "256 bits in base 64"
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
    client.post("/sign-out")
    sign_in(client, person.email)
    assert secret_of(client) != first
    assert session.query(SignInSession).count() == 1


def test_copied_cookie_is_invalid_after_sign_out(app: Flask, client: Browser) -> None:
    person = factories.user()
    client.sign_in(person.id)
    thief = app.test_client()
    with client.session_transaction() as mine, thief.session_transaction() as stolen:
        stolen.update(mine)
    assert thief.get("/account").status_code == 200
    client.post("/sign-out")
    assert thief.get("/account").status_code == 303


def test_session_expires_when_idle_and_at_maximum_age(client: Browser) -> None:
    person = factories.user()
    with time_machine.travel(START, tick=False) as clock:
        client.sign_in(person.id)
        clock.shift(dt.timedelta(minutes=239))
        assert client.get("/account").status_code == 200
        clock.shift(dt.timedelta(minutes=241))
        assert client.get("/account").status_code == 303
        client.sign_in(person.id)
        for _hour in range(4):
            clock.shift(dt.timedelta(hours=3))
            last = client.get("/account").status_code
        assert last == 200
        clock.shift(dt.timedelta(minutes=1))
        assert client.get("/account").status_code == 303


@pytest.mark.parametrize("who", ["curator", "administrator"])
def test_trusted_users_are_signed_out_after_30_idle_minutes(client: Browser, who: str) -> None:
    person = factories.member(factories.garden(), who) if who == "curator" else factories.administrator()
    with time_machine.travel(START, tick=False) as clock:
        client.sign_in(person.user_id or 0)
        clock.shift(dt.timedelta(minutes=29))
        assert client.get("/home").status_code == 200
        clock.shift(dt.timedelta(minutes=31))
        assert client.get("/home").status_code == 303


def test_session_expiry_follows_the_settings(make_app: Callable[..., Flask]) -> None:
    person = factories.administrator()
    app = make_app(session_hours=2, session_idle_minutes=100, trusted_idle_minutes=90)
    client = app.test_client()
    with time_machine.travel(START, tick=False) as clock:
        client.sign_in(person.user_id or 0)
        clock.shift(dt.timedelta(minutes=89))
        assert client.get("/home").status_code == 200
        clock.shift(dt.timedelta(minutes=32))
        assert client.get("/home").status_code == 303


@pytest.fixture
def two(app: Flask) -> tuple[Browser, Browser, int]:
    person = factories.user(email="kari@fjordnett.example")
    here, there = app.test_client(), app.test_client()
    here.sign_in(person.id)
    there.sign_in(person.id)
    return here, there, person.id  # type: ignore[return-value]  # because the test client is our Browser


def test_password_change_ends_other_sessions(two: tuple[Browser, Browser, int]) -> None:
    here, there, _person = two
    wrong = {"old": "wrong", "password": GOOD}
    assert here.post("/account/password", data=wrong).status_code == 422
    assert there.get("/account").status_code == 200
    assert here.post("/account/password", data=wrong | {"old": factories.PASSWORD}).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert mails("kari@fjordnett.example")[-1].link_path == "/forgotten", "and the owner is told"


def test_password_reset_ends_all_sessions(two: tuple[Browser, Browser, int]) -> None:
    here, there, _person = two
    use_cases.request_password_reset("kari@fjordnett.example")
    here.post(mails("kari@fjordnett.example")[0].link_path, data={"password": GOOD})
    assert [browser.get("/account").status_code for browser in (here, there)] == [303, 303]


def test_role_change_ends_the_members_sessions(app: Flask) -> None:
    company = factories.company()
    owner, colleague = factories.member(company), factories.member(company, "member")
    boss, theirs = (app.test_client().sign_in(p.user_id or 0) for p in (owner, colleague))
    assert theirs.get("/organisation").status_code == 403
    path = f"/organisation/colleagues/{colleague.membership_id}/role"
    assert theirs.post(path, data={"role": "owner"}).status_code == 403
    assert boss.post(path, data={"role": "owner"}).status_code == 303
    assert theirs.get("/home").status_code == 303
    theirs.sign_in(colleague.user_id or 0)
    assert theirs.get("/organisation").status_code == 200
    for role in ("administrator", "curator", "", "owner" * 9):
        boss.post(path, data={"role": role})
    assert theirs.get("/organisation").status_code == 200
    with pytest.raises(RuleBroken):
        organisations.change_role(owner, colleague.membership_id or 0, "curator")


def test_closed_account_is_signed_out_and_can_be_reopened(app: Flask, client: Browser) -> None:
    person, admin = factories.user(), factories.administrator()
    client.sign_in(person.id)
    use_cases.set_active(admin, person.id, active=False)
    assert client.get("/account").status_code == 303
    assert sign_in(client, person.email) == 422
    use_cases.set_active(admin, person.id, active=True)
    assert client.get("/account").status_code == 303, "the old session stays dead"
    assert sign_in(client, person.email) == 303


def test_user_can_end_only_own_sessions(app: Flask) -> None:
    person, stranger = factories.user(), factories.user()
    desk, phone, other = app.test_client(), app.test_client(), app.test_client()
    sign_in(desk, person.email, headers={"User-Agent": FIREFOX})  # type: ignore[arg-type]  # because the test client is our Browser
    sign_in(phone, person.email, headers={"User-Agent": SAFARI})  # type: ignore[arg-type]  # because the test client is our Browser
    other.sign_in(stranger.id)
    page = desk.page("/account/sessions")
    assert "Firefox på Windows (denne enheten)" in page.text
    assert "Safari på iPhone" in page.text
    rows = {row.user_agent: row.id for row in session.query(SignInSession)}
    missing = other.post("/account/sessions/999999/end")
    anothers = other.post(f"/account/sessions/{rows[SAFARI]}/end")
    assert (anothers.status_code, anothers.text) == (404, missing.text)
    assert phone.get("/account").status_code == 200
    assert desk.post(f"/account/sessions/{rows[SAFARI]}/end").status_code == 303
    assert phone.get("/account").status_code == 303
    assert desk.get("/account").status_code == 200
    assert desk.post(f"/account/sessions/{rows[FIREFOX]}/end").headers["Location"] == "/"
    assert desk.get("/account").status_code == 303


def test_sign_out_everywhere_keeps_the_current_session(two: tuple[Browser, Browser, int]) -> None:
    here, there, _person = two
    assert here.post("/account/sign-out-everywhere").status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_pages_of_signed_in_users_are_not_cached(client: Browser) -> None:
    client.sign_in(factories.user().id)
    assert client.get("/account").headers["Cache-Control"] == "no-store"


@pytest.mark.once
@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on iPhone"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Linux",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.1", "An unknown device"),
        ("", "An unknown device"),
    ],
)
def test_device_name_from_the_user_agent(user_agent: str, name: str) -> None:
    with use_locale("en"):
        assert device_name(user_agent) == name


def test_ended_session_cannot_be_touched_or_changed(app: Flask) -> None:
    person = factories.member(factories.company())
    token, other = (use_cases.open_session(person.user_id or 0) for _time in range(2))
    use_cases.sign_out(token)
    before = session.query(SignInSession).one().last_seen_at
    use_cases.touch_session(token)
    with pytest.raises(NotFound):
        organisations.choose_organisation(person, token, person.membership_id)
    (kept,) = session.query(SignInSession)
    assert (kept.last_seen_at, kept.acting_membership_id) == (before, None)
    organisations.choose_organisation(person, other, person.membership_id)
    assert session.query(SignInSession).one().acting_membership_id == person.membership_id

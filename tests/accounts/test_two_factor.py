"""Two-factor sign-in: enrolment, codes, recovery codes and reset."""

import datetime as dt
from collections.abc import Callable

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from marketplace.accounts import use_cases
from marketplace.accounts.models import RecoveryCode, SignInSession, User
from marketplace.accounts.one_time_codes import SecretCipher, matching_time_step
from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from tests import factories
from tests.accounts.helpers import authenticator_of, mails, sign_in
from tests.support.browser import Browser

START = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


@pytest.fixture
def strict(make_app: Callable[..., Flask]) -> Flask:
    """An application that requires two-factor sign-in of trusted users, as production does."""
    return make_app(second_factor=True)


def curator() -> Viewer:
    return factories.member(factories.garden(), "curator")


def set_up(app: Flask, browser: Browser, person: Viewer) -> tuple[pyotp.TOTP, list[str]]:
    """Enrol a user; return the authenticator app and the recovery codes."""
    browser.post("/account/second-step/begin")
    phone = authenticator_of(app, person)
    answer = browser.post("/account/second-step/confirm", data={"code": phone.now()})
    from tests.support.page_rules import HtmlPage, text_of

    return phone, [text_of(code) for code in HtmlPage(answer.text).all("code")]


@pytest.mark.parametrize("who", ["curator", "administrator"])
def test_trusted_users_must_enrol_before_any_page(strict: Flask, who: str) -> None:
    person = curator() if who == "curator" else factories.administrator()
    browser = strict.test_client()
    with time_machine.travel(START, tick=False) as clock:
        assert sign_in(browser, person.email) == 303  # type: ignore[arg-type]  # because the test client is our Browser
        for path in ("/home", "/companies", "/admin/users", "/account", "/messages"):
            assert browser.get(path).headers["Location"].startswith("/account/second-step"), path
        assert browser.post("/account/password").headers["Location"].startswith("/account/second-step")
        phone, codes = set_up(strict, browser, person)  # type: ignore[arg-type]  # because the test client is our Browser
        assert len(set(codes)) == 10
        assert browser.get("/home").status_code == 200
        browser.post("/sign-out")
        clock.shift(dt.timedelta(minutes=1))
        sign_in(browser, person.email)  # type: ignore[arg-type]  # because the test client is our Browser
        assert browser.get("/home").headers["Location"] == "/sign-in/code?next=/home"
        before = session.query(User).filter_by(email=person.email).one().second_factor_step
        assert (
            browser.post("/sign-in/code?next=/account", data={"code": phone.now()}).headers["Location"]
            == "/account"
        )
        assert browser.get("/home").status_code == 200
        assert session.query(User).filter_by(email=person.email).one().second_factor_step != before


@pytest.mark.parametrize("settings", [{"second_factor": False}, {"second_factor": True, "demo": True}])
def test_enrolment_is_optional_by_setting_and_in_demo_mode(
    make_app: Callable[..., Flask], settings: dict[str, bool]
) -> None:
    browser = make_app(**settings).test_client()
    assert sign_in(browser, curator().email) == 303  # type: ignore[arg-type]  # because the test client is our Browser
    assert browser.get("/home").status_code == 200


def test_other_users_may_enrol_and_then_need_a_code(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    with time_machine.travel(START, tick=False) as clock:
        client.sign_in(person.user_id or 0)
        assert client.get("/account/second-step").status_code == 200
        phone, _codes = set_up(app, client, person)
        clock.shift(dt.timedelta(minutes=1))
        other = app.test_client()
        sign_in(other, person.email)  # type: ignore[arg-type]  # because the test client is our Browser
        assert other.get("/home").headers["Location"].startswith("/sign-in/code")
        assert other.get("/account/second-step").headers["Location"] == "/sign-in/code"
        assert other.post("/account/second-step/begin").headers["Location"] == "/sign-in/code"
        other.post("/sign-in/code", data={"code": phone.now()})
        assert other.get("/home").status_code == 200


def test_qr_code_is_plain_svg_and_not_cached(client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    assert client.get("/account/second-step/qr.svg").status_code == 404
    client.post("/account/second-step/begin")
    picture = client.get("/account/second-step/qr.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert b"<script" not in picture.data
    assert b"style=" not in picture.data
    page = client.page("/account/second-step")
    assert page.one("img").get("src") == "/account/second-step/qr.svg"
    assert "img-src 'self'" in client.get("/account/second-step").headers["Content-Security-Policy"]


def begin_sign_in(app: Flask, person: Viewer) -> Browser:
    browser = app.test_client()
    assert sign_in(browser, person.email) == 303  # type: ignore[arg-type]  # because the test client is our Browser
    return browser  # type: ignore[return-value]  # because the test client is our Browser


def submit_code(browser: Browser, code: str) -> int:
    return browser.post("/sign-in/code", data={"code": code}).status_code


def test_code_works_once_and_older_codes_are_refused(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    with time_machine.travel(START, tick=False) as clock:
        client.sign_in(person.user_id or 0)
        phone, _codes = set_up(app, client, person)
        used = phone.now()
        first, second = begin_sign_in(app, person), begin_sign_in(app, person)
        assert submit_code(first, used) == 422, "the code used for enrolment"
        clock.shift(dt.timedelta(seconds=30))
        assert submit_code(first, phone.now()) == 303
        assert submit_code(second, phone.now()) == 422
        assert submit_code(second, used) == 422
        clock.shift(dt.timedelta(seconds=30))
        assert submit_code(second, f" {phone.now()[:3]} {phone.now()[3:]} ") == 303


def test_codes_are_limited_to_five_in_five_minutes(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    with time_machine.travel(START, tick=False) as clock:
        client.sign_in(person.user_id or 0)
        phone, _codes = set_up(app, client, person)
        clock.shift(dt.timedelta(minutes=1))
        browser, again = begin_sign_in(app, person), begin_sign_in(app, person)
        assert [submit_code(browser, "000000") for _try in range(6)] == [422] * 5 + [429]
        assert submit_code(again, phone.now()) == 429, "the limit is per user, not per session"
        clock.shift(dt.timedelta(minutes=5))
        assert submit_code(again, phone.now()) == 303


def test_recovery_code_works_once(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    _phone, codes = set_up(app, client, person)
    assert submit_code(begin_sign_in(app, person), codes[0]) == 303
    assert submit_code(begin_sign_in(app, person), codes[0]) == 422
    assert submit_code(begin_sign_in(app, person), codes[1].upper().replace("-", " ")) == 303
    assert session.query(RecoveryCode).count() == 8
    kept = {row.code_hash for row in session.query(RecoveryCode)}
    assert not kept & set(codes)
    new = client.post("/account/second-step/codes", data={"present": factories.PASSWORD})
    assert new.status_code == 200
    assert submit_code(begin_sign_in(app, person), codes[2]) == 422, "new codes replace the old ones"
    assert "field-error" in client.post("/account/second-step/codes", data={"present": "x"}).text


def test_secret_is_stored_encrypted(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    client.post("/account/second-step/begin")
    secret = authenticator_of(app, person).secret
    kept = session.query(User).filter_by(email=person.email).one().second_factor_secret
    assert kept
    assert secret not in kept
    assert SecretCipher(str(app.secret_key)).decrypt(kept) == secret


def change_secret_key(person: Viewer) -> None:
    secret = SecretCipher("another key").encrypt("A" * 32)
    session.execute(update(User).where(User.id == person.user_id).values(second_factor_secret=secret))
    session.commit()
    session.expire_all()


def test_changed_secret_key_leaves_recovery_codes_and_a_new_enrolment(app: Flask, client: Browser) -> None:
    person = curator()
    with time_machine.travel(START, tick=False):
        client.sign_in(person.user_id or 0)
        client.post("/account/second-step/begin")
        change_secret_key(person)
        assert "Sett opp totrinnsinnlogging" in client.page("/account/second-step").text
        phone, codes = set_up(app, client, person)
        change_secret_key(person)
        client.post("/sign-out")
        sign_in(client, person.email)
        refused = client.post("/sign-in/code", data={"code": phone.now()})
        assert (refused.status_code, "Bruk en gjenopprettingskode" in refused.text) == (422, True)
        assert client.post("/sign-in/code", data={"code": codes[0]}).status_code == 303


def test_verifying_the_code_renews_the_session_token(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    _phone, codes = set_up(app, client, person)
    browser = begin_sign_in(app, person)
    with browser.session_transaction() as cookie:
        old_token = cookie["_user_id"]
    submit_code(browser, codes[0])
    with browser.session_transaction() as cookie:
        assert cookie["_user_id"] != old_token


def test_two_factor_can_be_disabled_unless_required(app: Flask, strict: Flask, client: Browser) -> None:
    person, garden = factories.member(factories.company()), curator()
    client.sign_in(person.user_id or 0)
    set_up(app, client, person)
    assert "field-error" in client.post("/account/second-step/off", data={"present": "wrong"}).text
    assert client.post("/account/second-step/off", data={"present": factories.PASSWORD}).status_code == 303
    assert session.query(User).filter_by(email=person.email).one().second_factor_secret is None
    browser = strict.test_client()
    sign_in(browser, garden.email)  # type: ignore[arg-type]  # because the test client is our Browser
    set_up(strict, browser, garden)  # type: ignore[arg-type]  # because the test client is our Browser
    answer = browser.post("/account/second-step/off", data={"present": factories.PASSWORD})
    assert 'role="alert"' in answer.text
    assert session.query(User).filter_by(email=garden.email).one().second_factor_at is not None


def test_administrator_resets_a_lost_second_factor(app: Flask, client: Browser) -> None:
    person, admin = factories.member(factories.company()), factories.administrator()
    client.sign_in(person.user_id or 0)
    set_up(app, client, person)
    theirs = app.test_client().sign_in(admin.user_id or 0)
    assert theirs.post(f"/admin/users/{person.user_id}/second-step").status_code == 303
    assert client.get("/home").status_code == 303
    assert sign_in(client, person.email) == 303
    assert client.get("/home").status_code == 200
    event = session.query(AuditEvent).filter_by(action="account.reset_second_factor").one()
    assert (event.actor_id, event.object_id) == (admin.user_id, str(person.user_id))
    assert mails(person.email)[-1].link_path == "/account/second-step"
    assert theirs.post(f"/admin/users/{person.user_id}/second-step").status_code == 422
    for viewer, wrong in ((person, Forbidden), (admin, RuleBroken)):
        with pytest.raises(wrong):
            use_cases.reset_two_factor(viewer, admin.user_id or 0)


@pytest.mark.once
def test_codes_match_the_rfc_6238_test_vectors() -> None:
    """RFC 6238, appendix B: the SHA-1 rows, truncated to six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for moment, code in (
        (59, "287082"),
        (1111111109, "081804"),
        (1234567890, "005924"),
        (20000000000, "353130"),
    ):
        assert matching_time_step(secret, code, dt.datetime.fromtimestamp(moment, dt.UTC)) == moment // 30
    assert matching_time_step(secret, "287082", dt.datetime.fromtimestamp(59 + 90, dt.UTC)) is None
    assert matching_time_step(secret, "", dt.datetime.fromtimestamp(59, dt.UTC)) is None
    assert matching_time_step(secret, "²87082", dt.datetime.fromtimestamp(59, dt.UTC)) is None


def test_enrolment_cannot_be_repeated(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    _phone, codes = set_up(app, client, person)
    kept = session.get_one(User, person.user_id).second_factor_secret
    again = client.post("/account/second-step/begin")
    assert again.status_code == 422
    assert "Totrinnsinnlogging er satt opp fra før." in again.text
    assert session.get_one(User, person.user_id).second_factor_secret == kept
    confirmed = client.post("/account/second-step/confirm", data={"code": "000000"})
    assert "Totrinnsinnlogging er slått på." in confirmed.text
    assert session.query(RecoveryCode).count() == len(codes)


def test_enrolment_requires_a_secret_and_the_right_code(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)

    def confirm(code: str) -> str:
        return client.post("/account/second-step/confirm", data={"code": code}).text

    with time_machine.travel(START, tick=False):
        client.sign_in(person.user_id or 0)
        assert "Begynn på nytt: Det er ingenting å bekrefte." in confirm("123456")
        client.post("/account/second-step/begin")
        phone = authenticator_of(app, person)
        assert "Skriv kode fra appen." in confirm("")
        assert "Denne koden er feil eller brukt." in confirm(phone.now()[:5])
        assert session.get_one(User, person.user_id).second_factor_at is None
        assert session.query(RecoveryCode).count() == 0
        assert mails() == []
        assert "Denne koden er feil" not in confirm(phone.now())
        assert session.get_one(User, person.user_id).second_factor_at is not None


@pytest.mark.parametrize("act", ["codes", "off"])
def test_changing_two_factor_requires_the_password(app: Flask, client: Browser, act: str) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    _phone, codes = set_up(app, client, person)
    assert "Skriv passordet ditt." in client.post(f"/account/second-step/{act}", data={"present": ""}).text
    assert session.get_one(User, person.user_id).second_factor_at is not None
    assert submit_code(begin_sign_in(app, person), codes[0]) == 303


def test_user_without_two_factor_has_no_codes(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    answer = client.post("/account/second-step/codes", data={"present": factories.PASSWORD})
    assert answer.status_code == 404
    assert session.query(RecoveryCode).count() == 0
    token = use_cases.open_session(person.user_id or 0)
    with pytest.raises(NotFound):
        use_cases.verify_code(person, "123456", token, SecretCipher(str(app.secret_key)))
    assert client.get("/sign-in/code?next=/account").headers["Location"] == "/account"
    assert session.query(SignInSession).filter(SignInSession.second_factor_at.is_(None)).count() == 1


def test_unverified_session_cannot_enrol_again(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    _phone, codes = set_up(app, client, person)
    half = begin_sign_in(app, person)
    answers = [
        half.get("/account/second-step/qr.svg"),
        half.post("/account/second-step/confirm", data={"code": codes[0]}),
    ]
    assert [answer.headers["Location"] for answer in answers] == ["/sign-in/code"] * 2
    assert "Skriv kode." in half.post("/sign-in/code", data={"code": ""}).text
    assert half.get("/home").status_code == 303
    assert submit_code(half, codes[0]) == 303


def test_code_does_not_revive_an_ended_session(app: Flask, client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    _phone, codes = set_up(app, client, person)
    token = use_cases.open_session(person.user_id or 0)
    use_cases.sign_out_everywhere(person)
    with pytest.raises(NotFound):
        use_cases.verify_code(person, codes[0], token, SecretCipher(str(app.secret_key)))
    assert session.query(SignInSession).count() == 0
    assert session.query(RecoveryCode).count() == len(codes), "the recovery code was not consumed"

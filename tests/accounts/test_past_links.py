"""Mailed links that were used, replaced or have expired: the page says what to do."""

from sqlalchemy import select

from marketplace.accounts import use_cases
from marketplace.accounts.models import OneTimeLink
from marketplace.core.database import session
from tests import factories
from tests.accounts.helpers import mails
from tests.support.browser import Browser

GOOD = "bjørk torv fiskevær"


def register(client: Browser) -> str:
    factories.garden("Verdal næringshage", covered_municipalities=["5038"])
    session.commit()
    client.post(
        "/register/company",
        data={
            "person_name": "Marit Bjørkvold", "email": "marit@bjorkvollen.example", "password": GOOD,
            "name": "Bjørkvollen", "municipality": "5038", "sector": "food-drink",
        },
    )  # fmt: skip
    return mails("marit@bjorkvollen.example")[0].link_path


def test_confirmed_registration_says_that_the_address_is_confirmed(client: Browser) -> None:
    link = register(client)
    assert client.post(link, data={"password": GOOD}).status_code == 303
    for answer in (client.get(link), client.post(link, data={"password": GOOD})):
        assert answer.status_code == 410
        assert "Adressen er allerede bekreftet" in answer.text
        assert 'href="/home"' in answer.text
    client.post("/sign-out")
    assert 'data-color="multe" href="/sign-in"' in client.get(link).text
    session.expire_all()
    assert session.scalars(select(OneTimeLink.purpose)).all() == ["registration"]


def test_confirmed_new_address_says_that_the_address_is_confirmed(client: Browser) -> None:
    person = factories.user()
    token = use_cases.one_time_links.create_link(person, "email", email="ny@fjordnett.example")
    session.commit()
    assert client.post(f"/confirm/{token}", data={"password": factories.PASSWORD}).status_code == 303
    answer = client.get(f"/confirm/{token}")
    assert (answer.status_code, "allerede bekreftet" in answer.text) == (410, True)


def test_used_reset_link_offers_sign_in_and_a_new_link(client: Browser) -> None:
    person = factories.user()
    for _request in range(2):
        use_cases.request_password_reset(person.email)
    used, revoked = (mail.link_path for mail in mails(person.email))
    assert client.post(used, data={"password": GOOD}).status_code == 303
    answer = client.get(used)
    assert (answer.status_code, "Passordet er allerede endret" in answer.text) == (410, True)
    assert {"/sign-in", "/forgotten"} <= set(client.page(used, status=410).links().values())
    for path in (revoked, "/reset/unknown"):
        answer = client.get(path)
        assert (answer.status_code, "Lenken virker ikke lenger" in answer.text) == (410, True)
        assert 'data-color="multe" href="/forgotten"' in answer.text


def test_unknown_confirmation_link_offers_sign_in_and_registration(client: Browser) -> None:
    answer = client.get("/confirm/unknown")
    assert (answer.status_code, "Lenken virker ikke lenger" in answer.text) == (410, True)
    assert 'href="/register"' in answer.text

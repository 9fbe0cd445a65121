"""What a request may be, and the headers that every answer carries."""

import pytest

from marketplace.web.request_validation import MOST_FIELDS
from marketplace.web.security import COMMON_HEADERS

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def post(client, body, content_type="application/x-www-form-urlencoded", path="/forgotten"):
    return client.open(path, method="POST", data=body, content_type=content_type, csrf=False)


def test_too_big_is_413_and_is_not_read(client):
    class Endless:
        """A body that says how long it is and must not be asked for."""

        def read(self, _size=-1):
            raise AssertionError("the body was read")

        readline = read

    answer = client.open(
        "/forgotten", method="POST", csrf=False,
        environ_overrides={"wsgi.input": Endless(), "CONTENT_LENGTH": str(50 * 2**20), "CONTENT_TYPE": FORM["Content-Type"]},
    )  # fmt: skip
    assert answer.status_code == 413


def test_a_long_guide_page_is_taken_and_a_megabyte_is_not(client):
    """The longest forms hold some ten thousand characters, six bytes each as they are sent when all are ø."""
    assert client.post("/forgotten", data={"email": "ø" * 60_000}).status_code == 200
    assert post(client, b"email=" + b"x" * 1_000_000).status_code == 413


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"&".join(b"f%d=1" % n for n in range(3000)), FORM["Content-Type"]),
        (b"email=%ff%fe", FORM["Content-Type"]),
        (b"email=\xe6\xf8\xe5", FORM["Content-Type"]),
        (b"not a part", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n\xff\xfe\r\n--x--\r\n', "multipart/form-data; boundary=x"),
        (b"csrf_token=a&csrf_token=b", FORM["Content-Type"]),
    ],
    ids=["3000 fields", "percent bytes", "raw bytes", "no boundary", "broken part", "bytes in a part", "two tokens"],
)  # fmt: skip
def test_what_cannot_be_read_is_400(client, body, content_type):
    answer = post(client, body, content_type)
    assert answer.status_code == 400
    assert "<h1" in answer.text


def test_too_many_parts_are_400_too(client):
    part = b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n'
    body = b"".join(part % n for n in range(MOST_FIELDS + 5)) + b"--x--\r\n"
    assert post(client, body, "multipart/form-data; boundary=x").status_code in {400, 413}


def test_an_address_that_is_no_text_is_400(client):
    assert client.get("/suppliers?q=%ff%fe").status_code == 400


@pytest.mark.parametrize("path", ["/suppliers/%00", "/suppliers/a%00b", "/reset/%00", "/confirm/a%00", "/invitations/%00", "/language/%00", "/%00"])  # fmt: skip
def test_an_address_with_a_character_that_is_none_is_that_of_nothing(client, path):
    assert client.get(path).status_code == 404


def test_what_the_database_does_not_know_as_text_is_the_askers_fault(app, monkeypatch):
    """PostgreSQL's text knows no NUL; SQLite's does. No page asks for one, so this one is made to."""
    from sqlalchemy import text

    from marketplace.core.database import session

    def asks():
        return str(session.execute(text("SELECT CAST(:given AS TEXT)"), {"given": "a\x00b"}).scalar())

    views = app.view_functions  # of the run's one application: what follows goes with the test
    monkeypatch.setitem(views, "pages.how_it_works", _like(views["pages.how_it_works"], asks))
    browser = app.test_client()
    browser.check_pages = False
    expected = {"postgresql": 400, "sqlite": 200}[session.get_bind().dialect.name]
    session.rollback()
    assert browser.get("/how-it-works").status_code == expected
    assert browser.get("/").status_code == 200, "the session goes on"


def test_more_than_sixty_lists_a_minute_from_one_address_are_429_over_all_processes(make_app, monkeypatch):
    from marketplace.core import request_state

    monkeypatch.setattr(request_state, "_minute", lambda: 42)
    browsers = [make_app(list_pages_per_minute=60).test_client() for _each in range(2)]
    for browser in browsers:
        browser.check_pages = False
    asked = [browsers[number % 2].get("/gardens").status_code for number in range(62)]
    assert asked == [200] * 60 + [429] * 2
    refused = browsers[0].get("/suppliers")
    assert refused.headers["Retry-After"] == "60"
    assert "Vent et minutt" in refused.text
    assert browsers[0].get("/gardens", environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200
    assert browsers[0].get("/how-it-works").status_code == 200


def test_people_at_one_address_who_have_signed_in_count_by_themselves(make_app, monkeypatch):
    from marketplace.core import request_state
    from tests import factories

    monkeypatch.setattr(request_state, "_minute", lambda: 44)
    app = make_app(list_pages_per_minute=3)
    people = [app.test_client().sign_in(factories.user(name).id) for name in ("Kari", "Ola")]
    asked = [person.get("/gardens").status_code for person in people for _each in range(3)]
    assert asked == [200] * 6
    assert [person.get("/gardens").status_code for person in people] == [429] * 2


def test_a_forged_address_is_counted_as_the_real_one(make_app, monkeypatch):
    from marketplace.core import request_state

    monkeypatch.setattr(request_state, "_minute", lambda: 43)
    browser = make_app(list_pages_per_minute=3).test_client()
    asked = [
        browser.get("/gardens", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(5)
    ]
    assert asked == [200] * 3 + [429] * 2
    trusted = make_app(list_pages_per_minute=3, trusted_proxies=1).test_client()
    asked = [
        trusted.get("/gardens", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(5)
    ]
    assert asked == [200] * 5


def test_every_answer_carries_the_headers(make_app):
    app = make_app(
        production=True,
        site_url="https://torget.example",
        secret_key="8f1b2c3d4e5a69788796a5b4c3d2e1f00f1e2d3c",
    )
    app.view_functions["pages.how_it_works"] = _broken(app.view_functions["pages.how_it_works"])
    client = app.test_client()
    client.check_pages = False
    answers = {
        "page": client.get("/"),
        "sent on": client.get("/home"),
        "not there": client.get("/finnes-ikke"),
        "not so": client.open("/", method="POST", csrf=False),
        "no token": post(client, b"email=a"),
        "too big": post(client, b"a=" + b"x" * 2_000_000),
        "failed": client.get("/how-it-works"),
        "static": client.get("/static/css/own.css"),
        "static not there": client.get("/static/finnes-ikke.css"),
        "machine": client.get("/livez"),
        "wrong method on static": client.open("/static/css/own.css", method="POST", csrf=False),
        "odd method": client.open("/", method="PROPFIND", csrf=False),
    }
    assert [answers[name].status_code for name in ("not there", "too big", "failed", "static")] == [
        404,
        413,
        500,
        200,
    ]
    wanted = COMMON_HEADERS | {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
    for name, answer in answers.items():
        for header, value in wanted.items():
            assert answer.headers.get(header) == value, f"{name} ({answer.status_code}) lacks {header}"
        answer.close()


def _broken(view):
    def broken():
        raise ZeroDivisionError

    return _like(view, broken)


def _like(view, other):
    other.access_level = view.access_level
    return other

"""Malformed and excessive requests are refused, and every response carries the security headers."""

import io
from urllib.parse import urlencode

import pytest
from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from marketplace.web.request_validation import MAX_FIELDS
from marketplace.web.security import COMMON_HEADERS
from marketplace.web.uploads import MAX_UPLOAD_BYTES
from tests import factories

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def post(client, body, content_type="application/x-www-form-urlencoded", path="/forgotten"):
    return client.open(path, method="POST", data=body, content_type=content_type, csrf=False)


WORDS = "Vi selger 40 slags ost, og rekker ikke å svare på telefon om sommeren. "


class Endless:
    """Body that counts what is read of it, as gunicorn passes one on."""

    def __init__(self, size):
        self.left, self.has_closed = size, False

    def read(self, size=-1):
        taken = min(self.left, size if size >= 0 else self.left)
        self.left -= taken
        return b"x" * taken

    def close_connection(self):
        self.has_closed = True


@pytest.mark.parametrize(("megabytes", "is_read"), [(20, True), (200, False)])
def test_oversized_body_is_413_and_read_to_a_limit(client, megabytes, is_read):
    """A browser shows the response only when it has sent the whole body, unless the connection is closed."""
    body = Endless(megabytes * 2**20)
    answer = client.open(
        "/forgotten", method="POST", csrf=False,
        environ_overrides={
            "wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": str(body.left),
            "CONTENT_TYPE": FORM["Content-Type"],
        },
    )  # fmt: skip
    assert answer.status_code == 413
    assert "512 kB" in answer.text
    assert (body.left == 0, body.has_closed) == (is_read, not is_read)
    assert body.left == 0 or body.left > 100 * 2**20


def test_oversized_form_keeps_its_text_without_passwords(client):
    page = post(client, urlencode({"email": WORDS, "own_words": WORDS * 12_000}).encode())
    assert (page.status_code, page.text.count(WORDS)) == (413, 12_001)
    parts = (
        'name="own_words"\r\n\r\n' + WORDS,
        'name="picture"; filename="bilde.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' + "x" * 12 * 2**20,
    )
    body = (
        "".join(f"--limit\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--limit--\r\n"
    )
    page = post(client, body.encode(), "multipart/form-data; boundary=limit")
    assert (page.status_code, WORDS in page.text) == (413, True)
    page = post(client, urlencode({"password": "dugg tresko", "own_words": WORDS * 12_000}).encode())
    assert (page.status_code, "dugg tresko" in page.text, WORDS in page.text) == (413, False, True)


def test_long_guide_page_is_accepted_and_megabyte_refused(client):
    """The longest forms have about 10,000 characters; percent-encoded, each ø takes six bytes."""
    assert client.post("/forgotten", data={"email": "ø" * 60_000}).status_code == 422
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
def test_malformed_body_is_400(client, body, content_type):
    answer = post(client, body, content_type)
    assert answer.status_code == 400
    assert "<h1" in answer.text


def test_too_many_multipart_parts_are_refused(client):
    part = b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n'
    body = b"".join(part % n for n in range(MAX_FIELDS + 5)) + b"--x--\r\n"
    assert post(client, body, "multipart/form-data; boundary=x").status_code in {400, 413}


def test_upload_needs_no_disk(app):
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(bytes(2_000_000)), "skisse.pdf")})
    kind = f"multipart/form-data; boundary={boundary}"
    with app.test_request_context("/profile/logo", method="POST", data=body, content_type=kind):
        request.max_content_length = MAX_UPLOAD_BYTES
        assert isinstance(request.files["file"].stream, io.BytesIO)


def test_query_string_with_invalid_utf8_is_400(client):
    assert client.get("/suppliers?q=%ff%fe").status_code == 400


@pytest.mark.parametrize("path", ["/suppliers/%00", "/suppliers/a%00b", "/reset/%00", "/confirm/a%00", "/invitations/%00", "/language/%00", "/%00"])  # fmt: skip
def test_path_with_nul_character_is_404(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.both_databases
def test_path_with_nul_character_is_404_for_a_signed_in_user(client):
    member = factories.member(factories.company())
    client.sign_in(member.user_id)
    assert [client.get(path).status_code for path in ("/a%00b", "/plan/actions/a%00b")] == [404, 404]


def test_text_refused_by_database_is_400(app, monkeypatch):
    """PostgreSQL text cannot contain NUL, SQLite text can. No page sends one, so this view is replaced to do so."""
    from sqlalchemy import text

    from marketplace.core.database import session

    def query_with_nul():
        return str(session.execute(text("SELECT CAST(:given AS TEXT)"), {"given": "a\x00b"}).scalar())

    views = app.view_functions  # the application is shared by all tests; monkeypatch restores the view
    monkeypatch.setitem(views, "pages.how_it_works", _like(views["pages.how_it_works"], query_with_nul))
    browser = app.test_client()
    browser.check_pages = False
    expected = {"postgresql": 400, "sqlite": 200}[session.get_bind().dialect.name]
    session.rollback()
    assert browser.get("/how-it-works").status_code == expected
    assert browser.get("/").status_code == 200, "the database session is still usable"


def test_every_response_has_security_headers(make_app):
    app = make_app(
        production=True,
        second_factor=True,
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

"""E-mail addresses: the normal form, the ASCII form, and refused ones."""

from pathlib import Path

import pytest

import marketplace
from marketplace.core.email_address import (
    InvalidEmailError,
    NonAsciiLocalPartError,
    ascii_email,
    mailto_url,
    normalize_email,
    parse_email,
)

READABLE = "post@blåbærhagen.no"
FORMS = (
    READABLE, " Post@BLÅBÆRHAGEN.no ", ascii_email(READABLE), ascii_email(READABLE).upper(),
    "post@bla\u030abærhagen.no", "ｐｏｓｔ@blåbærhagen.no", "post@blåbær\u200bhagen.no",
)  # fmt: skip


@pytest.mark.parametrize("typed", FORMS)
def test_all_spellings_of_an_address_have_one_normal_form(typed: str) -> None:
    assert parse_email(typed) == normalize_email(typed) == READABLE
    assert ascii_email(parse_email(typed)).isascii()


@pytest.mark.parametrize(
    "pasted", ["mailto:kari@x.no", "Kari Moen <kari@x.no>", "<Kari@x.no>", "kari@x.no;", "kari@x.no."]
)
def test_address_pasted_from_an_e_mail_program_is_read(pasted: str) -> None:
    assert parse_email(pasted) == "kari@x.no"


def test_ascii_form_encodes_the_domain() -> None:
    local, _at, domain = ascii_email(READABLE).partition("@")
    assert (local, domain.encode().decode("idna")) == ("post", "blåbærhagen.no")
    assert ascii_email("kari@fjordnett.example") == "kari@fjordnett.example"


@pytest.mark.parametrize("typed", ["bjørn@fjordnett.example", "bjørn@blåbærhagen.no"])
def test_local_part_with_other_letters_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(NonAsciiLocalPartError):
        parse_email(typed)


@pytest.mark.parametrize(
    "typed", ["", "kari", "kari@", "@x.no", "kari@-x.no", "kari@xn--a.no", "a b@x.no", "k" * 65 + "@x.no"]
)
def test_invalid_address_is_refused_but_can_be_looked_up(typed: str) -> None:
    with pytest.raises(InvalidEmailError):
        parse_email(typed)
    assert normalize_email(typed) == typed


def test_link_to_an_address_is_ascii_and_adds_no_header() -> None:
    assert mailto_url("kari+kurs@fjordnett.example") == "mailto:kari+kurs@fjordnett.example"
    assert mailto_url(READABLE) == f"mailto:{ascii_email(READABLE)}"
    assert mailto_url("a?cc=b&bcc=c@fjordnett.example") == "mailto:a%3Fcc%3Db%26bcc%3Dc@fjordnett.example"
    assert mailto_url("bjørn@fjordnett.example") == "mailto:bj%C3%B8rn@fjordnett.example"
    templates = (Path(marketplace.__file__).parent / "templates").rglob("*.html")
    assert [path.name for path in templates if 'href="mailto:' in path.read_text(encoding="utf-8")] == []

"""Telephone numbers in texts, and the links that call them."""

import pytest

from marketplace.core.telephone import has_number, tel_url


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("22 33 44 55", "tel:22334455"),
        ("+47 22 33 44 55", "tel:+4722334455"),
        ("(+47) 22.33.44.55", "tel:+4722334455"),
        ("22334455 / 99887766", "tel:22334455"),
        ("kontor: 22 33 44 55 (etter kl. 16)", "tel:22334455"),
        ("２２ ３３ ４４ ５５", "tel:22334455"),
        ("02800", "tel:02800"),
        ("kl. 10 30: 22334455", "tel:22334455"),
    ],
)
def test_first_number_is_called(text: str, link: str) -> None:
    assert has_number(text)
    assert tel_url(text) == link


@pytest.mark.parametrize(
    "text",
    ["", "ring butikken", "kl. 16", "12 34", "2233445", "223 344", "+47 2233", "kari@fjordnett.example"],
)
def test_text_without_a_complete_number_has_none(text: str) -> None:
    assert not has_number(text)

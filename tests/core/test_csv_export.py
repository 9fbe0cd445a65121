"""Cells of downloaded lists."""

import pytest

from marketplace.web.csv_export import safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+47 900", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_text_that_starts_a_formula_is_prefixed(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_other_cells_are_unchanged() -> None:
    assert [safe_cell(value) for value in ('Åse; og "Liv"', -3, 1.5, None, "a=b")] == [
        'Åse; og "Liv"', "-3", "1.5", "", "a=b",
    ]  # fmt: skip

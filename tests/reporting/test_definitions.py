"""Every figure of a report has a name, a definition and a source in three languages."""

import hashlib

import pytest
import yaml

from marketplace.core.i18n import LOCALES, use_locale
from marketplace.data import data_path
from marketplace.reporting.counting import by_size
from marketplace.reporting.definitions import definition, definitions_version
from marketplace.reporting.figure_format import value_text
from marketplace.reporting.labels import cell_label

EXAMPLES = [
    "recruited",
    "plan_public_EUR",
    "plan_total_NOK",
    "cost_total_EUR",
    "cost_venue_NOK",
    "hours_course",
    "hours_at_5021",
    "cost_at_5014_NOK",
]
EXAMPLES += [
    "score_start_direction",
    "change_end_sales",
    "spread_end_data",
    "change_later_content",
    "aid_de_minimis",
]


DIGESTS = {
    1: "2badec148e0a9914",
    2: "ab895741da4c3deb",
    3: "262204cc3f9f7cee",
    4: "1d5426532f0438a4",
    5: "e788819250c6ad43",
    6: "bf53d9acd5e403e1",
}
"""Digests of the codes and definitions by version: earlier versions are kept, so that a change needs a new version."""


def test_changed_definitions_have_a_new_version() -> None:
    figures = yaml.safe_load(data_path("report_figures.yaml").read_text(encoding="utf-8"))["figures"]
    text = "\n".join(f"{code} {figures[code]['about']['en']}" for code in sorted(figures))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert DIGESTS.get(definitions_version()) == digest, f"raise the version, and add {digest}"


@pytest.mark.parametrize("locale", LOCALES)
def test_figures_have_label_definition_and_source_in_each_language(locale: str) -> None:
    with use_locale(locale):
        for code in EXAMPLES:
            found = definition(code)
            assert all((found.label, found.about, found.source))
            assert "{" not in found.label


def test_longest_pattern_defines_a_figure() -> None:
    with use_locale("nb"):
        assert definition("plan_total_EUR").label == "Plan i alt, EUR"
        assert definition("score_start_presence").label == "Synlighet: ved start"
        assert definition("hours_at_5021").label == "Timer i Oppdal"
        assert definition("cost_at_5021_NOK").label == "Kostnader i Oppdal, NOK"


def test_unknown_figure_has_no_definition() -> None:
    with pytest.raises(KeyError):
        definition("weather")


def test_report_definitions_use_no_other_language() -> None:
    text = data_path("report_figures.yaml").read_text(encoding="utf-8")
    assert text.count("nb:") == text.count("nn:") == text.count("en:")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (2160, "minutes", "36 timer"),
        (60, "minutes", "1 time"),
        (90, "minutes", "1,5 timer"),
        (119, "minutes", "2 timer"),
        (15917, "mean", "15,9"),
        (-1500, "points_change", "−2"),
        (1500, "points_change", "+2"),
        (73585, "percent", "74 %"),
        (8000000, "minor:EUR", "80 000 €"),
        (12345, "minor:NOK", "123,45 kr"),
        (0, "count", "0"),
    ],
)
def test_values_are_shown_in_their_unit(value: int, unit: str, expected: str) -> None:
    with use_locale("nb"):
        assert value_text(value, unit).replace("\N{NO-BREAK SPACE}", " ") == expected


def test_size_class_of_one_employee_is_singular() -> None:
    with use_locale("nb"):
        assert [cell_label("size", code) for code in ("1", "2-4")] == ["1 ansatt", "2–4 ansatte"]


def test_size_classes_are_in_their_order() -> None:
    sizes = by_size("recruited", enumerate([None, 60, 1, 3, 3, None, None]))
    assert list(sizes.cells.items()) == [
        ("1", 1), ("2-4", 2), ("50", 1), ("unknown", 3)
    ]  # fmt: skip

"""Form widgets produce the same HTML as WTForms' widgets."""

from typing import Any

import pytest
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, widgets as wtforms_widgets

from marketplace.core.i18n import use_locale
from marketplace.core.numbers import HOURS
from marketplace.web.forms import (
    ChoiceField,
    DecimalField,
    LongTextField,
    NumberChoiceField,
    NumberField,
    TextField,
    required,
    widgets,
)
from marketplace.web.forms.base import _with_label, display_value

NASTY = "\"><script>alert('1')</script>{{ 7 * 7 }} & {k} æøå"


@pytest.mark.parametrize(
    "values",
    [
        {"class_": "ds-input", "value": NASTY},
        {"data_some_thing": 1, "aria_label": Markup('as "value" &lt;'), "aria-describedby": "hint"},
        {"required": True, "checked": False, "value": None, "id": ""},
        {NASTY: NASTY},
    ],
)
def test_attributes_equal_those_of_wtforms(values: dict[str, Any]) -> None:
    assert widgets.html_attributes(**values) == wtforms_widgets.html_params(**values)


class ExampleForm(Form):
    line = TextField("Line", [required()])
    text = LongTextField("Text", [required()])
    some = ChoiceField("Some", choices=[("", NASTY), (NASTY, "One"), ("two", "Two")])
    must = ChoiceField("Must", [required()], choices=[("", ""), ("one", "One")])
    grouped = ChoiceField("Grouped", choices={"": [("a", NASTY)], NASTY: [("b", "B"), ("c", "C")]})


@pytest.mark.parametrize("name", ["line", "text", "some", "must", "grouped"])
@pytest.mark.parametrize("value", [None, "two", NASTY])
def test_field_html_equals_that_of_wtforms(name: str, value: str | None) -> None:
    own, extra = ExampleForm(data={name: value})[name], {"class": "ds-input", "aria-invalid": "true"}
    plain: Any = {"line": wtforms_widgets.TextInput, "text": wtforms_widgets.TextArea}.get(
        name, wtforms_widgets.Select
    )()
    assert own(**extra) == plain(own, **extra)
    assert own(required=False, id="other") == plain(own, required=False, id="other")


class PlaceForm(Form):
    place = NumberChoiceField("Place", choices=[("", "No place"), (2, "Oppdal")])


def test_list_without_empty_choice_is_not_required() -> None:
    class ChoiceForm(Form):
        one = ChoiceField("One", [required()], choices=[("a", "A")])

    assert "required" not in ChoiceForm()["one"]()


@pytest.mark.parametrize(("text", "is_valid"), [("two", True), ("", True), ("None", False), ("three", False)])
def test_only_listed_choices_are_accepted(text: str, is_valid: bool) -> None:
    form = ExampleForm(MultiDict({"line": "Ost", "text": "Ost", "some": text, "must": "one"}))
    assert form.validate() is is_valid


@pytest.mark.parametrize(
    ("amount", "hours", "milli", "whole"),
    [
        ("12 500,- ekskl. mva", "8 timer", 12_500_000, 8),
        ("50k", "8t", 50_000_000, 8),
        ("7,5 t", "8 h", 7_500, 8),
    ],
)
def test_numbers_are_read_with_their_units(amount: str, hours: str, milli: int, whole: int) -> None:
    class NumbersForm(Form):
        amount = DecimalField("Amount")
        hours = NumberField("Hours", unit=HOURS)

    form = NumbersForm(MultiDict({"amount": amount, "hours": hours}))
    assert (form.amount.data, form.hours.data) == (milli, whole)


@pytest.mark.parametrize(("locale", "yes", "no"), [("nb", "Ja", "Nei"), ("en", "Yes", "No")])
def test_display_value_is_in_the_current_language(locale: str, yes: str, no: str) -> None:
    class FormWithCheckbox(ExampleForm):
        sure = BooleanField("Sure")

    with use_locale(locale):
        checked, unchecked = (
            FormWithCheckbox(data={"line": "Ost", "some": "two", "sure": sure}) for sure in (True, False)
        )
        assert [display_value(checked[name]) for name in ("line", "some", "sure")] == ["Ost", "Two", yes]
        assert display_value(unchecked["sure"]) == no


@pytest.mark.parametrize(
    ("label", "message", "expected"),
    [
        ("Why did you choose it", "Explain why you did choose it.", "Explain why you did choose it."),
        (
            "Price for: Shop",
            "Enter the amount without VAT.",
            "Price for: Shop: Enter the amount without VAT.",
        ),
        ("Name", "Write the name.", "Write the name."),
        ("Finish", "Say when you are ready.", "Finish: Say when you are ready."),
    ],
)
def test_summary_puts_the_label_before_messages_that_do_not_repeat_it(
    label: str, message: str, expected: str
) -> None:
    assert _with_label(label, message) == expected


@pytest.mark.parametrize(("value", "number"), [("2", 2), ("", None)])
def test_choice_of_a_number_is_read(value: str, number: int | None) -> None:
    form = PlaceForm(MultiDict({"place": value}))
    assert (form.validate(), form.place.data) == (True, number)


@pytest.mark.parametrize("value", ["3", "two", "2 "])
def test_choice_of_a_number_that_is_not_listed_is_refused(value: str) -> None:
    with use_locale("en"):
        assert not PlaceForm(MultiDict({"place": value})).validate()

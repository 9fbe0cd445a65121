"""Fields as HTML: what our own widgets write is what WTForms' own would write."""

from typing import Any

import pytest
from markupsafe import Markup
from wtforms import BooleanField, Form
from wtforms import widgets as wtforms_widgets

from marketplace.core.i18n import use_locale
from marketplace.web.forms import ChoiceField, LongTextField, TextField, required, widgets
from marketplace.web.forms.base import display_value

NASTY = "\"><script>alert('1')</script>{{ 7 * 7 }} & {k} æøå"


@pytest.mark.parametrize(
    "values",
    [
        {"class_": "ds-input", "value": NASTY},
        {"data_some_thing": 1, "aria_label": Markup('as "said" &lt;'), "aria-describedby": "hint"},
        {"required": True, "checked": False, "value": None, "id": ""},
        {NASTY: NASTY},
    ],
)
def test_attributes_are_written_like_wtforms_writes_them(values: dict[str, Any]) -> None:
    assert widgets.attributes(**values) == wtforms_widgets.html_params(**values)


class Asking(Form):
    line = TextField("Line", [required()])
    text = LongTextField("Text", [required()])
    some = ChoiceField("Some", choices=[("", NASTY), (NASTY, "One"), ("two", "Two")])
    must = ChoiceField("Must", [required()], choices=[("", ""), ("one", "One")])
    grouped = ChoiceField("Grouped", choices={"": [("a", NASTY)], NASTY: [("b", "B"), ("c", "C")]})


@pytest.mark.parametrize("name", ["line", "text", "some", "must", "grouped"])
@pytest.mark.parametrize("said", [None, "two", NASTY])
def test_a_field_is_written_like_wtforms_writes_it(name: str, said: str | None) -> None:
    own, extra = Asking(data={name: said})[name], {"class": "ds-input", "aria-invalid": "true"}
    plain: Any = {"line": wtforms_widgets.TextInput, "text": wtforms_widgets.TextArea}.get(
        name, wtforms_widgets.Select
    )()
    assert own(**extra) == plain(own, **extra)
    assert own(required=False, id="other") == plain(own, required=False, id="other")


def test_a_list_without_an_empty_choice_is_never_required() -> None:
    class Choosing(Form):
        one = ChoiceField("One", [required()], choices=[("a", "A")])

    assert "required" not in Choosing()["one"]()


@pytest.mark.parametrize(("locale", "yes", "no"), [("nb", "Ja", "Nei"), ("en", "Yes", "No")])
def test_what_stands_in_a_field_is_told_in_the_readers_words(locale: str, yes: str, no: str) -> None:
    class Telling(Asking):
        sure = BooleanField("Sure")

    with use_locale(locale):
        told, untold = (Telling(data={"line": "Ost", "some": "two", "sure": sure}) for sure in (True, False))
        assert [display_value(told[name]) for name in ("line", "some", "sure")] == ["Ost", "Two", yes]
        assert display_value(untold["sure"]) == no

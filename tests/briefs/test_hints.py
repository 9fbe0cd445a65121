"""Examples in help texts and error messages are valid input for their field."""

import datetime as dt
import re
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from marketplace.briefs import guide
from marketplace.briefs.guide.questions import raw_guide
from marketplace.core import i18n
from marketplace.core.dates import is_unknown, parse_date, parse_month
from marketplace.core.money import parse_nok
from marketplace.core.organisation_number import parse_organisation_number
from marketplace.core.web_address import parse_web_address

pytestmark = pytest.mark.once
TODAY = dt.date(2026, 11, 29)
LOCALES = ("nb", "nn", "en")
GUIDE = guide.load()
FREE = [q for q in GUIDE if q.type in {"text", "long_text", "list", "urls", "date", "month", "number"}]


def read(question: guide.Question, text: str) -> guide.ParsedAnswer:
    return guide.parse(question, MultiDict({question.code: text}), TODAY)


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_of_the_guide_are_accepted(locale: str) -> None:
    with i18n.use_locale(locale):
        for question in FREE:
            text = question.placeholder(TODAY.year + 1)
            assert read(question, text).is_accepted, (question.code, text)


@pytest.mark.parametrize("locale", LOCALES)
def test_better_examples_of_the_guide_are_accepted(locale: str) -> None:
    with i18n.use_locale(locale):
        for question in FREE:
            if question.better:
                assert read(question, i18n.localized(question.better.texts)).is_accepted, question.code


@pytest.mark.parametrize("locale", LOCALES)
def test_words_that_a_section_invites_are_accepted_in_all_its_fields(locale: str) -> None:
    """The section of numbers says: write “vet ikke” if you do not know."""
    invited = 0
    with i18n.use_locale(locale):
        for topic in GUIDE.topics:
            for section in topic.sections:
                for word in re.findall(r"[«“]([^»”]+)[»”]", section.help):
                    for question in section.questions:
                        parsed = read(question, word)
                        assert parsed.is_accepted, (question.code, word)
                        assert not guide.is_empty(parsed.value)
                        assert is_unknown(guide.value_text(question, parsed.value))
                        assert read(question, guide.form_value(question, parsed.value)).value == parsed.value
                        assert is_unknown(word)
                        invited += 1
    assert invited >= 3


@pytest.mark.parametrize("locale", LOCALES)
def test_examples_in_error_messages_are_accepted(locale: str) -> None:
    readers: dict[str, Any] = {"bad_date": parse_date, "bad_month": parse_month, "bad_url": parse_web_address}
    for code, parse in readers.items():
        message = raw_guide(GUIDE.version)["errors"][code][locale]
        example = message.format(line=1, year=2027).rstrip(".").rpartition(": ")[2]
        assert parse(example), (code, example)


@pytest.mark.parametrize("locale", LOCALES)
def test_examples_in_form_messages_are_accepted(locale: str) -> None:
    readers: dict[Any, str] = {
        parse_nok: "gratis",
        parse_organisation_number: "12",
        parse_web_address: "nei",
    }
    with i18n.use_locale(locale):
        for parse, wrong in readers.items():
            with pytest.raises(ValueError, match=r"\d|www") as error:
                parse(wrong)
            example = re.search(r"(?:\d[\d ]+\d|www\S+)(?=\.?$)", str(error.value))
            assert example, error.value
            assert parse(example[0].rstrip("."))
        day = re.search(r"\d[\d.]+\d", i18n.gettext("Enter a date, like 24.12.2026."))
        assert day
        assert parse_date(day[0])

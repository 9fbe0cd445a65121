"""Table of offer fields: each row works in form, content, stored JSON, validation and pages."""

import datetime as dt
from typing import Any

import pytest

from marketplace.briefs import guide
from marketplace.core.database import session
from marketplace.core.i18n import use_locale
from marketplace.proposals.forms.offer import offer_form
from marketplace.proposals.offer_content import (
    OWNERSHIP_LABELS,
    BriefRequirements,
    CitedCase,
    OfferContent,
    PriceLine,
    RequirementAnswer,
)
from marketplace.proposals.offer_display import OfferDisplay
from marketplace.proposals.offer_field_types import FieldKind, OfferField
from marketplace.proposals.offer_fields import OFFER_FIELDS
from marketplace.proposals.offer_validation import find_problems
from marketplace.proposals.price_comparison import PriceKind
from marketplace.suppliers.models import CaseStudy
from tests.factories.offers import full_content
from tests.proposals.conftest import ANSWERS, DEADLINE_DAY, REFERENCE
from tests.support.page_rules import HtmlPage

REQUIREMENTS = BriefRequirements.from_answers("Nettbutikk", ANSWERS)
TODAY = dt.date(2026, 11, 24)
STORED_KEYS = [
    "understanding", "experience", "cases", "price_lines", "monthly_nok", "assumptions", "start", "finish", "team",
    "evidence", "wishes", "follow_up", "ownership_accept", "ownership_deviation", "has_relation", "relation",
    "valid_until", "files",
]  # fmt: skip
"""Keys of the sealed JSON. Offers are stored with them, so a row may be added but not renamed."""

CASE = CitedCase(7, "Nettbutikk for et gårdsutsalg", 2025)

Sample = tuple[dict[str, str], Any, str]


def sample(field: OfferField) -> Sample:
    """Return the form data of a field, the parsed value, and a text shown on its pages."""
    if field.kind is FieldKind.PRICE_LINES:
        first, *others = REQUIREMENTS.entries(field)
        submitted = {
            "line_0_kind": "amount",
            "line_0_amount": "58 000",
            "line_0_comment": f"{field.name} 0",
        }
        lines = (
            PriceLine(first, PriceKind.AMOUNT, 58_000, f"{field.name} 0"),
            *(PriceLine(text) for text in others),
        )
        return submitted, lines, f"{field.name} 0"
    if field.kind is FieldKind.ANSWERS:
        submitted, answers = {}, []
        for index, text in enumerate(REQUIREMENTS.entries(field)):
            submitted |= {
                f"{field.form_prefix}_{index}_met": "yes",
                f"{field.form_prefix}_{index}_text": f"{field.name} {index}",
            }
            answers.append(RequirementAnswer(text, met=True, text=f"{field.name} {index}"))
        return submitted, tuple(answers), f"{field.name} 0"
    values: dict[FieldKind, tuple[str, Any, str]] = {
        FieldKind.TEXT: (f"text of {field.name}", f"text of {field.name}", f"text of {field.name}"),
        FieldKind.LONG_TEXT: (f"text of {field.name}", f"text of {field.name}", f"text of {field.name}"),
        FieldKind.AMOUNT: ("1 234", 1_234, "1 234 kr"),
        FieldKind.DATE: ("2027-05-17", dt.date(2027, 5, 17), "17. mai 2027"),
        FieldKind.YES_NO: ("yes", True, str(field.display_label)),
        FieldKind.CASES: (
            "7",
            (CASE,),
            CASE.title,
        ),
        FieldKind.FILES: ("", (), ""),
    }
    typed, value, shown = values[field.kind]
    return {field.name: typed}, value, shown


def spaces(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.fixture
def submitted() -> dict[str, str]:
    """Complete form data of an offer."""
    form = {"seen": "0"}
    for field in OFFER_FIELDS:
        form |= sample(field)[0]
    return form


def test_stored_keys_are_the_rows_of_the_table() -> None:
    assert list(OfferContent().to_dict()) == STORED_KEYS
    assert [field.name for field in OFFER_FIELDS] == STORED_KEYS


def test_offer_stored_with_fewer_keys_is_still_readable() -> None:
    stored = {key: value for key, value in full_content().to_dict().items() if key in STORED_KEYS[:3]}
    content = OfferContent.from_dict(stored)
    assert content.understanding == full_content().understanding
    assert [getattr(content, name) for name in STORED_KEYS[3:]] == [
        field.default for field in OFFER_FIELDS[3:]
    ]


@pytest.mark.parametrize("field", OFFER_FIELDS, ids=lambda field: field.name)
def test_field_survives_form_content_and_json(app: Any, field: OfferField) -> None:
    form_data, value, _shown = sample(field)
    with app.test_request_context(method="POST", data=form_data):
        content = offer_form(REQUIREMENTS, OfferContent(), 0, cases=[CASE]).content()
    assert getattr(content, field.name) == value
    assert OfferContent.from_dict(content.to_dict()) == content
    with app.test_request_context():
        again = offer_form(REQUIREMENTS, content, 1).content()
    assert getattr(again, field.name) == value


@pytest.mark.parametrize("field", OFFER_FIELDS, ids=lambda field: field.name)
def test_required_field_is_reported_when_missing(app: Any, field: OfferField) -> None:
    if field.is_required:
        unanswered = OfferContent().adapted_to(REQUIREMENTS)
        names = {problem.field for problem in find_problems(unanswered, TODAY, DEADLINE_DAY)}
        assert any(name.startswith(field.form_prefix or field.name) for name in names)


def test_every_field_is_shown_in_full_and_in_the_comparison(
    app: Any, browser: Any, market: Any, at_noon: Any, submitted: dict[str, str]
) -> None:
    session.add(
        CaseStudy(
            id=CASE.id,
            supplier_id=market.kvistverk.organisation_id,
            title=CASE.title,
            year=CASE.year,
            text="x",
        )
    )
    path = f"/briefs/{REFERENCE}/proposal"
    page = browser("kvistverk").page(path)
    names = {element.get("name") for element in page.root.iter() if element.get("name")}
    assert submitted.keys() <= names
    assert browser("kvistverk").post(path, data=submitted | {"act": "send"}).status_code == 303
    stored = market.proposal("kvistverk")
    assert stored.state == "submitted"
    assert stored.submitted_content.keys() == set(STORED_KEYS)
    at_noon.move_to(dt.datetime(2026, 12, 14, 9, 0, tzinfo=dt.UTC), tick=False)
    owner = browser("owner")
    owner.sign_in(market.owner.user_id)
    in_full = spaces(HtmlPage(owner.get(f"/briefs/{REFERENCE}/proposals/{stored.id}").text).text)
    compared = spaces(HtmlPage(owner.get(f"/briefs/{REFERENCE}/proposals").text).text)
    content = OfferContent.from_dict(stored.submitted_content)
    facts = dict(OfferDisplay(content, ()).facts)
    for field in OFFER_FIELDS:
        _submitted, _value, shown = sample(field)
        if field.display_label and field.kind is not FieldKind.YES_NO:
            assert shown in in_full, field.name
        if field.kind is FieldKind.YES_NO:
            assert str(field.display_label) in facts, field.name
        if field.comparison_label and field.kind not in {FieldKind.ANSWERS, FieldKind.YES_NO}:
            assert shown in compared, field.name


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_offer_and_brief_use_the_same_words_for_ownership(app: Any, locale: str) -> None:
    question = guide.load().question("ownership")
    with use_locale(locale):
        words = {code: str(label).casefold() for code, label in OWNERSHIP_LABELS.items()}
        assert words == {code: question.option_label(code).casefold() for code in question.option_codes()}

"""The fields of an offer, one row each: form, content, stored JSON, validation and pages are built from this table.

To add a field, add a row and translate its texts. A new kind of field also needs a codec in `content.py`, a form field in
`forms/offer.py` and a text in `offer_display.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marketplace.core.i18n import lazy_gettext as _l

Text = Any
"""A lazily translated text, or an empty string."""


class FieldKind(StrEnum):
    """The type of a field's value, which decides its form field, codec and display."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    AMOUNT = "amount"
    DATE = "date"
    YES_NO = "yes_no"
    PRICE_LINES = "price_lines"
    ANSWERS = "answers"
    CASES = "cases"
    FILES = "files"


class OfferSection(StrEnum):
    """A section of the form."""

    JOB = "job"
    EXPERIENCE = "experience"
    PRICE = "price"
    PLAN = "plan"
    MUST = "must"
    WISH = "wish"
    FOLLOW_UP = "follow_up"
    TERMS = "terms"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class SectionTexts:
    """The heading of a form section, and the introduction under it."""

    heading: Text
    introduction: Text = ""


SECTIONS = {
    OfferSection.JOB: SectionTexts(_l("Job")),
    OfferSection.EXPERIENCE: SectionTexts(
        _l("Relevant experience"),
        _l("The company scores your experience and evidence. Write about jobs like this one."),
    ),
    OfferSection.PRICE: SectionTexts(
        _l("The price"),
        _l("In kroner excluding VAT. If you leave a part empty, the company sees it as not priced."),
    ),
    OfferSection.PLAN: SectionTexts(_l("Dates and people")),
    OfferSection.MUST: SectionTexts(
        _l("Must-haves"),
        _l("Answer each one and show evidence: a job you have done, a product you use, a page to look at."),
    ),
    OfferSection.WISH: SectionTexts(_l("Wishes")),
    OfferSection.FOLLOW_UP: SectionTexts(
        _l("Cooperation and follow-up"),
        _l("The company scores how you work together, and what happens after delivery."),
    ),
    OfferSection.TERMS: SectionTexts(_l("Ownership and connections")),
    OfferSection.FILES: SectionTexts(
        _l("Attachments"),
        _l("Optional. What must be read belongs in the fields above: companies compare those."),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferField:
    """A field of an offer. `name` is the attribute of the content, the form field and the key in stored JSON.

    PRICE_LINES and ANSWERS hold one item per entry that the brief lists in `asked_by`; their form fields are named
    `<form_prefix>_<index>_<part>`. A YES_NO field may name a `detail` field that explains the answer; a YES_NO field with
    `asked_by` shows that list when the answer is yes.
    """

    name: str
    kind: FieldKind
    section: OfferSection
    label: Text = ""
    hint: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    form_prefix: str = ""
    asked_by: str = ""
    detail: str = ""
    accept: tuple[str, ...] = ()
    """For AMOUNT: the additions that `parse_nok` accepts."""
    max_length: int = 0
    max_words: int = 0
    is_required: bool = False
    required_when: tuple[str, bool] | None = None
    """Name and answer of the YES_NO field that makes this one required."""
    missing: Text = ""
    """Error when a required value is missing."""
    not_before: str = ""
    """For DATE: "today", "deadline" or the name of another date field."""
    too_early: Text = ""
    display_label: Text = ""
    """Label on the pages that show an offer in full; empty for details, which are shown with their YES_NO field."""
    comparison_label: Text = ""
    """Label of the row in the comparison; empty when the field is not compared."""
    yes_text: Text = ""
    no_text: Text = ""
    """Texts for the answers of a YES_NO field; `%(what)s` stands for the detail."""
    is_gap_when_no: bool = False
    is_compared_when_yes: bool = False
    """Leave the row out of the comparison unless an offer answers yes."""

    @property
    def has_items(self) -> bool:
        """Return True if the value is a tuple with one item per entry of the brief."""
        return self.kind in {FieldKind.PRICE_LINES, FieldKind.ANSWERS}

    @property
    def default(self) -> Any:
        """Return the value of a field that is not answered."""
        if self.has_items or self.kind in {FieldKind.CASES, FieldKind.FILES}:
            return ()
        return "" if self.kind in {FieldKind.TEXT, FieldKind.LONG_TEXT} else None


OFFER_FIELDS = (
    OfferField(
        name="understanding",
        kind=FieldKind.LONG_TEXT,
        section=OfferSection.JOB,
        label=_l("How do you understand the job?"),
        hint=_l("At most 120 words. Say what you will do and why it helps. No design sketches."),
        max_length=2000,
        max_words=120,
        is_required=True,
        missing=_l("Describe how you understand the job."),
        display_label=_l("How they understand the job"),
    ),
    OfferField(
        name="experience",
        kind=FieldKind.LONG_TEXT,
        section=OfferSection.EXPERIENCE,
        label=_l("What have you done that resembles this job?"),
        hint=_l("At most 120 words. Say what you did and what it led to."),
        max_length=2000,
        max_words=120,
        is_required=True,
        missing=_l("Describe your relevant experience."),
        display_label=_l("Relevant experience"),
    ),
    OfferField(
        name="cases",
        kind=FieldKind.CASES,
        section=OfferSection.EXPERIENCE,
        label=_l("Which jobs in your profile show it?"),
        display_label=_l("Jobs they refer to"),
    ),
    OfferField(
        name="price_lines",
        kind=FieldKind.PRICE_LINES,
        section=OfferSection.PRICE,
        form_prefix="line",
        asked_by="deliverables",
        max_length=200,
        is_required=True,
        missing=_l("Enter a price for at least one part of the job."),
        display_label=_l("What it costs"),
    ),
    OfferField(
        name="monthly_nok",
        kind=FieldKind.AMOUNT,
        section=OfferSection.PRICE,
        label=_l("Monthly running cost"),
        hint=_l("Operation, hosting and support, excluding VAT. Enter 0 if there are none."),
        is_required=True,
        accept=("month",),
        missing=_l("Enter the monthly cost. Enter 0 if it costs nothing."),
        display_label=_l("Monthly running cost"),
        comparison_label=_l("Monthly running cost and support"),
    ),
    OfferField(
        name="assumptions",
        kind=FieldKind.LONG_TEXT,
        section=OfferSection.PRICE,
        label=_l("What conditions does the price depend on?"),
        hint=_l("At most 80 words. Include what the company must do itself."),
        max_length=1200,
        max_words=80,
        display_label=_l("Conditions for the price"),
    ),
    OfferField(
        name="start",
        kind=FieldKind.DATE,
        section=OfferSection.PLAN,
        label=_l("Start date"),
        is_required=True,
        missing=_l("Enter when you can start."),
        not_before="today",
        too_early=_l("The start date cannot be in the past."),
        display_label=_l("Can start"),
        comparison_label=_l("Can start"),
    ),
    OfferField(
        name="finish",
        kind=FieldKind.DATE,
        section=OfferSection.PLAN,
        label=_l("Completion date"),
        is_required=True,
        missing=_l("Enter when you will finish."),
        not_before="start",
        too_early=_l("The end date must be after the start date."),
        display_label=_l("Done"),
        comparison_label=_l("Done"),
    ),
    OfferField(
        name="team",
        kind=FieldKind.TEXT,
        section=OfferSection.PLAN,
        label=_l("Who will do the job?"),
        hint=_l("List the people involved, and any companies you subcontract."),
        max_length=200,
        is_required=True,
        missing=_l("State who will do the job."),
        display_label=_l("Who will do the job"),
        comparison_label=_l("Who will do the job"),
    ),
    OfferField(
        name="evidence",
        kind=FieldKind.ANSWERS,
        section=OfferSection.MUST,
        form_prefix="must",
        asked_by="must_have",
        max_length=1500,
        max_words=100,
        is_required=True,
        display_label=_l("Must-haves"),
        comparison_label=_l("Must-haves they say they meet"),
    ),
    OfferField(
        name="wishes",
        kind=FieldKind.ANSWERS,
        section=OfferSection.WISH,
        form_prefix="wish",
        asked_by="nice_to_have",
        max_length=1500,
        max_words=60,
        display_label=_l("Wishes"),
    ),
    OfferField(
        name="follow_up",
        kind=FieldKind.LONG_TEXT,
        section=OfferSection.FOLLOW_UP,
        label=_l("How will you work together, and what happens after delivery?"),
        hint=_l(
            "At most 100 words. Who answers, how fast, what training you give, and how long you correct errors for free."
        ),
        max_length=1500,
        max_words=100,
        is_required=True,
        missing=_l("Describe cooperation, follow-up and how long you correct errors."),
        display_label=_l("Cooperation, follow-up and warranty"),
    ),
    OfferField(
        name="ownership_accept",
        kind=FieldKind.YES_NO,
        section=OfferSection.TERMS,
        label=_l("Will the company own the work you produce?"),
        choices=(("yes", _l("Yes, the company owns everything")), ("no", _l("Not everything"))),
        asked_by="ownership",
        detail="ownership_deviation",
        is_required=True,
        missing=_l("Say who will own what you make."),
        display_label=_l("Owned by the company"),
        comparison_label=_l("Owned by the company"),
        yes_text=_l("Everything"),
        no_text=_l("Not everything: %(what)s"),
        is_gap_when_no=True,
    ),
    OfferField(
        name="ownership_deviation",
        kind=FieldKind.TEXT,
        section=OfferSection.TERMS,
        label=_l("What will the company not own?"),
        max_length=200,
        required_when=("ownership_accept", False),
        missing=_l("State what the company will not own."),
    ),
    OfferField(
        name="has_relation",
        kind=FieldKind.YES_NO,
        section=OfferSection.TERMS,
        label=_l("Do you have any connections to the company or its business garden?"),
        hint=_l("Ownership, board positions, family, or paid work in the last two years."),
        choices=(("no", _l("No connections")), ("yes", _l("Yes, we have connections"))),
        detail="relation",
        is_required=True,
        missing=_l("Say whether you have connections to the company or the business garden."),
        display_label=_l("Connections to the company or business garden"),
        comparison_label=_l("Connections to you or the business garden"),
        yes_text="%(what)s",
        no_text=_l("None"),
        is_compared_when_yes=True,
    ),
    OfferField(
        name="relation",
        kind=FieldKind.TEXT,
        section=OfferSection.TERMS,
        label=_l("Which connections?"),
        max_length=300,
        required_when=("has_relation", True),
        missing=_l("State which connections you have."),
    ),
    OfferField(
        name="valid_until",
        kind=FieldKind.DATE,
        section=OfferSection.TERMS,
        label=_l("Offer valid until"),
        is_required=True,
        missing=_l("State how long the offer is valid."),
        not_before="deadline",
        too_early=_l("The offer must be valid at least until the deadline."),
        display_label=_l("Offer valid until"),
        comparison_label=_l("Offer valid until"),
    ),
    OfferField(
        name="files",
        kind=FieldKind.FILES,
        section=OfferSection.FILES,
        label=_l("Add a file"),
        hint=_l("A PDF document or an image, at most 10 MB. The file is sealed like the rest of the offer."),
        display_label=_l("Attachments"),
    ),
)

FIELDS_BY_NAME = {field.name: field for field in OFFER_FIELDS}


def fields_of(*kinds: FieldKind) -> Iterator[OfferField]:
    """Yield the fields of some kinds, in the order of the form."""
    return (field for field in OFFER_FIELDS if field.kind in kinds)

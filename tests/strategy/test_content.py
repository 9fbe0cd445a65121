"""The content of a strategy: JSON round trip, and tolerance of old and malformed content."""

import datetime as dt
import json

import pytest
from hypothesis import given, strategies as st

from marketplace.core.i18n import LOCALES, use_locale
from marketplace.strategy.content import (
    SECTION_FIELDS,
    SECTIONS,
    Audience,
    Budget,
    Channel,
    Gap,
    Offer,
    StrategyContent,
    from_json,
)
from marketplace.strategy.strategy_template import channel_label, strategy_template
from tests.support.any_text import any_text

FULL = StrategyContent(
    one_line="Seks hytter ved ei lakseelv",
    vision="Fullt fra mai til september",
    offers=(Offer("Overnatting", 3, (5, 6, 7)),),
    audiences=(Audience("Familier", "30-50 år", "Trondheim", "Er det ledig?", ("nb", "de"), 60),),
    strengths=("Ved elva",),
    gaps=(Gap("Telefonen ringer hele dagen", is_private=True),),
    channels=(Channel("maps", "found", "weak", "improve", "Kari"),),
    budget=Budget(100_000, 1500, 12_000, 8),
    responsible="Kari",
    responsible_hours=4,
    review_on=dt.date(2027, 3, 1),
    risks=("Lite laks",),
)


def test_content_after_a_round_trip_through_json_is_the_same() -> None:
    assert from_json(json.loads(json.dumps(FULL.to_json()))) == FULL


def test_content_without_any_key_is_empty() -> None:
    assert from_json({}) == from_json(None) == StrategyContent()


JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | any_text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "text"]), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(FULL.to_json())), JSON_VALUE))
def test_malformed_content_is_read_and_can_be_stored_again(data: dict[str, object]) -> None:
    content = from_json(data)

    assert from_json(content.to_json()) == content


def test_sections_share_no_field_and_cover_all() -> None:
    fields = [name for names in SECTION_FIELDS.values() for name in names]

    assert sorted(fields) == sorted(FULL.to_json())
    assert set(SECTION_FIELDS) <= set(SECTIONS)


def test_replacing_a_section_leaves_the_others() -> None:
    changed = FULL.with_section(
        "gaps", {"gaps": (), "risks": ("Ingen snø",), "vision": "not of this section"}
    )

    assert (changed.gaps, changed.risks, changed.vision) == ((), ("Ingen snø",), FULL.vision)
    assert changed.section("company") == FULL.section("company")


@pytest.mark.parametrize(
    ("budget", "total"),
    [
        (Budget(), None),
        (Budget(own_hours=8), None),
        (Budget(once_nok=0), 0),
        (Budget(100_000, 1500, 12_000), 130_000),
    ],
)
def test_total_of_the_budget_is_unknown_without_amounts(budget: Budget, total: int | None) -> None:
    assert budget.yearly_nok == total


def test_template_has_all_sections_and_texts_in_all_languages() -> None:
    template = strategy_template()
    labels = [template.channels, template.roles, template.states, template.decisions, template.languages]

    assert tuple(section.code for section in template.sections) == SECTIONS
    assert template.field("vision").minutes == 10
    for texts in [text for group in labels for text in group.values()]:
        assert set(texts) == set(LOCALES)
    for section in template.sections:
        assert set(section.titles) == set(section.summaries) == set(LOCALES)
        for field in section.fields:
            assert set(field.labels) == set(field.hints) == set(LOCALES)
    with use_locale("nn"):
        assert channel_label("website") == "Eigen nettstad"
    assert channel_label("removed code") == "removed code"

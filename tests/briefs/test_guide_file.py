"""Guide file: complete in three languages, readable, and consistent with the code that uses it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from marketplace.briefs import guide
from marketplace.briefs.coach.advice import load_texts
from marketplace.briefs.coach.suggestions import _RULES
from marketplace.briefs.guide.questions import raw_guide
from marketplace.core import taxonomy
from marketplace.core.money import BUDGET_BANDS, MONTHLY_BANDS
from marketplace.data import data_path
from tests.support.readability import MAX_LIX, lix, sentences_of

pytestmark = pytest.mark.once
LOCALES = ("nb", "nn", "en")
CODES = {
    "need": ["own_words", "services", "title", "problem"],
    "goal": ["goal", "success_metric", "baseline", "target", "target_date", "audience", "audience_text"],
    "today": ["current_state", "links"],
    "delivery": ["deliverables", "out_of_scope", "content"],
    "frame": [
        *(
            "budget_band",
            "budget_rule",
            "monthly_band",
            "start_from",
            "finish_by",
            "date_reason",
            "municipality",
        ),
        *("presence", "languages", "decision_by", "decision_date", "own_effort", "incumbent"),
    ],
    "protection": ["ownership", "personal_data", "accessibility", "aftercare"],
    "choosing": [
        *("must_have", "nice_to_have", "weights", "invite_count", "open_door", "response_deadline"),
        *("visibility", "report_consent"),
    ],
}


def texts(data: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if (
        isinstance(data, dict)
        and set(data) & set(LOCALES)
        and all(isinstance(v, (str, list)) for v in data.values())
    ):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from texts(value, f"{path}/{key}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from texts(
                value, f"{path}/{value.get('code', number) if isinstance(value, dict) else number}"
            )


HELP = yaml.safe_load(data_path("guide", "help.yaml").read_text(encoding="utf-8"))
ALL = [
    *texts({k: v for k, v in raw_guide(1).items() if k != "languages"}),
    *texts(load_texts(), "coach"),
    *texts(HELP, "help"),
]


def test_topics_and_questions_are_in_agreed_order():
    assert {
        topic.code: [question.code for question in topic.questions] for topic in guide.load().topics
    } == CODES


def test_at_most_fourteen_answers_are_required_by_hand():
    assert sum(question.required and question.preset is None for question in guide.load()) <= 14


@pytest.mark.parametrize(("path", "text"), ALL, ids=[path for path, _text in ALL])
def test_every_text_exists_in_three_languages(path, text):
    assert set(text) == set(LOCALES), path
    assert all(text[locale] for locale in LOCALES)
    names = [sorted(set(re.findall(r"{(\w+)}", str(text[locale])))) for locale in LOCALES]
    assert names[0] == names[1] == names[2]


@pytest.mark.parametrize("locale", LOCALES)
def test_guide_texts_are_readable(locale):
    values = [text[locale] for _path, text in ALL]
    sentences = sentences_of(
        line for value in values for line in (value if isinstance(value, list) else [value])
    )
    assert sum(map(len, sentences)) / len(sentences) <= 15
    assert max(map(len, sentences)) <= 25
    assert lix(sentences) <= MAX_LIX


@pytest.mark.parametrize("locale", LOCALES)
def test_guide_texts_avoid_exclamations_and_superlatives(locale):
    for path, text in ALL:
        line = " ".join(text[locale]) if isinstance(text[locale], list) else text[locale]
        assert "!" not in line, path
        assert " - " not in line, path
        assert "—" not in line, path


def test_bokmal_and_nynorsk_words_are_not_mixed():
    nynorsk_only = re.compile(
        r"\b(ikkje|kva|korleis|kvifor|dykk|dykkar|eit|ein|leverandørar|tilbod|berre|frå|òg)\b", re.IGNORECASE
    )
    bokmal_only = re.compile(
        r"\b(ikke|hva|hvordan|hvorfor|dere|deres|et|en|leverandører|tilbud|bare|fra|også)\b", re.IGNORECASE
    )
    for path, text in ALL:
        assert not nynorsk_only.search(str(text["nb"])), path
        assert not bokmal_only.search(str(text["nn"])), path


def test_long_texts_have_weak_and_better_examples():
    without = {"out_of_scope", "nice_to_have"}
    for question in guide.load():
        if question.type in {"long_text", "list"} and question.code not in without:
            assert question.weak is not None, question.code
            assert question.better is not None, question.code


def test_better_examples_are_valid_answers(today):
    for question in guide.load():
        if question.type == "long_text" and question.better:
            for locale in LOCALES:
                problem = guide.check_value(question, question.better.texts[locale], today)
                assert problem is None, (question.code, locale, problem)


def test_budget_bands_match_core():
    assert list(guide.load().question("budget_band").options) == [band.code for band in BUDGET_BANDS]
    assert list(guide.load().question("monthly_band").options) == [band.code for band in MONTHLY_BANDS]


def test_suggestions_and_rules_correspond():
    assert {code for code, _rule in _RULES} == set(load_texts()["suggestions"])
    codes = {question.code for question in guide.load()} | {""}
    for kind in ("blockers", "suggestions"):
        assert {entry["question"] for entry in load_texts()[kind].values()} <= codes


def test_visibility_and_matching_values_are_known():
    parts = {"words", "services", "sector", "place", "budget", "availability", "languages"}
    for question in guide.load():
        assert question.visibility in {"public", "invited", "internal"}
        assert set(question.matched_on) <= parts


def test_presets_are_existing_options():
    for question in guide.load():
        if question.preset and "value" in question.preset and question.options:
            value = question.preset["value"]
            assert set(value if isinstance(value, list) else [value]) <= set(question.options)
    assert set(guide.load().question("services").option_codes()) == set(taxonomy.services())

"""Evaluation: the measures, the two file formats, and the reporting of invalid files."""

import datetime as dt
import functools
import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from marketplace.commands.evaluate import describe_set
from marketplace.core.i18n import format_date, use_locale
from marketplace.data import data_path
from marketplace.matching import EvaluationFileError, Evaluator, Glossary, Position, evaluate_directory
from marketplace.matching.evaluation.measures import (
    mean,
    ndcg,
    precision,
    recall,
    reciprocal_rank,
    suggestion_measures,
    suggestion_recall,
)
from tests.matching.conftest import DEVSET, JUDGED, MARKET

QUALITY = {"nb": "Vi måler på", "nn": "Vi måler på", "en": "We measure the ranking on"}
QUOTES = {"nb": "«»", "nn": "«»", "en": "“”"}


def test_measures_match_hand_calculation() -> None:
    ranked, judged = [0, 3, 0, 1, 2], [3, 2, 2, 1]
    ideal = 3 + 2 / math.log2(3) + 2 / math.log2(4) + 1 / math.log2(5)
    assert ndcg(ranked, judged) == pytest.approx(
        (3 / math.log2(3) + 1 / math.log2(5) + 2 / math.log2(6)) / ideal
    )
    assert reciprocal_rank(ranked, judged) == 0.5
    assert reciprocal_rank([0, 1], judged) == 0.0
    assert precision(ranked, judged) == 0.4
    assert recall(ranked, judged) == pytest.approx(2 / 3)
    assert suggestion_recall(["a", "b", "c"], ["c", "d"], 2) == 0.0
    assert suggestion_recall(["a", "b", "c"], ["c", "d"], 3) == 0.5
    assert mean([None, 1.0, 0.0]) == 0.5


@pytest.mark.parametrize("measure", [ndcg, reciprocal_rank, recall, precision])
def test_query_without_relevant_documents_has_no_measure(measure: object) -> None:
    assert measure([0, 0], []) is None  # type: ignore[operator] # because the four have the same shape


def test_suggestion_measures_match_hand_calculation() -> None:
    assert suggestion_measures(["a", "b"], ["b", "c"], ["a"]) == {
        "recall@5": 0.5,
        "recall@8": 0.5,
        "excluded@8": 1.0,
    }
    assert suggestion_measures([], ["a"]) == {"recall@5": 0.0, "recall@8": 0.0, "abstention_precision": 0.0}
    without_need = {"recall@5": None, "recall@8": None}
    assert suggestion_measures(["a"], []) == without_need | {"abstention_recall": 0.0}
    assert suggestion_measures([], []) == without_need | {
        "abstention_recall": 1.0,
        "abstention_precision": 1.0,
    }


@pytest.fixture(scope="module")
def evaluator(glossary: Glossary, positions: dict[str, Position]) -> Evaluator:
    return Evaluator(glossary, positions)


@pytest.fixture(scope="module")
def judged_tracks(evaluator: Evaluator) -> Callable[[str], dict[str, Any]]:
    """Return a function for the figures of half the judged briefs, which two tests need."""
    return functools.cache(lambda half: evaluate_directory(JUDGED / half, evaluator)["tracks"])


@pytest.mark.parametrize(
    ("half", "text", "untitled", "fields", "confirmed", "suggest_5", "suggest_8", "excluded"),
    [
        pytest.param(*("tuning", 0.65, 0.61, 0.70, 0.91, 0.80, 0.87, 0.14), marks=pytest.mark.exhaustive),
        ("heldout", 0.54, 0.49, 0.56, 0.84, 0.74, 0.79, 0.60),
    ],
)
def test_judged_quality_stays_above_minimum(
    evaluator: Evaluator,
    judged_tracks: Callable[[str], dict[str, Any]],
    half: str,
    text: float,
    untitled: float,
    fields: float,
    confirmed: float,
    suggest_5: float,
    suggest_8: float,
    excluded: float,
) -> None:
    figures = {track: figures["overall"] for track, figures in judged_tracks(half).items()}
    without_title = evaluate_directory(JUDGED / half, evaluator, tracks=("text",), title=False)["tracks"]
    assert figures["text"]["ndcg@10"] >= text
    assert without_title["text"]["overall"]["ndcg@10"] >= untitled
    assert figures["fields"]["ndcg@10"] >= fields
    assert figures["confirmed"]["ndcg@10"] >= confirmed
    assert figures["suggest"]["recall@5"] >= suggest_5
    assert figures["suggest"]["recall@8"] >= suggest_8
    assert figures["suggest"]["excluded@8"] <= excluded


@pytest.mark.sample(1)
@pytest.mark.parametrize("half", ["dev", "test"])
def test_market_quality_stays_above_minimum(evaluator: Evaluator, half: str) -> None:
    figures = evaluate_directory(MARKET / half, evaluator)["tracks"]
    assert figures["text"]["overall"]["ndcg@10"] >= 0.78
    assert figures["fields"]["overall"]["ndcg@10"] >= 0.78
    assert figures["confirmed"]["overall"]["ndcg@10"] >= 0.87
    assert figures["suggest"]["overall"]["recall@5"] >= 0.92
    for language in ("nn", "en"):
        assert figures["confirmed"][language]["ndcg@10"] >= figures["confirmed"]["nb"]["ndcg@10"] - 0.08


def test_published_figures_match_current_results(judged_tracks: Callable[[str], dict[str, Any]]) -> None:
    published = json.loads(data_path("quality.json").read_text(encoding="utf-8"))
    for name in ("quality", "attacks"):
        assert published["measured"][name] | {"day": ""} == describe_set(JUDGED / "heldout") | {"day": ""}
    published_tracks = published["quality"]["tracks"]
    now = judged_tracks("heldout")
    for track, measure in (("text", "ndcg@10"), ("confirmed", "ndcg@10"), ("suggest", "recall@5")):
        assert published_tracks[track]["overall"][measure] == pytest.approx(
            now[track]["overall"][measure], abs=0.005
        )


@pytest.mark.once
@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_page_states_evaluation_set_and_date(app: Flask, locale: str) -> None:
    measured = json.loads(data_path("quality.json").read_text(encoding="utf-8"))["measured"]["quality"]
    browser = app.test_client()
    browser.set_cookie("locale", locale)
    page_text = " ".join(browser.get("/how-we-rank").text.split())
    opening, closing = QUOTES[locale]
    sentence = page_text[page_text.index(QUALITY[locale]) :].split(closing)[0]
    with use_locale(locale):
        day = " ".join(format_date(dt.date.fromisoformat(measured["day"])).split())
    assert sentence.endswith(f"{opening}{measured['name']}")
    assert all(f" {text} " in sentence for text in (day, measured["briefs"], measured["suppliers"]))


def test_text_set_has_overall_measures_only(glossary: Glossary, tmp_path: Path) -> None:
    corpus = [
        {"_id": "a", "title": "Ysteri", "text": "Osten modnes i kjelleren."},
        {"_id": "b", "title": "Sagbruk", "text": "Tømmer blir til planker."},
    ]
    queries = [{"_id": "q", "text": "Hvor modnes ostene?"}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n", encoding="utf-8")
    figures = evaluate_directory(tmp_path, Evaluator(glossary))["overall"]
    assert figures["ndcg@10"] == 1.0
    assert figures["recall@100"] == 1.0


SUPPLIER = '{"id": "x", "name": "N", "lang": "nb", "text": "T", "services": []'
BRIEF = '{"id": "x", "lang": "nb", "title": "", "text": ""'


@pytest.mark.parametrize(
    ("file", "line", "content", "message"),
    [
        ("suppliers.jsonl", 2, "{not json}", "not one JSON object"),
        ("suppliers.jsonl", 3, "[1, 2]", "not one JSON object"),
        ("suppliers.jsonl", 1, '{"id": "x"}', 'the field "name" is missing'),
        (
            "briefs.jsonl",
            2,
            '{"id": "x", "lang": "de", "title": "", "text": ""}',
            'the field "lang" cannot be',
        ),
        ("briefs.jsonl", 2, '{"id": "d01", "lang": "nb", "title": "", "text": ""}', "used twice"),
        ("suppliers.jsonl", 4, f'{{"id": {"9" * 5000}}}', "not one JSON object"),
        ("suppliers.jsonl", 2, f'{SUPPLIER}, "price_from_nok": Infinity}}', '"price_from_nok" cannot be inf'),
        ("suppliers.jsonl", 2, f'{SUPPLIER}, "price_from_nok": NaN}}', '"price_from_nok" cannot be nan'),
        ("suppliers.jsonl", 2, f'{SUPPLIER}, "price_from_nok": -1}}', '"price_from_nok" cannot be -1'),
        ("suppliers.jsonl", 2, f'{SUPPLIER}, "price_from_nok": true}}', '"price_from_nok" cannot be True'),
        ("suppliers.jsonl", 2, SUPPLIER.replace('"x"', '"\\ud800"') + "}", '"id" cannot be'),
        (
            "suppliers.jsonl",
            2,
            SUPPLIER.replace("[]", '["no.such"]') + "}",
            "\"services\" has the unknown code 'no.such'",
        ),
        (
            "suppliers.jsonl",
            2,
            f'{SUPPLIER}, "sectors": ["moon"]}}',
            "\"sectors\" has the unknown code 'moon'",
        ),
        (
            "suppliers.jsonl",
            2,
            f'{SUPPLIER}, "municipality": "9999"}}',
            '"municipality" has the unknown code',
        ),
        ("briefs.jsonl", 5, f'{BRIEF}, "municipality": "9999"}}', '"municipality" has the unknown code'),
        ("briefs.jsonl", 5, f'{BRIEF}, "sector": "moon"}}', '"sector" has the unknown code'),
        (
            "briefs.jsonl",
            5,
            f'{BRIEF}, "confirmed_services": ["no.such"]}}',
            '"confirmed_services" has the unknown',
        ),
        ("briefs.jsonl", 5, f'{BRIEF}, "on_site": "yes"}}', '"on_site" cannot be'),
        ("qrels.tsv", 3, "d01\tds01\t1", "is judged in two ways"),
        ("qrels.tsv", 4, "d01\tds01\t1000", "the grade cannot be"),
        ("qrels.tsv", 4, "d01\tds01\t-1", "the grade cannot be"),
        ("qrels.tsv", 2, "d01 ds01 3", "three columns"),
        ("qrels.tsv", 4, "d01\tnobody\t3", "there is no document"),
        ("qrels.tsv", 4, "nobody\tds01\t3", "there is no query"),
        ("qrels.tsv", 4, "d01\tds01\tgood", "the grade cannot be"),
    ],
)
def test_invalid_line_is_reported_with_file_and_line(
    glossary: Glossary,
    positions: dict[str, Position],
    tmp_path: Path,
    file: str,
    line: int,
    content: str,
    message: str,
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(DEVSET, folder)
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    lines[line - 1] = content
    (folder / file).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(EvaluationFileError, match=message) as caught:
        evaluate_directory(folder, Evaluator(glossary, positions))
    assert (caught.value.path.name, caught.value.line) == (file, line)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("briefs.jsonl", f"{BRIEF}}}\n".encode() + b"\xff\xfe", r"briefs\.jsonl, line 2: is not UTF-8 text"),
        ("briefs.jsonl", None, r"briefs\.jsonl: cannot be read \(No such file"),
        ("qrels.tsv", None, r"qrels\.tsv: cannot be read \(No such file"),
        ("qrels.tsv", b"brief\tsupplier\tgrade\n", r"qrels\.tsv: has no judgment"),
        ("suppliers.jsonl", b"\n \n", r"suppliers\.jsonl: is empty"),
    ],
)
def test_unreadable_file_is_reported(
    glossary: Glossary, tmp_path: Path, file: str, content: bytes | None, message: str
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(DEVSET, folder)
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(EvaluationFileError, match=message):
        evaluate_directory(folder, Evaluator(glossary))


def test_set_in_one_language_has_no_other_figures(glossary: Glossary, tmp_path: Path) -> None:
    (tmp_path / "suppliers.jsonl").write_text("\ufeff" + SUPPLIER + "}\r\n", encoding="utf-8")
    (tmp_path / "briefs.jsonl").write_text(BRIEF + "}\r\n", encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("x\tx\t2\r\n", encoding="utf-8")
    figures = evaluate_directory(tmp_path, Evaluator(glossary), tracks=("text",))["tracks"]
    assert set(figures["text"]) == {"overall", "nb"}
    assert figures["text"]["nb"]["p@5"] == 0.2


def test_folder_without_set_is_refused(glossary: Glossary, tmp_path: Path) -> None:
    with pytest.raises(EvaluationFileError, match="neither"):
        evaluate_directory(tmp_path, Evaluator(glossary))
    (tmp_path / "suppliers.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(EvaluationFileError, match="is empty"):
        evaluate_directory(tmp_path, Evaluator(glossary))

"""Evaluation of the search on judged phrases: hit rate of the first three results, and abstention.

The results are services or a place, in the set of companies the names of a list (`data/search_names.tsv`).
The phrases are in `data/search_judgments.tsv`. Phrases and thresholds are tuned on the tuning set. The held-out set
was written first and gave a hit rate of 0.932, abstention precision of 0.909 and recall of 0.800; its misses have since
been repaired by kind, so a new set is needed for the next independent figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from marketplace.data import load_tsv
from marketplace.directory.search.interpretation import interpret_text
from marketplace.text_search.list_search import search_texts, searched_text

SETS = ("tuning", "held-out", "companies")
_TOP = 3


@dataclass(frozen=True, slots=True)
class Judgment:
    """A phrase with the services, place or names that it should give; none if the search should abstain."""

    set: str
    kind: str
    phrase: str
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchFigures:
    """Results on a set of phrases. `failures` are those with a wrong answer, with the answer."""

    phrases: int
    top_3_hit_rate: float
    abstention_precision: float
    abstention_recall: float
    failures: Mapping[str, tuple[str, ...]]


def read_judgments() -> list[Judgment]:
    """Read the judged phrases."""
    return [
        Judgment(
            row["set"],
            row["kind"],
            row["phrase"],
            tuple(row["expected"].split("|")) if row["expected"] else (),
        )
        for row in load_tsv("search_judgments.tsv")
    ]


@cache
def _listed_names() -> Mapping[str, str]:
    return {
        row["name"]: searched_text(
            row["name"], row["person"], place=row["place"], numbers=[row["organisation_number"]]
        )
        for row in load_tsv("search_names.tsv")
    }


def _answer(judgment: Judgment) -> tuple[str, ...]:
    if judgment.set == "companies":
        return tuple(search_texts(judgment.phrase, _listed_names()).keys[:_TOP])
    interpretation = interpret_text(judgment.phrase)
    if judgment.kind == "place" or (interpretation.place and not interpretation.needs):
        return (interpretation.place,) if interpretation.place else ()
    return tuple(need.service for need in interpretation.needs[:_TOP])


def evaluate_search(name: str) -> SearchFigures:
    """Evaluate the search on one of the sets of phrases."""
    judged = [(judgment, _answer(judgment)) for judgment in read_judgments() if judgment.set == name]
    failures = dict(_failures(judged))
    answerable = [judgment for judgment, _ in judged if judgment.expected]
    abstained = [judgment for judgment, answer in judged if not answer]
    rightly = sum(not judgment.expected for judgment in abstained)
    return SearchFigures(
        len(judged),
        sum(judgment.phrase not in failures for judgment in answerable) / len(answerable),
        rightly / max(1, len(abstained)),
        rightly / max(1, len(judged) - len(answerable)),
        failures,
    )


def _failures(judged: list[tuple[Judgment, tuple[str, ...]]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for judgment, answer in judged:
        is_right = bool(set(answer) & set(judgment.expected)) if judgment.expected else not answer
        if not is_right:
            yield judgment.phrase, answer

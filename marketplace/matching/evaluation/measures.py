"""Measures of ranking quality against relevance judgments, each with its source.

A measure takes the grades of a ranking in order (`ranked`, 0 for documents not judged relevant) and the grades of all
judged documents (`judged`).
"""

import math
from collections.abc import Callable, Mapping, Sequence

MIN_RELEVANT_GRADE = 2
"""Lowest grade that counts as relevant in binary measures."""

TRACKS = ("text", "fields", "confirmed", "suggest")
"""The tracks of a supplier set; `runner` describes what each may use."""

Measure = Callable[[Sequence[int], Sequence[int]], float | None]


def ndcg(ranked: Sequence[int], judged: Sequence[int], cutoff: int = 10) -> float | None:
    """Return normalised discounted cumulative gain with linear gain, or None if no document is relevant.

    K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20 (2002).
    """

    def gain(grades: Sequence[int]) -> float:
        return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades[:cutoff], 1))

    ideal = gain(sorted(judged, reverse=True))
    return gain(ranked) / ideal if ideal else None


def reciprocal_rank(
    ranked: Sequence[int], judged: Sequence[int], cutoff: int = 10, min_grade: int = MIN_RELEVANT_GRADE
) -> float | None:
    """Return the reciprocal rank of the first relevant document, 0 if none is within the cutoff.

    E. Voorhees, "The TREC-8 Question Answering Track Report" (1999).
    """
    if not any(grade >= min_grade for grade in judged):
        return None
    return next((1.0 / rank for rank, grade in enumerate(ranked[:cutoff], 1) if grade >= min_grade), 0.0)


def precision(
    ranked: Sequence[int], judged: Sequence[int], cutoff: int = 5, min_grade: int = MIN_RELEVANT_GRADE
) -> float | None:
    """Return the share of the first `cutoff` ranks with a relevant document.

    C. Manning, P. Raghavan and H. Schütze, "Introduction to Information Retrieval", section 8.4.
    """
    if not any(grade >= min_grade for grade in judged):
        return None
    return sum(grade >= min_grade for grade in ranked[:cutoff]) / cutoff


def recall(
    ranked: Sequence[int], judged: Sequence[int], cutoff: int = 10, min_grade: int = MIN_RELEVANT_GRADE
) -> float | None:
    """Return the share of the relevant documents that are within the cutoff (same book, section 8.3)."""
    relevant = sum(grade >= min_grade for grade in judged)
    return sum(grade >= min_grade for grade in ranked[:cutoff]) / relevant if relevant else None


def recall_100(
    ranked: Sequence[int], judged: Sequence[int], min_grade: int = MIN_RELEVANT_GRADE
) -> float | None:
    """Return the recall within the first 100 ranks."""
    return recall(ranked, judged, 100, min_grade)


def measures(min_grade: int = MIN_RELEVANT_GRADE) -> Mapping[str, Measure]:
    """Return the reported measures by name; `min_grade` is the lowest grade that counts as relevant."""
    return {
        "ndcg@10": ndcg,
        "mrr@10": lambda ranked, judged: reciprocal_rank(ranked, judged, min_grade=min_grade),
        "p@5": lambda ranked, judged: precision(ranked, judged, min_grade=min_grade),
        "recall@10": lambda ranked, judged: recall(ranked, judged, min_grade=min_grade),
        "recall@100": lambda ranked, judged: recall_100(ranked, judged, min_grade),
    }


def mean(values: Sequence[float | None]) -> float:
    """Return the mean of the values that are not None; 0 if there are none."""
    measured = [value for value in values if value is not None]
    return sum(measured) / len(measured) if measured else 0.0


def suggestion_recall(suggested: Sequence[str], relevant: Sequence[str], cutoff: int) -> float | None:
    """Return the share of the relevant services that are among the first `cutoff` suggestions."""
    return len(set(suggested[:cutoff]) & set(relevant)) / len(set(relevant)) if relevant else None


def suggestion_measures(
    suggested: Sequence[str], relevant: Sequence[str], excluded: Sequence[str] = ()
) -> dict[str, float | None]:
    """Return the measures of one brief's suggested services; those that do not apply to it are left out.

    The mean of `abstention_recall` is the share of the briefs without a need for which nothing is suggested, that of
    `abstention_precision` the share of such briefs among all for which nothing is suggested. `excluded@8` is the share
    of the services that the brief does not want that are suggested nevertheless.
    """
    found: dict[str, float | None] = {
        f"recall@{cutoff}": suggestion_recall(suggested, relevant, cutoff) for cutoff in (5, 8)
    }
    if not relevant:
        found["abstention_recall"] = float(not suggested)
    if not suggested:
        found["abstention_precision"] = float(not relevant)
    if excluded:
        found["excluded@8"] = suggestion_recall(suggested, excluded, 8)
    return found

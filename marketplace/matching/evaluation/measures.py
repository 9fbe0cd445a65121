"""How good a ranking is, against judgments by people: one measure each, with its source.

A measure takes the grades of a ranking in order (`ranked`: the judged grade of each document, 0 where nobody
judged it relevant) and the grades of all judged documents (`judged`).
"""

import math
from collections.abc import Callable, Mapping, Sequence

RELEVANT = 2
"""From this grade a document counts as relevant in the measures that know only yes and no."""

TRACKS = ("text", "fields", "confirmed", "suggest")
"""What a supplier set is measured by; `tracks` says what each may know."""

Measure = Callable[[Sequence[int], Sequence[int]], float | None]


def ndcg(ranked: Sequence[int], judged: Sequence[int], cutoff: int = 10) -> float | None:
    """Return normalised discounted cumulative gain with linear gain; None where nothing is relevant.

    K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20 (2002).
    """

    def gain(grades: Sequence[int]) -> float:
        return sum(grade / math.log2(place + 1) for place, grade in enumerate(grades[:cutoff], 1))

    ideal = gain(sorted(judged, reverse=True))
    return gain(ranked) / ideal if ideal else None


def reciprocal_rank(
    ranked: Sequence[int], judged: Sequence[int], cutoff: int = 10, least: int = RELEVANT
) -> float | None:
    """Return 1 divided by the place of the first relevant document, 0 when none is within the cut-off.

    E. Voorhees, "The TREC-8 Question Answering Track Report" (1999).
    """
    if not any(grade >= least for grade in judged):
        return None
    return next((1.0 / place for place, grade in enumerate(ranked[:cutoff], 1) if grade >= least), 0.0)


def precision(
    ranked: Sequence[int], judged: Sequence[int], cutoff: int = 5, least: int = RELEVANT
) -> float | None:
    """Return the share of the first `cutoff` places that hold a relevant document.

    C. Manning, P. Raghavan and H. Schütze, "Introduction to Information Retrieval", section 8.4.
    """
    if not any(grade >= least for grade in judged):
        return None
    return sum(grade >= least for grade in ranked[:cutoff]) / cutoff


def recall(
    ranked: Sequence[int], judged: Sequence[int], cutoff: int = 10, least: int = RELEVANT
) -> float | None:
    """Return the share of the relevant documents that are within the cut-off (the same book, section 8.3)."""
    relevant = sum(grade >= least for grade in judged)
    return sum(grade >= least for grade in ranked[:cutoff]) / relevant if relevant else None


def recall_100(ranked: Sequence[int], judged: Sequence[int], least: int = RELEVANT) -> float | None:
    """Return recall within the first 100 places."""
    return recall(ranked, judged, 100, least)


def measures(least: int = RELEVANT) -> Mapping[str, Measure]:
    """Return the measures we report, by name; `least` is the grade that counts as relevant."""
    return {
        "ndcg@10": ndcg,
        "mrr@10": lambda ranked, judged: reciprocal_rank(ranked, judged, least=least),
        "p@5": lambda ranked, judged: precision(ranked, judged, least=least),
        "recall@10": lambda ranked, judged: recall(ranked, judged, least=least),
        "recall@100": lambda ranked, judged: recall_100(ranked, judged, least),
    }


def mean(values: Sequence[float | None]) -> float:
    """Return the mean of what could be measured; 0 where nothing could."""
    measured = [value for value in values if value is not None]
    return sum(measured) / len(measured) if measured else 0.0


def share_found(found: Sequence[str], wanted: Sequence[str], cutoff: int) -> float | None:
    """Return the share of the wanted services that are among the first `cutoff` suggested."""
    return len(set(found[:cutoff]) & set(wanted)) / len(set(wanted)) if wanted else None

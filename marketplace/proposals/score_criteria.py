"""Criteria that a company scores offers by, and the weighted score. Pure functions."""

from collections.abc import Mapping

CRITERIA = ("understanding", "experience", "price", "cooperation")
DEFAULT_WEIGHTS: Mapping[str, int] = {"understanding": 35, "experience": 25, "price": 25, "cooperation": 15}
MAX_SCORE = 5


def weighted_score(scores: Mapping[str, int], weights: Mapping[str, int]) -> int | None:
    """Weighted total from 0 to 100, rounded half up.

    Returns None if a criterion with a weight has no score, or if no criterion has a weight.
    """
    weighted = {criterion: weight for criterion, weight in weights.items() if weight > 0}
    if not weighted or any(criterion not in scores for criterion in weighted):
        return None
    reached = sum(scores[criterion] * weight for criterion, weight in weighted.items())
    possible = MAX_SCORE * sum(weighted.values())
    return (200 * reached + possible) // (2 * possible)

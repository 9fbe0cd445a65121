"""Probabilities that a text asks for each service, and for any, from the results of the two classifiers."""

from typing import NamedTuple

import numpy as np

from ..storage.types import Vector

Calibration = tuple[float, float, float, float]
MIN_COSINE = 0.04
"""A text whose nearest centroid has a lower cosine than this is about no service."""
RANKING_CALIBRATION = (-3.52, 4.94, 4.95, -1.31)
"""Logistic regression on labelled briefs: intercept, and weights of the cosine relative to the most similar service's,
of the classifier's margin, and of its margin for texts without a need."""

MIN_NAMED, MIN_MOST_PROBABLE = 0.5, 0.1
"""An unwanted part names a service that is at least this probable in it; its most probable one, from the second."""
CLEARLY = 3.0
"""How many times higher the odds of a service have to be in the wanted text than in an unwanted part that names it."""


class Readings(NamedTuple):
    """Results of both classifiers for each text: cosines with the centroids, and margins, with one more column."""

    cosines: Vector
    margins: Vector


def probabilities_of(readings: Readings, calibration: Calibration = RANKING_CALIBRATION) -> Vector:
    """Return the probability, 0 to 1, that each text asks for each service: texts by services."""
    cosines, margins = readings
    intercept, relative, margin, without_need = calibration
    top = cosines.max(axis=1, keepdims=True)
    probabilities = logistic(
        intercept
        + relative * cosines / np.where(top > 0, top, 1.0)
        + margin * margins[:, :-1]
        + without_need * margins[:, -1:]
    )
    return np.where(top >= MIN_COSINE, probabilities, 0.0)


def wanted_shares(probabilities: Vector) -> Vector:
    """Return how far each service is wanted, 0 to 1, from the probabilities of the wanted text and the unwanted parts.

    `probabilities` are texts by services, the wanted text first. A service that an unwanted part names is not wanted,
    unless the rest of the text asks for it clearly more than the part does: then the company has to say which.
    """
    wanted, refused = probabilities[0], probabilities[1:]
    if not len(refused):
        return np.ones_like(wanted)
    is_named = (refused >= MIN_NAMED) | (
        (refused >= MIN_MOST_PROBABLE) & (refused == refused.max(axis=1, keepdims=True))
    )
    named = np.where(is_named, refused, 0.0).max(axis=0)
    shares: Vector = 1.0 - refused.max(axis=0) * (1.0 - wanted)
    return np.where(_odds(wanted) < CLEARLY * _odds(named), 0.0, shares)


def unit_rows(rows: Vector) -> Vector:
    """Return the rows scaled to Euclidean length 1; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vector = rows / np.where(lengths > 0, lengths, 1.0)
    return scaled


def logistic(values: Vector) -> Vector:
    """Return the logistic function of values."""
    logistic: Vector = 1.0 / (1.0 + np.exp(-values))
    return logistic


def _odds(probabilities: Vector) -> Vector:
    odds: Vector = probabilities / np.maximum(1.0 - probabilities, 1e-9)
    return odds

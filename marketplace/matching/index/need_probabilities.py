"""Probabilities that a text asks for each service, and for any, from the results of the two classifiers."""

from typing import NamedTuple

import numpy as np

from ..storage.types import Vector

MIN_COSINE = 0.04
"""A text whose nearest centroid has a lower cosine than this is about no service."""
CALIBRATION = (-1.39, 0.91, 4.58, 7.13, -2.25)
"""Logistic regression on labelled briefs: intercept, and weights of the cosine, of the cosine relative to the most
similar service's, of the classifier's margin, and of its margin for texts without a need."""
NEED_CALIBRATION = (-1.29, 2.46, 4.31, -6.82)
"""Logistic regression of whether a brief has a need at all: intercept, and weights of the highest cosine, of the
highest margin, and of the margin for texts without a need."""


class Readings(NamedTuple):
    """Results of both classifiers for some texts: cosines with the centroids, and margins, with one more column."""

    cosines: Vector
    margins: Vector


def probabilities_of(readings: Readings) -> Vector:
    """Return the probability, 0 to 1, that each text asks for each service: texts by services."""
    cosines, margins = readings
    intercept, cosine, relative, margin, without_need = CALIBRATION
    top = cosines.max(axis=1, keepdims=True)
    probabilities = _logistic(
        intercept
        + cosine * cosines
        + relative * cosines / np.where(top > 0, top, 1.0)
        + margin * margins[:, :-1]
        + without_need * margins[:, -1:]
    )
    return np.where(top >= MIN_COSINE, probabilities, 0.0)


def need_probabilities_of(readings: Readings) -> Vector:
    """Return the probability, 0 to 1, that each text asks for any service."""
    intercept, cosine, margin, without_need = NEED_CALIBRATION
    return _logistic(
        intercept
        + cosine * readings.cosines.max(axis=1)
        + margin * readings.margins[:, :-1].max(axis=1)
        + without_need * readings.margins[:, -1]
    )


def unit_rows(rows: Vector) -> Vector:
    """Return the rows scaled to Euclidean length 1; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vector = rows / np.where(lengths > 0, lengths, 1.0)
    return scaled


def _logistic(values: Vector) -> Vector:
    logistic: Vector = 1.0 / (1.0 + np.exp(-values))
    return logistic

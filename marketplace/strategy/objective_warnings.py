"""Warnings about objectives: an unknown baseline, a target in the past, too many objectives. None of them blocks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.strategy.limits import MAX_OBJECTIVES
from marketplace.strategy.objective_state import ObjectiveTerms, is_met

VISIT_INDICATORS = frozenset({"vis_search_clicks", "vis_map_views", "vis_visits", "vis_reach"})
"""Indicators that count visits or views: without any other objective, nothing says whether visitors become customers."""


class ObjectiveWarning(StrEnum):
    """Something to look at again in an objective, or in all objectives together. None of them blocks."""

    TARGET_EQUALS_BASELINE = "target_equals_baseline"
    TARGET_WORSE = "target_worse"
    TARGET_IN_PAST = "target_in_past"
    TARGET_BEFORE_BASELINE = "target_before_baseline"
    NO_BASELINE = "no_baseline"
    NO_SOURCE = "no_source"
    TOO_MANY = "too_many"
    ONLY_VISITS = "only_visits"
    OUTSIDE_PROJECT = "outside_project"


@dataclass(frozen=True, slots=True)
class Period:
    """Period of a project that a company takes part in. `ends_on` is None while no end has been decided."""

    starts_on: dt.date
    ends_on: dt.date | None = None

    def includes(self, day: dt.date) -> bool:
        """Return True if a day is inside the period."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def objective_warnings(
    terms: ObjectiveTerms, today: dt.date, periods: Sequence[Period] = ()
) -> list[ObjectiveWarning]:
    """Return the warnings about one objective. `periods` are those of the company's projects, if it is in any."""
    found = []
    if terms.baseline_milli is None:
        found.append(ObjectiveWarning.NO_BASELINE)
    elif terms.baseline_milli == terms.target_milli:
        found.append(ObjectiveWarning.TARGET_EQUALS_BASELINE)
    elif is_met(terms, terms.baseline_milli):
        found.append(ObjectiveWarning.TARGET_WORSE)
    if terms.baseline_on is not None and terms.target_on <= terms.baseline_on:
        found.append(ObjectiveWarning.TARGET_BEFORE_BASELINE)
    elif terms.target_on < today:
        found.append(ObjectiveWarning.TARGET_IN_PAST)
    elif periods and not any(period.includes(terms.target_on) for period in periods):
        found.append(ObjectiveWarning.OUTSIDE_PROJECT)
    if not terms.source.strip():
        found.append(ObjectiveWarning.NO_SOURCE)
    return found


def common_warnings(objectives: Sequence[ObjectiveTerms]) -> list[ObjectiveWarning]:
    """Return the warnings about all objectives of a company together."""
    found = []
    if len(objectives) > MAX_OBJECTIVES:
        found.append(ObjectiveWarning.TOO_MANY)
    if objectives and all(terms.indicator in VISIT_INDICATORS for terms in objectives):
        found.append(ObjectiveWarning.ONLY_VISITS)
    return found

"""Values of a report: figures, and breakdowns of figures by category, grouped in parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


class FigureState(StrEnum):
    """State of a figure: it has a value, was not measured, is suppressed to protect companies, or is shown once issued."""

    MEASURED = "measured"
    NOT_MEASURED = "not_measured"
    SUPPRESSED = "suppressed"
    UNPUBLISHED = "unpublished"


class Evidence(StrEnum):
    """Where a figure comes from: the companies' answers, or what is recorded in the service."""

    REPORTED = "reported"
    OBSERVED = "observed"


Basis = frozenset[tuple[int, ...]]
"""Companies, or answers as pairs of the company and the answer, by their ids. Never published."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a report.

    `value` is an integer in `unit` (a count, minutes, minor units of a currency, or thousandths for a mean), None unless
    `state` is measured. `n` is the number of companies or people that the value is based on, and `of` the number it could have been based
    on, None where that has no meaning. `before` and `period` are the value reported before the period and in the period.
    `list_url` leads to the rows behind the figure, for viewers who may see them. `basis` is what a sample is computed from,
    None if it is not known.
    """

    code: str
    value: int | None
    unit: str = "count"
    state: FigureState = FigureState.MEASURED
    evidence: Evidence = Evidence.OBSERVED
    n: int | None = None
    of: int | None = None
    before: int | None = None
    period: int | None = None
    list_url: str = ""
    basis: Basis | None = None

    def based_on(self, rows: Iterable[tuple[int, ...]]) -> "Figure":
        """Return the figure with the companies or answers that it is computed from."""
        return replace(self, basis=frozenset(rows))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Counts of companies by category. `cells` maps the category's code to its count, None where it is suppressed.

    The cells add up to the figure `total_code` of the same part. `members` are the ids of what each cell counts, never
    published, and empty if they are not known.
    """

    code: str
    total_code: str
    cells: Mapping[str, int | None]
    members: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def shown_cells(self) -> dict[str, int]:
        """Counts of the categories that are shown, in order."""
        return {code: count for code, count in self.cells.items() if count is not None}

    @property
    def hidden_codes(self) -> list[str]:
        """Codes of the suppressed categories, ordered by the code: the order of the cells would reveal their counts.

        Size classes are ordered by their lowest number of employees.
        """
        hidden = (code for code, count in self.cells.items() if count is None)
        return sorted(hidden, key=lambda code: (code.partition("-")[0].zfill(4), code))


@dataclass(frozen=True, slots=True)
class ReportPart:
    """One of the parts of a report, with its figures and breakdowns."""

    code: str
    figures: Sequence[Figure]
    breakdowns: Sequence[Breakdown] = field(default_factory=tuple)

"""Filter of a list to the rows that a figure of the report counts.

The report links its figures to lists of other packages with `?counted=CODE` and the period, and registers the function
that reads it. Another or an outdated code is ignored, like an unknown value of any filter.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.core.hooks import Hook
from marketplace.web.query_args import query_arg

ARGUMENT = "counted"


@dataclass(frozen=True, slots=True)
class CountedRows:
    """A figure's rows, each with its amount, and the texts about the figure. `args` are the arguments of the link to the list."""

    label: str
    about: str
    report_url: str
    args: Mapping[str, str]
    amounts: Mapping[Any, int]
    summarize: Callable[[list[int]], str]
    format_amount: Callable[[int], str]

    def __contains__(self, key: object) -> bool:
        """Return True if the figure counts a row."""
        return key in self.amounts

    def of_rows(self, keys: Iterable[Any]) -> str:
        """Return the figure of the rows that a list shows, as a text."""
        return self.summarize([self.amounts[key] for key in keys])

    def amount(self, key: Any) -> str:
        """Return the amount of a row as a text, or an empty text if each row counts once."""
        return self.format_amount(self.amounts[key]) if set(self.amounts.values()) != {1} else ""


figure_rows: Hook[Callable[[str, str, str], CountedRows | None]] = Hook()
"""Callbacks that return the rows that a figure counts, or None.

The arguments are the name of the list, the slug of the project (empty for the garden) and the code of the figure.
"""


def read_counted_rows(list_name: str, slug: str = "") -> CountedRows | None:
    """Return the rows that the figure in the query string counts, or None if it names no figure.

    A list of the garden also serves the reports of projects: the project is then in the query string.
    """
    code = query_arg(ARGUMENT, 60)
    found = (read(list_name, slug or query_arg("project"), code) for read in figure_rows if code)
    return next((rows for rows in found if rows is not None), None)

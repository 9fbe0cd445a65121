"""Sampling of the cases of long tests: a daily random sample, or all cases with `--exhaustive`.

The random seed (`--sample-seed`) is the date by default, so that all cases are covered over time. It is printed in
the header of a run; the same seed selects the same cases.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Sampling:
    """Sampling settings of a test run."""

    seed: str
    exhaustive: bool = False
    both_databases: bool = False
    """The exhaustive run is on both databases."""

    def includes(self, case: str, one_in: int) -> bool:
        """Return True for about one in so many cases, and for all if the run is exhaustive."""
        return self.exhaustive or random.Random(f"{self.seed} {case}").randrange(one_in) == 0

    def choose(self, cases: Iterable[T], count: int, key: str) -> list[T]:
        """Return a sample of `count` cases in their original order; all cases if the run is exhaustive.

        Samples with different keys are independent of each other.
        """
        listed = list(cases)
        if self.exhaustive or count >= len(listed):
            return listed
        chosen = set(random.Random(f"{self.seed} {key}").sample(range(len(listed)), count))
        return [case for index, case in enumerate(listed) if index in chosen]

    def split(self, cases: Iterable[T], database: str, key: str) -> list[T]:
        """Return the cases to run on this database: an exhaustive run on both runs each case on one of them.

        For products of forms and values that fail for reasons of a form or of a value, rarely of a database. The half
        depends on the key, so that with the form as key, each form and each value run on both.
        """
        listed = list(cases)
        if not (self.exhaustive and self.both_databases):
            return listed
        first = random.Random(f"{self.seed} {key}").randrange(2) ^ (database == "sqlite")
        return listed[first::2]

"""Long examinations: a sample of their cases on each day, all of them with `--exhaustive`.

The sample is chosen by `--sample-seed`, which is the date by default, so that the days together cover every case. The
seed is printed at the head of a run; the same seed chooses the same cases.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Sampling:
    """How a run chooses among the cases of a long examination."""

    seed: str
    exhaustive: bool = False

    def choose(self, cases: Iterable[T], count: int, key: str) -> list[T]:
        """Return `count` of the cases, in their order; all when the run is exhaustive.

        Examinations with different keys choose independently of each other.
        """
        listed = list(cases)
        if self.exhaustive or count >= len(listed):
            return listed
        chosen = set(random.Random(f"{self.seed} {key}").sample(range(len(listed)), count))
        return [case for place, case in enumerate(listed) if place in chosen]

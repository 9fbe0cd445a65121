"""The text of a brief as the need model reads it."""

from collections.abc import Sequence
from typing import NamedTuple

from ..analysis.analyzer import Token

WeightedTokens = Sequence[tuple[Sequence[Token], float]]
"""The sections of a text as tokens, each with the weight of one of its words."""


class Reading(NamedTuple):
    """A text, or a part of one: as tokens, and as written."""

    tokens: WeightedTokens
    text: str


class NeedText(NamedTuple):
    """The wanted text of a brief, and each part about something not wanted or satisfactory."""

    wanted: Reading
    unwanted: Sequence[Reading] = ()

    @property
    def readings(self) -> Sequence[Reading]:
        """The wanted text, then the unwanted parts."""
        return (self.wanted, *self.unwanted)

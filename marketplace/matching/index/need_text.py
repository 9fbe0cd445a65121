"""The text of a brief as the need model reads it."""

from collections.abc import Sequence
from typing import NamedTuple

from ..analysis.analyzer import Token

WeightedTokens = Sequence[tuple[Sequence[Token], float]]
"""The sections of a text as tokens, each with the weight of one of its words."""


class NeedText(NamedTuple):
    """The wanted part of a brief, and the part about things not wanted or satisfactory: as tokens, and as written."""

    wanted: WeightedTokens
    unwanted: WeightedTokens = ()
    wanted_text: str = ""
    unwanted_text: str = ""

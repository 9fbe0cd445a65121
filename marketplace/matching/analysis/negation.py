"""Split a text into what its author wants, and what the author explicitly does not want or is satisfied with.

A rule-based reading of clauses with cue phrases, in the manner of NegEx (W. W. Chapman et al., "A simple algorithm for
identifying negated findings and diseases in discharge summaries", 2001). The cues are regular expressions in the
language resources.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .plain_text import clean

_SENTENCE = re.compile(r"[^.!?\n;]+[.!?\n;]*")
_WORD = re.compile(r"[^\W_]+")
KINDS = ("unwanted", "satisfied", "background", "contrast")
Span = tuple[int, int]


class WantedText(NamedTuple):
    """The two parts of a text; words of the other part are blanks, so positions are unchanged."""

    wanted: str
    unwanted: str


@dataclass(frozen=True)
class Negation:
    """Cue phrases per kind, and words without content.

    `unwanted` starts what is not wanted, up to the end of the clause. `satisfied` makes its clause unwanted,
    except in a question.
    `background` mentions a service without a need. `contrast` separates clauses.
    """

    unwanted: re.Pattern[str]
    satisfied: re.Pattern[str]
    background: re.Pattern[str]
    contrast: re.Pattern[str]
    function_words: frozenset[str] = frozenset()

    @classmethod
    def from_resources(cls, resources: Mapping[str, Any], function_words: frozenset[str]) -> "Negation":
        """Read the cues from the parsed language resources; without them, everything is wanted."""
        cues = resources.get("negation", {})
        unwanted, satisfied, background, contrast = (_any_of(cues.get(kind, ())) for kind in KINDS)
        return cls(unwanted, satisfied, background, contrast, function_words)

    def split(self, text: str) -> WantedText:
        """Return the wanted and the unwanted part of a text."""
        text = clean(text)
        unwanted = [*self._unwanted_spans(text)]
        background = [match.span() for match in self.background.finditer(text)]
        return WantedText(_blanked(text, [*unwanted, *background]), _inverse_blanked(text, unwanted))

    def _unwanted_spans(self, text: str) -> Iterator[Span]:
        previous: Span = (0, 0)
        for match in _SENTENCE.finditer(text):
            sentence = match.span()
            is_question = match.group().rstrip().endswith("?")
            for start, end in self._clauses(text, sentence):
                if cue := self.unwanted.search(text, start, end):
                    yield from self._scope(text, cue, (start, end), sentence, previous)
                elif not is_question and self.satisfied.search(text, start, end):
                    yield start, end
            previous = sentence

    def _clauses(self, text: str, sentence: Span) -> Iterator[Span]:
        start, end = sentence
        for match in self.contrast.finditer(text, start, end):
            yield start, match.start()
            start = match.end()
        yield start, end

    def _scope(
        self, text: str, cue: re.Match[str], clause: Span, sentence: Span, previous: Span
    ) -> Iterator[Span]:
        """Yield what a cue refers to: the words after it, else its sentence, else also the sentence before."""
        start, end = clause
        is_at_end = text[cue.end() : end].lstrip().startswith((",", ":"))
        if not is_at_end and self._has_content(text, cue.end(), end):
            yield cue.start(), end
        elif self._has_content(text, sentence[0], cue.start()):
            yield sentence[0], end
        else:
            yield previous
            yield start, end

    def _has_content(self, text: str, start: int, end: int) -> bool:
        words = (match.group().lower() for match in _WORD.finditer(text, start, end))
        return any(len(word) > 1 and word not in self.function_words for word in words)


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern that matches any of the patterns as whole words; one that never matches if there are none."""
    if not patterns:
        return re.compile(r"(?!)")
    return re.compile(rf"(?:(?<!\w)|(?=,))(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


def _blanked(text: str, spans: Sequence[Span]) -> str:
    kept = list(text)
    for start, end in spans:
        kept[start:end] = " " * (end - start)
    return "".join(kept)


def _inverse_blanked(text: str, spans: Sequence[Span]) -> str:
    kept = [" "] * len(text)
    for start, end in spans:
        kept[start:end] = text[start:end]
    return "".join(kept)

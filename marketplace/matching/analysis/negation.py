"""Split a text into what its author wants, and what the author explicitly does not want or is satisfied with.

A rule-based reading of clauses with cue phrases, in the manner of NegEx (W. W. Chapman et al., "A simple algorithm for
identifying negated findings and diseases in discharge summaries", 2001). The cues are regular expressions under
`negation` in text_resources.yaml.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .plain_text import clean

_SENTENCE = re.compile(r"[^.!?\n;]+[.!?\n;]*")
_WORD = re.compile(r"[^\W_]+")
_GROUP = re.compile(r"<(\w+)>")
KINDS = (
    "unwanted",
    "satisfied",
    "background",
    "contrast",
    "asking",
    "complaint",
    "inverted",
    "condition",
    "separator",
    "pronoun",
)
Span = tuple[int, int]
MAX_LISTED_WORDS = 2
"""A part with no more words, before one that is unwanted as a whole, is an item of the same list."""


class WantedText(NamedTuple):
    """A text without the parts that are not wanted, which are blanks, so positions are unchanged; and these parts."""

    wanted: str
    unwanted: tuple[str, ...]

    def without(self, spans: Iterable["Span"]) -> "WantedText":
        """Return the text with more parts of `wanted` among the unwanted ones."""
        spans = [*spans]
        parts = [self.wanted[start:end].strip() for start, end in spans]
        return WantedText(_blanked(self.wanted, spans), tuple(dict.fromkeys([*self.unwanted, *parts])))


class _Cue(NamedTuple):
    """The position of a cue phrase in a part of a sentence, and whether its kind is `satisfied`."""

    start: int
    end: int
    is_satisfied: bool


class _Part(NamedTuple):
    """A part of a sentence: its position, and whether it contrasts with the part before."""

    start: int
    end: int
    is_contrast: bool


@dataclass(frozen=True)
class Negation:
    """Cue phrases per kind, and words without content.

    A sentence has parts, separated by `separator` or `contrast`. `unwanted` starts what is not wanted, up to the end of
    its part, and of further ones that are neither in contrast nor `asking`. `satisfied` makes its part unwanted, except
    in a question or after a `condition`. The words before an `inverted` cue are its object. A `complaint` says that the
    part before is not satisfactory in every respect. `background` mentions a service without a need. A part that begins
    with a `pronoun` is about the part before.
    """

    unwanted: re.Pattern[str]
    satisfied: re.Pattern[str]
    background: re.Pattern[str]
    contrast: re.Pattern[str]
    asking: re.Pattern[str]
    complaint: re.Pattern[str]
    inverted: re.Pattern[str]
    condition: re.Pattern[str]
    separator: re.Pattern[str]
    pronoun: re.Pattern[str]
    function_words: frozenset[str] = frozenset()

    @classmethod
    def from_resources(cls, resources: Mapping[str, Any], function_words: frozenset[str]) -> "Negation":
        """Read the cues from the parsed language resources; without them, everything is wanted."""
        cues = resources.get("negation", {})
        groups = cues.get("groups", {})
        patterns = {kind: _any_of(_expanded(cues.get(kind, ()), groups)) for kind in KINDS}
        return cls(**patterns, function_words=function_words | {*cues.get("empty_words", ())})

    def split(self, text: str) -> WantedText:
        """Return the wanted text and the unwanted parts of a text."""
        text = clean(text)
        small = text.lower()
        if len(small) != len(text):  # for example İ, whose small letter has two characters
            small = text
        found = [*self._unwanted_spans(small)]
        background = [match.span() for match in self.background.finditer(small)]
        blanked = [span for span, is_open in found if not is_open]
        parts = (text[start:end].strip() for (start, end), _ in found)
        return WantedText(_blanked(text, [*blanked, *background]), tuple(dict.fromkeys(filter(None, parts))))

    def clauses(self, text: str) -> list[Span]:
        """Return the positions of the parts of all sentences of a text that contain a word."""
        small = text.lower()
        parts = (part for match in _SENTENCE.finditer(text) for part in self._parts(small, match.span()))
        return [(part.start, part.end) for part in parts if _WORD.search(text, part.start, part.end)]

    def _unwanted_spans(self, text: str) -> Iterator[tuple[Span, bool]]:
        """Yield the unwanted spans, and whether a complaint about each follows: then it may be a need nevertheless."""
        previous: Span = (0, 0)
        for match in _SENTENCE.finditer(text):
            parts = [*self._parts(text, match.span())]
            is_question = match.group().rstrip().endswith("?")
            cues = [self._cue(text, part, match.end() if is_question else 0) for part in parts]
            for index in range(len(parts)):
                yield from self._scope(text, parts, cues, index, previous)
            previous = match.span()

    def _scope(
        self, text: str, parts: Sequence[_Part], cues: Sequence[_Cue | None], index: int, previous: Span
    ) -> Iterator[tuple[Span, bool]]:
        """Yield what the cue of a part refers to, if it has one, as `_unwanted_spans` does.

        A cue of `unwanted` refers to the words after it, else to its part, and to the parts that follow as far as they
        say nothing else; a cue of `satisfied` to its part, and to the list after a colon. A part without content refers
        to the one before, or to the sentence before (`previous`).
        """
        (start, end, _), cue = parts[index], cues[index]
        if not cue:
            return
        written, after = text[start:end], parts[index + 1 :]
        has_object = self._has_content(written[: cue.start])
        has_scope = self._has_content(written[cue.end :])
        if not has_object and not has_scope:
            yield self._antecedent(text, parts[:index], previous, cue), False
        elif index and self.refers_back(text, parts[index - 1][:2], (start, end)):
            yield parts[index - 1][:2], False
        is_inverted = has_object and self.inverted.match(written[cue.start : cue.end])
        if cue.is_satisfied or is_inverted or not has_scope:
            start = self._list_start(text, parts, cues, index)
        else:
            start += cue.start
        is_open = False
        if cue.is_satisfied:
            following = text[slice(*after[0][:2])] if after else ""
            is_open = any(map(self.complaint.search, (written[cue.end :], following)))
            if text[end : end + 1] != ":":
                yield (start, end), is_open
                return
        for other, other_cue in zip(after, cues[index + 1 :], strict=True):
            if other.is_contrast or other_cue or self.asking.search(text, *other[:2]):
                break
            end = other.end
        yield (start, end), is_open

    def refers_back(self, text: str, before: Span, part: Span) -> bool:
        """Return True if a part of a sentence is about the part before, which asks for nothing: "we tried it, never again"."""
        return bool(self.pronoun.match(text, *part)) and not self.asking.search(text, *before)

    def _antecedent(self, text: str, before: Sequence[_Part], previous: Span, cue: _Cue) -> Span:
        """Return the span that a part without content refers to; an empty one if that asks for something."""
        if cue.is_satisfied and (not before or self.asking.search(text, *before[-1][:2])):
            return 0, 0
        return before[-1][:2] if before else previous

    def _list_start(self, text: str, parts: Sequence[_Part], cues: Sequence[_Cue | None], index: int) -> int:
        """Return where the list begins that ends in a part: short parts are its other items."""
        while index and not parts[index].is_contrast and not cues[index - 1]:
            start, end, _ = parts[index - 1]
            if len(_WORD.findall(text, start, end)) > MAX_LISTED_WORDS or self.asking.search(
                text, start, end
            ):
                break
            index -= 1
        return parts[index].start

    def _cue(self, text: str, part: _Part, question_end: int) -> _Cue | None:
        """Return the cue of a part; in a question, which ends at `question_end`, a part before the last one has any."""
        written = text[part.start : part.end]
        if part.end != question_end and (cue := self.unwanted.search(written)):
            return _Cue(*cue.span(), is_satisfied=False)
        if not question_end and (cue := self.satisfied.search(written)):
            if self.condition.search(written[: cue.start()]):
                return None
            return _Cue(*cue.span(), is_satisfied=True)
        return None

    def _parts(self, text: str, sentence: Span) -> Iterator[_Part]:
        start, end = sentence
        is_contrast = False
        boundaries = [(match.span(), True) for match in self.contrast.finditer(text, start, end)]
        boundaries += [(match.span(), False) for match in self.separator.finditer(text, start, end)]
        for (position, next_start), contrasts in sorted(boundaries, key=lambda boundary: boundary[0][0]):
            if position >= start:
                yield _Part(start, position, is_contrast)
                start, is_contrast = next_start, contrasts
            else:
                is_contrast = is_contrast or contrasts
        yield _Part(start, end, is_contrast)

    def _has_content(self, text: str) -> bool:
        words = (match.group() for match in _WORD.finditer(text))
        return any(len(word) > 1 and word not in self.function_words for word in words)


def _expanded(patterns: Sequence[str], groups: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the patterns with `<name>` replaced by the alternatives of that group."""
    for pattern in patterns:
        yield _GROUP.sub(lambda match: f"(?:{'|'.join(groups[match[1]])})", pattern)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that matches any of the patterns as whole words; one that never matches if there are none."""
    if not (alternatives := "|".join(patterns)):
        return re.compile(r"(?!)")
    return re.compile(rf"(?:(?<!\w)|(?=\W))(?:{alternatives})(?!\w)")


def _blanked(text: str, spans: Sequence[Span]) -> str:
    kept = list(text)
    for start, end in spans:
        kept[start:end] = " " * (end - start)
    return "".join(kept)

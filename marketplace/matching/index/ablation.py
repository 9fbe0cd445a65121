"""Reasons put to the test: only words are named without which a supplier would have a lower score.

A word counts where it stands, and it also makes a text longer and less about everything else. Now and then the second
outweighs the first: without the word the rest would be more to the point. Such a word has met a word of the brief, but
is no reason for the supplier's place. So each supplier is judged once more without each of the words that would be
named, by the same formulas; what costs it nothing is not named.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from marketplace.matching.analysis.glossary import Glossary
from marketplace.matching.documents import Document
from marketplace.matching.explanation import TermMatch
from marketplace.matching.index.comparison import Comparison
from marketplace.matching.ranking import Match


class _Trial(NamedTuple):
    """One reason of one match, by their numbers, and the document without it."""

    match: int
    term: int
    document: Document


def without(document: Document, term: TermMatch, glossary: Glossary) -> Document:
    """Return a document without a reason: its words are gone, and what it ticks that is called so or is the service."""
    found = _pattern(term.document_words)

    def says_it(code: str) -> bool:
        if term.part == "services":
            return code == term.term
        return any(found.search(label) for label in glossary.labels[code].values())

    cases = tuple(replace(case, text=found.sub(" ", case.text)) for case in document.cases)
    ticks = tuple(code for code in document.services if not says_it(code))
    name, text = found.sub(" ", document.name), found.sub(" ", document.text)
    return replace(document, name=name, text=text, cases=cases, services=ticks)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    if not words:
        return re.compile(r"(?!)")  # which is found nowhere
    longest_first = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)")


def _trials(search: Comparison, rows: Sequence[int], matches: Sequence[Match]) -> Iterator[_Trial]:
    store = search.store
    for number, (row, match) in enumerate(zip(rows, matches, strict=True)):
        for place, term in enumerate(match.explanation.terms):
            yield _Trial(number, place, without(store.documents[row], term, store.glossary))


def drop_unverified_terms(search: Comparison, rows: Sequence[int], matches: Sequence[Match]) -> list[Match]:
    """Return the matches in some rows with only those words named without which the score would be lower.

    A reason that does not stand the test keeps its points, so that the parts still add up, and loses its words.
    """
    trials = [*_trials(search, rows, matches)]
    if not trials:
        return list(matches)
    aside, start = search.store.beside([trial.document for trial in trials])
    other = Comparison(aside, search.query)
    other.compute_word_scores(range(start, start + len(trials)))
    failed: dict[int, set[int]] = {}
    for row, trial in enumerate(trials, start):
        match = matches[trial.match]
        if other.exclusion(row) is None and other.score(row) >= match.score:
            failed.setdefault(trial.match, set()).add(trial.term)
    return [_without_words(match, failed.get(number, set())) for number, match in enumerate(matches)]


def _without_words(match: Match, unnamed: set[int]) -> Match:
    if not unnamed:
        return match
    terms = tuple(
        replace(term, query_words=(), document_words=()) if place in unnamed else term
        for place, term in enumerate(match.explanation.terms)
    )
    return replace(match, explanation=replace(match.explanation, terms=terms))

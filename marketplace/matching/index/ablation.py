"""Leave-one-out check of explanation terms: keep the words of a term only if the score falls without it.

A matching word adds to the score, but it also makes the text longer and thereby lowers the weight of all other words.
Sometimes the second effect is larger. Such a word matches the brief but is no reason for the supplier's rank. Each
supplier is therefore scored again without each of its terms, by the same formulas.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..analysis.glossary import Glossary
from ..documents import Document
from ..explanation import TermMatch
from ..ranking import Match
from .comparison import Comparison


class _Ablation(NamedTuple):
    """A document without one explanation term, with the positions of the match and of the term."""

    match: int
    term: int
    document: Document


def without_term(document: Document, term: TermMatch, glossary: Glossary) -> Document:
    """Return a document without a term: its words, and ticked services that are named by them or are the term."""
    pattern = _pattern(term.document_words)

    def is_named(code: str) -> bool:
        if term.part == "services":
            return code == term.term
        return any(pattern.search(label) for label in glossary.labels[code].values())

    cases = tuple(replace(case, text=pattern.sub(" ", case.text)) for case in document.cases)
    services = tuple(code for code in document.services if not is_named(code))
    name, text = pattern.sub(" ", document.name), pattern.sub(" ", document.text)
    return replace(document, name=name, text=text, cases=cases, services=services)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    if not words:
        return re.compile(r"(?!)")  # never matches
    longest_first = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)")


def _ablations(comparison: Comparison, rows: Sequence[int], matches: Sequence[Match]) -> Iterator[_Ablation]:
    store = comparison.store
    for match_index, (row, match) in enumerate(zip(rows, matches, strict=True)):
        for term_index, term in enumerate(match.explanation.terms):
            reduced = without_term(store.documents[row], term, store.glossary)
            yield _Ablation(match_index, term_index, reduced)


def drop_unverified_terms(
    comparison: Comparison, rows: Sequence[int], matches: Sequence[Match]
) -> list[Match]:
    """Return the matches without the words of terms whose removal does not lower the score.

    Such a term keeps its points, so that the parts still add up to the score.
    """
    ablations = [*_ablations(comparison, rows, matches)]
    if not ablations:
        return list(matches)
    store, start = comparison.store.with_trial_documents([ablation.document for ablation in ablations])
    ablated = Comparison(store, comparison.query)
    ablated.compute_word_scores(range(start, start + len(ablations)))
    failed: dict[int, set[int]] = {}
    for row, ablation in enumerate(ablations, start):
        match = matches[ablation.match]
        if ablated.exclusion(row) is None and ablated.score(row) >= match.score:
            failed.setdefault(ablation.match, set()).add(ablation.term)
    return [_without_words(match, failed.get(i, set())) for i, match in enumerate(matches)]


def _without_words(match: Match, term_indices: set[int]) -> Match:
    if not term_indices:
        return match
    terms = tuple(
        replace(term, query_words=(), document_words=()) if i in term_indices else term
        for i, term in enumerate(match.explanation.terms)
    )
    return replace(match, explanation=replace(match.explanation, terms=terms))

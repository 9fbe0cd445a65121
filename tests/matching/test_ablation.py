"""Explanation terms are true: removing a named word or ticked service from a profile lowers its score."""

import random
import re
from dataclasses import replace

import pytest

from marketplace.matching import Document, Glossary, Index, Match, Query, TermMatch
from tests.support.sampling import Sampling

MatchedTerm = tuple[Query, Match, TermMatch]
SAMPLE_SIZE = 60
MIN_POINTS = 0.5
"""Terms with fewer points are too weak for the test: removing the word shortens the text, which raises the weight of
the other words by as much."""


def _without_term(document: Document, term: TermMatch, glossary: Glossary) -> Document:
    """Return a profile without a term's words, and without the ticked services that they name."""
    longest_first = "|".join(re.escape(word) for word in sorted(term.document_words, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{longest_first or '(?!)'})(?!\w)")
    cases = tuple(replace(case, text=pattern.sub(" ", case.text)) for case in document.cases)

    def is_named(code: str) -> bool:
        if term.part == "services":
            return code == term.term
        return any(pattern.search(label) for label in glossary.labels[code].values())

    services = tuple(code for code in document.services if not is_named(code))
    name, text = pattern.sub(" ", document.name), pattern.sub(" ", document.text)
    return replace(document, name=name, text=text, cases=cases, services=services)


def _document(index: Index, match: Match) -> Document:
    return next(document for document in index.documents if document.id == match.document_id)


def _rescored(index: Index, query: Query, changed: Document) -> Match | None:
    """Return a supplier's match with a changed profile, or None if it is excluded."""
    judged = index.updated([changed if d.id == changed.id else d for d in index.documents]).judge(
        query, changed.id
    )
    return judged if isinstance(judged, Match) else None


def _sample(terms: list[MatchedTerm], sampling: Sampling) -> list[MatchedTerm]:
    random.Random(2027).shuffle(terms)
    return sampling.choose(terms[:SAMPLE_SIZE], SAMPLE_SIZE // 4, "ablation")


def test_removing_a_named_word_lowers_its_part(
    devset: Index, glossary: Glossary, devset_briefs: list[Query], sampling: Sampling
) -> None:
    named = [
        (query, match, term)
        for query in devset_briefs
        for match in devset.rank(query, 10).matches
        for term in match.explanation.terms
        if term.document_words and term.value >= MIN_POINTS
    ]
    assert len(named) >= 20
    for query, match, term in _sample(named, sampling):
        after = _rescored(devset, query, _without_term(_document(devset, match), term, glossary))
        part = match.explanation.part(term.part).value
        assert after is None or after.explanation.part(term.part).value < part, (query.id, match, term)


@pytest.mark.parametrize("confirmed", [True, False])
def test_removing_a_verified_term_lowers_the_score(
    devset: Index, glossary: Glossary, devset_briefs: list[Query], sampling: Sampling, confirmed: bool
) -> None:
    named = [
        (query, match, term)
        for brief in devset_briefs
        for query in [brief if confirmed else replace(brief, needs=())]
        for match in devset.rank(query, 10, verify_terms=True).matches
        for term in match.explanation.terms
        if term.document_words or term.query_words
    ]
    assert len(named) > SAMPLE_SIZE
    for query, match, term in _sample(named, sampling):
        after = _rescored(devset, query, _without_term(_document(devset, match), term, glossary))
        assert after is None or after.score < match.score, (query.id, match.document_id, term)


def test_unverified_term_keeps_points_and_loses_words(devset: Index, devset_briefs: list[Query]) -> None:
    dropped = 0
    for query in devset_briefs:
        for plain, verified in zip(
            devset.rank(query).matches, devset.rank(query, verify_terms=True).matches, strict=True
        ):
            assert (verified.document_id, verified.score, verified.explanation.parts) == (
                plain.document_id,
                plain.score,
                plain.explanation.parts,
            )
            for term, verified_term in zip(plain.explanation.terms, verified.explanation.terms, strict=True):
                hidden = replace(term, query_words=(), document_words=())
                assert verified_term in (term, hidden)
                dropped += verified_term != term
    assert dropped > 0
    assert devset.rank(Query("nothing", "Qqq", "qqq"), verify_terms=True).matches


def test_removing_a_ticked_service_lowers_the_score(devset: Index, devset_briefs: list[Query]) -> None:
    by_id = {document.id: document for document in devset.documents}
    tried = 0
    for query in devset_briefs:
        for match in devset.rank(query, 10).matches:
            ticks = dict(match.explanation.facts).get("services_in_common", {}).get("services", [])
            for code in ticks:
                own = by_id[match.document_id]
                rest = tuple(other for other in own.services if other != code)
                after = _rescored(devset, query, replace(own, services=rest))
                tried += 1
                assert after is None or after.score < match.score, (query.id, match.document_id, code)
    assert tried >= 30

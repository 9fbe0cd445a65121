"""The reasons are true: who takes the named word or tick out of its profile gets fewer points."""

import random
import re
from dataclasses import replace

import pytest

from marketplace.matching import Document, Glossary, Index, Match, Query, TermMatch

Reason = tuple[Query, Match, TermMatch]
SAMPLE = 200
WORTH_NAMING = 0.5
"""Points under which a word is a trace: taking it out shortens the text, which gives as much to the other words."""


def _without(document: Document, term: TermMatch, glossary: Glossary) -> Document:
    """Return a profile without a reason's words, and without the ticks that say the same."""
    longest_first = "|".join(re.escape(word) for word in sorted(term.document_words, key=len, reverse=True))
    found = re.compile(rf"(?<!\w)(?:{longest_first or '(?!)'})(?!\w)")
    cases = tuple(replace(case, text=found.sub(" ", case.text)) for case in document.cases)

    def says_it(code: str) -> bool:
        if term.part == "services":
            return code == term.term
        return any(found.search(label) for label in glossary.labels[code].values())

    ticks = tuple(code for code in document.services if not says_it(code))
    name, text = found.sub(" ", document.name), found.sub(" ", document.text)
    return replace(document, name=name, text=text, cases=cases, services=ticks)


def _document(index: Index, match: Match) -> Document:
    return next(document for document in index.documents if document.id == match.document_id)


def _after(index: Index, query: Query, changed: Document) -> Match | None:
    """Return how a supplier does with its changed profile; None when it is left out."""
    judged = index.updated([changed if d.id == changed.id else d for d in index.documents]).judge(
        query, changed.id
    )
    return judged if isinstance(judged, Match) else None


def _drawn(found: list[Reason]) -> list[Reason]:
    random.Random(2027).shuffle(found)
    return found[:SAMPLE]


def test_a_word_worth_naming_gives_points_in_its_part(
    devset: Index, glossary: Glossary, devset_briefs: list[Query]
) -> None:
    named = [
        (query, match, term)
        for query in devset_briefs
        for match in devset.rank(query, 10).matches
        for term in match.explanation.terms
        if term.document_words and term.value >= WORTH_NAMING
    ]
    assert len(named) > SAMPLE
    for query, match, term in _drawn(named):
        after = _after(devset, query, _without(_document(devset, match), term, glossary))
        part = match.explanation.part(term.part).value
        assert after is None or after.explanation.part(term.part).value < part, (query.id, match, term)


@pytest.mark.parametrize("confirmed", [True, False])
def test_without_a_reason_that_was_tested_the_score_is_lower(
    devset: Index, glossary: Glossary, devset_briefs: list[Query], confirmed: bool
) -> None:
    named = [
        (query, match, term)
        for brief in devset_briefs
        for query in [brief if confirmed else replace(brief, needs=())]
        for match in devset.rank(query, 10, verify_terms=True).matches
        for term in match.explanation.terms
        if term.document_words or term.query_words
    ]
    assert len(named) > SAMPLE
    for query, match, term in _drawn(named):
        after = _after(devset, query, _without(_document(devset, match), term, glossary))
        assert after is None or after.score < match.score, (query.id, match.document_id, term)


def test_what_fails_the_test_keeps_its_points_and_loses_its_words(
    devset: Index, devset_briefs: list[Query]
) -> None:
    lost = 0
    for query in devset_briefs:
        for told, sure in zip(
            devset.rank(query).matches, devset.rank(query, verify_terms=True).matches, strict=True
        ):
            assert (sure.document_id, sure.score, sure.explanation.parts) == (
                told.document_id,
                told.score,
                told.explanation.parts,
            )
            for one, other in zip(told.explanation.terms, sure.explanation.terms, strict=True):
                unnamed = replace(one, query_words=(), document_words=())
                assert other in (one, unnamed)
                lost += other != one
    assert lost > 0
    assert devset.rank(Query("nothing", "Qqq", "qqq"), verify_terms=True).matches


def test_taking_a_tick_out_lowers_the_score(devset: Index, devset_briefs: list[Query]) -> None:
    by_id = {document.id: document for document in devset.documents}
    tried = 0
    for query in devset_briefs:
        for match in devset.rank(query, 10).matches:
            ticks = dict(match.explanation.facts).get("services_in_common", {}).get("services", [])
            for code in ticks:
                own = by_id[match.document_id]
                rest = tuple(other for other in own.services if other != code)
                after = _after(devset, query, replace(own, services=rest))
                tried += 1
                assert after is None or after.score < match.score, (query.id, match.document_id, code)
    assert tried >= 30

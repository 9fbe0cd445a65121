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
    found = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)")
    cases = tuple(replace(case, text=found.sub(" ", case.text)) for case in document.cases)

    def says_it(code: str) -> bool:
        if term.part == "services":
            return code == term.term
        return any(found.search(label) for label in glossary.labels[code].values())

    ticks = tuple(code for code in document.services if not says_it(code))
    name, text = found.sub(" ", document.name), found.sub(" ", document.text)
    return replace(document, name=name, text=text, cases=cases, services=ticks)


def _after(index: Index, query: Query, changed: Document) -> Match | None:
    """Return how a supplier does with its changed profile; None when it is left out."""
    judged = index.updated([changed if d.id == changed.id else d for d in index.documents]).judge(
        query, changed.id
    )
    return judged if isinstance(judged, Match) else None


@pytest.fixture(scope="module")
def reasons(devset: Index, devset_briefs: list[Query]) -> list[Reason]:
    """Return what is named at the first ten suppliers of each brief, in an order drawn once."""
    found = [
        (query, match, term)
        for query in devset_briefs
        for match in devset.rank(query, 10).matches
        for term in match.explanation.terms
        if term.document_words and term.value >= WORTH_NAMING
    ]
    random.Random(2027).shuffle(found)
    return found


def test_taking_a_named_word_and_its_tick_out_takes_points(
    devset: Index, glossary: Glossary, reasons: list[Reason]
) -> None:
    by_id = {document.id: document for document in devset.documents}
    kept, lower = [], 0
    for query, match, term in reasons[:SAMPLE]:
        after = _after(devset, query, _without(by_id[match.document_id], term, glossary))
        if after and after.explanation.part(term.part).value >= match.explanation.part(term.part).value:
            kept.append((query.id, match.document_id, term))
        lower += after is None or after.score < match.score
    assert len(reasons) > SAMPLE
    assert kept == []
    # A word out of a text about many things also makes the rest of it more to the point. That this outweighs the word
    # is rare where the needs are confirmed.
    assert lower >= 0.98 * SAMPLE


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

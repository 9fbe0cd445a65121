"""Equal suppliers share the first place out over many briefs, and the same again when it is done again."""

from collections import Counter

from scipy.stats import chisquare

from marketplace.matching import Document, Index, Query
from marketplace.suppliers.glossary import glossary

EQUAL, BRIEFS, LEAST_P = 10, 1_000, 0.01
NAMES = [f"supplier-{number}" for number in range(EQUAL)]


def index() -> Index:
    """Return ten suppliers that say different things and are equal before a brief that names a service alone."""
    documents = [
        Document(
            id=name,
            name=name,
            text=f"Nokså {'abcdefghij'[number] * 9} her.",
            services=("ecm.shop",),
            looked_at=True,
        )
        for number, name in enumerate(NAMES)
    ]
    return Index.build(documents, glossary())


def firsts(*, shown_first: bool, order: int = 1) -> Counter[str]:
    """Count who comes first over the briefs; `shown_first` keeps who was shown, `order` turns the directory around."""
    made, first = index(), Counter(dict.fromkeys(NAMES, 0))
    made = made.updated(list(made.documents)[::order])
    shown: dict[str, int] = {}
    for number in range(BRIEFS):
        query = Query(f"2026-{number:04d}", "Nettbutikk", "Selge på nett", needs=("ecm.shop",))
        (match,) = made.rank(query, 1, explain=0, last_shown=dict(shown) if shown_first else {}).matches
        first[match.document_id] += 1
        shown[match.document_id] = number
    return first


def test_the_draw_alone_favours_nobody() -> None:
    counted = firsts(shown_first=False)
    assert chisquare([counted[name] for name in NAMES]).pvalue > LEAST_P


def test_with_turns_each_gets_exactly_its_share() -> None:
    assert set(firsts(shown_first=True).values()) == {BRIEFS // EQUAL}


def test_it_is_the_same_again_and_whatever_order_they_stand_in() -> None:
    assert firsts(shown_first=False) == firsts(shown_first=False, order=-1)

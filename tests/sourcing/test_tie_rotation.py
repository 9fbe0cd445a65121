"""Equal suppliers share the first rank evenly over many briefs, reproducibly."""

from collections import Counter

from scipy.special import chdtrc

from marketplace.matching import Document, Index, Query
from marketplace.suppliers.glossary import glossary

EQUAL, BRIEFS, MIN_P_VALUE = 10, 1_000, 0.01
EXPECTED = BRIEFS / EQUAL
NAMES = [f"supplier-{number}" for number in range(EQUAL)]


def index() -> Index:
    """Return an index of ten suppliers with different texts and equal scores for a query that only names a service."""
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
    """Count first ranks over the briefs. `shown_first` records exposure; `order=-1` reverses the directory."""
    made, first = index(), Counter(dict.fromkeys(NAMES, 0))
    made = made.updated(list(made.documents)[::order])
    shown: dict[str, int] = {}
    for number in range(BRIEFS):
        query = Query(f"2026-{number:04d}", "Nettbutikk", "Selge på nett", needs=("ecm.shop",))
        (match,) = made.rank(query, 1, explain=0, last_shown=dict(shown) if shown_first else {}).matches
        first[match.document_id] += 1
        shown[match.document_id] = number
    return first


def test_tie_break_is_uniform() -> None:
    counted = firsts(shown_first=False)
    statistic = sum((counted[name] - EXPECTED) ** 2 / EXPECTED for name in NAMES)
    assert chdtrc(EQUAL - 1, statistic) > MIN_P_VALUE


def test_rotation_gives_each_supplier_its_share() -> None:
    assert set(firsts(shown_first=True).values()) == {BRIEFS // EQUAL}


def test_ranking_is_independent_of_directory_order() -> None:
    assert firsts(shown_first=False) == firsts(shown_first=False, order=-1)

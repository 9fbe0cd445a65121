"""Exclusions of a ranking are in order, and created only when accessed."""

import dataclasses
import datetime as dt

from marketplace.matching import Exclusion, Index
from tests.matching.test_incremental_updates import BRIEF, NEW

SHOP = dataclasses.replace(BRIEF, needs=("ecm.shop",), finish_by=dt.date(2027, 3, 1))
CARPENTER = dataclasses.replace(NEW, id="a-carpenter", text="Vi bygger garasjer.", services=())
LATE = dataclasses.replace(NEW, id="a-late", services=("ecm.shop",), next_start=dt.date(2027, 4, 1))


def test_exclusions_are_a_sorted_sequence(index: Index) -> None:
    exclusions = index.changed([CARPENTER, LATE]).rank(SHOP).excluded
    assert exclusions[-1] == Exclusion("a-late", "time", {"date": "2027-04-01"})
    assert [(exclusion.reason, exclusion.document_id) for exclusion in exclusions] == sorted(
        (exclusion.reason, exclusion.document_id) for exclusion in exclusions
    )
    assert "a-carpenter" in {exclusion.document_id for exclusion in exclusions[:-1]}
    assert list(exclusions) == [exclusions[i] for i in range(len(exclusions))]


def test_exclusions_equal_a_sequence_of_the_same_items(index: Index) -> None:
    exclusions = index.rank(SHOP).excluded
    assert exclusions == tuple(exclusions)
    assert list(exclusions) == exclusions
    assert exclusions == index.rank(SHOP).excluded
    assert exclusions != tuple(exclusions)[:-1]
    assert exclusions != (*tuple(exclusions)[:-1], Exclusion("other", "services", {}))
    assert exclusions != len(exclusions)
    assert repr(exclusions) == repr(list(exclusions))


def test_ranking_creates_no_exclusion_objects(index: Index, monkeypatch) -> None:
    before = index.rank(SHOP)
    monkeypatch.setattr("marketplace.matching.index.exclusions.Exclusion", None)
    assert index.rank(SHOP).matches == before.matches
    assert len(index.rank(SHOP).excluded) == len(before.excluded)

"""Who is left out of a list is told in order, and told only to those who ask."""

import dataclasses
import datetime as dt

from marketplace.matching import Exclusion, Index
from tests.matching.test_incremental_updates import BRIEF, NEW

SHOP = dataclasses.replace(BRIEF, needs=("ecm.shop",), finish_by=dt.date(2027, 3, 1))
CARPENTER = dataclasses.replace(NEW, id="a-carpenter", text="Vi bygger garasjer.", services=())
LATE = dataclasses.replace(NEW, id="a-late", services=("ecm.shop",), next_start=dt.date(2027, 4, 1))


def test_those_left_out_are_a_sequence_in_order(index: Index) -> None:
    found = index.changed([CARPENTER, LATE]).rank(SHOP).excluded
    assert found[-1] == Exclusion("a-late", "time", {"date": "2027-04-01"})
    assert [(one.reason, one.document_id) for one in found] == sorted(
        (one.reason, one.document_id) for one in found
    )
    assert "a-carpenter" in {one.document_id for one in found[:-1]}
    assert list(found) == [found[place] for place in range(len(found))]


def test_they_are_equal_to_a_sequence_of_the_same_ones(index: Index) -> None:
    found = index.rank(SHOP).excluded
    assert found == tuple(found)
    assert list(found) == found
    assert found == index.rank(SHOP).excluded
    assert found != tuple(found)[:-1]
    assert found != (*tuple(found)[:-1], Exclusion("other", "services", {}))
    assert found != len(found)
    assert repr(found) == repr(list(found))


def test_nobody_is_made_for_who_does_not_ask(index: Index, monkeypatch) -> None:
    before = index.rank(SHOP)
    monkeypatch.setattr("marketplace.matching.index.exclusions.Exclusion", None)
    assert index.rank(SHOP).matches == before.matches
    assert len(index.rank(SHOP).excluded) == len(before.excluded)

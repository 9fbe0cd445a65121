"""The directory in memory: who stands in it, and that what is kept of it never shows in an answer."""

import pytest
from flask import Flask

from marketplace.directory import queries
from marketplace.directory.views import search
from marketplace.suppliers import use_cases as profiles
from tests.suppliers.world import supplier, world
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently


def test_many_who_ask_at_once_get_the_same_directory(app: Flask) -> None:
    here = world()
    supplier(approved_by=here.curator)
    found = run_concurrently(app, lambda _place: queries.catalogue(), 8)
    assert all(one is found[0] for one in found)
    assert [entry.name for entry in found[0].entries] == ["Kvistverk Nettbyrå"]


def test_a_supplier_that_sells_nothing_it_is_approved_for_stands_nowhere(app: Flask) -> None:
    here = world()
    made, owner = supplier(approved_by=here.curator)
    other = supplier("Myrull Media", approved_by=here.curator)[0]
    assert [found.supplier.id for found in queries.matchable_suppliers()] == [made.id, other.id]
    profiles.change_services(owner, ["med.photo"])
    assert [found.supplier.id for found in queries.matchable_suppliers()] == [other.id]
    assert [entry.id for entry in queries.catalogue().entries] == [other.id]


def test_pages_that_are_forgotten_are_drawn_again_as_they_were(
    app: Flask, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MAX_CACHED_PAGES", 2)
    here = world()
    supplier(approved_by=here.curator)
    supplier("Tindelys Foto", approved_by=here.curator, services=["med.photo"])
    kinds = ("", "ecm", "med", "web", "")
    first, *_others, again = (client.page(f"/suppliers?kind={kind}").text for kind in kinds)
    assert again == first
    assert "Tindelys Foto" in first
    assert len(search._cache[queries.catalogue()]) <= 2

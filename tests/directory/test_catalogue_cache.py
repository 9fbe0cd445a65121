"""Cache of the directory: contents, concurrent builds and invalidation."""

import pytest
from flask import Flask

from marketplace.directory import queries
from marketplace.directory.views import search
from marketplace.suppliers import use_cases as profiles
from tests.factories.suppliers import applicant, vetting_garden
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently


def test_concurrent_requests_share_one_catalogue(app: Flask) -> None:
    home = vetting_garden()
    applicant(approved_by=home.curator)
    found = run_concurrently(app, lambda _place: queries.catalogue(), 8)
    assert all(one is found[0] for one in found)
    assert [entry.name for entry in found[0].entries] == ["Kvistverk Nettbyrå"]


def test_supplier_without_approved_service_is_unlisted(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    other = applicant("Myrull Media", approved_by=home.curator)[0]
    assert [found.supplier.id for found in queries.matchable_suppliers()] == [made.id, other.id]
    profiles.change_services(owner, ["med.photo"])
    assert [found.supplier.id for found in queries.matchable_suppliers()] == [other.id]
    assert [entry.id for entry in queries.catalogue().entries] == [other.id]


def test_evicted_page_is_rendered_identically(
    app: Flask, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MAX_CACHED_PAGES", 2)
    home = vetting_garden()
    applicant(approved_by=home.curator)
    applicant("Tindelys Foto", approved_by=home.curator, services=["med.photo"])
    kinds = ("", "ecm", "med", "web", "")
    first, *_others, again = (client.page(f"/suppliers?kind={kind}").text for kind in kinds)
    assert again == first
    assert "Tindelys Foto" in first
    assert len(search._cache[queries.catalogue()]) <= 2

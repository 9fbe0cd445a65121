"""Cache of the directory: contents, concurrent builds and invalidation."""

import pytest
from flask import Flask
from sqlalchemy import text

from marketplace.core.database import db, session
from marketplace.directory import queries
from marketplace.directory.views import search
from marketplace.suppliers import use_cases as profiles
from tests.factories.suppliers import applicant, vetting_garden
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently


@pytest.mark.both_databases
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


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ("UPDATE organisation SET is_active = NOT is_active", True),
        ("UPDATE supplier SET paused_at = updated_at", True),
        ("UPDATE vetting SET revision = revision + 1", True),
        ("DELETE FROM vetting WHERE id = (SELECT max(id) FROM vetting)", True),
        ("UPDATE user_account SET name = name", False),
    ],
)
def test_fingerprint_changes_with_any_write(app: Flask, statement: str, changes: bool) -> None:
    home = vetting_garden()
    applicant(approved_by=home.curator)
    applicant("Myrull Media")  # its vetting has no decision that refers to it
    session.execute(text("DELETE FROM vetting_decision"))
    session.commit()
    before = queries.directory_fingerprint()
    session.execute(text(statement))
    session.commit()
    assert (queries.directory_fingerprint() != before) is changes


def test_fingerprint_is_not_repeated_after_rollback(app: Flask) -> None:
    applicant(approved_by=vetting_garden().curator)
    session.commit()
    seen = []
    for _attempt in range(2):
        session.execute(text("UPDATE supplier SET version = version + 1"))
        seen.append(queries.directory_fingerprint())
        session.rollback()
    assert seen[0] != seen[1] != queries.directory_fingerprint()


def test_concurrent_writers_do_not_wait_for_the_revision(app: Flask) -> None:
    """Each commit gives another fingerprint, also when it is not the latest to begin."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    home = vetting_garden()
    ids = [applicant(name, approved_by=home.curator)[0].id for name in ("Kvistverk", "Myrull")]
    session.commit()
    seen = [queries.directory_fingerprint()]
    session.commit()
    change = text("UPDATE supplier SET version = version + 1 WHERE id = :id")
    with db.engine.connect() as first, db.engine.connect() as second:
        for connection, id_ in zip((first, second), ids, strict=True):
            connection.execute(text("SET LOCAL lock_timeout = '1s'"))
            connection.execute(change, {"id": id_})
        for connection in (second, first):
            connection.commit()
            seen.append(queries.directory_fingerprint())
            session.commit()
    assert len(set(seen)) == 3

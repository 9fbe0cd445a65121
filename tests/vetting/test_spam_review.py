"""Review of approved profiles that were rewritten for the ranking."""

from typing import TYPE_CHECKING

import pytest
from flask import Flask

from marketplace.audit.models import AuditEvent
from marketplace.core.cache import BoundedCache
from marketplace.core.database import session
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.directory import queries as directory
from marketplace.outbox.models import Notice
from marketplace.sourcing.ranking.documents import effective_document
from marketplace.suppliers import use_cases as profiles
from marketplace.vetting import queries, use_cases
from marketplace.vetting.queries import changed_profiles
from marketplace.vetting.spam_review import findings, is_reviewed
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.suppliers import applicant, vetting_garden, vetting_of

if TYPE_CHECKING:
    from tests.support.browser import Browser

STUFFED = "Vi lager nettbutikk til gården din. " + "Nettbutikk med frakt. " * 12


def test_honest_change_needs_no_review(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    profiles.change_text(owner, "Vi lager nettbutikker for gårdsutsalg, og hjelper deg i gang.", "nb")
    assert queries.profiles_to_review(home.curator) == []
    assert findings(made) == []


def test_keyword_stuffed_change_waits_for_review(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    profiles.change_text(owner, STUFFED, "nb")
    assert [item.supplier_id for item in queries.profiles_to_review(home.curator)] == [made.id]
    (item,) = directory.matchable_suppliers()
    assert not effective_document(item).looked_at
    stamp, told = directory.directory_fingerprint(), session.query(Notice).count()

    vetted = vetting_of(made)
    approved_at = vetted.approved_at
    use_cases.decide(home.curator, vetted.id, Decision("read", vetted.revision, {}))

    assert queries.profiles_to_review(home.curator) == []
    (item,) = directory.matchable_suppliers()
    assert effective_document(item).looked_at
    assert is_reviewed(item.supplier, item.vettings)
    assert vetting_of(made).approved_at == approved_at
    assert directory.directory_fingerprint() != stamp
    assert session.query(Notice).count() == told
    assert session.query(AuditEvent).filter_by(action="vetting.read").count() == 1


def test_every_profile_change_is_checked_again(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    honest = "Vi lager nettbutikker for gårdsutsalg, og hjelper deg i gang med bilder og tekst."
    for text, waits in ((STUFFED, [made.id]), (honest, []), (STUFFED, [made.id])):
        profiles.change_text(owner, text, "nb")
        assert [item.supplier_id for item in queries.profiles_to_review(home.curator)] == waits


def test_pending_review_survives_cleared_cache(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_profiles, "_is_suspicious", BoundedCache(1))
    home = vetting_garden()
    waiting = []
    for name in ("Kvistverk", "Myrull", "Tindelys"):
        made, owner = applicant(name, approved_by=home.curator)
        profiles.change_text(owner, STUFFED, "nb")
        waiting.append(made.id)
        assert [item.supplier_id for item in queries.profiles_to_review(home.curator)] == waiting
    assert len(changed_profiles._is_suspicious) < len(waiting)


def test_profiles_to_review_are_for_gardens_only(app: Flask) -> None:
    home = vetting_garden()
    _made, owner = applicant(approved_by=home.curator)
    profiles.change_text(owner, STUFFED, "nb")
    for viewer in (owner, factories.member(factories.company()), factories.administrator()):
        with pytest.raises(NotFound):
            queries.profiles_to_review(viewer)


def test_only_active_approval_can_be_reviewed_again(app: Flask) -> None:
    home = vetting_garden()
    made, _owner = applicant()
    item = vetting_of(made)
    with pytest.raises(RuleBroken):
        use_cases.decide(home.curator, item.id, Decision("read", item.revision, {}))


def test_application_page_shows_findings_and_accepts_review(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    profiles.change_text(owner, STUFFED, "nb")
    item = vetting_of(made)
    session.commit()
    opened: Browser = app.test_client()  # type: ignore[assignment]  # because the app's client class is Browser
    browser = opened.sign_in(home.curator.user_id or 0)
    assert made.name in browser.page("/vetting").text
    page = browser.page(f"/vetting/{item.id}").text
    assert "sentences are repeated" in page or "setningene" in page
    answer = browser.post(
        f"/vetting/{item.id}", data={"decision": "read", "revision": str(item.revision), "reason": ""}
    )
    assert answer.status_code == 303
    assert queries.profiles_to_review(home.curator) == []
    assert 'value="read"' not in browser.get(f"/vetting/{item.id}").get_data(as_text=True)

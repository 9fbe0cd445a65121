"""Limits of a supplier's own profile, and the error messages."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from marketplace.audit.models import AuditEvent
from marketplace.core import places
from marketplace.core.database import session
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.directory import queries as directory
from marketplace.outbox.models import Notice
from marketplace.suppliers import queries as profile_queries, use_cases as profiles
from marketplace.suppliers.limits import MAX_CASES
from marketplace.suppliers.models import Supplier
from marketplace.vetting import use_cases
from marketplace.vetting.models import Vetting
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.suppliers import CASE, applicant, checklist, vetting_garden, vetting_of
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently

BROKEN: dict[str, tuple[Callable[[Viewer], Any], str, str | None]] = {
    "no service": (
        lambda viewer: profiles.change_services(viewer, []),
        "Kryss av minst én tjeneste",
        "services",
    ),
    "hired nowhere": (
        lambda viewer: profiles.change_area(viewer, ["5021"], remote=False, on_site=False),
        "Velg om dere arbeider digitalt",
        "presence",
    ),
    "a job before there were any": (
        lambda viewer: profiles.add_case(viewer, replace(CASE, year=1989)),
        "Skriv året oppdraget ble gjort",
        "year",
    ),
    "a job to come": (
        lambda viewer: profiles.add_case(viewer, replace(CASE, year=2099)),
        "Skriv året oppdraget ble gjort",
        "year",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_invalid_change_shows_field_error_and_stores_nothing(app: Flask, broken: str) -> None:
    vetting_garden()
    made, owner = applicant()
    before = shown(made)
    change, said, field = BROKEN[broken]
    with pytest.raises(RuleBroken, match=said) as told:
        change(owner)
    assert told.value.field == field
    assert shown(made) == before
    assert session.query(AuditEvent).filter_by(action="supplier.change").count() == 0


def shown(made: Supplier) -> tuple[object, ...]:
    session.expire_all()
    found = session.get_one(Supplier, made.id)
    services = [row.code for row in found.services]
    return (found.version, services, found.remote, found.on_site, [case.title for case in found.cases])


def test_case_limit_is_twenty(app: Flask, client: Browser) -> None:
    vetting_garden()
    made, owner = applicant(cases=[replace(CASE, title=f"Jobb {number}") for number in range(MAX_CASES)])
    before = shown(made)
    with pytest.raises(RuleBroken, match=f"Dere har {MAX_CASES} oppdrag"):
        profiles.add_case(owner, CASE)
    client.sign_in(owner.user_id or 0)
    form = {"title": CASE.title, "text": CASE.text, "year": str(CASE.year)}
    answer = client.post("/profile/cases/new", data=form)
    assert answer.status_code == 422
    assert "Slett ett først" in answer.text
    assert shown(made) == before
    profiles.delete_case(owner, session.get_one(Supplier, made.id).cases[0].id)
    profiles.add_case(owner, CASE)
    assert len(profile_queries.own_supplier(owner).cases) == MAX_CASES


def test_repeated_pause_or_resume_counts_once(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    version = made.version
    profiles.set_paused(owner, paused=False)
    assert session.get_one(Supplier, made.id).version == version
    for _time in range(2):
        profiles.set_paused(owner, paused=True)
    since = session.get_one(Supplier, made.id).paused_at
    assert since is not None
    for _time in range(2):
        profiles.set_paused(owner, paused=False)
    found = session.get_one(Supplier, made.id)
    assert (found.paused_at, found.version) == (None, version + 2)
    acts = [event.action for event in session.query(AuditEvent).order_by(AuditEvent.id)]
    assert (acts.count("supplier.pause"), acts.count("supplier.resume")) == (1, 1)


def test_profile_needs_active_supplier_membership(app: Flask) -> None:
    home = vetting_garden()
    _made, owner = applicant()
    gone = replace(owner, organisation_id=999_999)
    for viewer in (home.curator, factories.member(factories.company()), factories.administrator(), gone):
        with pytest.raises(NotFound):
            profile_queries.own_supplier(viewer)
        with pytest.raises(NotFound):
            profiles.change_text(viewer, "En helt annen tekst.", "nb")


def test_service_in_approved_category_needs_no_application(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    told = session.query(Notice).filter_by(user_id=home.curator.user_id).count()
    client.sign_in(owner.user_id or 0)
    answer = client.post("/profile/services", data={"services": ["ecm.shop", "ecm.booking"], "note": ""})
    assert answer.status_code == 303
    page = client.page("/profile").text
    assert "Lagret." in page
    assert "Næringshagen har fått søknaden" not in page
    assert [row.code for row in profile_queries.own_supplier(owner).services] == ["ecm.booking", "ecm.shop"]
    assert [item.category for item in session.query(Vetting)] == ["ecm"]
    assert session.query(Notice).filter_by(user_id=home.curator.user_id).count() == told
    assert made.id in directory.catalogue().by_id


def test_overlong_note_is_redisplayed_and_not_sent(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    made, owner = applicant()
    item = vetting_of(made)
    use_cases.decide(home.curator, item.id, Decision("ask", 1, checklist("ecm", case=""), "Vis mer."))
    client.sign_in(owner.user_id or 0)
    answer = client.post(f"/profile/vetting/{item.id}", data={"note": "Ring Per. " * 500})
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert "Ring Per. Ring Per." in answer.text
    item = vetting_of(made)
    assert (item.state, [step.to_state for step in item.decisions]) == (
        "changes_requested",
        ["submitted", "changes_requested"],
    )


def test_fully_covered_county_is_one_checkbox(app: Flask, client: Browser) -> None:
    vetting_garden()
    _made, owner = applicant(areas=[*places.municipalities_in("50"), "1506"])
    client.sign_in(owner.user_id or 0)
    boxes = client.page("/profile/area").all("input", name="areas")
    ticked = {box.get("value") for box in boxes if box.get("checked") is not None}
    assert ticked == {"county:50", "1506"}


def test_profile_page_tells_what_to_apply_for(app: Flask, client: Browser) -> None:
    vetting_garden()
    made, owner = applicant()
    selected = {row.code for row in made.services}
    assert "med.drone" not in selected
    made.about = "Vi tar dronebilder og dronefilm for hytteeiere og gårder. Dronen flyr trygt, og vi har alle tillatelser."
    session.commit()
    client.sign_in(owner.user_id or 0)
    page = client.page("/profile").text
    assert "Tekstene deres beskriver drone" in page
    assert "Søk om godkjenning" in page


@pytest.mark.both_databases
def test_concurrent_changes_and_pauses_each_get_a_version(app: Flask) -> None:
    vetting_garden()
    made, owner = applicant()
    key, before = made.id, made.version

    def act(number: int) -> object:
        if number % 2:
            return profiles.set_paused(owner, paused=number % 4 == 1)
        return profiles.change_text(owner, f"Vi lager nettbutikk nummer {number} for gårdsutsalg.", "nb")

    run_concurrently(app, act, 8)
    changes = session.query(AuditEvent).filter(
        AuditEvent.action.in_(("supplier.change", "supplier.pause", "supplier.resume"))
    )
    assert session.get_one(Supplier, key).version == before + changes.count()

"""Transfers of suppliers between gardens, and conflicts of interest."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership
from marketplace.organisations.use_cases import set_garden_active
from marketplace.outbox.models import Notice
from marketplace.suppliers import use_cases as profiles
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries, use_cases
from marketplace.vetting.models import Transfer, Vetting
from tests import factories
from tests.factories.suppliers import VettingGarden, applicant, vetting_of
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently
from tests.support.notices import notices_to


def garden_of(found: Supplier) -> int | None:
    session.expire_all()
    return session.get_one(Supplier, found.id).garden_id


def test_supplier_moves_when_both_gardens_accept(home: VettingGarden, elsewhere: Viewer) -> None:
    found = applicant()[0]
    move = use_cases.request_transfer(
        home.curator, found.id, elsewhere.organisation_id or 0, "Flyttet til kysten."
    )
    assert garden_of(found) == home.garden.id, "one signature moves nothing"
    use_cases.answer_transfer(elsewhere, move.id, agree=True)
    assert garden_of(found) == elsewhere.organisation_id
    assert {item.garden_id for item in session.query(Vetting)} == {elsewhere.organisation_id}
    event = session.query(AuditEvent).filter_by(action="supplier.move").one()
    assert event.details == {
        "before": home.garden.id,
        "after": elsewhere.organisation_id,
        "asked_by": home.curator.user_id,
    }
    assert session.query(Notice).filter_by(kind="moved").count() == 1, "the supplier is told"
    (told,) = notices_to(home.curator, "move_answered")
    assert "går til" in told.body, "the message says who handles applications now"


def test_transfer_changes_access_at_next_request(home: VettingGarden, elsewhere: Viewer, app: Flask) -> None:
    found = applicant()[0]
    path = f"/vetting/{vetting_of(found).id}"
    giving, taking = (app.test_client().sign_in(p.user_id or 0) for p in (home.curator, elsewhere))
    assert (giving.get(path).status_code, taking.get(path).status_code) == (200, 404)
    move = use_cases.request_transfer(
        home.curator, found.id, elsewhere.organisation_id or 0, "Flyttet til kysten."
    )
    assert (giving.get(path).status_code, taking.get(path).status_code) == (200, 404)
    assert taking.post(f"/garden/moves/{move.id}/answer", data={"agree": "yes"}).status_code == 303
    assert taking.get(path).status_code == 200
    assert "Svaret deres" not in giving.page(path).text
    assert giving.post(path, data={"decision": "approve"}).status_code == 404
    assert giving.get(f"/garden/suppliers/{found.id}/move").status_code == 404
    assert giving.post(f"/vetting/supplier/{found.id}/approve").status_code == 404
    assert found.name not in giving.page("/garden/suppliers").text
    assert found.name in taking.page("/garden/suppliers").text


@pytest.mark.parametrize("end", ["declined", "withdrawn"])
def test_declined_or_withdrawn_transfer_can_be_requested_again(
    home: VettingGarden, elsewhere: Viewer, end: str
) -> None:
    found = applicant()[0]
    move = use_cases.request_transfer(
        home.curator, found.id, elsewhere.organisation_id or 0, "Flyttet til kysten."
    )
    with pytest.raises(RuleBroken):
        use_cases.request_transfer(home.curator, found.id, elsewhere.organisation_id or 0, "En gang til.")
    if end == "declined":
        use_cases.answer_transfer(elsewhere, move.id, agree=False)
    else:
        use_cases.withdraw_transfer(home.curator, move.id)
    with pytest.raises(Conflict):
        use_cases.answer_transfer(elsewhere, move.id, agree=True)
    assert garden_of(found) == home.garden.id
    use_cases.request_transfer(home.curator, found.id, elsewhere.organisation_id or 0, "En gang til.")
    assert sorted(row.state for row in session.query(Transfer)) == ["asked", end]


def test_only_curator_of_receiving_garden_accepts_transfer(home: VettingGarden, elsewhere: Viewer) -> None:
    found, to = applicant()[0], elsewhere.organisation_id or 0
    adviser = factories.member(home.garden, "adviser")
    for viewer, wrong in ((elsewhere, NotFound), (adviser, Forbidden)):
        with pytest.raises(wrong):
            use_cases.request_transfer(viewer, found.id, to, "Flyttet til kysten.")
    for garden_id in (home.garden.id, 999_999, found.id):
        with pytest.raises(RuleBroken):
            use_cases.request_transfer(home.curator, found.id, garden_id, "Flyttet til kysten.")
    move = use_cases.request_transfer(home.curator, found.id, to, "Flyttet til kysten.")
    for viewer, wrong in (
        (home.curator, NotFound),
        (factories.member(session.get_one(type(home.garden), to), "adviser"), Forbidden),
    ):
        with pytest.raises(wrong):
            use_cases.answer_transfer(viewer, move.id, agree=True)
    with pytest.raises(NotFound):
        use_cases.withdraw_transfer(elsewhere, move.id)
    assert garden_of(found) == home.garden.id


def test_conflicted_curator_cannot_transfer(home: VettingGarden, elsewhere: Viewer) -> None:
    found, to = applicant()[0], elsewhere.organisation_id or 0
    colleague = factories.member(home.garden, "curator")
    use_cases.declare_conflict(home.curator, found.id, "board")
    with pytest.raises(RuleBroken, match="Du har en tilknytning til denne leverandøren"):
        use_cases.request_transfer(home.curator, found.id, to, "Flyttet til kysten.")
    assert session.query(Transfer).count() == 0
    move = use_cases.request_transfer(colleague, found.id, to, "Flyttet til kysten.")
    use_cases.declare_conflict(elsewhere, found.id, "paid")
    for agree in (True, False):
        with pytest.raises(RuleBroken, match="Du har en tilknytning til denne leverandøren"):
            use_cases.answer_transfer(elsewhere, move.id, agree=agree)
    assert garden_of(found) == home.garden.id
    assert session.get_one(Transfer, move.id).state == "asked"


def test_outdated_transfer_is_a_conflict(home: VettingGarden, elsewhere: Viewer) -> None:
    found = applicant()[0]
    move = use_cases.request_transfer(
        home.curator, found.id, elsewhere.organisation_id or 0, "Flyttet til kysten."
    )
    third = factories.garden("Tredje", municipality_number="5014", covered_municipalities=[])
    session.get_one(Supplier, found.id).garden_id = third.id
    session.commit()
    with pytest.raises(Conflict, match="Denne forespørselen er besvart eller trukket tilbake"):
        use_cases.answer_transfer(elsewhere, move.id, agree=True)
    assert garden_of(found) == third.id
    assert vetting_of(found).garden_id == home.garden.id
    assert session.get_one(Transfer, move.id).state == "asked"


def test_only_curator_can_withdraw_transfer(home: VettingGarden, elsewhere: Viewer) -> None:
    found = applicant()[0]
    move = use_cases.request_transfer(
        home.curator, found.id, elsewhere.organisation_id or 0, "Flyttet til kysten."
    )
    with pytest.raises(Forbidden):
        use_cases.withdraw_transfer(factories.member(home.garden, "adviser"), move.id)
    session.expire_all()
    assert session.get_one(Transfer, move.id).state == "asked"


def test_transfers_and_conflicts_are_for_gardens_only(home: VettingGarden) -> None:
    found, owner = applicant()
    for viewer in (owner, factories.member(factories.company()), factories.administrator()):
        for asked in (queries.transfers, queries.suppliers_to_declare):
            with pytest.raises(NotFound):
                asked(viewer)
        with pytest.raises(Forbidden):
            use_cases.declare_conflict(viewer, found.id, "family")
        assert queries.own_conflicts(viewer) == []


def test_conflict_needs_known_kind_and_supplier(home: VettingGarden) -> None:
    found = applicant()[0]
    with pytest.raises(RuleBroken, match="Velg én fra listen") as wrong:
        use_cases.declare_conflict(home.curator, found.id, "hobby")
    assert wrong.value.field == "kind"
    with pytest.raises(NotFound):
        use_cases.declare_conflict(home.curator, 999_999, "family")
    assert queries.own_conflicts(home.curator) == []
    assert session.query(AuditEvent).filter_by(action="supplier.state_tie").count() == 0
    assert not queries.has_conflict_of_interest(home.curator, found.id)


def decides(viewer: Viewer, item: Vetting) -> None:
    use_cases.approve_all(viewer, item.supplier_id, notify=False)


@pytest.mark.parametrize("tie", ["stated", "member", "the garden itself"])
def test_conflict_of_interest_blocks_every_decision(home: VettingGarden, tie: str, client: Browser) -> None:
    found: Any = applicant()[0]
    item = vetting_of(found)
    if tie == "stated":
        use_cases.declare_conflict(home.curator, found.id, "family")
    elif tie == "member":
        session.add(Membership(user_id=home.curator.user_id, organisation_id=found.id, role="member"))
    else:
        found.organisation_number = home.garden.organisation_number = "310000388"
    session.commit()
    assert queries.has_conflict_of_interest(home.curator, found.id)
    before = (item.state, item.revision)
    with pytest.raises(RuleBroken):
        decides(home.curator, item)
    client.sign_in(home.curator.user_id or 0)
    if tie != "member":
        for form in (
            {"decision": "approve"},
            {"decision": "suspend", "reason": "x"},
            {"decision": "ask", "reason": "x"},
        ):
            answer = client.post(
                f"/vetting/{item.id}",
                data=form | {"seen": str(item.revision), "revision": str(item.revision)},
            )
            assert answer.status_code in {422, 409}
    session.refresh(item)
    assert (item.state, item.revision) == before


def test_conflict_is_declared_and_ended_on_the_page(home: VettingGarden, client: Browser) -> None:
    found = applicant()[0]
    client.sign_in(home.curator.user_id or 0)
    assert client.get(f"/garden/ties?supplier={found.id}").status_code == 200
    form = {"supplier": str(found.id), "kind": "board"}
    for wrong in ({"supplier": ""}, {"supplier": "999999"}, {"kind": "hobby"}):
        assert client.post("/garden/ties", data=form | wrong).status_code == 422
    assert client.post("/garden/ties", data=form).status_code == 303
    assert 'role="alert"' in client.post("/garden/ties", data=form).text
    tie = queries.own_conflicts(home.curator)[0]
    other = factories.member(home.garden, "curator")
    with pytest.raises(NotFound):
        use_cases.end_conflict(other, tie.id)
    assert client.post(f"/garden/ties/{tie.id}/end").status_code == 303
    assert queries.own_conflicts(home.curator)[0].ended_at is not None
    assert client.post(f"/garden/ties/{tie.id}/end").status_code == 404
    words = [event.action for event in session.query(AuditEvent).order_by(AuditEvent.id)]
    assert words[-2:] == ["supplier.state_tie", "supplier.end_tie"]


@pytest.mark.parametrize(("days", "is_over"), [(0, False), (29, False), (30, False), (31, True)])
def test_ended_conflict_counts_for_thirty_days(home: VettingGarden, days: int, *, is_over: bool) -> None:
    """A curator cannot end a conflict and decide a second later; another curator can decide at once."""
    found, curator = applicant()[0], home.curator
    other = factories.member(home.garden, "curator")
    use_cases.declare_conflict(curator, found.id, "paid")
    use_cases.end_conflict(curator, queries.own_conflicts(curator)[0].id)
    with clock.as_of(clock.now() + dt.timedelta(days=days)):
        assert queries.has_conflict_of_interest(curator, found.id) is not is_over
        assert (curator.user_id in queries.independent_curators(found)[home.garden.id]) is is_over
        assert not queries.has_conflict_of_interest(other, found.id)
        assert len(queries.own_conflicts(curator)) == (not is_over)
        use_cases.declare_conflict(curator, found.id, "board")
        conflict = queries.own_conflicts(curator)[0]
        assert (conflict.kind, conflict.ended_at) == ("board", None)


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_transfer_pages_in_every_language(
    home: VettingGarden, elsewhere: Viewer, client: Browser, locale: str
) -> None:
    found = applicant()[0]
    use_cases.declare_conflict(factories.member(home.garden, "adviser"), found.id, "paid")
    client.sign_in(home.curator.user_id or 0)
    client.get(f"/language/{locale}")
    assert client.get("/garden/moves").status_code == 200
    assert "field-error" in client.post(f"/garden/suppliers/{found.id}/move", data={"reason": ""}).text
    form = {"garden": str(elsewhere.organisation_id), "reason": "Flyttet til kysten."}
    assert client.post(f"/garden/suppliers/{found.id}/move", data=form).status_code == 303
    assert found.name in client.page("/garden/moves").text
    assert client.post(f"/garden/moves/{session.query(Transfer).one().id}/withdraw").status_code == 303
    assert client.get(f"/suppliers/{found.slug}").status_code == 200


def test_supplier_moves_when_its_garden_is_closed(home: VettingGarden, elsewhere: Viewer) -> None:
    waiting, owner = applicant()
    approved, other = applicant("Myrull Media", approved_by=home.curator)
    set_garden_active(factories.administrator(), home.garden.id, active=False)
    assert garden_of(waiting) == garden_of(approved) == elsewhere.organisation_id
    assert {item.garden_id for item in session.query(Vetting)} == {elsewhere.organisation_id}
    assert queries.queue(elsewhere).total == 1
    assert [notice.kind for notice in notices_to(elsewhere)] == ["vetting_received"]
    for person in (owner, other):
        assert "Kystriket" in notices_to(person)[-1].subject


def test_suppliers_come_back_when_their_garden_reopens(home: VettingGarden, elsewhere: Viewer) -> None:
    """Except those that another garden has got by agreement, before the garden closed or since."""
    administrator, other_id = factories.administrator(), elsewhere.organisation_id or 0
    third = factories.member(
        factories.garden("Tredje", municipality_number="1506", covered_municipalities=[]), "curator"
    )
    waiting, owner = applicant()
    approved = applicant("Myrull Media", approved_by=home.curator)[0]
    agreed_before, agreed_since = applicant("Før")[0], applicant("Siden")[0]
    before = use_cases.request_transfer(home.curator, agreed_before.id, other_id, "Flyttet.")
    use_cases.answer_transfer(elsewhere, before.id, agree=True)
    set_garden_active(administrator, home.garden.id, active=False)
    since = use_cases.request_transfer(elsewhere, agreed_since.id, third.organisation_id or 0, "Flyttet.")
    use_cases.answer_transfer(third, since.id, agree=True)
    set_garden_active(administrator, home.garden.id, active=True)
    assert garden_of(waiting) == garden_of(approved) == home.garden.id
    assert (garden_of(agreed_before), garden_of(agreed_since)) == (other_id, third.organisation_id)
    assert {item.garden_id for item in session.query(Vetting).filter_by(supplier_id=approved.id)} == {
        home.garden.id
    }
    assert notices_to(home.curator)[-1].kind == "vetting_received"
    assert home.garden.name in notices_to(owner, "moved")[-1].subject
    assert "Kvistverk Nettbyrå og Myrull Media" in notices_to(elsewhere, "suppliers_returned")[0].body
    assert notices_to(third, "suppliers_returned") == []


def test_supplier_belongs_to_the_earliest_of_its_gardens_that_is_open(
    home: VettingGarden, elsewhere: Viewer
) -> None:
    administrator = factories.administrator()
    third = factories.garden("Tredje", municipality_number="1506", covered_municipalities=[])
    first_id, second_id, third_id = home.garden.id, elsewhere.organisation_id, third.id
    found = applicant()[0]
    gardens = []
    for garden_id, active in [
        (first_id, False),
        (second_id, False),
        (second_id, True),
        (first_id, True),
        (second_id, False),
        (first_id, False),
        (first_id, True),
        (second_id, True),
    ]:
        set_garden_active(administrator, garden_id or 0, active=active)
        gardens.append(garden_of(found))
    assert gardens == [second_id, third_id, second_id, *([first_id] * 2), third_id, *([first_id] * 2)]


@pytest.mark.parametrize("act", ["apply", "renew", "reminder"])
def test_supplier_that_stayed_in_a_closed_garden_moves_later(
    home: VettingGarden, elsewhere: Viewer, act: str
) -> None:
    """It stayed because no other garden was open."""
    found, owner = applicant(approved_by=home.curator)
    home.garden.is_active = False
    session.commit()
    with clock.as_of(clock.now() + dt.timedelta(days=370)):
        if act == "apply":
            profiles.change_services(owner, ["ecm.shop", "med.photo"])
        elif act == "renew":
            use_cases.submit_again(owner, vetting_of(found).id, "")
        else:
            assert use_cases.remind_of_renewals() == 1
            assert "Kystriket" in notices_to(owner, "vetting_renewal")[0].body
    assert garden_of(found) == elsewhere.organisation_id
    assert "Kystriket" in notices_to(owner, "moved")[0].subject
    assert {item.garden_id for item in session.query(Vetting)} == {elsewhere.organisation_id}
    kind = "vetting_received" if act == "apply" else "vetting_renewal"
    assert {notice.kind for notice in notices_to(elsewhere)} == {kind}


def test_closed_garden_ends_the_transfers_to_and_from_it(home: VettingGarden, elsewhere: Viewer) -> None:
    """Nobody could answer or withdraw them, and no other garden could be asked meanwhile."""
    leaving, arriving = applicant()[0], applicant("Myrull Media")[0]
    use_cases.request_transfer(home.curator, leaving.id, elsewhere.organisation_id or 0, "Flyttet.")
    arriving.garden_id = elsewhere.organisation_id
    session.commit()
    use_cases.request_transfer(elsewhere, arriving.id, home.garden.id, "Flyttet.")
    set_garden_active(factories.administrator(), home.garden.id, active=False)
    states = [state for (state,) in session.query(Transfer.state).order_by(Transfer.id)]
    assert states == ["withdrawn", "declined"]
    assert "Myrull Media" in notices_to(elsewhere, "move_answered")[0].subject


def test_application_stays_when_the_last_garden_is_closed(home: VettingGarden) -> None:
    waiting, _owner = applicant()
    set_garden_active(factories.administrator(), home.garden.id, active=False)
    assert garden_of(waiting) == home.garden.id


@pytest.mark.both_databases
def test_concurrent_requests_for_a_transfer_create_one(
    home: VettingGarden, elsewhere: Viewer, app: Flask
) -> None:
    found_id, garden_id = applicant()[0].id, elsewhere.organisation_id or 0
    results = run_concurrently(
        app, lambda _index: use_cases.request_transfer(home.curator, found_id, garden_id, "Flyttet."), 5
    )
    assert sum(isinstance(result, RuleBroken) for result in results) == 4
    assert session.query(Transfer).count() == 1

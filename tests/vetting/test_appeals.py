"""Appeals: who may appeal, which garden decides, notices and reminders."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.directory import queries as directory
from marketplace.organisations.models import BusinessGarden, Membership
from marketplace.organisations.queries import viewer_for
from marketplace.outbox.models import Notice
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries, use_cases
from marketplace.vetting.models import Appeal, ConflictOfInterest, Vetting
from tests import factories
from tests.factories.suppliers import VettingGarden, applicant, refuse, vetting_garden, vetting_of
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently
from tests.support.interleaving import interleave

WORDS = "Prisen står i profilen, nederst, og har stått der hele tida."


@pytest.fixture
def home(app: Flask) -> VettingGarden:
    return vetting_garden()


@pytest.fixture
def judge(home: VettingGarden) -> Viewer:
    """A curator of another garden."""
    other = factories.garden("Kystriket", municipality_number="5056", covered_municipalities=["5056"])
    return factories.member(other, "curator", name="Oddny Strøm")


def case(home: VettingGarden, by: Viewer | None = None) -> tuple[Supplier, Viewer, Vetting]:
    """Add a supplier refused by two curators."""
    made, owner = applicant()
    refuse(home, vetting_of(made), by=by)
    return made, owner, vetting_of(made)


def last(viewer: Viewer) -> Notice:
    return session.query(Notice).filter_by(user_id=viewer.user_id).order_by(Notice.id.desc()).first()


def test_appeal_is_sent_to_another_garden_with_notices(home: VettingGarden, judge: Viewer) -> None:
    administrator = factories.administrator()
    _made, owner, item = case(home)
    made = use_cases.appeal(owner, item.id, WORDS)
    assert (made.garden_id, made.from_garden_id, made.state) == (
        judge.organisation_id,
        home.garden.id,
        "waiting",
    )
    assert (last(judge).kind, last(administrator).kind) == ("appeal_came", "appeal_seen")
    assert last(owner).kind == "appeal_receipt"
    assert "Kystriket" in last(owner).body
    assert [row.id for row in queries.appeals_to_decide(judge)] == [made.id]
    assert [row.id for row in queries.all_appeals(administrator)] == [made.id]
    assert queries.appeals_to_decide(home.curator) == []
    assert session.query(AuditEvent).filter_by(action="vetting.appeal").count() == 1


@pytest.mark.parametrize(
    ("move", "state", "end"), [("grant", "approved", "granted"), ("uphold", "refused", "stands")]
)
def test_appeal_answer_notifies_supplier_and_refusing_garden(
    home: VettingGarden, judge: Viewer, move: str, state: str, end: str
) -> None:
    _made, owner, item = case(home)
    refused_at = item.decided_at
    found = use_cases.appeal(owner, item.id, WORDS)
    for empty in ("", "  "):
        with pytest.raises(RuleBroken):
            use_cases.answer_appeal(judge, found.id, move, empty)
    use_cases.answer_appeal(judge, found.id, move, "Prisen er lett å finne.")
    session.expire_all()
    assert (item.state, found.state, found.decided_by_id) == (state, end, judge.user_id)
    for viewer in (owner, home.curator):
        assert last(viewer).kind == "appeal_decided"
        assert "Prisen er lett å finne." in last(viewer).body
    assert [step.to_state for step in item.decisions] == ["submitted", "refused", state]
    assert session.query(AuditEvent).filter_by(action=f"vetting.appeal_{move}").count() == 1
    assert [found.services for found in directory.matchable_suppliers()] == [("ecm.shop",)] * (
        move == "grant"
    )
    if move == "uphold":
        assert item.decided_at == refused_at, "the wait until one can apply again does not begin anew"
    with pytest.raises(Conflict):
        use_cases.answer_appeal(judge, found.id, "grant", "En gang til.")


def test_refusal_is_appealed_once_within_ninety_days(home: VettingGarden, judge: Viewer) -> None:
    _made, owner, item = case(home)
    with clock.as_of(clock.now() + dt.timedelta(days=92)), pytest.raises(RuleBroken):
        use_cases.appeal(owner, item.id, WORDS)
    found = use_cases.appeal(owner, item.id, WORDS)
    with pytest.raises(RuleBroken):
        use_cases.appeal(owner, item.id, WORDS)
    use_cases.answer_appeal(judge, found.id, "uphold", "Vi kommer til det samme.")
    with pytest.raises(RuleBroken):
        use_cases.appeal(owner, item.id, WORDS)
    with clock.as_of(clock.now() + dt.timedelta(days=92)):
        use_cases.submit_again(owner, item.id, "Her er prisen.")
        refuse(home, vetting_of(_made), reason="Fortsatt uklart.")
        again = use_cases.appeal(owner, item.id, WORDS)
        assert again.decision_id != found.decision_id


def test_pending_appeal_blocks_new_application(home: VettingGarden, judge: Viewer) -> None:
    _made, owner, item = case(home)
    use_cases.appeal(owner, item.id, WORDS)
    with clock.as_of(clock.now() + dt.timedelta(days=92)), pytest.raises(RuleBroken):
        use_cases.submit_again(owner, item.id, "Her er prisen.")


def test_only_owner_can_appeal_and_only_a_refusal(home: VettingGarden, judge: Viewer) -> None:
    waiting, asker = applicant("Myrull Media")
    with pytest.raises(RuleBroken):
        use_cases.appeal(asker, vetting_of(waiting).id, WORDS)
    made, owner = applicant()
    item = vetting_of(made)
    refuse(home, item)
    for viewer, wrong in (
        (factories.member(made, "member"), Forbidden),
        (asker, NotFound),
        (home.curator, NotFound),
        (factories.member(factories.company()), NotFound),
    ):
        with pytest.raises(wrong):
            use_cases.appeal(viewer, item.id, WORDS)
    assert session.query(Appeal).count() == 0
    use_cases.appeal(owner, item.id, WORDS)


def test_involved_or_conflicted_curator_cannot_decide_appeal(home: VettingGarden, judge: Viewer) -> None:
    """The nearest garden confirmed and the next has a conflict of interest, so the third decides."""
    near = factories.garden("Nabo", municipality_number="5022", covered_municipalities=[])
    confirmer = factories.member(near, "curator")
    colleague = factories.member(near, "curator")
    tied = factories.member(
        factories.garden("Den andre", municipality_number="5026", covered_municipalities=[]), "curator"
    )
    made, owner = applicant()
    use_cases.declare_conflict(tied, made.id, "family")
    refuse(home, vetting_of(made), by=confirmer)
    item = vetting_of(made)
    found = use_cases.appeal(owner, item.id, WORDS)
    assert found.garden_id == judge.organisation_id
    for viewer in (confirmer, colleague, tied, home.curator):
        with pytest.raises(NotFound):
            use_cases.answer_appeal(viewer, found.id, "grant", "Greit nok.")
    user = session.get_one(User, home.curator.user_id)
    row = Membership(user_id=user.id, organisation_id=judge.organisation_id, role="curator")
    session.add(row)
    session.flush()
    with pytest.raises(RuleBroken):
        use_cases.answer_appeal(viewer_for(user, row), found.id, "uphold", "Jeg mener det samme nå.")
    use_cases.declare_conflict(judge, made.id, "paid")
    with pytest.raises(RuleBroken):
        use_cases.answer_appeal(judge, found.id, "grant", "Greit nok.")
    assert queries.appeals_to_decide(judge) == []


def test_adviser_cannot_decide_and_unknown_appeal_is_404(home: VettingGarden, judge: Viewer) -> None:
    _made, owner, item = case(home)
    found = use_cases.appeal(owner, item.id, WORDS)
    adviser = factories.member(session.get_one(BusinessGarden, judge.organisation_id), "adviser")
    with pytest.raises(Forbidden):
        use_cases.answer_appeal(adviser, found.id, "grant", "Greit nok.")
    with pytest.raises(NotFound):
        use_cases.answer_appeal(judge, found.id + 1, "grant", "Greit nok.")
    session.expire_all()
    assert (found.state, found.decided_by_id, item.state) == ("waiting", None, "refused")


def test_appeal_list_is_for_administrators_only(home: VettingGarden, judge: Viewer) -> None:
    _made, owner, item = case(home)
    use_cases.appeal(owner, item.id, WORDS)
    for viewer in (judge, home.curator, owner, factories.member(factories.company())):
        with pytest.raises(NotFound):
            queries.all_appeals(viewer)


def test_recourse_is_visible_to_supplier_only(home: VettingGarden, judge: Viewer) -> None:
    _made, owner, item = case(home)
    assert list(queries.recourse_by_vetting(owner, [item])) == [item.id]
    for viewer in (home.curator, judge, factories.member(factories.company()), factories.administrator()):
        assert queries.recourse_by_vetting(viewer, [item]) == {}


def test_refusal_without_decision_row_cannot_be_appealed(
    app: Flask, home: VettingGarden, judge: Viewer
) -> None:
    made, owner = applicant()
    item = vetting_of(made)
    item.state, item.decided_at = "refused", clock.now()
    session.commit()
    assert queries.recourse_by_vetting(owner, [item]) == {}
    with pytest.raises(RuleBroken):
        use_cases.appeal(owner, item.id, WORDS)
    assert session.query(Appeal).count() == 0
    page = app.test_client().sign_in(owner.user_id or 0).page("/profile")
    assert f"/profile/vetting/{item.id}/appeal" not in page.html


def test_granting_appeal_shows_confirmation(home: VettingGarden, judge: Viewer, client: Browser) -> None:
    made, owner, item = case(home)
    found = use_cases.appeal(owner, item.id, WORDS)
    client.sign_in(judge.user_id or 0)
    form = {"decision": "grant", "reason": "Prisen er lett å finne."}
    assert client.post(f"/vetting/appeals/{found.id}", data=form).status_code == 303
    assert f"{made.name} er godkjent og har fått beskjed." in client.page("/vetting").text
    assert vetting_of(made).state == "approved"


def test_appeal_without_independent_garden_notifies_administrator(home: VettingGarden) -> None:
    administrator = factories.administrator()
    _made, owner, item = case(home)
    found = use_cases.appeal(owner, item.id, WORDS)
    assert found.garden_id is None
    assert "Inviter" in last(administrator).body
    assert use_cases.remind_of_appeals() == 0
    late = factories.member(
        factories.garden("Ny hage", municipality_number="5025", covered_municipalities=[]), "curator"
    )
    session.commit()
    assert use_cases.remind_of_appeals() == 1
    assert session.get_one(Appeal, found.id).garden_id == late.organisation_id
    assert last(late).kind == "appeal_came"
    use_cases.answer_appeal(late, found.id, "uphold", "Vi kommer til det samme.")


def test_new_conflict_reassigns_appeal_and_reminder_is_sent_once(home: VettingGarden, judge: Viewer) -> None:
    third = factories.member(
        factories.garden("Tredje", municipality_number="5014", covered_municipalities=[]), "curator"
    )
    made, owner, item = case(home)
    found = use_cases.appeal(owner, item.id, WORDS)
    asked, other = (judge, third) if found.garden_id == judge.organisation_id else (third, judge)
    session.add(ConflictOfInterest(user_id=asked.user_id, supplier_id=made.id, kind="paid"))
    session.commit()
    assert use_cases.remind_of_appeals() == 1
    assert session.get_one(Appeal, found.id).garden_id == other.organisation_id
    assert use_cases.remind_of_appeals() == 0
    with clock.as_of(clock.now() + dt.timedelta(days=12)):
        assert use_cases.remind_of_appeals() == 1
        assert use_cases.remind_of_appeals() == 0


def test_appeal_answered_during_reminder_run_gets_no_reminder(
    app: Flask, home: VettingGarden, judge: Viewer
) -> None:
    _made, owner, item = case(home)
    number = use_cases.appeal(owner, item.id, WORDS).id
    late = clock.now() + dt.timedelta(days=12)
    with (
        clock.as_of(late),
        interleave(
            app,
            "SELECT appeal.id",
            lambda: use_cases.answer_appeal(judge, number, "uphold", "Vi ser det samme."),
        ),
    ):
        assert use_cases.remind_of_appeals() == 0
    found = session.get_one(Appeal, number)
    assert (found.state, found.reminded_at) == ("stands", None)
    assert session.query(Notice).filter_by(user_id=judge.user_id, kind="appeal_came").count() == 1


def test_concurrent_appeal_answers_only_one_succeeds(app: Flask, home: VettingGarden, judge: Viewer) -> None:
    garden = session.get_one(BusinessGarden, judge.organisation_id)
    judges = [factories.member(garden, "curator") for _number in range(6)]
    _made, owner, item = case(home)
    number = use_cases.appeal(owner, item.id, WORDS).id

    def answer(place: int) -> Appeal:
        return use_cases.answer_appeal(
            judges[place], number, "grant" if place % 2 else "uphold", "Slik er det."
        )

    results = run_concurrently(app, answer, len(judges))
    assert sum(isinstance(result, Appeal) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 5
    assert session.query(Notice).filter_by(user_id=owner.user_id, kind="appeal_decided").count() == 1


def test_concurrent_appeals_create_one_row(app: Flask, home: VettingGarden, judge: Viewer) -> None:
    _made, owner, item = case(home)
    number = item.id
    results = run_concurrently(app, lambda _place: use_cases.appeal(owner, number, WORDS), 6)
    assert sum(isinstance(result, Appeal) for result in results) == 1
    assert session.query(Appeal).count() == 1


def test_appeal_pages_access_by_role(app: Flask, home: VettingGarden, judge: Viewer) -> None:
    made, owner, item = case(home)
    garden = session.get_one(BusinessGarden, judge.organisation_id)
    third = factories.member(
        factories.garden("Tredje", municipality_number="5014", covered_municipalities=[]), "curator"
    )
    stranger = applicant("Myrull Media")[1]
    found = use_cases.appeal(owner, item.id, WORDS)
    if found.garden_id != judge.organisation_id:
        judge, third, garden = third, judge, session.get_one(BusinessGarden, found.garden_id)
    rows = {
        judge: (200, 403, 403), home.curator: (200, 403, 403), factories.member(home.garden, "adviser"): (200, 403, 403),
        factories.member(garden, "adviser"): (404, 403, 403), third: (404, 403, 403),
        owner: (403, 200, 403), factories.member(made, "member"): (403, 403, 403), stranger: (403, 404, 403),
        factories.member(factories.company()): (403, 403, 403), factories.administrator(): (403, 403, 200),
    }  # fmt: skip
    paths = (f"/vetting/appeals/{found.id}", f"/profile/vetting/{item.id}/appeal", "/admin/appeals")
    for viewer, expected in rows.items():
        browser = app.test_client().sign_in(viewer.user_id or 0)
        assert tuple(browser.get(path).status_code for path in paths) == expected, viewer
    browser = app.test_client().sign_in(judge.user_id or 0)
    assert browser.get(f"/vetting/{item.id}").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_appeal_pages_in_every_language(app: Flask, home: VettingGarden, judge: Viewer, locale: str) -> None:
    _made, owner, item = case(home)
    administrator = factories.administrator()
    own, other, first, admin = (
        app.test_client().sign_in(person.user_id or 0)
        for person in (owner, judge, home.curator, administrator)
    )
    for browser in (own, other, first, admin):
        browser.get(f"/language/{locale}")
    admin.page("/admin/appeals")
    path = f"/profile/vetting/{item.id}/appeal"
    assert path in own.get("/profile").text
    assert "Prisen mangler." in own.page(path).text
    assert "field-error" in own.post(path, data={"text": "Nei."}).text
    assert own.post(path, data={"text": WORDS}).status_code == 303
    assert path not in own.get("/profile").text
    assert "<form class" not in own.get(path).text
    assert "error-summary" in own.post(path, data={"text": WORDS}).text
    found = session.query(Appeal).one()
    page = f"/vetting/appeals/{found.id}"
    assert page in other.get("/vetting").text
    assert page in other.get("/home").text
    assert WORDS in other.page(page).text
    assert 'name="decision"' not in first.get(page).text
    assert first.post(page, data={"decision": "grant", "reason": "Greit."}).status_code == 404
    assert "error-summary" in other.post(page, data={"decision": "grant"}).text
    assert "error-summary" in other.post(page, data={"decision": "sell", "reason": "Greit."}).text
    assert _made.name in admin.page("/admin/appeals").text
    assert other.post(page, data={"decision": "uphold", "reason": "Vi ser det samme."}).status_code == 303
    late = other.post(page, data={"decision": "grant", "reason": "Vi ser noe annet."})
    assert late.status_code == 409
    assert "Vi ser noe annet." in late.text
    assert session.get_one(Appeal, found.id).state == "stands"
    assert "Vi ser det samme." in own.page("/profile").text
    assert "Vi ser det samme." in first.page(page).text
    admin.page("/admin/appeals")

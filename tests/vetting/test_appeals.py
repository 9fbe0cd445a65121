"""Appeals: access and deadlines, answers, notices, and races."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.directory import queries as directory
from marketplace.organisations.models import BusinessGarden
from marketplace.outbox.models import Notice
from marketplace.vetting import queries, use_cases
from marketplace.vetting.models import Appeal
from tests import factories
from tests.factories.suppliers import APPEAL, VettingGarden, applicant, refuse, refused_supplier, vetting_of
from tests.support.concurrency import run_concurrently
from tests.support.notices import notices_to


def test_appeal_is_sent_to_another_garden_with_notices(home: VettingGarden, elsewhere: Viewer) -> None:
    administrator = factories.administrator()
    _made, owner, item = refused_supplier(home)
    made = use_cases.appeal(owner, item.id, APPEAL)
    assert (made.garden_id, made.from_garden_id, made.state) == (
        elsewhere.organisation_id,
        home.garden.id,
        "waiting",
    )
    assert (notices_to(elsewhere)[-1].kind, notices_to(administrator)[-1].kind) == (
        "appeal_came",
        "appeal_seen",
    )
    assert notices_to(owner)[-1].kind == "appeal_receipt"
    assert "Kystriket" in notices_to(owner)[-1].body
    assert [row.id for row in queries.pending_reviews(elsewhere).appeals] == [made.id]
    assert [row.id for row in queries.all_appeals(administrator)] == [made.id]
    assert queries.pending_reviews(home.curator).appeals == []
    assert session.query(AuditEvent).filter_by(action="vetting.appeal").count() == 1


def test_refusal_notice_names_the_right_to_appeal(home: VettingGarden, elsewhere: Viewer) -> None:
    _made, owner, _item = refused_supplier(home)
    assert "Mener dere at næringshagen tar feil? Til og med" in notices_to(owner)[-1].body


@pytest.mark.parametrize(
    ("move", "state", "end"), [("grant", "approved", "granted"), ("uphold", "refused", "stands")]
)
def test_appeal_answer_notifies_supplier_and_refusing_garden(
    home: VettingGarden, elsewhere: Viewer, move: str, state: str, end: str
) -> None:
    _made, owner, item = refused_supplier(home)
    refused_at = item.decided_at
    found = use_cases.appeal(owner, item.id, APPEAL)
    for empty in ("", "  "):
        with pytest.raises(RuleBroken):
            use_cases.answer_appeal(elsewhere, found.id, move, empty)
    use_cases.answer_appeal(elsewhere, found.id, move, "Prisen er lett å finne.")
    session.expire_all()
    assert (item.state, found.state, found.decided_by_id) == (state, end, elsewhere.user_id)
    for viewer in (owner, home.curator):
        assert notices_to(viewer)[-1].kind == "appeal_decided"
        assert "Prisen er lett å finne." in notices_to(viewer)[-1].body
    assert [step.to_state for step in item.decisions] == ["submitted", "refused", state]
    assert session.query(AuditEvent).filter_by(action=f"vetting.appeal_{move}").count() == 1
    assert [found.services for found in directory.matchable_suppliers()] == [("ecm.shop",)] * (
        move == "grant"
    )
    if move == "uphold":
        assert item.decided_at == refused_at, "the wait until one can apply again does not begin anew"
    with pytest.raises(Conflict):
        use_cases.answer_appeal(elsewhere, found.id, "grant", "En gang til.")


def test_refusal_is_appealed_once_within_ninety_days(home: VettingGarden, elsewhere: Viewer) -> None:
    _made, owner, item = refused_supplier(home)
    with clock.as_of(clock.now() + dt.timedelta(days=92)), pytest.raises(RuleBroken):
        use_cases.appeal(owner, item.id, APPEAL)
    found = use_cases.appeal(owner, item.id, APPEAL)
    with pytest.raises(RuleBroken):
        use_cases.appeal(owner, item.id, APPEAL)
    use_cases.answer_appeal(elsewhere, found.id, "uphold", "Vi kommer til det samme.")
    with pytest.raises(RuleBroken):
        use_cases.appeal(owner, item.id, APPEAL)
    with clock.as_of(clock.now() + dt.timedelta(days=92)):
        use_cases.submit_again(owner, item.id, "Her er prisen.")
        refuse(home, vetting_of(_made), reason="Fortsatt uklart.")
        again = use_cases.appeal(owner, item.id, APPEAL)
        assert again.decision_id != found.decision_id


def test_pending_appeal_blocks_new_application(home: VettingGarden, elsewhere: Viewer) -> None:
    _made, owner, item = refused_supplier(home)
    use_cases.appeal(owner, item.id, APPEAL)
    with clock.as_of(clock.now() + dt.timedelta(days=92)), pytest.raises(RuleBroken):
        use_cases.submit_again(owner, item.id, "Her er prisen.")


def test_only_owner_can_appeal_and_only_a_refusal(home: VettingGarden, elsewhere: Viewer) -> None:
    waiting, asker = applicant("Myrull Media")
    with pytest.raises(RuleBroken):
        use_cases.appeal(asker, vetting_of(waiting).id, APPEAL)
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
            use_cases.appeal(viewer, item.id, APPEAL)
    assert session.query(Appeal).count() == 0
    use_cases.appeal(owner, item.id, APPEAL)


def test_recourse_is_visible_to_supplier_only(home: VettingGarden, elsewhere: Viewer) -> None:
    _made, owner, item = refused_supplier(home)
    assert list(queries.recourse_by_vetting(owner, [item])) == [item.id]
    for viewer in (home.curator, elsewhere, factories.member(factories.company()), factories.administrator()):
        assert queries.recourse_by_vetting(viewer, [item]) == {}


def test_refusal_without_decision_row_cannot_be_appealed(
    app: Flask, home: VettingGarden, elsewhere: Viewer
) -> None:
    made, owner = applicant()
    item = vetting_of(made)
    item.state, item.decided_at = "refused", clock.now()
    session.commit()
    assert queries.recourse_by_vetting(owner, [item]) == {}
    with pytest.raises(RuleBroken):
        use_cases.appeal(owner, item.id, APPEAL)
    assert session.query(Appeal).count() == 0
    page = app.test_client().sign_in(owner.user_id or 0).page("/profile")
    assert f"/profile/vetting/{item.id}/appeal" not in page.html


@pytest.mark.both_databases
def test_concurrent_appeal_answers_only_one_succeeds(
    app: Flask, home: VettingGarden, elsewhere: Viewer
) -> None:
    garden = session.get_one(BusinessGarden, elsewhere.organisation_id)
    judges = [factories.member(garden, "curator") for _number in range(6)]
    _made, owner, item = refused_supplier(home)
    number = use_cases.appeal(owner, item.id, APPEAL).id

    def answer(place: int) -> Appeal:
        return use_cases.answer_appeal(
            judges[place], number, "grant" if place % 2 else "uphold", "Slik er det."
        )

    results = run_concurrently(app, answer, len(judges))
    assert sum(isinstance(result, Appeal) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 5
    assert session.query(Notice).filter_by(user_id=owner.user_id, kind="appeal_decided").count() == 1


@pytest.mark.both_databases
def test_concurrent_appeals_create_one_row(app: Flask, home: VettingGarden, elsewhere: Viewer) -> None:
    _made, owner, item = refused_supplier(home)
    number = item.id
    results = run_concurrently(app, lambda _place: use_cases.appeal(owner, number, APPEAL), 6)
    assert sum(isinstance(result, Appeal) for result in results) == 1
    assert session.query(Appeal).count() == 1

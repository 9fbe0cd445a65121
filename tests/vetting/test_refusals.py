"""Refusals: proposal, confirmation, return and withdrawal, what the supplier sees and when, and races."""

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice
from marketplace.vetting import use_cases
from marketplace.vetting.models import Refusal
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.suppliers import REASON, VettingGarden, applicant, checklist, propose_refusal, vetting_of
from tests.support.concurrency import run_concurrently
from tests.support.notices import notice_kinds


def test_proposed_refusal_is_hidden_from_supplier_until_confirmed(
    home: VettingGarden, second: Viewer
) -> None:
    made, owner = applicant()
    item = vetting_of(made)
    before = notice_kinds(owner)
    refusal = propose_refusal(home, item)
    assert (vetting_of(made).state, notice_kinds(owner)) == ("submitted", before)
    assert [step.to_state for step in vetting_of(made).decisions] == ["submitted"]
    assert notice_kinds(second)[-1:] == ["refusal_proposed"]
    use_cases.answer_refusal(second, refusal.id, "confirm")
    item = vetting_of(made)
    assert (item.state, item.decided_by_id, item.reason) == ("refused", second.user_id, REASON)
    assert [step.to_state for step in item.decisions] == ["submitted", "refused"]
    assert item.decisions[-1].checklist["case"] == {"met": False, "note": "for tynt"}
    assert notice_kinds(owner) == [*before, "vetting_decided"]
    assert REASON in session.query(Notice).filter_by(user_id=owner.user_id, kind="vetting_decided").one().body
    assert notice_kinds(home.curator)[-1] == "refusal_answered"
    acts = [event.action for event in session.query(AuditEvent).order_by(AuditEvent.id)]
    assert acts[-2:] == ["vetting.propose_refusal", "vetting.refuse"]


def test_returned_refusal_reopens_application_with_explanation(home: VettingGarden, second: Viewer) -> None:
    made, owner = applicant()
    before = notice_kinds(owner)
    refusal = propose_refusal(home, vetting_of(made))
    with pytest.raises(RuleBroken) as empty:
        use_cases.answer_refusal(second, refusal.id, "return", "  ")
    assert empty.value.field == "text"
    use_cases.answer_refusal(second, refusal.id, "return", "Jobben er god nok, jeg har sett den.")
    item = vetting_of(made)
    assert (item.state, notice_kinds(owner)) == ("submitted", before)
    told = session.query(Notice).filter_by(user_id=home.curator.user_id, kind="refusal_answered").one()
    assert "Jobben er god nok" in told.body
    use_cases.decide(home.curator, item.id, Decision("approve", item.revision, checklist("ecm")))
    assert vetting_of(made).state == "approved"


@pytest.mark.both_databases
def test_database_rejects_second_open_proposal(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    first = propose_refusal(home, vetting_of(made))
    same = {"vetting_id": first.vetting_id, "garden_id": first.garden_id, "reason": "Nei."}
    session.add(Refusal(**same, proposed_by_id=second.user_id))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_approved_vetting_cannot_be_refused(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant(approved_by=home.curator)
    item = vetting_of(made)
    before = (item.state, item.revision)
    with pytest.raises(RuleBroken, match="Dette kan ikke gjøres med søknaden slik den er nå") as told:
        propose_refusal(home, item)
    assert told.value.field == "decision"
    item = vetting_of(made)
    assert (item.state, item.revision) == before
    assert session.query(Refusal).count() == 0
    assert "refusal_proposed" not in notice_kinds(second)


def test_only_proposer_can_withdraw_refusal(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    refusal = propose_refusal(home, vetting_of(made))
    with pytest.raises(RuleBroken, match="Bare den som foreslo det, kan trekke det tilbake"):
        use_cases.answer_refusal(second, refusal.id, "withdraw")
    with pytest.raises(NotFound):
        use_cases.answer_refusal(home.curator, refusal.id + 1, "withdraw")
    session.expire_all()
    assert (refusal.state, refusal.decided_by_id) == ("proposed", None)
    use_cases.answer_refusal(home.curator, refusal.id, "withdraw")
    assert session.get_one(Refusal, refusal.id).state == "withdrawn"


def test_pending_refusal_blocks_other_decisions(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    item = vetting_of(made)
    refusal = propose_refusal(home, item)
    for viewer in (home.curator, second):
        with pytest.raises(Conflict) as told:
            use_cases.decide(viewer, item.id, Decision("approve", item.revision, checklist("ecm")))
        assert "Ingrid Vognill" in told.value.message
        assert use_cases.approve_all(viewer, made.id) == []
    with pytest.raises(Conflict):
        propose_refusal(home, item)
    use_cases.answer_refusal(home.curator, refusal.id, "withdraw")
    assert [item.id for item in use_cases.approve_all(second, made.id)] == [refusal.vetting_id]


def test_resubmission_supersedes_proposed_refusal(home: VettingGarden, second: Viewer) -> None:
    made, owner = applicant()
    item = vetting_of(made)
    use_cases.decide(home.curator, item.id, Decision("ask", 1, checklist("ecm", case=""), "Fortell mer."))
    refusal = propose_refusal(home, vetting_of(made))
    use_cases.submit_again(owner, item.id, "Her er en jobb til.")
    assert session.get_one(Refusal, refusal.id).state == "withdrawn"
    with pytest.raises(Conflict):
        use_cases.answer_refusal(second, refusal.id, "confirm")
    assert vetting_of(made).state == "submitted"


def test_transfer_supersedes_proposed_refusal(home: VettingGarden, second: Viewer, elsewhere: Viewer) -> None:
    made, _owner = applicant()
    refusal = propose_refusal(home, vetting_of(made))
    move = use_cases.request_transfer(
        home.curator, made.id, elsewhere.organisation_id or 0, "Flyttet til kysten."
    )
    use_cases.answer_transfer(elsewhere, move.id, agree=True)
    with pytest.raises(Conflict):
        use_cases.answer_refusal(second, refusal.id, "confirm")


@pytest.mark.both_databases
def test_concurrent_refusal_answers_only_one_succeeds(app: Flask, home: VettingGarden) -> None:
    second_reviewers = [factories.member(home.garden, "curator") for _number in range(8)]
    made, owner = applicant()
    refusal = propose_refusal(home, vetting_of(made))
    number = refusal.id

    def answer(place: int) -> Refusal:
        move = "confirm" if place % 2 else "return"
        return use_cases.answer_refusal(second_reviewers[place], number, move, "Jeg er uenig.")

    results = run_concurrently(app, answer, len(second_reviewers))
    assert sum(isinstance(result, Refusal) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 7
    confirmed = session.get_one(Refusal, number).state == "confirmed"
    assert vetting_of(made).state == ("refused" if confirmed else "submitted")
    assert notice_kinds(owner).count("vetting_decided") == int(confirmed)


@pytest.mark.both_databases
def test_concurrent_proposals_create_one_refusal(app: Flask, home: VettingGarden) -> None:
    curators = [factories.member(home.garden, "curator") for _number in range(6)]
    made, _owner = applicant()
    item_id = vetting_of(made).id

    def act(place: int) -> object:
        decision = Decision(
            "refuse" if place % 2 else "approve",
            1,
            checklist("ecm", **({"case": ""} if place % 2 else {})),
            REASON,
        )
        use = use_cases.propose_refusal if place % 2 else use_cases.decide
        return use(curators[place], item_id, decision)

    results = run_concurrently(app, act, len(curators))
    assert sum(isinstance(result, Conflict) for result in results) == 5
    open_ones = session.query(Refusal).filter_by(state="proposed").count()
    assert (vetting_of(made).state, open_ones) in {("approved", 0), ("submitted", 1)}

"""Refusals: two curators, what the supplier sees and when, and races."""

import datetime as dt
import re

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership
from marketplace.organisations.queries import viewer_for
from marketplace.outbox.models import Notice
from marketplace.vetting import queries, use_cases
from marketplace.vetting.models import ConflictOfInterest, Refusal, Vetting
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.suppliers import VettingGarden, applicant, checklist, vetting_garden, vetting_of
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently
from tests.support.interleaving import interleave

REASON = "Vi fant ingen oppdrag vi kunne etterprøve."


@pytest.fixture
def home(app: Flask) -> VettingGarden:
    return vetting_garden()


@pytest.fixture
def second(home: VettingGarden) -> Viewer:
    return factories.member(home.garden, "curator", name="Anders Skorem")


@pytest.fixture
def elsewhere(home: VettingGarden) -> Viewer:
    """A curator of a distant garden."""
    other = factories.garden("Kystriket", municipality_number="5056", covered_municipalities=["5056"])
    return factories.member(other, "curator", name="Oddny Strøm")


def proposed(home: VettingGarden, item: Vetting, reason: str = REASON) -> Refusal:
    decision = Decision("refuse", item.revision, checklist(item.category, case="for tynt"), reason)
    return use_cases.propose_refusal(home.curator, item.id, decision)


def kinds(viewer: Viewer) -> list[str]:
    query = session.query(Notice).filter_by(user_id=viewer.user_id).order_by(Notice.id)
    return [notice.kind for notice in query]


def test_proposed_refusal_is_hidden_from_supplier_until_confirmed(
    home: VettingGarden, second: Viewer
) -> None:
    made, owner = applicant()
    item = vetting_of(made)
    before = kinds(owner)
    refusal = proposed(home, item)
    assert (vetting_of(made).state, kinds(owner)) == ("submitted", before)
    assert [step.to_state for step in vetting_of(made).decisions] == ["submitted"]
    assert kinds(second)[-1:] == ["refusal_proposed"]
    use_cases.answer_refusal(second, refusal.id, "confirm")
    item = vetting_of(made)
    assert (item.state, item.decided_by_id, item.reason) == ("refused", second.user_id, REASON)
    assert [step.to_state for step in item.decisions] == ["submitted", "refused"]
    assert item.decisions[-1].checklist["case"] == {"met": False, "note": "for tynt"}
    assert kinds(owner) == [*before, "vetting_decided"]
    assert REASON in session.query(Notice).filter_by(user_id=owner.user_id, kind="vetting_decided").one().body
    assert kinds(home.curator)[-1] == "refusal_answered"
    acts = [event.action for event in session.query(AuditEvent).order_by(AuditEvent.id)]
    assert acts[-2:] == ["vetting.propose_refusal", "vetting.refuse"]


def test_returned_refusal_reopens_application_with_explanation(home: VettingGarden, second: Viewer) -> None:
    made, owner = applicant()
    before = kinds(owner)
    refusal = proposed(home, vetting_of(made))
    with pytest.raises(RuleBroken) as empty:
        use_cases.answer_refusal(second, refusal.id, "return", "  ")
    assert empty.value.field == "text"
    use_cases.answer_refusal(second, refusal.id, "return", "Jobben er god nok, jeg har sett den.")
    item = vetting_of(made)
    assert (item.state, kinds(owner)) == ("submitted", before)
    told = session.query(Notice).filter_by(user_id=home.curator.user_id, kind="refusal_answered").one()
    assert "Jobben er god nok" in told.body
    use_cases.decide(home.curator, item.id, Decision("approve", item.revision, checklist("ecm")))
    assert vetting_of(made).state == "approved"


@pytest.mark.parametrize("role", ["curator", "moved over"])
def test_proposer_cannot_confirm_own_refusal(
    home: VettingGarden, second: Viewer, elsewhere: Viewer, role: str
) -> None:
    """Being curator in two gardens does not help: the person counts, not the role."""
    made, _owner = applicant()
    refusal = proposed(home, vetting_of(made))
    viewer = home.curator
    if role == "moved over":
        refusal.second_garden_id = elsewhere.organisation_id
        user = session.get_one(User, home.curator.user_id)
        row = Membership(user_id=user.id, organisation_id=elsewhere.organisation_id, role="curator")
        session.add(row)
        session.flush()
        viewer = viewer_for(user, row)
    for move in ("confirm", "return"):
        with pytest.raises(RuleBroken):
            use_cases.answer_refusal(viewer, refusal.id, move, "Fordi.")
    assert vetting_of(made).state == "submitted"


def test_database_rejects_same_proposer_and_confirmer(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    refusal = proposed(home, vetting_of(made))
    refusal.state, refusal.decided_by_id = "confirmed", refusal.proposed_by_id
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_database_rejects_second_open_proposal(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    first = proposed(home, vetting_of(made))
    same = {"vetting_id": first.vetting_id, "garden_id": first.garden_id, "reason": "Nei."}
    session.add(Refusal(**same, proposed_by_id=second.user_id))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_conflicted_curator_can_neither_propose_nor_confirm(home: VettingGarden, second: Viewer) -> None:
    third = factories.member(home.garden, "curator")
    made, _owner = applicant()
    use_cases.declare_conflict(second, made.id, "family")
    item = vetting_of(made)
    decision = Decision("refuse", item.revision, checklist("ecm", case=""), REASON)
    with pytest.raises(RuleBroken):
        use_cases.propose_refusal(second, item.id, decision)
    refusal = proposed(home, item)
    assert "refusal_proposed" not in kinds(second)
    assert "refusal_proposed" in kinds(third)
    assert queries.refusals_to_confirm(second) == []
    for move in ("confirm", "return", "withdraw"):
        with pytest.raises(RuleBroken):
            use_cases.answer_refusal(second, refusal.id, move, "Fordi.")
    use_cases.answer_refusal(third, refusal.id, "confirm")


def test_lone_curator_refusal_is_confirmed_by_another_garden(home: VettingGarden, elsewhere: Viewer) -> None:
    nearer = factories.member(
        factories.garden("Elvekroken", municipality_number="5022", covered_municipalities=[]), "curator"
    )
    tied = factories.member(
        factories.garden("Enda nærmere", municipality_number="5021", covered_municipalities=[]), "curator"
    )
    made, _owner = applicant()
    use_cases.declare_conflict(tied, made.id, "board")
    refusal = proposed(home, vetting_of(made))
    assert refusal.second_garden_id == nearer.organisation_id
    assert (len(queries.refusals_to_confirm(nearer)), kinds(nearer)) == (1, ["refusal_proposed"])
    assert queries.refusals_to_confirm(elsewhere) == queries.refusals_to_confirm(tied) == []
    for outsider in (elsewhere, tied, factories.member(factories.company())):
        with pytest.raises(NotFound):
            use_cases.answer_refusal(outsider, refusal.id, "confirm")
    use_cases.answer_refusal(nearer, refusal.id, "confirm")
    assert vetting_of(made).state == "refused"


def test_refusal_without_possible_second_curator_is_rejected(home: VettingGarden) -> None:
    made, _owner = applicant()
    with pytest.raises(RuleBroken):
        proposed(home, vetting_of(made))
    assert session.query(Refusal).count() == 0


def test_approved_vetting_cannot_be_refused(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant(approved_by=home.curator)
    item = vetting_of(made)
    before = (item.state, item.revision)
    with pytest.raises(RuleBroken, match="Dette kan ikke gjøres med søknaden slik den er nå") as told:
        proposed(home, item)
    assert told.value.field == "decision"
    item = vetting_of(made)
    assert (item.state, item.revision) == before
    assert session.query(Refusal).count() == 0
    assert "refusal_proposed" not in kinds(second)


def test_only_proposer_can_withdraw_refusal(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    refusal = proposed(home, vetting_of(made))
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
    refusal = proposed(home, item)
    for viewer in (home.curator, second):
        with pytest.raises(Conflict) as told:
            use_cases.decide(viewer, item.id, Decision("approve", item.revision, checklist("ecm")))
        assert "Ingrid Vognill" in told.value.message
        assert use_cases.approve_all(viewer, made.id) == []
    with pytest.raises(Conflict):
        proposed(home, item)
    use_cases.answer_refusal(home.curator, refusal.id, "withdraw")
    assert [item.id for item in use_cases.approve_all(second, made.id)] == [refusal.vetting_id]


def test_resubmission_supersedes_proposed_refusal(home: VettingGarden, second: Viewer) -> None:
    made, owner = applicant()
    item = vetting_of(made)
    use_cases.decide(home.curator, item.id, Decision("ask", 1, checklist("ecm", case=""), "Fortell mer."))
    refusal = proposed(home, vetting_of(made))
    use_cases.submit_again(owner, item.id, "Her er en jobb til.")
    assert session.get_one(Refusal, refusal.id).state == "withdrawn"
    with pytest.raises(Conflict):
        use_cases.answer_refusal(second, refusal.id, "confirm")
    assert vetting_of(made).state == "submitted"


def test_transfer_supersedes_proposed_refusal(home: VettingGarden, second: Viewer, elsewhere: Viewer) -> None:
    made, _owner = applicant()
    refusal = proposed(home, vetting_of(made))
    move = use_cases.request_transfer(
        home.curator, made.id, elsewhere.organisation_id or 0, "Flyttet til kysten."
    )
    use_cases.answer_transfer(elsewhere, move.id, agree=True)
    with pytest.raises(Conflict):
        use_cases.answer_refusal(second, refusal.id, "confirm")


def test_concurrent_refusal_answers_only_one_succeeds(app: Flask, home: VettingGarden) -> None:
    second_reviewers = [factories.member(home.garden, "curator") for _number in range(8)]
    made, owner = applicant()
    refusal = proposed(home, vetting_of(made))
    number = refusal.id

    def answer(place: int) -> Refusal:
        move = "confirm" if place % 2 else "return"
        return use_cases.answer_refusal(second_reviewers[place], number, move, "Jeg er uenig.")

    results = run_concurrently(app, answer, len(second_reviewers))
    assert sum(isinstance(result, Refusal) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 7
    confirmed = session.get_one(Refusal, number).state == "confirmed"
    assert vetting_of(made).state == ("refused" if confirmed else "submitted")
    assert kinds(owner).count("vetting_decided") == int(confirmed)


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


def test_refusal_reminder_is_sent_once_after_five_working_days(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    proposed(home, vetting_of(made))
    assert use_cases.remind_second_reviewers() == 0
    with clock.as_of(clock.now() + dt.timedelta(days=12)):
        assert use_cases.remind_second_reviewers() == 1
        assert use_cases.remind_second_reviewers() == 0
    assert kinds(second).count("refusal_proposed") == 2


def test_refusal_answered_during_reminder_run_gets_no_reminder(
    app: Flask, home: VettingGarden, second: Viewer
) -> None:
    made, _owner = applicant()
    number = proposed(home, vetting_of(made)).id
    late = clock.now() + dt.timedelta(days=12)
    with (
        clock.as_of(late),
        interleave(app, "SELECT refusal.id", lambda: use_cases.answer_refusal(second, number, "confirm")),
    ):
        assert use_cases.remind_second_reviewers() == 0
    refusal = session.get_one(Refusal, number)
    assert (refusal.state, refusal.reminded_at) == ("confirmed", None)
    assert kinds(second).count("refusal_proposed") == 1


def test_new_conflict_of_second_curator_asks_another_garden(
    home: VettingGarden, second: Viewer, elsewhere: Viewer
) -> None:
    made, _owner = applicant()
    refusal = proposed(home, vetting_of(made))
    session.add(ConflictOfInterest(user_id=second.user_id, supplier_id=made.id, kind="paid"))
    session.commit()
    assert use_cases.remind_second_reviewers() == 1
    assert use_cases.remind_second_reviewers() == 0
    assert session.get_one(Refusal, refusal.id).second_garden_id == elsewhere.organisation_id
    assert kinds(elsewhere) == ["refusal_proposed"]
    use_cases.answer_refusal(elsewhere, refusal.id, "confirm")


def test_refusal_without_second_curator_left_stays_pending(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    refusal = proposed(home, vetting_of(made))
    session.add(ConflictOfInterest(user_id=second.user_id, supplier_id=made.id, kind="paid"))
    session.commit()
    before = kinds(second)
    with clock.as_of(clock.now() + dt.timedelta(days=12)):
        assert use_cases.remind_second_reviewers() == 0
    refusal = session.get_one(Refusal, refusal.id)
    assert (refusal.state, refusal.second_garden_id, refusal.reminded_at) == ("proposed", None, None)
    assert kinds(second) == before


def test_adviser_reads_refusal_and_cannot_answer(home: VettingGarden, second: Viewer) -> None:
    made, owner = applicant()
    refusal = proposed(home, vetting_of(made))
    with pytest.raises(Forbidden):
        use_cases.answer_refusal(factories.member(home.garden, "adviser"), refusal.id, "confirm")
    with pytest.raises(NotFound):
        use_cases.answer_refusal(owner, refusal.id, "confirm")


def test_refusal_page_access_by_role(app: Flask, home: VettingGarden, elsewhere: Viewer) -> None:
    made, owner = applicant()
    colleague = factories.member(made, "member")
    refusal = proposed(home, vetting_of(made))
    aside = factories.member(session.get_one(type(home.garden), elsewhere.organisation_id), "adviser")
    third = factories.member(
        factories.garden("Tredje", municipality_number="5014", covered_municipalities=[]), "curator"
    )
    expected = {
        home.curator: 200, factories.member(home.garden, "adviser"): 200, elsewhere: 200, aside: 404, third: 404,
        owner: 403, colleague: 403, factories.member(factories.company()): 403, factories.administrator(): 403,
    }  # fmt: skip
    found = {
        viewer: app.test_client()
        .sign_in(viewer.user_id or 0)
        .get(f"/vetting/refusals/{refusal.id}")
        .status_code
        for viewer in expected
    }
    assert found == expected
    assert (
        app.test_client().sign_in(elsewhere.user_id or 0).get(f"/vetting/{refusal.vetting_id}").status_code
        == 404
    )
    profile = app.test_client().sign_in(owner.user_id or 0).page("/profile").text
    assert REASON not in profile
    assert "for tynt" not in profile


@pytest.mark.one_database
@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_refusal_pages_in_every_language(
    home: VettingGarden, elsewhere: Viewer, app: Flask, locale: str
) -> None:
    made, owner = applicant()
    item = vetting_of(made)
    first, other, own = (
        app.test_client().sign_in(person.user_id or 0) for person in (home.curator, elsewhere, owner)
    )
    for browser in (first, other, own):
        browser.get(f"/language/{locale}")
    form = {f"met_{code}": "no" if code == "case" else "yes" for code in checklist("ecm")}
    form |= {"revision": str(item.revision), "reason": REASON, "decision": "refuse"}
    assert first.post(f"/vetting/{item.id}", data=form).status_code == 303
    refusal = session.query(Refusal).one()
    path = f"/vetting/refusals/{refusal.id}"
    assert path in other.get("/vetting").text
    assert path in other.get("/home").text
    assert path not in first.get("/home").text
    assert path in first.get(f"/vetting/{item.id}").text
    assert 'value="withdraw"' in first.get(path).text
    assert first.post(path, data={"decision": "confirm"}).status_code == 422
    assert "error-summary" in other.post(path, data={"decision": "return"}).text
    assert "error-summary" in other.post(path, data={"decision": "sell"}).text
    assert other.post(path, data={"decision": "confirm"}).status_code == 303
    assert first.post(path, data={"decision": "withdraw"}).status_code == 303, "too late, and it is said"
    assert session.get_one(Refusal, refusal.id).state == "confirmed"
    assert REASON in own.page("/profile").text
    assert re.search(r"Anders|Oddny Strøm", first.page(f"/vetting/{item.id}").text)


def test_answered_refusal_is_explained_to_other_garden(
    home: VettingGarden, elsewhere: Viewer, client: Browser
) -> None:
    made, _owner = applicant()
    path = f"/vetting/refusals/{proposed(home, vetting_of(made)).id}"
    client.sign_in(elsewhere.user_id or 0)
    assert client.get(path).status_code == 200
    use_cases.answer_refusal(home.curator, int(path.rsplit("/", 1)[1]), "withdraw")
    assert client.post(path, data={"decision": "confirm"}).status_code == 404
    explained = client.page(path).text
    assert REASON not in explained


def test_garden_with_supplier_number_is_never_second_reviewer(home: VettingGarden, elsewhere: Viewer) -> None:
    same = factories.garden(
        "Nabohagen", municipality_number="5022", covered_municipalities=[], organisation_number="310000388"
    )
    itself = factories.member(same, "curator")
    made, _owner = applicant(organisation_number="310000388")
    refusal = proposed(home, vetting_of(made))
    assert refusal.second_garden_id == elsewhere.organisation_id
    refusal.second_garden_id = same.id
    session.commit()
    assert queries.refusals_to_confirm(itself) == []
    with pytest.raises(RuleBroken):
        use_cases.answer_refusal(itself, refusal.id, "confirm")

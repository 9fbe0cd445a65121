"""The second reviewer of a refusal: who can confirm it, conflicts of interest, and reminders."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership
from marketplace.organisations.queries import viewer_for
from marketplace.vetting import queries, use_cases
from marketplace.vetting.models import ConflictOfInterest, Refusal
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.suppliers import REASON, VettingGarden, applicant, checklist, propose_refusal, vetting_of
from tests.support.interleaving import interleave
from tests.support.notices import notice_kinds


@pytest.mark.parametrize("role", ["curator", "moved over"])
def test_proposer_cannot_confirm_own_refusal(
    home: VettingGarden, second: Viewer, elsewhere: Viewer, role: str
) -> None:
    """Being curator in two gardens does not help: the person counts, not the role."""
    made, _owner = applicant()
    refusal = propose_refusal(home, vetting_of(made))
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


@pytest.mark.both_databases
def test_database_rejects_same_proposer_and_confirmer(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    refusal = propose_refusal(home, vetting_of(made))
    refusal.state, refusal.decided_by_id = "confirmed", refusal.proposed_by_id
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
    refusal = propose_refusal(home, item)
    assert "refusal_proposed" not in notice_kinds(second)
    assert "refusal_proposed" in notice_kinds(third)
    assert queries.pending_reviews(second).refusals == []
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
    refusal = propose_refusal(home, vetting_of(made))
    assert refusal.second_garden_id == nearer.organisation_id
    assert (len(queries.pending_reviews(nearer).refusals), notice_kinds(nearer)) == (1, ["refusal_proposed"])
    assert queries.pending_reviews(elsewhere).refusals == queries.pending_reviews(tied).refusals == []
    for outsider in (elsewhere, tied, factories.member(factories.company())):
        with pytest.raises(NotFound):
            use_cases.answer_refusal(outsider, refusal.id, "confirm")
    use_cases.answer_refusal(nearer, refusal.id, "confirm")
    assert vetting_of(made).state == "refused"


def test_refusal_without_possible_second_curator_is_rejected(home: VettingGarden) -> None:
    made, _owner = applicant()
    with pytest.raises(RuleBroken):
        propose_refusal(home, vetting_of(made))
    assert session.query(Refusal).count() == 0


def test_refusal_reminder_is_sent_once_after_five_working_days(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    propose_refusal(home, vetting_of(made))
    assert use_cases.remind_second_reviewers() == 0
    with clock.as_of(clock.now() + dt.timedelta(days=12)):
        assert use_cases.remind_second_reviewers() == 1
        assert use_cases.remind_second_reviewers() == 0
    assert notice_kinds(second).count("refusal_proposed") == 2


@pytest.mark.both_databases
def test_refusal_answered_during_reminder_run_gets_no_reminder(
    app: Flask, home: VettingGarden, second: Viewer
) -> None:
    made, _owner = applicant()
    number = propose_refusal(home, vetting_of(made)).id
    late = clock.now() + dt.timedelta(days=12)
    with (
        clock.as_of(late),
        interleave(app, "SELECT refusal.id", lambda: use_cases.answer_refusal(second, number, "confirm")),
    ):
        assert use_cases.remind_second_reviewers() == 0
    refusal = session.get_one(Refusal, number)
    assert (refusal.state, refusal.reminded_at) == ("confirmed", None)
    assert notice_kinds(second).count("refusal_proposed") == 1


def test_new_conflict_of_second_curator_asks_another_garden(
    home: VettingGarden, second: Viewer, elsewhere: Viewer
) -> None:
    made, _owner = applicant()
    refusal = propose_refusal(home, vetting_of(made))
    session.add(ConflictOfInterest(user_id=second.user_id, supplier_id=made.id, kind="paid"))
    session.commit()
    assert use_cases.remind_second_reviewers() == 1
    assert use_cases.remind_second_reviewers() == 0
    assert session.get_one(Refusal, refusal.id).second_garden_id == elsewhere.organisation_id
    assert notice_kinds(elsewhere) == ["refusal_proposed"]
    use_cases.answer_refusal(elsewhere, refusal.id, "confirm")


def test_garden_that_takes_over_an_old_refusal_is_reminded_after_its_own_five_days(
    home: VettingGarden, second: Viewer, elsewhere: Viewer
) -> None:
    made, _owner = applicant()
    propose_refusal(home, vetting_of(made))
    for days, sent in ((12, 1), (13, 1), (14, 0), (25, 1), (26, 0)):
        if days == 13:
            session.add(ConflictOfInterest(user_id=second.user_id, supplier_id=made.id, kind="paid"))
            session.commit()
        with clock.as_of(clock.now() + dt.timedelta(days=days)):
            assert (days, use_cases.remind_second_reviewers(), use_cases.remind_second_reviewers()) == (
                days,
                sent,
                0,
            )


def test_refusal_without_second_curator_left_stays_pending(home: VettingGarden, second: Viewer) -> None:
    made, _owner = applicant()
    refusal = propose_refusal(home, vetting_of(made))
    session.add(ConflictOfInterest(user_id=second.user_id, supplier_id=made.id, kind="paid"))
    session.commit()
    before = notice_kinds(second)
    with clock.as_of(clock.now() + dt.timedelta(days=12)):
        assert use_cases.remind_second_reviewers() == 0
    refusal = session.get_one(Refusal, refusal.id)
    assert (refusal.state, refusal.second_garden_id, refusal.reminded_at) == ("proposed", None, None)
    assert notice_kinds(second) == before


def test_garden_with_supplier_number_is_never_second_reviewer(home: VettingGarden, elsewhere: Viewer) -> None:
    same = factories.garden(
        "Nabohagen", municipality_number="5022", covered_municipalities=[], organisation_number="310000388"
    )
    itself = factories.member(same, "curator")
    made, _owner = applicant(organisation_number="310000388")
    refusal = propose_refusal(home, vetting_of(made))
    assert refusal.second_garden_id == elsewhere.organisation_id
    refusal.second_garden_id = same.id
    session.commit()
    assert queries.pending_reviews(itself).refusals == []
    with pytest.raises(RuleBroken):
        use_cases.answer_refusal(itself, refusal.id, "confirm")

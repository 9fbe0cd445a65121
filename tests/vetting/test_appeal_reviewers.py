"""The garden and the curator that answer an appeal: independence, conflicts of interest, and reminders."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden, Membership
from marketplace.organisations.queries import viewer_for
from marketplace.outbox.models import Notice
from marketplace.vetting import queries, use_cases
from marketplace.vetting.models import Appeal, ConflictOfInterest
from tests import factories
from tests.factories.suppliers import APPEAL, VettingGarden, applicant, refuse, refused_supplier, vetting_of
from tests.support.interleaving import interleave
from tests.support.notices import notices_to


def third_curator() -> Viewer:
    """Return a curator of a garden that covers nothing, but can decide appeals."""
    garden = factories.garden("Tredje", municipality_number="5014", covered_municipalities=[])
    return factories.member(garden, "curator")


def test_involved_or_conflicted_curator_cannot_decide_appeal(home: VettingGarden, elsewhere: Viewer) -> None:
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
    found = use_cases.appeal(owner, item.id, APPEAL)
    assert found.garden_id == elsewhere.organisation_id
    for viewer in (confirmer, colleague, tied, home.curator):
        with pytest.raises(NotFound):
            use_cases.answer_appeal(viewer, found.id, "grant", "Greit nok.")
    user = session.get_one(User, home.curator.user_id)
    row = Membership(user_id=user.id, organisation_id=elsewhere.organisation_id, role="curator")
    session.add(row)
    session.flush()
    with pytest.raises(RuleBroken):
        use_cases.answer_appeal(viewer_for(user, row), found.id, "uphold", "Jeg mener det samme nå.")
    use_cases.declare_conflict(elsewhere, made.id, "paid")
    with pytest.raises(RuleBroken):
        use_cases.answer_appeal(elsewhere, found.id, "grant", "Greit nok.")
    assert queries.pending_reviews(elsewhere).appeals == []


def test_adviser_cannot_decide_and_unknown_appeal_is_404(home: VettingGarden, elsewhere: Viewer) -> None:
    _made, owner, item = refused_supplier(home)
    found = use_cases.appeal(owner, item.id, APPEAL)
    adviser = factories.member(session.get_one(BusinessGarden, elsewhere.organisation_id), "adviser")
    with pytest.raises(Forbidden):
        use_cases.answer_appeal(adviser, found.id, "grant", "Greit nok.")
    with pytest.raises(NotFound):
        use_cases.answer_appeal(elsewhere, found.id + 1, "grant", "Greit nok.")
    session.expire_all()
    assert (found.state, found.decided_by_id, item.state) == ("waiting", None, "refused")


def test_appeal_without_independent_garden_notifies_administrator(home: VettingGarden) -> None:
    administrator = factories.administrator()
    _made, owner, item = refused_supplier(home)
    found = use_cases.appeal(owner, item.id, APPEAL)
    assert found.garden_id is None
    assert "Inviter" in notices_to(administrator)[-1].body
    assert use_cases.remind_of_appeals() == 0
    late = factories.member(
        factories.garden("Ny hage", municipality_number="5025", covered_municipalities=[]), "curator"
    )
    session.commit()
    assert use_cases.remind_of_appeals() == 1
    assert session.get_one(Appeal, found.id).garden_id == late.organisation_id
    assert notices_to(late)[-1].kind == "appeal_came"
    use_cases.answer_appeal(late, found.id, "uphold", "Vi kommer til det samme.")


def test_new_conflict_reassigns_appeal_and_reminder_is_sent_once(
    home: VettingGarden, elsewhere: Viewer
) -> None:
    third = third_curator()
    made, owner, item = refused_supplier(home)
    found = use_cases.appeal(owner, item.id, APPEAL)
    asked, other = (elsewhere, third) if found.garden_id == elsewhere.organisation_id else (third, elsewhere)
    session.add(ConflictOfInterest(user_id=asked.user_id, supplier_id=made.id, kind="paid"))
    session.commit()
    assert use_cases.remind_of_appeals() == 1
    assert session.get_one(Appeal, found.id).garden_id == other.organisation_id
    assert use_cases.remind_of_appeals() == 0
    with clock.as_of(clock.now() + dt.timedelta(days=12)):
        assert use_cases.remind_of_appeals() == 1
        assert use_cases.remind_of_appeals() == 0


def test_garden_that_takes_over_an_old_appeal_is_reminded_after_its_own_five_days(
    home: VettingGarden, elsewhere: Viewer
) -> None:
    third = third_curator()
    made, owner, item = refused_supplier(home)
    found = use_cases.appeal(owner, item.id, APPEAL)
    asked = elsewhere if found.garden_id == elsewhere.organisation_id else third
    for days, sent in ((12, 1), (13, 1), (14, 0), (25, 1), (26, 0)):
        if days == 13:
            session.add(ConflictOfInterest(user_id=asked.user_id, supplier_id=made.id, kind="paid"))
            session.commit()
        with clock.as_of(clock.now() + dt.timedelta(days=days)):
            assert (days, use_cases.remind_of_appeals(), use_cases.remind_of_appeals()) == (days, sent, 0)


@pytest.mark.both_databases
def test_appeal_answered_during_reminder_run_gets_no_reminder(
    app: Flask, home: VettingGarden, elsewhere: Viewer
) -> None:
    _made, owner, item = refused_supplier(home)
    number = use_cases.appeal(owner, item.id, APPEAL).id
    late = clock.now() + dt.timedelta(days=12)
    with (
        clock.as_of(late),
        interleave(
            app,
            "SELECT appeal.id",
            lambda: use_cases.answer_appeal(elsewhere, number, "uphold", "Vi ser det samme."),
        ),
    ):
        assert use_cases.remind_of_appeals() == 0
    found = session.get_one(Appeal, number)
    assert (found.state, found.reminded_at) == ("stands", None)
    assert session.query(Notice).filter_by(user_id=elsewhere.user_id, kind="appeal_came").count() == 1


def test_reminder_of_an_appeal_names_the_refusing_garden_after_a_transfer(
    home: VettingGarden, elsewhere: Viewer
) -> None:
    near = factories.garden("Nabo", municipality_number="5022", covered_municipalities=[])
    reviewer = factories.member(near, "curator")
    made, owner, item = refused_supplier(home)
    use_cases.appeal(owner, item.id, APPEAL)
    move = use_cases.request_transfer(
        home.curator, made.id, elsewhere.organisation_id or 0, "Flyttet til kysten."
    )
    use_cases.answer_transfer(elsewhere, move.id, agree=True)
    with clock.as_of(clock.now() + dt.timedelta(days=15)):
        assert use_cases.remind_of_appeals() == 1
    assert f"{home.garden.name} har avslått" in notices_to(reviewer)[-1].body


def test_appeal_is_read_by_the_present_garden_after_a_transfer(
    home: VettingGarden, elsewhere: Viewer
) -> None:
    near = factories.garden("Nabo", municipality_number="5022", covered_municipalities=[])
    factories.member(near, "curator")
    made, owner, item = refused_supplier(home)
    appeal = use_cases.appeal(owner, item.id, APPEAL)
    assert queries.appeal_case(home.curator, appeal.id).actions == ()
    move = use_cases.request_transfer(
        home.curator, made.id, elsewhere.organisation_id or 0, "Flyttet til kysten."
    )
    use_cases.answer_transfer(elsewhere, move.id, agree=True)
    assert queries.appeal_case(elsewhere, appeal.id).actions == ()
    with pytest.raises(NotFound):
        queries.appeal_case(home.curator, appeal.id)


def test_closed_supplier_leaves_the_lists_and_reminders_of_reviewers(
    home: VettingGarden, elsewhere: Viewer
) -> None:
    """Its only owner has been erased, so nobody waits for the answers any more."""
    appealing, owner, item = refused_supplier(home)
    use_cases.appeal(owner, item.id, APPEAL)
    leaving = applicant("Myrull Media")[0]
    use_cases.request_transfer(home.curator, leaving.id, elsewhere.organisation_id or 0, "Flyttet.")
    assert len(queries.pending_reviews(elsewhere).appeals) == len(queries.transfers(elsewhere)) == 1
    appealing.is_active = leaving.is_active = False
    session.commit()
    assert queries.pending_reviews(elsewhere).appeals == []
    assert queries.transfers(elsewhere) == []
    with clock.as_of(clock.now() + dt.timedelta(days=30)):
        assert use_cases.remind_of_appeals() == 0

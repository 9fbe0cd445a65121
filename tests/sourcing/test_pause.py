"""Pausing a brief that opened automatically: by whom, what suppliers see, and how it opens again or is closed."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.briefs import use_cases as briefs
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import deadline_calendar
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.outbox.models import Notice
from marketplace.sourcing import use_cases
from tests.sourcing.test_first_publication import state_of, stranger, submit

__all__ = ["stranger", "submit"]
REASON = "Vi når ikke bedriften på telefon."


@pytest.fixture
def opened(market, stranger, submit):
    """A brief that has opened automatically, with an invited supplier."""
    reference = submit()
    with clock.as_of(clock.now() + dt.timedelta(days=6)):
        assert use_cases.open_waiting_briefs() == 1
    use_cases.invite_suppliers(stranger, reference, [market.suppliers["Kvistverk"].id])
    return reference


def calendar_sequence(brief):
    return max(int(number) for number in re.findall(r"SEQUENCE:(\d+)", deadline_calendar(brief)))


def last_notice(viewer):
    query = select(Notice).where(Notice.user_id == viewer.user_id).order_by(Notice.id.desc()).limit(1)
    return session.scalars(query).one()


def test_garden_pauses_an_open_brief_and_everyone_involved_is_told(market, stranger, opened, sign_in):
    garden, supplier = sign_in(market.adviser), sign_in(market.people["Kvistverk"])
    path = f"/briefs/{opened}/pause"
    assert path in garden.get(f"/briefs/{opened}").text
    assert supplier.get(f"/briefs/{opened}").status_code == 200
    assert garden.post(path, data={"reason": ""}).status_code == 422
    assert garden.post(path, data={"reason": REASON}).status_code == 303
    assert state_of(opened) == "waiting"
    company_notice, supplier_notice = last_notice(stranger), last_notice(market.people["Kvistverk"])
    assert (company_notice.kind, supplier_notice.kind) == ("brief_paused", "brief_paused_supplier")
    assert REASON in company_notice.body
    assert REASON in supplier_notice.body
    assert "The brief is paused, while" in supplier.get(f"/briefs/{opened}").text
    assert opened not in supplier.get("/opportunities").text
    assert REASON in sign_in(stranger).get(f"/briefs/{opened}").text
    assert f"/briefs/{opened}/first-publication" in garden.get("/home").text
    page = garden.get(f"/briefs/{opened}").text
    assert "The brief does not open before the business garden has answered." in page
    assert "opens automatically" not in page
    assert "brief.pause" in session.scalars(select(AuditEvent.action)).all()


def test_paused_brief_opens_again_unchanged_when_the_garden_answers(market, stranger, opened):
    brief = session.scalars(select(Brief).where(Brief.reference == opened)).one()
    before, first_sequence = brief.deadline, calendar_sequence(brief)
    briefs.pause_first_publication(market.adviser, opened, REASON)
    with clock.as_of(clock.now() + dt.timedelta(days=40)):
        assert use_cases.open_waiting_briefs() == 0, "it does not open by itself"
        brief = use_cases.answer_first_publication(market.adviser, opened, "ok", "")
        assert (brief.state, len(brief.versions)) == ("published", 1)
        assert brief.deadline > clock.now() > before
        assert calendar_sequence(brief) > first_sequence, "calendars move the deadline"
    for viewer in (stranger, market.people["Kvistverk"]):
        assert last_notice(viewer).kind == "brief_open_again"


def test_owner_withdraws_a_paused_brief_that_the_garden_does_not_answer(market, stranger, opened, sign_in):
    briefs.pause_first_publication(market.adviser, opened, REASON)
    owner = sign_in(stranger)
    assert f"/briefs/{opened}/withdraw" in owner.get(f"/briefs/{opened}").text
    assert owner.post(f"/briefs/{opened}/withdraw", data={"reason": REASON}).status_code == 303
    assert state_of(opened) == "withdrawn"
    assert last_notice(market.people["Kvistverk"]).kind == "brief_withdrawn"
    assert f"/briefs/{opened}/first-publication" not in sign_in(market.adviser).get("/home").text


def test_brief_that_has_not_opened_becomes_a_draft_again_instead(stranger, submit, sign_in):
    reference = submit()
    owner = sign_in(stranger)
    assert f"/briefs/{reference}/withdraw" not in owner.get(f"/briefs/{reference}").text
    assert owner.post(f"/briefs/{reference}/withdraw", data={"reason": REASON}).status_code == 409
    assert state_of(reference) == "waiting"


def test_paused_brief_that_the_garden_refuses_is_closed_for_good(market, stranger, opened, sign_in):
    briefs.pause_first_publication(market.adviser, opened, REASON)
    with pytest.raises(Conflict):
        briefs.cancel_review(stranger, opened)
    use_cases.answer_first_publication(market.adviser, opened, "refused", "Bedriften finnes ikke.")
    assert state_of(opened) == "withdrawn"
    for viewer in (stranger, market.people["Kvistverk"]):
        assert last_notice(viewer).kind == "brief_stopped"
    page = sign_in(market.people["Kvistverk"]).get(f"/briefs/{opened}").text
    assert "The business garden has closed the brief" in page
    calendar = sign_in(market.people["Kvistverk"]).get(f"/briefs/{opened}/deadlines.ics").text
    assert "STATUS:CANCELLED" in calendar
    assert "STATUS:CONFIRMED" not in calendar


def test_only_the_garden_pauses_and_only_an_unchecked_company(market, stranger, opened, publish):
    for viewer, error in (
        (stranger, Forbidden),
        (market.elsewhere, NotFound),
        (market.people["Kvistverk"], Forbidden),
    ):
        with pytest.raises(error):
            briefs.pause_first_publication(viewer, opened, REASON)
    with pytest.raises(RuleBroken):
        briefs.pause_first_publication(market.adviser, opened, "Nei")
    with pytest.raises(Conflict):
        briefs.pause_first_publication(market.adviser, publish(), REASON)

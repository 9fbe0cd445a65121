"""Hours: recorded, corrected by new rows, and approved by another person."""

import datetime as dt

import pytest
import time_machine

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.dates import add_months
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.finance.forms import parse_hours
from marketplace.finance.models import HoursEntry
from marketplace.finance.queries.hours import hours_page
from marketplace.finance.use_cases.hours import HoursDetails, approve_hours, save_hours
from marketplace.finance.use_cases.hours_reminders import remind_of_hours
from marketplace.outbox.models import Notice
from marketplace.programme.models.projects import ProjectPerson
from marketplace.programme.queries.projects import project_for
from tests import factories
from tests.factories import finance, programme


@pytest.fixture
def adviser(garden):
    return factories.member(garden, "adviser")


def details(person, **values):
    given = {"month": clock.today().replace(day=1), "place_id": None, "activity": "course", "minutes": 450}
    return HoursDetails(user_id=person.user_id, **(given | values))


def minutes(viewer, project):
    return [row.entry.minutes for row in hours_page(viewer, project_for(viewer, project.slug)).rows]


def test_adviser_sees_own_hours_and_the_leader_all(project, leader, adviser):
    save_hours(adviser, project.slug, details(adviser))
    save_hours(leader, project.slug, details(leader, minutes=60))
    assert minutes(adviser, project) == [450]
    assert sorted(minutes(leader, project)) == [60, 450]


def test_adviser_cannot_record_hours_of_another(project, leader, adviser):
    with pytest.raises(RuleBroken):
        save_hours(adviser, project.slug, details(leader))


def test_own_hours_cannot_be_approved(project, leader):
    entry = save_hours(leader, project.slug, details(leader))
    assert approve_hours(leader, project.slug, [entry.id]) == 0
    assert entry.approved_at is None


@pytest.mark.parametrize("page", ["hours/approve", "aid"])
def test_text_that_is_no_id_is_ignored(app, project, leader, page):
    """No row can have 2**63 as its id; SQLite cannot even look for it."""
    browser = app.test_client().sign_in(leader.user_id)
    sent = {"id": [str(2**63), "\u00b2", "x"], "state": "paid", "amount": "5000", "on": str(clock.today())}
    answer = browser.post(f"/programme/{project.slug}/{page}", data=sent)
    assert answer.status_code == {"hours/approve": 303, "aid": 422}[page]


def test_leader_approves_and_a_correction_needs_a_new_approval(project, leader, adviser):
    entry = save_hours(adviser, project.slug, details(adviser))
    assert approve_hours(leader, project.slug, [entry.id]) == 1
    corrected = save_hours(adviser, project.slug, details(adviser, minutes=300), entry.id)
    assert (minutes(leader, project), corrected.approved_at) == ([300], None)
    assert session.get(HoursEntry, entry.id).minutes == 450


def test_second_correction_of_the_same_row_is_a_conflict(project, adviser):
    entry = save_hours(adviser, project.slug, details(adviser))
    save_hours(adviser, project.slug, details(adviser, minutes=300), entry.id)
    with pytest.raises(Conflict):
        save_hours(adviser, project.slug, details(adviser, minutes=200), entry.id)


def test_hours_of_zero_remove_an_entry(project, adviser):
    entry = save_hours(adviser, project.slug, details(adviser))
    save_hours(adviser, project.slug, details(adviser, minutes=0), entry.id)
    assert minutes(adviser, project) == []


def test_colleague_cannot_correct_hours_of_another(garden, project, adviser):
    entry = save_hours(adviser, project.slug, details(adviser))
    with pytest.raises(Forbidden):
        colleague = factories.member(garden, "adviser")
        save_hours(colleague, project.slug, details(colleague), entry.id)


def test_manager_of_a_place_approves_the_hours_there(garden, project, adviser):
    place = programme.place(project)
    manager = factories.member(garden, "adviser")
    since = dt.date(2026, 1, 1)
    session.add(
        ProjectPerson(
            project_id=project.id, user_id=manager.user_id, role="manager", place_id=place.id, since=since
        )
    )
    here = save_hours(adviser, project.slug, details(adviser, place_id=place.id))
    elsewhere = save_hours(adviser, project.slug, details(adviser))
    assert approve_hours(manager, project.slug, [here.id, elsewhere.id]) == 1
    assert minutes(manager, project) == [450]


def test_month_outside_the_project_is_refused(project, adviser):
    for month in (dt.date(2000, 1, 1), clock.today().replace(day=1) + dt.timedelta(days=32)):
        with pytest.raises(RuleBroken):
            save_hours(adviser, project.slug, details(adviser, month=month.replace(day=1)))


def test_project_that_has_not_begun_says_from_when_hours_can_be_recorded(app, project, adviser):
    project.starts_on = clock.today() + dt.timedelta(days=40)
    session.commit()
    page = app.test_client().sign_in(adviser.user_id).get(f"/programme/{project.slug}/hours/new")
    assert "Prosjektet begynner" in page.text
    assert 'name="month"' not in page.text


def test_another_garden_finds_no_hours(project, adviser):
    entry = finance.hours(project, adviser.user_id)
    other = factories.member(factories.garden("Fjellgløtt"), "curator")
    with pytest.raises(NotFound):
        save_hours(other, project.slug, details(other), entry.id)


def test_hours_are_typed_with_a_comma_and_kept_after_an_error(app, project, adviser):
    browser = app.test_client().sign_in(adviser.user_id)
    path = f"/programme/{project.slug}/hours/new"
    month = clock.today().replace(day=1).isoformat()
    form = {"user_id": adviser.user_id, "month": month, "activity": "course", "hours": "-7,5"}
    refused = browser.post(path, data=form)
    assert (refused.status_code, "-7,5" in refused.text) == (422, True)
    assert browser.post(path, data=form | {"hours": "7,5"}).status_code == 303
    assert session.query(HoursEntry.minutes).scalar() == 450
    assert "7,5" in browser.page(f"/programme/{project.slug}/hours").text


@pytest.mark.parametrize(
    ("text", "minutes"), [("7:30", 450), ("7 t 20 min", 440), ("7t30", 450), ("7 timer og 5 minutter", 425), ("7½", 450), ("½", 30), ("1 time", 60)]
)  # fmt: skip
def test_hours_are_read_as_people_write_them(text, minutes):
    assert round(parse_hours(text) * 60 / 1000) == minutes


def test_hours_of_last_month_are_reminded_of_once(garden, project, leader, adviser):
    """The leader has recorded hours and approves those of a manager; another manager has recorded none."""
    first = clock.today().replace(day=1)
    forgetful = factories.member(garden, "adviser")
    former = factories.member(factories.garden("Fjellgløtt"), "adviser")
    for person, role in (
        (leader, "leader"), (adviser, "manager"), (forgetful, "manager"), (former, "manager")
    ):  # fmt: skip
        session.add(
            ProjectPerson(project_id=project.id, user_id=person.user_id, role=role, since=project.starts_on)
        )
    finance.hours(project, leader.user_id, month=first)
    finance.hours(project, adviser.user_id, month=first)
    session.commit()
    next_month = (first + dt.timedelta(days=32)).replace(day=1)
    counts = []
    for day, hour in ((1, 6), (1, 8), (2, 8), (4, 8)):
        moment = clock.from_local(next_month.replace(day=day), dt.time(hour))
        with time_machine.travel(moment, tick=False):
            counts.append(remind_of_hours())
    assert counts == [0, 2, 0, 0]
    sent = {one.user_id: one for one in session.query(Notice)}
    assert sent.keys() == {leader.user_id, forgetful.user_id}
    assert "1 føring venter" in sent[leader.user_id].body
    assert "ikke ført timer for" in sent[forgetful.user_id].body
    assert {one.topic for one in sent.values()} == {"projects"}


def remind_next_month():
    """Send the reminders on the first day of the next month; return the text of each by user."""
    first = (clock.today().replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    with time_machine.travel(clock.from_local(first, dt.time(8)), tick=False):
        remind_of_hours()
    return {one.user_id: one.body for one in session.query(Notice)}


def test_adviser_without_a_role_is_reminded_after_a_month_with_hours(garden, project, adviser):
    others = [factories.member(garden, "adviser") for _number in range(3)]
    first = clock.today().replace(day=1)
    finance.hours(project, adviser.user_id, month=add_months(first, -1))
    finance.hours(project, others[0].user_id, month=add_months(first, -2))
    for month in (first, add_months(first, -1)):
        finance.hours(project, others[1].user_id, month=month)
    session.commit()
    sent = remind_next_month()
    assert "ikke ført timer for" in sent[adviser.user_id]
    assert not {one.user_id for one in others} & sent.keys()


def test_hours_that_no_role_approves_wait_for_the_curators(garden, project, leader, adviser):
    """The hours of the project leader, who is an adviser, and those of a project without one."""
    for person, role in ((adviser, "leader"), (leader, "manager")):
        session.add(
            ProjectPerson(project_id=project.id, user_id=person.user_id, role=role, since=project.starts_on)
        )
    other, curator = programme.project(garden, "Uten leder"), factories.member(garden, "curator")
    for of, person in ((project, adviser), (other, leader)):
        finance.hours(of, person.user_id)
    finance.hours(project, leader.user_id)
    session.commit()
    sent = remind_next_month()
    assert [sent[one.user_id].count("1 føring venter") for one in (adviser, leader, curator)] == [1, 1, 2]

"""Tasks: marking them as done, the list on the home page, and one reminder of all due tasks."""

import datetime as dt

import pytest
import time_machine

from marketplace.casework.queries.subjects import company_subject
from marketplace.casework.queries.tasks import tasks_waiting_for
from marketplace.casework.use_cases import tasks as use_cases
from marketplace.casework.use_cases.tasks import TaskDetails, remind_of_tasks
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.details import details_of
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.optimistic_lock import fingerprint
from marketplace.organisations.use_cases import remove_colleague
from marketplace.outbox.models import Notice
from tests.casework.conftest import CaseworkPeople
from tests.factories import casework
from tests.support.browser import signed_in


def details(people, **values):
    given = {"what": "Send lista", "due_on": clock.today(), "assignee_id": people.adviser.user_id}
    return TaskDetails(**(given | values))


def test_task_is_done_and_undone_with_one_button(people: CaseworkPeople) -> None:
    task = casework.task(people.adviser, company_id=people.company.id)
    session.commit()
    browser = signed_in(people.app, people.colleague)
    browser.post(f"/casework/tasks/{task.id}/done")
    session.refresh(task)
    assert task.done_by_id == people.colleague.user_id
    browser.post(f"/casework/tasks/{task.id}/done", data={"done": "no"})
    session.refresh(task)
    assert (task.done_at, task.done_by_id) == (None, None)


def test_task_of_another_garden_is_not_found(people: CaseworkPeople) -> None:
    task = casework.task(people.adviser, company_id=people.company.id)
    with pytest.raises(NotFound):
        use_cases.set_task_done(people.other, task.id, is_done=True)


def test_task_needs_an_assignee_in_the_garden_and_a_date_that_has_not_passed(people: CaseworkPeople) -> None:
    subject = company_subject(people.adviser, people.company.id)
    with pytest.raises(RuleBroken):
        use_cases.add_task(people.adviser, subject, details(people, assignee_id=people.other.user_id))
    yesterday = clock.today() - dt.timedelta(days=1)
    with pytest.raises(RuleBroken):
        use_cases.add_task(people.adviser, subject, details(people, due_on=yesterday))


def test_change_of_a_task_that_a_colleague_has_changed_is_a_conflict(people: CaseworkPeople) -> None:
    task = casework.task(people.adviser, company_id=people.company.id)
    seen = fingerprint(details_of(use_cases.TaskDetails, task))
    use_cases.save_task(people.adviser, task.id, details(people), seen)
    with pytest.raises(Conflict):
        use_cases.save_task(people.colleague, task.id, details(people, what="Ring dem"), seen)


def test_home_page_lists_own_and_unassigned_tasks_overdue_first(people: CaseworkPeople) -> None:
    def add(days, assignee_id):
        due_on = clock.today() + dt.timedelta(days=days)
        return casework.task(
            people.adviser, company_id=people.company.id, due_on=due_on, assignee_id=assignee_id
        ).id

    soon, overdue = add(2, people.adviser.user_id), add(-1, None)
    add(1, people.colleague.user_id)
    add(20, people.adviser.user_id)
    assert [one.id for one in tasks_waiting_for(people.adviser)] == [overdue, soon]
    session.commit()
    page = signed_in(people.app, people.adviser).get("/home", follow_redirects=True).text
    assert f"{people.company.name}: Send lista over fotografer" in page


def test_task_of_a_person_who_has_left_the_garden_is_on_everybodys_home_page(people: CaseworkPeople) -> None:
    left = casework.task(people.adviser, company_id=people.company.id)
    session.commit()
    assert tasks_waiting_for(people.colleague) == []
    remove_colleague(people.adviser, people.adviser.membership_id or 0)
    assert [one.id for one in tasks_waiting_for(people.colleague)] == [left.id]


def test_due_tasks_are_reminded_of_once_in_one_message(people: CaseworkPeople) -> None:
    for _number in range(2):
        casework.task(people.adviser, company_id=people.company.id)
    session.commit()
    with time_machine.travel(clock.from_local(clock.today() + dt.timedelta(days=3), dt.time(8)), tick=False):
        assert remind_of_tasks() == 1
        assert remind_of_tasks() == 0
    notices = session.query(Notice).all()
    assert [(one.user_id, one.kind) for one in notices] == [(people.adviser.user_id, "task_due")]
    assert notices[0].body.count("Send lista over fotografer") == 2


def test_moved_task_is_reminded_of_again(people: CaseworkPeople) -> None:
    task = casework.task(people.adviser, company_id=people.company.id, reminded_at=clock.now())
    use_cases.save_task(people.adviser, task.id, details(people), None)
    assert task.reminded_at is None

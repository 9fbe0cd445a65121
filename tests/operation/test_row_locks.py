"""Row locks: a change waits for another one of the same object, and never in a circle.

The second change runs as soon as the first has read what it depends on, and gives up after a fifth of a second. On
SQLite a transaction is the only lock.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.casework.use_cases import notes, tasks
from marketplace.core import clock
from marketplace.core.database import best_effort_write, lock_row, session, transaction
from marketplace.organisations.models import Company, CompanyFollower, Membership
from marketplace.organisations.use_cases import change_role, remove_colleague
from marketplace.privacy.use_cases import erase_own_account
from marketplace.programme.attendance import Mark, MarkSource
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.use_cases.attendance import MarkOrigin, NewMark, add_guest, add_marks
from marketplace.programme.use_cases.sessions import cancel_session
from tests import factories
from tests.factories import casework, programme
from tests.support.interleaving import interleave

pytestmark = pytest.mark.both_databases


def if_free(act: Callable[[], Any]) -> Callable[[], None]:
    """Return a change that is skipped if it would have to wait."""

    def run() -> None:
        with best_effort_write():
            act()

    return run


def count_events(action: str) -> int:
    return session.scalar(select(func.count()).where(AuditEvent.action == action)) or 0


def test_owners_who_erase_their_accounts_at_once_leave_a_leader(app: Flask, tmp_path: Path) -> None:
    company = factories.company()
    one, other = factories.member(company), factories.member(company)
    with interleave(app, "FROM membership", if_free(lambda: erase_own_account(other, tmp_path))):
        erase_own_account(one, tmp_path)
    assert session.scalars(select(Membership.user_id)).all() == [other.user_id]
    erase_own_account(other, tmp_path)
    assert not session.get_one(Company, company.id).is_active


def test_role_is_not_changed_while_the_colleague_is_removed(app: Flask) -> None:
    company = factories.company()
    owner, colleague = factories.member(company), factories.member(company, "member")
    query = select(Membership.id).where(Membership.user_id == colleague.user_id)
    membership_id = session.scalars(query).one()
    with interleave(app, "FROM membership", if_free(lambda: remove_colleague(owner, membership_id))):
        change_role(owner, membership_id, "owner")
    assert session.get_one(Membership, membership_id).role == "owner"


@pytest.mark.parametrize("kind", ["note", "task"])
def test_row_is_deleted_once(app: Flask, kind: str) -> None:
    garden = factories.garden()
    adviser, company = factories.member(garden, "adviser"), factories.company(of=garden)
    row_id = getattr(casework, kind)(adviser, company_id=company.id).id
    delete = {"note": notes.delete_note, "task": tasks.delete_task}[kind]
    with interleave(app, f"FROM case_{kind}", if_free(lambda: delete(adviser, row_id))):
        delete(adviser, row_id)
    assert count_events(f"case_{kind}.delete") == 1


def test_guest_locks_the_project_before_the_session(app: Flask) -> None:
    """Moving or cancelling the session locks them in this order too."""
    cohort = programme.cohort(programme.place(programme.project(factories.garden())))
    begun = programme.course_session(cohort, clock.now())
    locked = select(CourseSession.id).where(CourseSession.id == begun.id).with_for_update(nowait=True)
    with interleave(app, "FROM project \nWHERE project.id", lambda: session.scalars(locked).one()):
        add_guest(begun.id, "Sørgjest AS", "Ola", "", MarkOrigin(MarkSource.LINK))


def test_session_is_not_cancelled_while_attendance_is_taken(app: Flask) -> None:
    garden = factories.garden()
    adviser = factories.member(garden, "adviser")
    project = programme.project(garden)
    cohort = programme.cohort(programme.place(project))
    company, begun = programme.participation(cohort), programme.course_session(cohort, clock.now())
    mark = NewMark(company.id, Mark.PRESENT, clock.now(), "key")
    take = if_free(lambda: add_marks(begun.id, [mark], MarkOrigin(MarkSource.STAFF)))
    with interleave(app, "FROM course_session", take):
        cancel_session(adviser, project.slug, begun.id, "Snø")
    assert (begun.cancelled_at is None, begun.held_at) == (False, None)


def test_row_can_be_referred_to_while_it_is_locked(app: Flask) -> None:
    """Else the insert waits with the locks of its transaction, one of which the other transaction may need."""
    if session.get_bind().dialect.name == "sqlite":
        return
    garden_id, company_id = factories.garden().id, factories.company().id
    session.commit()

    def follow() -> None:
        with app.app_context(), best_effort_write(), transaction():
            session.add(CompanyFollower(company_id=company_id, garden_id=garden_id, why="asked"))

    with transaction():
        lock_row(Company.id, company_id)
        thread = threading.Thread(target=follow)
        thread.start()
        thread.join(60)
    assert session.scalar(select(func.count()).select_from(CompanyFollower)) == 1


def test_row_that_is_deleted_before_it_is_changed_is_a_conflict(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No page does this without a lock, so a view is replaced by one that does."""
    user_id = factories.user().id

    def rename_deleted_user() -> str:
        found = session.get_one(User, user_id)
        session.execute(delete(User).execution_options(synchronize_session=False))
        found.name = "Ola"
        session.flush()
        return ""

    view = app.view_functions["pages.how_it_works"]
    monkeypatch.setattr(rename_deleted_user, "access_level", view.access_level, raising=False)  # type: ignore[attr-defined]  # because access sets it
    monkeypatch.setitem(app.view_functions, "pages.how_it_works", rename_deleted_user)
    assert app.test_client().get("/how-it-works").status_code == 409

"""Notes are private to the garden. The company reads only the notes of which it was given a copy."""

import datetime as dt

import pytest

from marketplace.casework.models import CaseNote
from marketplace.casework.queries.notes import notes_about, shared_notes
from marketplace.casework.queries.subjects import company_subject, participation_subject
from marketplace.casework.use_cases import notes as use_cases
from marketplace.casework.use_cases.notes import NoteDetails, delete_casework_of
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.outbox.models import Notice
from marketplace.privacy.retention import erase_old_casework
from marketplace.programme.use_cases.company_link import link_participations
from marketplace.strategy.queries.plan_export import exported_plan
from tests.casework.conftest import CaseworkPeople
from tests.factories import casework, programme
from tests.support.browser import signed_in

SECRET = "Eieren vurderer å selge"


def texts(viewer, subject):
    return [note.text for note in notes_about(viewer, subject)]


def details(**values):
    given = {"kind": "visit", "happened_on": clock.today(), "text": SECRET, "minutes": 45}
    return NoteDetails(**(given | values))


def test_note_written_on_the_page_is_read_by_colleagues_only(people: CaseworkPeople) -> None:
    browser = signed_in(people.app, people.adviser)
    card = f"/companies/{people.company.id}"
    form = {"kind": "call", "happened_on": clock.today().isoformat(), "text": SECRET, "minutes": "25"}
    assert SECRET in browser.post(f"{card}/notes/new", data=form, follow_redirects=True).text
    assert SECRET in signed_in(people.app, people.colleague).get(card).text
    assert SECRET not in signed_in(people.app, people.other).get(card).text
    owner = signed_in(people.app, people.owner)
    assert SECRET not in owner.get("/organisation/notes").text
    assert SECRET not in owner.get("/plan/plan.json").text


def test_note_completes_the_chosen_tasks_about_the_company(people: CaseworkPeople) -> None:
    done, other = (casework.task(people.adviser, company_id=people.company.id) for _number in range(2))
    elsewhere = casework.task(people.other, company_id=people.company.id)
    session.commit()
    browser, path = signed_in(people.app, people.adviser), f"/companies/{people.company.id}/notes/new"
    assert done.what in browser.get(path).text
    form = {"kind": "call", "happened_on": clock.today().isoformat(), "text": SECRET}
    assert browser.post(path, data=form | {"done_tasks": str(elsewhere.id)}).status_code == 422
    for _twice in range(2):
        assert browser.post(path, data=form | {"done_tasks": str(done.id)}).status_code == 303
    assert (done.done_by_id, other.done_at, elsewhere.done_at) == (people.adviser.user_id, None, None)


def test_note_of_another_garden_is_not_found(people: CaseworkPeople) -> None:
    note = casework.note(people.adviser, company_id=people.company.id)
    with pytest.raises(NotFound):
        use_cases.share_note(people.other, note.id)
    with pytest.raises(NotFound):
        use_cases.share_note(people.owner, note.id)


def test_colleagues_note_cannot_be_changed_or_deleted(people: CaseworkPeople) -> None:
    note = casework.note(people.adviser, company_id=people.company.id)
    with pytest.raises(Forbidden):
        use_cases.save_note(people.colleague, note.id, details(), None)
    with pytest.raises(Forbidden):
        use_cases.delete_note(people.colleague, note.id)


def test_shared_note_is_read_and_exported_by_the_company_and_notified_once(people: CaseworkPeople) -> None:
    note = casework.note(people.adviser, company_id=people.company.id, text=SECRET)
    use_cases.share_note(people.colleague, note.id)
    use_cases.share_note(people.adviser, note.id)
    owner = signed_in(people.app, people.owner)
    assert SECRET in owner.get("/organisation/notes").text
    assert "/organisation/notes" in owner.get("/plan/share").text
    assert [one["text"] for one in exported_plan(people.owner)["notes"]] == [SECRET]
    kinds = [one.kind for one in session.query(Notice).filter(Notice.user_id == people.owner.user_id)]
    assert kinds == ["note_shared"]


def test_shared_note_can_no_longer_be_changed(people: CaseworkPeople) -> None:
    note = casework.note(people.adviser, company_id=people.company.id, shared_at=clock.now())
    with pytest.raises(Conflict):
        use_cases.save_note(people.adviser, note.id, details(), None)
    form = {"kind": "call", "happened_on": clock.today().isoformat(), "text": "Skrevet i et annet vindu."}
    browser = signed_in(people.app, people.adviser)
    refused = browser.post(f"/casework/notes/{note.id}", data=form)
    assert (refused.status_code, "Skrevet i et annet vindu." in refused.text) == (409, True)


def test_date_in_the_future_is_refused(people: CaseworkPeople) -> None:
    tomorrow = clock.today() + dt.timedelta(days=1)
    with pytest.raises(RuleBroken):
        use_cases.add_note(
            people.adviser,
            company_subject(people.adviser, people.company.id),
            details(happened_on=tomorrow),
        )


def test_note_about_a_participation_follows_to_the_linked_company(people: CaseworkPeople) -> None:
    lead = programme.participation(people.project, organisation_number="310000019")
    subject = participation_subject(people.adviser, people.project.slug, lead.id)
    use_cases.add_note(people.adviser, subject, details())
    assert texts(people.adviser, company_subject(people.adviser, people.company.id)) == []
    page = f"/programme/{people.project.slug}/companies/{lead.id}"
    assert SECRET in signed_in(people.app, people.adviser).get(page).text
    people.company.organisation_number = "310000019"
    with transaction():
        link_participations(people.company.id)
    assert texts(people.adviser, company_subject(people.adviser, people.company.id)) == [SECRET]


def test_participation_without_an_account_cannot_get_a_copy(people: CaseworkPeople) -> None:
    lead = programme.participation(people.project)
    note = casework.note(people.adviser, participation_id=lead.id)
    with pytest.raises(Conflict):
        use_cases.share_note(people.adviser, note.id)
    assert shared_notes(people.company.id) == []


def test_deleting_a_note_asks_first(people: CaseworkPeople) -> None:
    note = casework.note(people.adviser, company_id=people.company.id)
    session.commit()
    browser = signed_in(people.app, people.adviser)
    assert browser.get(f"/casework/notes/{note.id}/delete").status_code == 200
    assert session.query(CaseNote).count() == 1
    assert browser.post(f"/casework/notes/{note.id}/delete").status_code == 303
    assert session.query(CaseNote).count() == 0


def test_notes_and_tasks_are_erased_after_24_months_and_with_the_company(people: CaseworkPeople) -> None:
    long_ago = clock.now() - dt.timedelta(days=740)
    casework.note(people.adviser, company_id=people.company.id, written_at=long_ago)
    casework.task(people.adviser, company_id=people.company.id, created_at=long_ago)
    recent = casework.note(people.adviser, company_id=people.company.id)
    session.commit()
    assert erase_old_casework() == 2
    assert [note.id for note in session.query(CaseNote)] == [recent.id]
    with transaction():
        delete_casework_of(None, people.company.id)
    assert session.query(CaseNote).count() == 0

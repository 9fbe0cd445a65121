"""Files of a brief: added, read by those who can read the brief, removed from drafts."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.briefs import use_cases
from marketplace.briefs.limits import MAX_FILES
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden
from marketplace.files.models import StoredFile
from marketplace.outbox.models import Notice
from tests.files.test_checks import pdf
from tests.proposals.conftest import AFTER, REFERENCE

PATH = f"/briefs/{REFERENCE}/files"


def test_file_added_to_open_brief_is_announced_and_read_by_its_readers(
    app: Any, market: Any, browser: Any
) -> None:
    answer = browser("owner").post(PATH, data={"file": (io.BytesIO(pdf()), "Skisse.pdf")})
    assert answer.status_code == 303
    stored = session.scalars(select(StoredFile)).one()
    assert "Skisse.pdf" in browser("kvistverk").get(f"/briefs/{REFERENCE}").text
    assert browser("kvistverk").get(f"{PATH}/{stored.id}").data == pdf()
    assert browser("outsider").get(f"{PATH}/{stored.id}").status_code == 404
    notices = session.scalars(select(Notice).where(Notice.user_id == market.kvistverk.user_id)).all()
    assert any("Skisse.pdf" in notice.body for notice in notices)


def test_file_of_a_published_brief_cannot_be_removed_or_added_by_a_member(app: Any, market: Any) -> None:
    stored = use_cases.add_file(market.owner, REFERENCE, "a.pdf", pdf())
    with pytest.raises(Conflict):
        use_cases.remove_file(market.owner, REFERENCE, stored.id)
    with pytest.raises(Forbidden):
        use_cases.add_file(market.member, REFERENCE, "b.pdf", pdf())


def test_file_cannot_be_added_after_the_deadline(app: Any, market: Any, at_noon: Any) -> None:
    at_noon.move_to(AFTER, tick=False)
    with pytest.raises(Conflict):
        use_cases.add_file(market.owner, REFERENCE, "a.pdf", pdf())


def test_draft_has_a_limited_number_of_files_that_can_be_removed(app: Any, market: Any, browser: Any) -> None:
    draft = use_cases.create_draft(market.owner)
    path = f"/briefs/{draft.reference}/files"
    person = browser("owner")
    answers = [
        person.post(path, data={"file": (io.BytesIO(pdf()), f"{index}.pdf")})
        for index in range(MAX_FILES + 1)
    ]
    assert [answer.status_code for answer in answers] == [303] * MAX_FILES + [422]
    file_id = session.scalars(select(StoredFile.id)).first()
    assert person.page(f"{path}/{file_id}/delete").heading.endswith(".pdf»")
    assert person.post(f"{path}/{file_id}/delete").status_code == 303
    assert len(session.scalars(select(StoredFile.id)).all()) == MAX_FILES - 1


def test_copy_of_a_brief_has_its_own_private_copies_of_the_files(app: Any, market: Any, browser: Any) -> None:
    earlier = use_cases.add_file(market.owner, REFERENCE, "Skisse.pdf", pdf())
    draft = use_cases.copy_brief(market.owner, REFERENCE)
    (copied,) = session.scalars(select(StoredFile).where(StoredFile.brief_id == draft.id)).all()
    assert (copied.name, copied.data, copied.id != earlier.id) == ("Skisse.pdf", pdf(), True)
    path = f"/briefs/{draft.reference}/files/{copied.id}"
    assert browser("member").get(path).status_code == 200
    for outsider in ("kvistverk", "outsider", "curator"):
        assert browser(outsider).get(path).status_code == 404
    assert use_cases.remove_file(market.owner, draft.reference, copied.id)
    assert browser("kvistverk").get(f"{PATH}/{earlier.id}").data == pdf()

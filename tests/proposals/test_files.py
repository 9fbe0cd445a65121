"""Files of an offer: upload, sealing, access before and after the opening, and removal."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.core.database import session
from marketplace.core.sealing import TamperedError
from marketplace.files.models import StoredFile
from marketplace.proposals import queries, use_cases
from marketplace.proposals.limits import MAX_FILES
from tests.factories.offers import filled, full_content
from tests.files.test_checks import image, pdf
from tests.proposals.conftest import AFTER, REFERENCE

PATH = f"/briefs/{REFERENCE}/proposal"


def upload(browser: Any, data: bytes, name: str = "Skisse.pdf", **changes: str) -> Any:
    """Submit the offer form with a file."""
    return browser.post(PATH, data=filled(act="attach", **changes) | {"files": (io.BytesIO(data), name)})


def stored_files() -> list[StoredFile]:
    session.expire_all()
    return list(session.scalars(select(StoredFile)))


def test_attached_file_is_saved_with_the_text_and_encrypted(app: Any, market: Any, browser: Any) -> None:
    document = pdf()
    assert upload(browser("kvistverk"), document).status_code == 303
    (stored,) = stored_files()
    assert document not in stored.data
    assert (stored.name, stored.media_type) == ("", "")
    content = queries.load_supplier_offer(market.kvistverk, REFERENCE).content
    assert content.understanding == full_content().understanding
    assert [(file.name, file.size) for file in content.files] == [("Skisse.pdf", len(document))]
    answer = browser("kvistverk").get(f"{PATH}/files/{stored.id}")
    assert (answer.data, answer.mimetype) == (document, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_file_is_sealed_for_the_company_until_the_deadline(
    app: Any, market: Any, browser: Any, at_noon: Any
) -> None:
    upload(browser("kvistverk"), pdf())
    use_cases.submit(market.kvistverk, REFERENCE, market.proposal("kvistverk").revision)
    proposal_id, file_id = market.proposal("kvistverk").id, stored_files()[0].id
    path = f"/briefs/{REFERENCE}/proposals/{proposal_id}/files/{file_id}"
    assert browser("owner").get(path).status_code == 404
    at_noon.move_to(AFTER, tick=False)
    use_cases.open_due()
    owner = browser("owner").sign_in(market.owner.user_id)
    assert owner.get(path).data == pdf()
    assert browser("stranger").get(f"{PATH}/files/{file_id}").status_code == 404
    assert owner.get(path.replace(str(file_id), "1")).status_code == 404


def test_file_that_was_sent_stays_until_another_version_is_sent(app: Any, market: Any, browser: Any) -> None:
    upload(browser("kvistverk"), pdf())
    use_cases.submit(market.kvistverk, REFERENCE, market.proposal("kvistverk").revision)
    file_id = str(stored_files()[0].id)
    answer = browser("kvistverk").post(PATH, data=filled(remove_file=file_id, seen="2"))
    assert answer.status_code == 303
    offer = queries.load_supplier_offer(market.kvistverk, REFERENCE)
    assert offer.sent is not None
    assert ([str(file.id) for file in offer.sent.files], offer.content.files) == ([file_id], ())
    assert browser("kvistverk").get(f"{PATH}/files/{file_id}").status_code == 200


def test_removing_a_file_with_an_impossible_id_saves_the_rest(market: Any, browser: Any) -> None:
    upload(browser("kvistverk"), pdf())
    sent = filled(remove_file=str(2**63), seen="2")
    assert browser("kvistverk").post(PATH, data=sent).status_code == 303
    assert len(stored_files()) == 1


def test_file_that_was_never_sent_is_deleted_when_removed(app: Any, market: Any, browser: Any) -> None:
    upload(browser("kvistverk"), image("PNG"), "skisse.png")
    use_cases.remove_file(market.kvistverk, REFERENCE, stored_files()[0].id)
    assert stored_files() == []


@pytest.mark.parametrize("data", [b"", b"MZ program", pdf("/JavaScript")], ids=["empty", "program", "script"])
def test_refused_file_keeps_the_text_and_names_the_field(
    app: Any, market: Any, browser: Any, data: bytes
) -> None:
    answer = upload(browser("kvistverk"), data, team="Ane og Trygve Kvist")
    assert answer.status_code == 422
    assert 'href="#files"' in answer.text
    assert "Ane og Trygve Kvist" in answer.text
    assert market.proposal("kvistverk").content["team"] == "Ane og Trygve Kvist"
    assert stored_files() == []


def test_file_is_added_although_another_field_has_an_error(app: Any, market: Any, browser: Any) -> None:
    answer = upload(browser("kvistverk"), pdf(), monthly_nok="omtrent femti")
    assert answer.status_code == 422
    assert "Velg den på nytt" not in answer.text
    assert upload(browser("kvistverk"), pdf(), monthly_nok="omtrent femti").status_code == 422, "sent twice"
    (file,) = queries.load_supplier_offer(market.kvistverk, REFERENCE).content.files
    assert (file.name, len(stored_files())) == ("Skisse.pdf", 1)
    assert f"{PATH}/files/{file.id}" in answer.text
    stored = market.proposal("kvistverk")
    answer = browser("kvistverk").post(PATH, data=filled(act="send", seen=str(stored.revision)))
    assert answer.status_code == 303
    assert [file.name for file in queries.load_supplier_offer(market.kvistverk, REFERENCE).sent.files] == [
        "Skisse.pdf"
    ]


def test_file_that_is_not_saved_has_to_be_chosen_again(app: Any, market: Any, browser: Any) -> None:
    person = browser("kvistverk")
    person.post(PATH, data=filled(act="save"))
    use_cases.save(market.kvistverk, REFERENCE, full_content(team="Noen andre"))
    answer = upload(person, pdf(), seen="1", team="Ane")
    assert answer.status_code == 409
    assert "Velg den på nytt" in answer.text


def test_offer_has_a_limited_number_of_files(app: Any, market: Any, browser: Any) -> None:
    person = browser("kvistverk")
    answers = [
        upload(person, pdf(), f"Skisse {index}.pdf", seen=str(index)).status_code
        for index in range(MAX_FILES + 1)
    ]
    assert (answers[-1], len(stored_files())) == (422, MAX_FILES)


def test_sealed_file_moved_to_another_row_does_not_decrypt(app: Any, market: Any, browser: Any) -> None:
    upload(browser("kvistverk"), pdf())
    (stored,) = stored_files()
    proposal = market.proposal("kvistverk")
    stored.data = proposal.seal_file(pdf_file := _checked()).data
    with pytest.raises(TamperedError):
        proposal.unseal_file(stored)
    assert pdf_file.data


def _checked() -> Any:
    from marketplace.files.checks import check_document

    return check_document("a.pdf", pdf())

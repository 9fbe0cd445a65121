"""Logos and images of case studies: upload, display, removal and access."""

import io

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.database import session
from marketplace.core.errors import RuleBroken
from marketplace.files.models import StoredFile
from marketplace.suppliers import use_cases
from marketplace.suppliers.limits import MAX_CASE_IMAGES
from tests import factories
from tests.factories.suppliers import CASE, applicant, vetting_garden
from tests.files.test_checks import image
from tests.support.browser import Browser


def count_files() -> int:
    return session.scalar(select(func.count()).select_from(StoredFile)) or 0


def test_logo_is_shown_on_the_public_page_and_replaced(app: Flask, client: Browser) -> None:
    here = vetting_garden()
    made, owner = applicant(approved_by=here.curator)
    client.sign_in(owner.user_id or 0)
    for _time in range(2):
        answer = client.post("/profile/logo", data={"file": (io.BytesIO(image("PNG")), "Vår logo.png")})
        assert (answer.status_code, count_files()) == (303, 1)
    public = app.test_client()
    page = public.get(f"/suppliers/{made.slug}").text
    source = f"/suppliers/{made.slug}/images/{session.scalars(select(StoredFile.id)).one()}"
    assert f'src="{source}"' in page
    shown = public.get(source)
    assert (shown.mimetype, shown.headers["Content-Security-Policy"]) == (
        "image/webp",
        "default-src 'none'; sandbox",
    )
    assert client.post("/profile/logo/delete").status_code == 303
    assert (count_files(), public.get(source).status_code) == (0, 404)


@pytest.mark.parametrize("data", [{}, {"file": (b"text", "logo.png")}], ids=["no file", "not an image"])
def test_logo_upload_without_an_image_is_refused_beside_the_field(
    app: Flask, client: Browser, data: dict[str, tuple[bytes, str]]
) -> None:
    vetting_garden()
    _made, owner = applicant()
    client.sign_in(owner.user_id or 0)
    files = {name: (io.BytesIO(content), filename) for name, (content, filename) in data.items()}
    answer = client.post("/profile/logo", data=files, content_type="multipart/form-data")
    assert (answer.status_code, count_files()) == (422, 0)
    assert 'href="#file"' in answer.text


def test_case_image_needs_alternative_text_and_is_deleted_with_the_case(app: Flask, client: Browser) -> None:
    vetting_garden()
    made, owner = applicant(cases=[CASE])
    path = f"/profile/cases/{made.cases[0].id}/images"
    client.sign_in(owner.user_id or 0)
    refused = client.post(path, data={"file": (io.BytesIO(image()), "a.jpg"), "alternative_text": ""})
    assert (refused.status_code, count_files()) == (422, 0)
    text = "Butikken på en telefon"
    taken = client.post(path, data={"file": (io.BytesIO(image()), "a.jpg"), "alternative_text": text})
    assert (taken.status_code, count_files()) == (303, 1)
    assert f'alt="{text}"' in client.get("/profile").text
    use_cases.delete_case(owner, made.cases[0].id)
    assert count_files() == 0


def test_case_has_a_limited_number_of_images(app: Flask) -> None:
    vetting_garden()
    made, owner = applicant(cases=[CASE])
    case_id = made.cases[0].id
    for _index in range(MAX_CASE_IMAGES):
        use_cases.add_case_image(owner, case_id, "a.jpg", image(), "Et bilde")
    with pytest.raises(RuleBroken, match=f"kan ha {MAX_CASE_IMAGES} bilder"):
        use_cases.add_case_image(owner, case_id, "a.jpg", image(), "Et bilde")


def test_images_of_an_unlisted_supplier_are_hidden_from_others(app: Flask, client: Browser) -> None:
    vetting_garden()
    made, owner = applicant()
    use_cases.set_logo(owner, "logo.png", image())
    source = f"/suppliers/{made.slug}/images/{session.scalars(select(StoredFile.id)).one()}"
    assert client.get(source).status_code == 404
    client.sign_in(factories.member(factories.company()).user_id or 0)
    assert client.get(source).status_code == 404
    client.sign_in(owner.user_id or 0)
    assert client.get(source).status_code == 200


def test_upload_larger_than_the_limit_is_refused(app: Flask, client: Browser) -> None:
    vetting_garden()
    _made, owner = applicant()
    client.sign_in(owner.user_id or 0)
    answer = client.post(
        "/profile/logo", data=bytes(12 * 1024 * 1024), content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413

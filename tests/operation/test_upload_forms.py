"""Every form with a file field refuses a file that is too large, shows the form with its text again, and stores nothing."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.database import session
from marketplace.files.models import StoredFile
from marketplace.web.uploads import has_uploads
from tests.support.crawl import sign_in
from tests.support.upload_forms import CONTENT_TYPE, WORDS, body, texts_in, upload_pages

MEGABYTE = 1024 * 1024


def test_every_endpoint_that_accepts_files_has_an_upload_page(demo_app: Flask) -> None:
    accepting = {name for name, view in demo_app.view_functions.items() if has_uploads(view)}
    assert accepting == {page.endpoint for page in upload_pages()}


@pytest.mark.parametrize("megabytes", [12, pytest.param(200, marks=pytest.mark.exhaustive)])
def test_too_large_file_is_refused_with_the_form_and_its_text(demo_app: Flask, megabytes: int) -> None:
    for page in upload_pages():
        browser = sign_in(demo_app, page.role)
        form = page.form_on(browser.get(page.path).text)
        stored = select(func.count()).select_from(StoredFile)
        before = session.scalar(stored)
        answer = browser.post(
            form.action,
            data=body(form, megabytes * MEGABYTE),
            content_type=CONTENT_TYPE,
            csrf=False,
            headers={"Referer": f"http://localhost{page.path}", "Origin": "http://localhost"},
        )
        assert answer.status_code == 413, page
        assert "Velg filene en gang til" in answer.text, page
        assert set(texts_in(page.form_on(answer.text))) <= {WORDS}, page
        assert session.scalar(stored) == before

"""Forms that are sent again after the browser's Back button."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from marketplace.casework.models import CaseNote
from marketplace.core.database import session
from tests import factories
from tests.journeys.conftest import PHONE


def test_note_sent_again_after_back_is_added_once(app: Flask, person: Callable[..., Page]) -> None:
    garden = factories.garden()
    company = factories.company(of=garden)
    adviser = factories.member(garden, "adviser")
    signed_in = app.test_client().sign_in(adviser.user_id or 0)
    cookie = signed_in.get_cookie("session")
    session.commit()
    page = person(width=PHONE)
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": "http://127.0.0.1"}])
    page.goto(f"/companies/{company.id}/notes/new")
    page.fill("[name=text]", "Ringte om strategien.")
    for text in ("Ringte om strategien.", "Ringte om målene."):
        for _click in range(2):
            page.fill("[name=text]", text)
            page.get_by_role("button", name="Lagre notatet").click()
            page.wait_for_url(f"**/companies/{company.id}#casework")
            page.go_back()
    session.expire_all()
    texts = session.scalars(select(CaseNote.text).order_by(CaseNote.id)).all()
    assert texts == ["Ringte om strategien.", "Ringte om målene."]

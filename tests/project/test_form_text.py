"""Text typed in any form is on the page again after each way a submission can fail before it is processed."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from marketplace.accounts.models import SignInSession, User
from marketplace.core.database import session
from marketplace.web.form_recovery import submission
from tests.factories import PASSWORD, PASSWORD_HASH
from tests.project.test_every_form import NEVER_REDISPLAYED, filled, kinds_of_form
from tests.support.browser import Browser
from tests.support.crawl import ROLES, Form, crawl, forms_on, sign_in
from tests.support.databases import Database
from tests.support.page_rules import HtmlPage
from tests.support.sampling import Sampling

MARKER = "Ærlig tekst nr. 7 <æøå>"
SAMPLED_FORMS = 3


def text_fields(form: Form) -> list[str]:
    """Return the names of the fields whose text must not be lost."""
    return [
        one.name
        for one in form.fields
        if one.is_text and one.kind not in NEVER_REDISPLAYED and not submission.is_secret(one.name)
    ]


def post(
    browser: Browser, form: Form, content: MultiDict[str, str], path: str = "", **headers: str
) -> TestResponse:
    referrer = {"Referer": f"http://localhost{form.page}"}
    return browser.post(path or form.action, data=content, csrf=False, headers=referrer | headers)


def without_token(browser: Browser, form: Form, content: MultiDict[str, str]) -> TestResponse:
    content.pop("csrf_token")
    return post(browser, form, content, Origin="http://localhost")


def after_another_sign_in(browser: Browser, form: Form, content: MultiDict[str, str]) -> TestResponse:
    with browser.session_transaction() as cookie:
        secret = cookie["csrf_token"]
        cookie["csrf_token"] = submission.new_token_secret(int(secret.split(".")[1]))
    return post(browser, form, content)


def in_another_language(browser: Browser, form: Form, content: MultiDict[str, str]) -> TestResponse:
    content["form_action"] = form.action
    return post(browser, form, content, f"/language/en?next={form.page}")


def after_session_end(browser: Browser, form: Form, content: MultiDict[str, str]) -> TestResponse:
    with browser.session_transaction() as cookie:
        user_id = int(cookie["csrf_token"].split(".")[1])
    email = session.get_one(User, user_id).email
    session.query(SignInSession).filter_by(user_id=user_id).delete()
    session.commit()
    answer = post(browser, form, content)
    if answer.status_code != 401:  # a public form needs no session
        return answer
    assert MARKER not in HtmlPage(answer.text).text
    pages = forms_on(HtmlPage(answer.text), "/sign-in")
    sign_in_form = next(one for one in pages if one.action.startswith("/sign-in"))
    data = {one.name: one.values[0] for one in sign_in_form.fields if one.values}
    return browser.post("/sign-in", data=data | {"email": email, "password": PASSWORD}, csrf=False)


WAYS: dict[str, Callable[[Browser, Form, MultiDict[str, str]], TestResponse]] = {
    "no token": without_token,
    "another sign-in": after_another_sign_in,
    "language": in_another_language,
    "session end": after_session_end,
}


def lost_in(answer: TestResponse, names: list[str]) -> list[str]:
    """Return the text fields without the marker, in a form or a box."""
    page = HtmlPage(answer.text)
    values = [one.get("value") or one.text or "" for one in page.all("input") + page.all("textarea")]
    found = sum(MARKER in value for value in values)
    return names if found < len(names) else []


def is_processed(answer: TestResponse) -> bool:
    """Return True if a form needs no session, such as one behind an e-mailed link, and was therefore processed."""
    return answer.status_code == 303 and "/sign-in" not in answer.headers["Location"]


@pytest.mark.slow
@pytest.mark.sample(1)
@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_no_way_to_fail_loses_typed_text(
    demo_app: Flask, shared_database: Database, role: str, sampling: Sampling
) -> None:
    session.query(User).filter_by(email=ROLES[role]).one().password_hash = PASSWORD_HASH
    session.commit()
    browser = sign_in(demo_app, role)
    found = crawl(browser, sampling=sampling)
    kinds = [
        form for form in kinds_of_form(browser, found).values() if form.method == "post" and text_fields(form)
    ]
    wrong = []
    for form in sampling.choose(kinds, SAMPLED_FORMS, role):
        for name, way in sampling.split(WAYS.items(), shared_database.name, form.action):
            browser = sign_in(demo_app, role)
            token = HtmlPage(browser.get(form.page, follow_redirects=True).text).all(
                "input", name="csrf_token"
            )
            content = filled(form, MARKER)
            content["csrf_token"] = token[-1].get("value") or ""
            answer = way(browser, form, content)
            if way is after_session_end and is_processed(answer):
                continue
            if lost := lost_in(answer, text_fields(form)):
                wrong.append(f"{form.action} ({name}) answered {answer.status_code} without {lost}")
    assert not wrong, "\n".join(wrong)

"""Links in messages: opening one marks the message as read, and none ends in an error for its recipient."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import marketplace
from marketplace.briefs import use_cases as briefs
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership, Organisation
from marketplace.outbox import queries
from marketplace.outbox.models import Notice
from marketplace.sourcing import use_cases as sourcing
from tests import factories
from tests.factories import briefs as brief_factories, suppliers
from tests.support.browser import Browser

PLACEHOLDERS = {"reference": "2026-9999", "name": "handover"}


def message_paths() -> Iterator[str]:
    """Yield every path that a function in a notices module links to, with objects that do not exist."""
    root = Path(marketplace.__file__).parent
    for file in [*root.glob("*/notices.py"), *root.glob("*/notices/*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_path", "brief_path"}:
                yield f"/briefs/2026-9999{''.join(ast.literal_eval(rest) for rest in node.args[1:])}"
            elif isinstance(node, ast.Constant) and re.fullmatch(r"/[a-z/-]*", str(node.value)):
                yield str(node.value)
            elif isinstance(node, ast.JoinedStr):
                yield "".join(_text(part) for part in node.values)


def _text(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    expression = ast.unparse(part.value)  # type: ignore[attr-defined]  # because the other parts are placeholders
    return PLACEHOLDERS.get(expression, "999999")


PATHS = sorted({path for path in message_paths() if re.match(r"/[a-z]", path)})


def add_notice(user_id: int | None, path: str, kind: str = "test") -> Notice:
    assert user_id is not None
    text = {"subject": "Et utkast", "body": "Les det.", "link_label": "Les utkastet"}
    notice = Notice(user_id=user_id, kind=kind, locale="nb", link_path=path, **text)
    session.add(notice)
    session.commit()
    return notice


def is_read(notice: Notice) -> bool:
    session.expire_all()
    return session.scalar(select(Notice.read_at).where(Notice.id == notice.id)) is not None


def test_paths_of_all_notice_modules_are_found() -> None:
    assert {"/briefs/2026-9999", "/briefs/2026-9999/check", "/vetting/refusals/999999", "/profile"} <= set(
        PATHS
    )
    assert len(PATHS) > 20


def test_message_link_never_ends_in_an_error(app: Flask) -> None:
    """The objects are gone, and the recipients have other roles than those the messages were written for."""
    garden = factories.garden()
    viewers = (
        factories.member(factories.company(of=garden)),
        factories.member(suppliers.supplier(of=garden)),
        factories.member(garden, "adviser"),
    )
    wrong = []
    for viewer in viewers:
        browser: Browser = app.test_client()  # type: ignore[assignment]  # because the app's client is our browser
        browser.sign_in(viewer.user_id or 0)
        for path in PATHS:
            add_notice(viewer.user_id, path)
            answer = browser.get(path.partition("#")[0], follow_redirects=True)
            if answer.status_code != 200:
                wrong.append(f"{viewer.organisation_kind} {path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_demo_message_links_open_for_their_recipients(demo_app: Flask) -> None:
    """The newest and the oldest message of each kind to each role, whose briefs have been through several states."""
    query = (
        select(Notice, Organisation.kind)
        .join(Membership, Membership.user_id == Notice.user_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Notice.link_path != "")
        .order_by(Notice.id)
    )
    rows = session.execute(query).all()
    chosen = {(notice.kind, kind): notice for notice, kind in reversed(rows)}
    cases = {notice.id: notice for notice in [*chosen.values(), *{(n.kind, k): n for n, k in rows}.values()]}
    wrong = []
    for notice in cases.values():
        browser: Browser = demo_app.test_client()  # type: ignore[assignment]  # because the app's client is our browser
        browser.check_pages = False
        answer = browser.sign_in(notice.user_id).get(notice.link_path, follow_redirects=True)
        if answer.status_code != 200:
            wrong.append(f"{notice.kind} {notice.link_path}: {answer.status_code}")
    assert len(cases) > 10
    assert not wrong, "\n".join(wrong)


def test_error_page_is_unchanged_without_a_message(client: Browser) -> None:
    viewer = factories.member(factories.company(of=factories.garden()))
    add_notice(factories.user().id, "/briefs/2026-9999")
    client.sign_in(viewer.user_id or 0)
    assert client.get("/briefs/2026-9999").status_code == 404


@pytest.fixture
def in_review(app: Flask) -> Any:
    """A draft that waits for its garden's review: owner, adviser and brief."""
    garden = factories.garden()
    owner = factories.member(factories.company(of=garden))
    adviser = factories.member(garden, "adviser", name="Sigrid Lund")
    brief = brief_factories.draft(owner)
    session.commit()
    briefs.ask_for_review(owner, brief.reference, "")
    return owner, adviser, brief


def open_message(client: Browser, viewer: Viewer) -> Any:
    """Open the viewer's newest message and follow its link."""
    newest = queries.latest_notices(viewer, 1)[0]
    client.sign_in(viewer.user_id or 0).page(f"/messages/{newest.id}")
    return client.page(newest.link_path)


def test_adviser_sees_what_happened_to_an_answered_review(client: Browser, in_review: Any) -> None:
    _owner, adviser, brief = in_review
    assert "Et utkast" not in open_message(client, adviser).text
    briefs.answer_review(adviser, brief.reference, "ok", "", {})
    text = open_message(client, adviser).text
    assert "Sigrid Lund" in text
    assert brief.company.name in text


def test_adviser_sees_that_a_review_was_withdrawn(client: Browser, in_review: Any) -> None:
    owner, adviser, brief = in_review
    path = queries.latest_notices(adviser, 1)[0].link_path
    briefs.cancel_review(owner, brief.reference)
    client.sign_in(adviser.user_id)
    assert "trakk" in client.page(path).text


@pytest.mark.parametrize("verdict", ["ok", "changes", "refused"])
def test_first_publication_link_opens_after_the_answer(client: Browser, verdict: str) -> None:
    garden = factories.garden()
    owner = factories.member(factories.company(of=garden, known_at=None))
    adviser = factories.member(garden, "adviser")
    brief = brief_factories.draft(owner)
    session.commit()
    sourcing.publish_brief(owner, brief.reference, confirmed=True)
    path = queries.latest_notices(adviser, 1)[0].link_path
    assert path.endswith("/first-publication")
    client.sign_in(adviser.user_id or 0).page(path)
    sourcing.answer_first_publication(adviser, brief.reference, verdict, "Ring oss først, takk.")
    client.page(path)


def test_opening_a_message_or_its_link_marks_it_as_read(client: Browser) -> None:
    viewer = factories.member(factories.company(of=factories.garden()))
    brief = brief_factories.draft(viewer)
    first, second, other = (
        add_notice(viewer.user_id, path)
        for path in ("/account", f"/briefs/{brief.reference}#questions", "/briefs")
    )
    client.sign_in(viewer.user_id or 0)
    client.head(f"/messages/{first.id}")
    client.head(f"/briefs/{brief.reference}")
    client.page("/messages")
    assert not any(is_read(notice) for notice in (first, second, other))
    client.page(f"/messages/{first.id}")
    client.page(f"/briefs/{brief.reference}")
    assert [is_read(notice) for notice in (first, second, other)] == [True, True, False]


def test_another_users_message_is_missing(client: Browser) -> None:
    notice = add_notice(factories.user().id, "/account")
    client.sign_in(factories.user().id)
    assert client.get(f"/messages/{notice.id}").status_code == 404
    assert not is_read(notice)

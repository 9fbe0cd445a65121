"""The brief guide in a browser: with and without JavaScript, on a phone and a desktop."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from marketplace.briefs import guide, use_cases
from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from tests import factories
from tests.factories import briefs
from tests.journeys.conftest import DESKTOP, MIN_WIDTH, PHONE

GUIDE = guide.load()
PROBLEM = (
    "Vi selger 40 slags ost og tar nesten alle bestillinger på telefon. Om sommeren rekker vi ikke å svare, "
    "og vi mister kunder som ikke finner oss på kartet."
)


@pytest.fixture
def owner() -> Viewer:
    viewer = factories.member(factories.company(of=factories.garden()), email="marit@bjorkvollen.example")
    session.commit()
    return viewer


@pytest.fixture
def signed_in(person: Callable[..., Page], owner: Viewer) -> Callable[..., Page]:
    """Return a function that opens a browser with the owner signed in."""

    def open_browser(**options: object) -> Page:
        page = person(**options)
        page.goto("/sign-in")
        page.fill("#email", owner.email)
        page.fill("#password", factories.PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/home")
        return page

    return open_browser


def reload(brief: Brief) -> Brief:
    session.expire_all()
    current = session.get(Brief, brief.id)
    assert current is not None
    session.commit()
    return current


def test_typed_answer_is_autosaved(signed_in: Callable[..., Page], owner: Viewer) -> None:
    brief = use_cases.create_draft(owner)
    page = signed_in(width=PHONE)
    page.goto(f"/briefs/{brief.reference}/guide/need")
    page.fill("#title", "Nettbutikk for ysteriet")
    page.fill("#problem", PROBLEM)
    expect(page.locator("[data-saved] span")).not_to_be_empty()
    for _try in range(300):
        if reload(brief).answers.get("problem"):
            break
        page.wait_for_timeout(100)
    page.reload()
    assert page.input_value("#title") == "Nettbutikk for ysteriet"
    assert reload(brief).answers["problem"] == PROBLEM


def test_submit_during_autosave_reports_no_conflict(signed_in: Callable[..., Page], owner: Viewer) -> None:
    brief = use_cases.create_draft(owner)
    page = signed_in()
    page.goto(f"/briefs/{brief.reference}/guide/need")
    for title in ("Nettbutikk", "Nettbutikk for", "Nettbutikk for ysteriet"):
        page.fill("#title", title)
        page.locator("#problem").focus()
    page.fill("#problem", PROBLEM)
    page.locator("button.ds-button[value=next]").click()
    page.wait_for_url("**/guide/goal")
    assert reload(brief).title == "Nettbutikk for ysteriet"


def test_guide_works_without_script(signed_in: Callable[..., Page], owner: Viewer) -> None:
    page = signed_in(width=PHONE, script=False)
    page.goto("/briefs/new?q=Vi vil ta betalt på nett for osten vår")
    page.locator("button.ds-button[value=begin]").click()
    page.wait_for_url("**/guide/need")
    page.fill("#title", "Nettbutikk for ysteriet")
    page.locator("button.ds-button[value=suggest]").click()
    assert page.input_value("#title") == "Nettbutikk for ysteriet"
    page.locator(".chips input").first.check()
    page.fill("#problem", PROBLEM)
    page.locator("button.ds-button[value=next]").click()
    page.wait_for_url("**/guide/goal")
    assert reload(session.query(Brief).one()).answers["services"]


@pytest.mark.parametrize(
    ("width", "dark"), [(MIN_WIDTH, True), (DESKTOP, False)], ids=["narrow dark", "wide light"]
)
def test_draft_pages_are_accessible_and_fit(
    signed_in: Callable[..., Page],
    owner: Viewer,
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    width: int,
    dark: bool,
) -> None:
    empty, full = use_cases.create_draft(owner), briefs.draft(owner, must_have=["a", "b", "c", "d"], links=[])
    page = signed_in(width=width, dark=dark)
    for brief in (empty, full):
        for step in (*(f"guide/{topic.code}" for topic in GUIDE.topics), "check", "preview"):
            page.goto(f"/briefs/{brief.reference}/{step}")
            page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
            axe(page)
            fits(page)


def test_brief_prints_on_two_pages(signed_in: Callable[..., Page], owner: Viewer) -> None:
    brief = briefs.draft(owner)
    page = signed_in()
    page.goto(f"/briefs/{brief.reference}/preview")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 2

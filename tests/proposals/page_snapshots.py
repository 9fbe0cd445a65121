"""Fetch every page as every user and normalize the responses for comparison."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import text

from marketplace.core.database import session
from tests.factories.market import Market
from tests.support.browser import Browser
from tests.support.sampling import Sampling

TOKEN = re.compile(
    rb'(name="csrf_token"[^>]*value="|csrf-token" content="|name="form_key"[^>]*value=")[^"]*|nonce[-=]"?[\w+/=-]+'
)
OWN_HEADERS = {"Date", "Content-Length", "X-Request-ID", "Set-Cookie", "Content-Security-Policy"}
# Metrics count requests and queued mail for the operator. They are not a page of any user.
LEFT_OUT = {"static", "operation.metrics_page"}
# A workbook contains the time at which it was written. Its cells are those of the CSV file or the page.
WORKBOOK = ".xlsx"
# Table of each argument of a URL: every id in that table is tried.
NUMBERS = {
    "brief_id": "brief", "proposal_id": "proposal", "question_id": "clarification_question", "file_id": "stored_file", "vetting_id": "vetting",
    "supplier_id": "supplier", "company_id": "company", "garden_id": "business_garden", "user_id": "user_account",
    "case_id": "case_study", "membership_id": "membership", "invitation_id": "colleague_invitation",
    "notice_id": "notice", "organisation_id": "organisation", "run_id": "ranking_run", "refusal_id": "refusal", "appeal_id": "appeal",
    "place_id": "project_place", "cohort_id": "cohort", "session_id": "course_session", "person_id": "project_person",
    "material_id": "session_material", "participation_id": "participation", "comment_id": "strategy_comment",
    "outcome_id": "outcome", "action_id": "strategy_action",
    "link_id": "report_link", "hours_id": "hours_entry", "source_id": "funding_source", "entry_id": "money_entry", "grant_id": "aid_grant",
    "objective_id": "objective", "measurement_id": "measurement",
}  # fmt: skip
PROJECT_PATHS = ("/programme/", "/courses/")
OFFER_ARGUMENTS = {"reference", "brief_id", "proposal_id"}
WORDS = {
    "topic_code": ["need", "choosing"], "section": ["about"], "section_code": ["gaps"], "name": ["handover"], "locale": ["nb"],
    "token": ["none"], "filename": ["css/own.css"], "tool_code": ["canva"], "slug": [],
    "version_number": [1], "number": [1], "extension": ["json"], "stage": ["start"], "dimension": ["direction"], "dimension_code": ["direction"],
}  # fmt: skip


def addresses(
    app: Flask, numbers: Mapping[str, Sequence[object]], sampling: Sampling | None = None
) -> Iterator[str]:
    """Yield every URL that answers GET, for every object it can refer to.

    With a sampling, pages that are not of a brief or an offer are yielded for one object only.
    """
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in LEFT_OUT or rule.rule.endswith(WORKBOOK):
            continue
        names = sorted(rule.arguments)
        is_project = rule.rule.startswith(PROJECT_PATHS)
        columns = [
            numbers.get("project_slug" if is_project and name == "slug" else name, [1]) for name in names
        ]
        objects = list(itertools.product(*columns))
        if sampling and not OFFER_ARGUMENTS.intersection(names):
            objects = sampling.choose(objects, 1, rule.rule)
        for values in objects:
            yield adapter.build(rule.endpoint, dict(zip(names, values, strict=True)))


def url_arguments() -> dict[str, list[object]]:
    """Return the values of URL arguments: ids by argument, references, slugs."""
    found: dict[str, list[object]] = dict(WORDS)
    for name, table in NUMBERS.items():
        found[name] = list(
            session.scalars(text(f"SELECT id FROM {table} ORDER BY id"))
        )  # because the names are our own
    found["reference"] = list(session.scalars(text("SELECT reference FROM brief ORDER BY id")))
    found["slug"] = list(session.scalars(text("SELECT slug FROM organisation ORDER BY id")))
    projects = list(session.scalars(text("SELECT slug FROM project ORDER BY id")))
    found["project_slug"] = projects or ["none"]
    session.commit()
    return found


def browsers(app: Flask, market: Market) -> dict[str, Browser]:
    """Return a signed-in browser for each person, and an anonymous one."""
    found: dict[str, Browser] = {"anonymous": app.test_client()}  # type: ignore[dict-item]  # because the suite's client is a Browser
    for name, viewer in market.people.items():
        found[name] = app.test_client().sign_in(viewer.user_id)
    for browser in found.values():
        browser.check_pages = False
    return found


def fetch(browser: Browser, address: str) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Return status, headers and body of a page, without per-request tokens."""
    response: Any = browser.get(address)
    headers = tuple(sorted((name, value) for name, value in response.headers if name not in OWN_HEADERS))
    return response.status_code, headers, TOKEN.sub(rb"\1", response.data)

"""Every form that is saved while a person types is in the page again, with the text, when the page is reopened."""

import json
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from tests.project.policy_scenario import PolicyScenario
from tests.support.browser import Browser
from tests.support.crawl import TEXT_TYPES, local_path
from tests.support.page_rules import HtmlPage

pytestmark = [pytest.mark.once, pytest.mark.slow]
TEXT = "Ærlig utkast nr. 7"
AUTOSAVE = {"X-Autosave": "1"}
EXPECTED = {
    "company": {"briefs.topic", "briefs.withdraw", "organisations.edit_company", "proposals.award", "proposals.scores",
        "proposals.no_award", "proposals.rule_out"},
    "supplier": {"sourcing.decline", "suppliers.case_new", "suppliers.profile_section"},
    "curator": {"vetting.import_suppliers", "vetting.transfer"},
    "administrator": {"organisations.admin_garden"},
}  # fmt: skip
"""Some of the pages with such a form, so that the walk cannot miss them unnoticed."""


def saved_forms(page: HtmlPage) -> list[Element]:
    return [
        form for form in page.all("form") if "data-draft" in form.attrib or "data-autosave" in form.attrib
    ]


def text_fields(form: Element) -> Iterator[Element]:
    """Yield the fields that a person writes sentences in, or else the lines of text."""
    areas = [area for area in form.iter("textarea") if area.get("name") and "readonly" not in area.attrib]
    yield from areas or (
        one
        for one in form.iter("input")
        if one.get("type", "text") in TEXT_TYPES - {"password", "date", "month", "number"} and one.get("name")
    )


def save(browser: Browser, form: Element, path: str, name: str) -> bool:
    """Save one field as autosave.js does, and return True if the server says that it is saved."""
    action = local_path(form.get("action") or path, path)
    if "data-draft" in form.attrib:
        inputs = (one for one in form.iter("input") if one.get("type") == "hidden")
        hidden = {
            one.get("name"): one.get("value") or "" for one in inputs if one.get("name") != "csrf_token"
        }
        content = {"path": action, "page": path, "from": path, "values": {name: [TEXT]}, "hidden": hidden}
        answer = browser.post("/drafts", data={"draft": json.dumps(content)}, headers=AUTOSAVE)
        return answer.status_code == 200
    data: dict[str, list[str]] = {}
    for one in form.iter():
        field, kind = one.get("name"), one.get("type", "text")
        if not field or field == "csrf_token" or one.tag not in {"input", "textarea"}:
            continue
        if kind not in {"checkbox", "radio", "file"} or "checked" in one.attrib:
            value = one.text if one.tag == "textarea" else one.get("value")
            data.setdefault(field, []).append(value or "")
    return browser.post(action, data=data | {name: [TEXT]}, headers=AUTOSAVE).status_code == 200


def typed_texts(page: HtmlPage, name: str) -> list[str]:
    return [
        one.text or one.get("value") or ""
        for one in page.all("textarea", name=name) + page.all("input", name=name)
    ]


@pytest.mark.sample(1)
@pytest.mark.parametrize("role", EXPECTED)
def test_typed_text_is_saved_as_a_draft_and_offered_again(demo_app: Flask, role: str) -> None:
    scenario = PolicyScenario(demo_app)
    found, wrong = set[str](), []
    for endpoint, path, browser in pages(scenario, role):
        answer = browser.get(path) if endpoint not in found else None
        if answer is None or answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for form in saved_forms(HtmlPage(answer.text)):
            field = next(text_fields(form), None)
            if field is None:
                continue
            name = field.get("name") or ""
            found.add(endpoint)
            if not save(browser, form, path, name):
                wrong.append(f"{path}: {name} is not saved")
            elif TEXT not in " ".join(typed_texts(HtmlPage(browser.get(path).text), name)):
                wrong.append(f"{path}: {name} is saved, and not in the form again")
    assert not wrong, "\n".join(wrong)
    assert found >= EXPECTED[role]


def pages(scenario: PolicyScenario, role: str) -> Iterator[tuple[str, str, Browser]]:
    """For a role, yield endpoint, path and browser of each page with a form, opened on the role's own objects."""
    rules = list(scenario.app.url_map.iter_rules())
    posted = {rule.rule for rule in rules if "POST" in (rule.methods or ())}
    for method, rule in scenario.rules():
        if method == "GET" and rule.rule in posted:
            yield rule.endpoint, scenario.path(rule, role, "own"), scenario.browser(rule, role)
    browser, side = scenario.browsers[scenario.users[role]], scenario.one
    if role == "company":
        yield "briefs.topic", f"/briefs/{side.draft}/guide/goal", browser
        yield "proposals.award", f"/briefs/{side.brief.reference}/award?proposal={side.proposal.id}", browser

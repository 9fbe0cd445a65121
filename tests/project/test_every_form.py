"""Submit every linked form, as each demo user, empty and with invalid or hostile values.

No request may fail with a server error, typed text must be shown again, and errors must be in the user's language.
Afterwards all pages are visited again to check that accepted values are escaped.
"""

from dataclasses import dataclass, field

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from marketplace.web.forms import clean_line
from tests.support.browser import Browser
from tests.support.crawl import (
    ROLES,
    Crawl,
    Field,
    Form,
    crawl,
    displayed_errors,
    endpoint_of,
    forms_on,
    sign_in,
)
from tests.support.databases import Database
from tests.support.page_rules import HtmlPage, page_violations
from tests.support.sampling import Sampling

MARKUP = "'\"><script>alert(1)</script>{{ 7 * 7 }}"
TYPED = {
    "markup": MARKUP,
    "emoji": "👩🏽‍🌾 \u202eÆøå",
    "nul": "be\x00fore\x1b[31m",
    "much": "ost " * 25_000,
    "negative": "-5",
    "digits": "9" * 400,
    "not a number": "sNaN",
    "power": "1e999999",
    "no such day": "2027-02-31",
    "other digits": "٢٠٢٧-٠٢-١١",
    "percent": "%s %(x)s %0 \\",
}
REDISPLAYED = ("markup", "emoji")
"""Values that an invalid form must show again unchanged."""
WRONG_CHOICE = "no-such-choice"
NEVER_REDISPLAYED = {"password", "hidden"}
EXPECTED_STATUSES = {200, 303, 404, 409, 410, 413, 422, 429}
SAMPLED_KINDS, SAMPLED_VARIANTS = 6, 3
"""Numbers of form kinds per role and of variants per kind in a sampled run. An exhaustive run submits all, each
on one of the two databases."""


def kinds_of_form(browser: Browser, found: Crawl) -> dict[tuple[str | None, tuple[str, ...]], Form]:
    """Return one form for each combination of route and field names."""
    kinds: dict[tuple[str | None, tuple[str, ...]], Form] = {}
    for form in found.forms():
        if endpoint_of(browser, form.action, form.method) != "accounts.sign_out":
            names = tuple(sorted({one.name for one in form.fields}))
            kinds.setdefault((endpoint_of(browser, form.action, form.method), names), form)
    return kinds


def reload_form(browser: Browser, form: Form) -> Form | None:
    """Load the form's page again and return the form with a fresh token, or None if it is no longer there."""
    answer = browser.get(form.page, follow_redirects=True)
    if answer.mimetype != "text/html":
        return None
    return next((one for one in forms_on(HtmlPage(answer.text), form.page) if is_same(one, form)), None)


def is_same(one: Form, other: Form) -> bool:
    """Return True if two forms have the same action and field names."""
    return one.action == other.action and {item.name for item in one.fields} == {i.name for i in other.fields}


def filled(form: Form, text: str, *, hidden: bool = False, wrong: bool = False) -> MultiDict[str, str]:
    """Return form data with the same text in all text fields, optionally with invalid choices or hidden fields."""
    sent: MultiDict[str, str] = MultiDict()
    for one in form.fields:
        for value in _values(one, text, hidden=hidden, wrong=wrong):
            sent.add(one.name, value)
    return sent


def _values(one: Field, text: str, *, hidden: bool, wrong: bool) -> tuple[str, ...]:
    if one.name == "csrf_token":
        return one.values
    if one.is_text or (hidden and one.kind == "hidden"):
        return (text,)
    if one.kind in {"select", "radio", "checkbox"}:
        return (WRONG_CHOICE,) if wrong else one.offered[-1:]
    return one.values


def submissions(form: Form) -> dict[str, MultiDict[str, str]]:
    """Return the variants of form data to submit, by name."""
    hidden_only = [(one.name, value) for one in form.fields if one.kind == "hidden" for value in one.values]
    if not any(one.is_text or one.offered for one in form.fields):
        # Only hidden fields can be tampered with in a form that consists of one button.
        return {
            "hidden digits": filled(form, "9" * 400, hidden=True),
            "hidden markup": filled(form, MARKUP, hidden=True),
            "empty": MultiDict(hidden_only),
        }
    twice = [*filled(form, MARKUP).items(multi=True), *filled(form, "-5", wrong=True).items(multi=True)]
    return {
        "empty": MultiDict(hidden_only),
        "wrong choices": filled(form, "Ost", wrong=True),
        **{name: filled(form, text) for name, text in TYPED.items()},
        "two of each": MultiDict(twice),
        "hidden digits": filled(form, "9" * 400, hidden=True),
        "hidden markup": filled(form, MARKUP, hidden=True),
    }


def lost_fields(form: Form, page: HtmlPage, text: str) -> list[str]:
    """Return the text fields that no longer contain a text when the form is shown again."""
    texts = {one.name for one in form.fields if one.is_text and one.kind not in NEVER_REDISPLAYED}
    again = next((one for one in forms_on(page, form.page) if is_same(one, form)), None)
    fields = again.fields if again else ()
    return [one.name for one in fields if one.name in texts and " ".join(one.values).strip() != text]


ERASE_ACCOUNT = "/account/data/erase"
"""Left out: once it is accepted, the user can no longer sign in. tests/privacy covers it."""


@dataclass
class FormTester:
    """Submits every variant of every form as one user. `wrong` lists the failures."""

    app: Flask
    role: str
    sampling: Sampling
    database: str
    wrong: list[str] = field(default_factory=list)
    sent: int = 0
    browsers: dict[str, Browser] = field(default_factory=dict)
    forms: dict[str, Form | None] = field(default_factory=dict)

    def send_all(self) -> Crawl:
        """Submit the forms of all pages. Returns the crawl that found them."""
        found = crawl(self.browser("nb"), sampling=self.sampling)
        kinds = [
            one for one in kinds_of_form(self.browser("nb"), found).values() if one.action != ERASE_ACCOUNT
        ]
        for kind in self.sampling.choose(kinds, SAMPLED_KINDS, self.role):
            for button in kind.buttons or (("", ""),):
                first = reload_form(self.browser("nb"), kind)
                key, variants = f"{kind.action} {button}", list(submissions(first)) if first else []
                chosen = self.sampling.choose(variants, SAMPLED_VARIANTS, key)
                for variant in self.sampling.split(chosen, self.database, key):
                    self.send(kind, button, variant)
            self.browsers.clear()
        return found

    def browser(self, locale: str) -> Browser:
        """Return the user's test client for a locale, a new one after a form was accepted."""
        if locale not in self.browsers:
            self.browsers[locale] = sign_in(self.app, self.role, locale)
            self.browsers[locale].check_pages = False
            self.forms.pop(locale, None)
        return self.browsers[locale]

    def form(self, kind: Form, locale: str) -> Form | None:
        """Return the current form in a locale. Forms with a hidden version are loaded again each time."""
        browser, form = self.browser(locale), self.forms.get(locale)
        if form is None or not is_same(form, kind) or any(one.kind == "hidden" for one in form.fields[1:]):
            form = reload_form(browser, kind)
        self.forms[locale] = form
        return form

    def send(self, kind: Form, button: tuple[str, str], variant: str) -> None:
        """Submit one variant of a form; if it is invalid, submit it in another language too and compare."""
        errors_by_locale: list[set[str]] = []
        for locale in ("nb", "en"):
            form = self.form(kind, locale)
            if form is None:
                return
            content = submissions(form)[variant]
            if button[0]:
                content.setlist(button[0], [button[1]])
            answer = self.browser(locale).open(
                form.action, method=form.method.upper(), **request_arguments(form, content)
            )
            self.sent += 1
            label = f"{form.method} {form.action} {button[1]} ({variant}) answered {answer.status_code}"
            if answer.status_code not in EXPECTED_STATUSES:
                self.wrong.append(label)
            if answer.status_code not in {200, 422}:
                self.browsers.clear()
                return
            page = HtmlPage(answer.text)
            errors_by_locale.append(set(displayed_errors(page)))
            if errors_by_locale[-1] and (form.method.upper(), answer.status_code) == ("POST", 200):
                self.wrong.append(f"{label} although it was refused")
            self.wrong += [f"{label}: {broken}" for broken in page_violations(page)]
            if "<script>alert" in answer.text:
                self.wrong.append(f"{label} and does not escape markup")
            if (
                variant in REDISPLAYED
                and errors_by_locale[-1]
                and (gone := lost_fields(form, page, clean_line(TYPED[variant]) or ""))
            ):
                self.wrong.append(f"{label} and has lost the text of {gone}")
            if not errors_by_locale[-1]:
                return
        same = set.intersection(*errors_by_locale)
        self.wrong += [f"{kind.action} ({variant}) shows an untranslated error: {text}" for text in same]


def request_arguments(form: Form, content: MultiDict[str, str]) -> dict[str, MultiDict[str, str]]:
    return {"data": content} if form.method == "post" else {"query_string": content}


@pytest.mark.slow
@pytest.mark.sample(1)
@pytest.mark.parametrize("role", ROLES)
def test_no_form_breaks_or_loses_typed_text(
    demo_app: Flask, shared_database: Database, role: str, sampling: Sampling
) -> None:
    tester = FormTester(demo_app, role, sampling, shared_database.name)
    before = tester.send_all()
    assert not tester.wrong, "\n".join(dict.fromkeys(tester.wrong))
    assert tester.sent >= SAMPLED_VARIANTS
    if not sampling.split([role], shared_database.name, f"{role} afterwards"):
        return
    # Accepted values must be escaped, and the pages must still follow the page rules.
    found = crawl(sign_in(demo_app, role), sampling=sampling, former=before)
    wrong = [entry for entry in found.errors if "answered 5" in entry]
    for path, page in found.pages.items():
        wrong += [f"{path}: {broken}" for broken in page_violations(page)]
    assert not wrong, "\n".join(wrong)

"""Every form that a link leads to, as each of the demo's people, sent empty and with what nobody should send.

Nothing breaks, what was typed stands there still, and what is wrong is said in the reader's language. Afterwards all
pages are visited again: what was accepted must be shown as text.
"""

from dataclasses import dataclass, field

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from marketplace.web.forms import clean_line
from tests.support.browser import Browser
from tests.support.crawl import ROLES, Field, Form, crawl, displayed_errors, endpoint_of, forms_on, sign_in
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
KEPT = ("markup", "emoji")
"""What must stand in the field again, letter by letter, when the form comes back."""
WRONG_CHOICE = "no-such-choice"
NEVER_SHOWN_AGAIN = {"password", "hidden"}
EXPECTED = {200, 303, 404, 409, 410, 413, 422, 429}
SAMPLED_KINDS, SAMPLED_WAYS = 6, 3
"""How many kinds of form a run tries for each role, and in how many ways each; an exhaustive run tries all."""


def kinds_of_form(browser: Browser) -> dict[tuple[str | None, tuple[str, ...]], Form]:
    """Return one form of each kind: the same route with the same fields is the same kind."""
    found = crawl(browser)
    kinds: dict[tuple[str | None, tuple[str, ...]], Form] = {}
    for form in found.forms():
        if endpoint_of(browser, form.action, form.method) != "accounts.sign_out":
            names = tuple(sorted({one.name for one in form.fields}))
            kinds.setdefault((endpoint_of(browser, form.action, form.method), names), form)
    return kinds


def as_it_stands(browser: Browser, form: Form) -> Form | None:
    """Return a form as it is on its page now, with its token; None when an earlier act has taken it away."""
    answer = browser.get(form.page, follow_redirects=True)
    if answer.mimetype != "text/html":
        return None
    return next((one for one in forms_on(HtmlPage(answer.text), form.page) if is_same(one, form)), None)


def is_same(one: Form, other: Form) -> bool:
    """Say whether two forms do the same, whatever stands in them."""
    return one.action == other.action and {item.name for item in one.fields} == {i.name for i in other.fields}


def filled(form: Form, text: str, *, hidden: bool = False, wrong: bool = False) -> MultiDict[str, str]:
    """Return a form with one text in all text fields, and perhaps wrong choices and hidden fields."""
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


def sendings(form: Form) -> dict[str, MultiDict[str, str]]:
    """Return what is tried on a form, by name."""
    alone = [(one.name, value) for one in form.fields if one.kind == "hidden" for value in one.values]
    if not any(one.is_text or one.offered for one in form.fields):
        # A form of one button: what can be wrong is what it carries with it.
        return {
            "hidden digits": filled(form, "9" * 400, hidden=True),
            "hidden markup": filled(form, MARKUP, hidden=True),
            "empty": MultiDict(alone),
        }
    twice = [*filled(form, MARKUP).items(multi=True), *filled(form, "-5", wrong=True).items(multi=True)]
    return {
        "empty": MultiDict(alone),
        "wrong choices": filled(form, "Ost", wrong=True),
        **{name: filled(form, text) for name, text in TYPED.items()},
        "two of each": MultiDict(twice),
        "hidden digits": filled(form, "9" * 400, hidden=True),
        "hidden markup": filled(form, MARKUP, hidden=True),
    }


def lost(form: Form, page: HtmlPage, text: str) -> list[str]:
    """Return the fields in which a text no longer stands, on a page with the same form."""
    texts = {one.name for one in form.fields if one.is_text and one.kind not in NEVER_SHOWN_AGAIN}
    again = next((one for one in forms_on(page, form.page) if is_same(one, form)), None)
    fields = again.fields if again else ()
    return [one.name for one in fields if one.name in texts and " ".join(one.values).strip() != text]


@dataclass
class Trial:
    """One person's forms, sent in every way. `wrong` is what broke."""

    app: Flask
    role: str
    sampling: Sampling
    wrong: list[str] = field(default_factory=list)
    sent: int = 0
    readers: dict[str, Browser] = field(default_factory=dict)
    forms: dict[str, Form | None] = field(default_factory=dict)

    def send_all(self) -> None:
        kinds = kinds_of_form(self.reader("nb")).values()
        for kind in self.sampling.choose(kinds, SAMPLED_KINDS, self.role):
            for button in kind.buttons or (("", ""),):
                first = as_it_stands(self.reader("nb"), kind)
                ways = sendings(first) if first else ()
                for way in self.sampling.choose(ways, SAMPLED_WAYS, f"{kind.action} {button}"):
                    self.send(kind, button, way)
            self.readers.clear()

    def reader(self, locale: str) -> Browser:
        """Return the person's browser, which is a new one after something was accepted."""
        if locale not in self.readers:
            self.readers[locale] = sign_in(self.app, self.role, locale)
            self.readers[locale].check_pages = False
            self.forms.pop(locale, None)
        return self.readers[locale]

    def form(self, kind: Form, locale: str) -> Form | None:
        """Return a form as it stands for a reader. One that carries a version is read anew each time."""
        reader, form = self.reader(locale), self.forms.get(locale)
        if form is None or not is_same(form, kind) or any(one.kind == "hidden" for one in form.fields[1:]):
            form = as_it_stands(reader, kind)
        self.forms[locale] = form
        return form

    def send(self, kind: Form, button: tuple[str, str], way: str) -> None:
        """Send a form in one way; when something is wrong with it, send it in another language too."""
        told: list[set[str]] = []
        for locale in ("nb", "en"):
            form = self.form(kind, locale)
            if form is None:
                return
            content = sendings(form)[way]
            if button[0]:
                content.setlist(button[0], [button[1]])
            answer = self.reader(locale).open(
                form.action, method=form.method.upper(), **as_sent(form, content)
            )
            self.sent += 1
            what = f"{form.method} {form.action} {button[1]} ({way}) answered {answer.status_code}"
            if answer.status_code not in EXPECTED:
                self.wrong.append(what)
            if answer.status_code not in {200, 422}:
                self.readers.clear()
                return
            page = HtmlPage(answer.text)
            told.append(set(displayed_errors(page)))
            self.wrong += [f"{what}: {broken}" for broken in page_violations(page)]
            if "<script>alert" in answer.text:
                self.wrong.append(f"{what} and gives markup back as markup")
            if way in KEPT and told[-1] and (gone := lost(form, page, clean_line(TYPED[way]) or "")):
                self.wrong.append(f"{what} and has lost what was typed in {gone}")
            if not told[-1]:
                return
        same = set.intersection(*told)
        self.wrong += [f"{kind.action} ({way}) says in every language: {text}" for text in same]


def as_sent(form: Form, content: MultiDict[str, str]) -> dict[str, MultiDict[str, str]]:
    return {"data": content} if form.method == "post" else {"query_string": content}


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.sample(2)
@pytest.mark.parametrize("role", ROLES)
def test_no_form_breaks_or_loses_typed_text(demo_app: Flask, role: str, sampling: Sampling) -> None:
    trial = Trial(demo_app, role, sampling)
    trial.send_all()
    assert not trial.wrong, "\n".join(dict.fromkeys(trial.wrong))
    assert trial.sent >= SAMPLED_WAYS
    # What was accepted is shown, as text, on pages that keep the rules.
    found = crawl(sign_in(demo_app, role))
    wrong = [entry for entry in found.wrong if "answered 5" in entry]
    for path, page in found.pages.items():
        wrong += [f"{path}: {broken}" for broken in page_violations(page)]
    assert not wrong, "\n".join(wrong)

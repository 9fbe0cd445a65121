"""Six users save the same form at once: one succeeds, five get a conflict page with both versions."""

import re
import threading

import pytest

from marketplace.core.database import session
from marketplace.suppliers import use_cases as profiles
from tests import factories
from tests.factories.suppliers import supplier as new_supplier

WORDS = ("granbar", "myrull", "kvistverk", "lyngstad", "fjellfot", "storvik")
LONG = "Vi lager nettbutikker for gårder og ysterier i bygda, og har gjort det siden 2012. {}"


def form_values(page, action):
    """Return the values that a form on a page would submit unchanged."""
    form = next(form for form in page.all("form") if form.get("action", action) == action)
    values = {}
    for field in form.iter():
        name, kind = field.get("name"), field.get("type", "text")
        if name is None or field.tag not in {"input", "textarea", "select"}:
            continue
        if field.tag == "select":
            chosen = [option for option in field.iter("option") if option.get("selected") is not None]
            if chosen:
                values[name] = chosen[0].get("value", "")
        elif kind in {"radio", "checkbox"}:
            if field.get("checked") is not None:
                values.setdefault(name, []).append(field.get("value", ""))
        else:
            values[name] = field.text or "" if field.tag == "textarea" else field.get("value", "")
    return values


def save_concurrently(app, people, path, field, text):
    """Open a page in six browsers and save it at once, each with its own text; return the responses."""
    browsers = [app.test_client().sign_in(person.user_id) for person in people]
    forms = [
        form_values(browser.page(path), path) | {field: text.format(word)}
        for browser, word in zip(browsers, WORDS, strict=True)
    ]
    start, answers = threading.Barrier(6), [None] * 6

    def save(number):
        start.wait()
        answers[number] = browsers[number].post(path, data=forms[number], csrf=False)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session.expire_all()
    return answers


def assert_one_winner(answers, text):
    """Check that one response redirects and five are conflicts with both texts; return the index of the winner."""
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409, 409, 409]
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 303)
    for number, answer in enumerate(answers):
        if number != winner:
            assert text.format(WORDS[number]) in answer.text, answer.text
            assert text.format(WORDS[winner]) in answer.text
            assert "Lagret nå" in answer.text
    return winner


def six_members(organisation, role="owner"):
    return [factories.member(organisation, role) for _each in range(6)]


@pytest.mark.both_databases
def test_concurrent_company_edits_accept_one(app):
    company = factories.company()
    answers = save_concurrently(app, six_members(company), "/organisation", "about", LONG)
    winner = assert_one_winner(answers, LONG)
    session.refresh(company)
    assert company.about == LONG.format(WORDS[winner])


@pytest.mark.both_databases
def test_concurrent_garden_edits_accept_one(app):
    garden = factories.garden()
    people = [factories.administrator() for _each in range(6)]
    assert_one_winner(save_concurrently(app, people, f"/admin/gardens/{garden.id}", "about", LONG), LONG)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("section", "field"), [("text", "about"), ("basics", "contact_name"), ("price", "price_from")]
)
def test_concurrent_profile_edits_accept_one(app, section, field):
    supplier = new_supplier("Kvistverk", contact_name="Ola", contact_email="ola@kvistverk.example")
    text = "{}" if field == "contact_name" else LONG
    if field == "price_from":
        prices = dict(zip(WORDS, ("110", "120", "130", "140", "150", "160"), strict=True))
        text = type("Price", (str,), {"format": lambda _self, word: prices[word]})("{}")
    assert_one_winner(save_concurrently(app, six_members(supplier), f"/profile/{section}", field, text), text)


@pytest.mark.both_databases
def test_concurrent_case_edits_accept_one(app):
    supplier = new_supplier("Kvistverk")
    people = six_members(supplier)
    profiles.add_case(people[0], profiles.CaseDetails("Nettbutikk", LONG.format("før"), 2025))
    session.expire_all()
    assert_one_winner(
        save_concurrently(app, people, f"/profile/cases/{supplier.cases[0].id}", "text", LONG), LONG
    )


def test_company_form_shows_the_current_values(app):
    company = factories.company(about="Vi lager ost.", organisation_number="974760673", employees=4)
    form = form_values(
        app.test_client().sign_in(six_members(company)[0].user_id).page("/organisation"), "/organisation"
    )
    assert form["municipality"] == "5021"
    assert form["sector"] == "food-drink"
    assert form["employees"] == "4"


def test_saving_after_a_conflict_replaces_the_values(app):
    company = factories.company()
    mine, theirs = (app.test_client().sign_in(person.user_id) for person in six_members(company)[:2])
    form = form_values(mine.page("/organisation"), "/organisation") | {"about": "Vårt."}
    theirs.post(
        "/organisation", data=form_values(theirs.page("/organisation"), "/organisation") | {"about": "Deres."}
    )
    refused = mine.post("/organisation", data=form, csrf=False)
    assert refused.status_code == 409
    seen = re.search(r'name="seen" value="(\w+)"', refused.text)[1]
    assert mine.post("/organisation", data=form | {"seen": seen}).status_code == 303
    session.refresh(company)
    assert company.about == "Vårt."


def test_edits_of_different_sections_do_not_conflict(app):
    supplier = new_supplier("Kvistverk")
    one, other = (app.test_client().sign_in(person.user_id) for person in six_members(supplier)[:2])
    text = form_values(one.page("/profile/text"), "/profile/text") | {"about": LONG.format("mosefjell")}
    price = form_values(other.page("/profile/price"), "/profile/price") | {"price_from": "9 000"}
    assert one.post("/profile/text", data=text, csrf=False).status_code == 303
    assert other.post("/profile/price", data=price, csrf=False).status_code == 303

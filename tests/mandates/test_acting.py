"""An adviser writes for a company: allowed routes, the end of a mandate, and the audit log."""

import datetime as dt
import json

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.dates import add_months
from marketplace.mandates.use_cases import mandates
from marketplace.organisations.models import Company, CompanyFollower, Membership
from marketplace.web import access, mandate_access
from tests import factories
from tests.factories import programme, strategy as strategies
from tests.factories.briefs import draft, published
from tests.factories.mandates import MandatePeople
from tests.support.browser import signed_in
from tests.support.sql_capture import captured_sql

WORDS = "Vi vil selge ost på nett til hele landet."


def test_adviser_writes_a_brief_and_the_log_says_for_whom(people: MandatePeople) -> None:
    mandate = people.give()
    browser = people.writing()
    page = browser.page("/briefs")
    assert f"Du skriver for {people.company.name}" in page.text
    created = browser.post("/briefs/new", data={"own_words": WORDS, "service": "ecm.shop"})
    assert created.status_code == 303
    brief = session.query(Brief).one()
    assert (brief.company_id, brief.created_by_id) == (people.company.id, people.adviser.user_id)
    event = session.scalars(select(AuditEvent).where(AuditEvent.object_id == brief.reference)).first()
    assert event is not None
    assert event.organisation_id == people.company.id
    named = {"mandate": mandate.id, "by_garden": people.garden.id, "for_company": people.company.id}
    assert named.items() <= event.details.items()
    seen = signed_in(people.app, people.owner).page("/organisation/mandates").text
    assert f"Ragna Rådgiver, {people.garden.name}, for {people.company.name}" in seen
    assert brief.reference in seen
    assert "Begynte å skrive for en bedrift" in seen
    log = signed_in(people.app, factories.administrator()).page("/admin/audit").text
    assert f"Ragna Rådgiver, {people.garden.name}" in log


def test_adviser_writes_the_plan(people: MandatePeople) -> None:
    people.give()
    browser = people.writing()
    for path in ("/plan", "/plan/strategy/gaps", "/plan/objectives/new", "/plan/actions/new", "/plan/tools"):
        assert browser.get(path).status_code == 200, path


def test_pages_of_the_plan_link_to_what_the_adviser_may_open(people: MandatePeople) -> None:
    strategies.strategy(people.owner)
    cohort = programme.cohort(programme.place(programme.project(people.garden)))
    programme.participation(cohort, company_id=people.company.id)
    session.commit()
    people.give()
    browser = people.writing()
    for path in ("/plan", "/plan/print", "/plan/versions", "/plan/strategy/check", "/plan/assessment"):
        links = [link.partition("#")[0] for link in browser.page(path).links().values()]
        assert [link for link in links if link.startswith("/") and browser.get(link).status_code == 403] == []


def test_two_advisers_and_the_owner_in_one_section_lose_no_text(people: MandatePeople) -> None:
    people.give()
    second = factories.member(people.garden, "adviser", name="Siv Rådgiver")
    session.commit()
    browsers = [people.writing(), people.writing(second), signed_in(people.app, people.owner)]
    path = "/plan/strategy/company"
    seen = [browser.page(path).one("input", name="seen").attrib["value"] for browser in browsers]
    texts = ["Vi vil vokse", "Vi vil spare", "Vi vil ha fri"]
    answers = [
        browser.post(path, data={"vision": text, "seen": mark})
        for browser, text, mark in zip(browsers, texts, seen, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [303, 409, 409]
    for answer, text in zip(answers[1:], texts[1:], strict=True):
        assert f"{text}</textarea>" in answer.text
        assert texts[0] in answer.text
        assert "Noen andre har lagret dette" in answer.text


def test_writing_needs_a_mandate(people: MandatePeople) -> None:
    browser = signed_in(people.app, people.adviser)
    assert browser.post(f"/companies/{people.company.id}/write").status_code == 303
    assert browser.get("/briefs").status_code == 403
    stranger = factories.member(factories.garden("Annen næringshage", covered_municipalities=[]), "adviser")
    session.commit()
    people.give()
    other = signed_in(people.app, stranger)
    assert other.post(f"/companies/{people.company.id}/write").status_code == 404


def test_every_route_outside_the_list_is_refused_while_writing(people: MandatePeople) -> None:
    """A new route is refused until it is added to web/mandate_access.py."""
    people.give()
    browser = people.writing()
    browser.check_pages = False
    adapter = people.app.url_map.bind("localhost")
    wrong = []
    for rule in people.app.url_map.iter_rules():
        if rule.endpoint in mandate_access.ALLOWED:
            continue
        values = {name: "x" if f"<{name}>" in rule.rule else 1 for name in rule.arguments}
        path = adapter.build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = browser.open(path, method=method)
            if answer.status_code != 403:
                wrong.append(f"{method} {path} answered {answer.status_code}")
    assert wrong == []


def test_every_route_in_the_list_exists_and_is_open_to_members(app: Flask) -> None:
    """None of them needs an owner, so the list grants nothing by itself."""
    closed = {"pages.save_draft", "pages.discard_draft", "mandates.stop_writing"}
    for endpoint in mandate_access.ALLOWED | mandate_access.OFFERS:
        view = app.view_functions[endpoint]
        levels = {access.level_of(view), access.write_level_of(view)} - {None}
        open_levels = {
            "public",
            "signed in",
            "signing in",
            "any organisation",
            "company",
            "company or garden",
        }
        assert levels <= open_levels or endpoint in closed, endpoint


def test_refused_act_says_that_the_company_must_do_it(people: MandatePeople) -> None:
    people.give()
    answer = people.writing().post("/organisation", data={"name": "Nytt navn"})
    assert answer.status_code == 403
    assert f"Dette må {people.company.name} gjøre selv" in answer.text


def test_own_pages_open_after_the_adviser_stops_writing(people: MandatePeople) -> None:
    """Includes a page that a message links to: it opens after the adviser has stopped writing."""
    people.give()
    browser = people.writing()
    page = f"/companies/{people.company.id}"
    answer = browser.get(page)
    assert answer.status_code == 403
    assert f"Du skriver for {people.company.name} nå" in answer.text
    assert f'name="next" value="{page}"' in answer.text
    assert browser.post("/mandate/stop", data={"next": page}).location == page
    assert browser.get(page).status_code == 200


def test_offers_are_never_visible_by_mandate_alone(people: MandatePeople) -> None:
    people.give()
    brief = published(people.owner)
    brief.deadline = clock.now() - dt.timedelta(hours=1)
    session.commit()
    browser = people.writing()
    for path in ("proposals", "award", "proposals/scores", "job"):
        assert browser.get(f"/briefs/{brief.reference}/{path}").status_code == 403
    assert f"{brief.reference}/proposals" not in browser.get(f"/briefs/{brief.reference}").text


def end_by_withdrawal(people: MandatePeople, mandate_id: int) -> None:
    mandates.withdraw_mandate(people.owner, mandate_id)


def end_by_leaving(people: MandatePeople, _mandate_id: int) -> None:
    with transaction():
        session.execute(delete(Membership).where(Membership.user_id == people.adviser.user_id))
        factories.member(factories.garden("Ny hage", covered_municipalities=[]), "adviser", person=None)


def end_by_closing(people: MandatePeople, _mandate_id: int) -> None:
    with transaction():
        session.get_one(Company, people.company.id).is_active = False


def end_by_moving(people: MandatePeople, _mandate_id: int) -> None:
    with transaction():
        session.query(CompanyFollower).one().until = clock.now()


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (end_by_withdrawal, "Bedriften har trukket tilbake tillatelsen"),
        (end_by_leaving, "Du er ikke lenger logget inn for næringshagen"),
        (end_by_closing, "Bedriften er stengt"),
        (end_by_moving, "følger ikke lenger bedriften"),
    ],
)
def test_mandate_that_ends_in_the_middle_of_a_form_returns_the_text(
    people: MandatePeople, end: object, words: str
) -> None:
    mandate = people.give()
    browser = people.writing()
    end(people, mandate.id)  # type: ignore[operator]  # because a parameter has any type
    typed = "Kundene finner oss ikke på nett."
    answer = browser.post("/plan/objectives/new", data={"text": typed})
    assert answer.status_code == 403
    assert typed in answer.text
    assert words in answer.text
    assert browser.get("/briefs").status_code == 403, "nothing goes on by itself"
    assert browser.post("/mandate/stop").status_code == 303
    assert "Du skriver for" not in browser.get("/home", follow_redirects=True).text


def test_mandate_ends_after_its_last_day(people: MandatePeople) -> None:
    mandate = people.give()
    browser = people.writing()
    with time_machine.travel(clock.end_of_day(add_months(clock.today(), 3)), tick=False):
        browser.sign_in(people.adviser.user_id or 0)
        assert browser.post(f"/companies/{people.company.id}/write").status_code == 303
        assert browser.get("/briefs").status_code == 200
    with time_machine.travel(clock.end_of_day(mandate.until) + dt.timedelta(seconds=2), tick=False):
        assert browser.get("/briefs").status_code == 403


def test_draft_of_a_form_is_there_again_with_a_new_mandate(people: MandatePeople) -> None:
    mandate = people.give()
    browser = people.writing()
    draft = {"path": "/plan/objectives/new", "page": "/plan/objectives/new", "values": {"text": ["Flere kunder"]}, "hidden": {}}  # fmt: skip
    assert browser.post("/drafts", data={"draft": json.dumps(draft)}).status_code == 200
    mandates.withdraw_mandate(people.owner, mandate.id)
    browser.post("/mandate/stop")
    people.give()
    assert "Flere kunder" in people.writing().get("/plan/objectives/new").text


def test_check_of_the_mandate_takes_one_statement(people: MandatePeople) -> None:
    people.give()
    owner, adviser = signed_in(people.app, people.member), people.writing()
    counts = []
    for browser in (owner, adviser):
        browser.get("/briefs")
        with captured_sql() as seen:
            browser.get("/briefs")
        counts.append(len([one for one in seen if one.startswith("SELECT")]))
    assert counts[1] - counts[0] <= 1
    with captured_sql() as seen:
        owner.get("/briefs")
    assert not [one for one in seen if "mandate" in one and "acting_mandate_id" not in one]


def test_adviser_cannot_give_or_confirm_anything_while_writing(people: MandatePeople) -> None:
    people.give()
    browser = people.writing()
    assert browser.get("/organisation/mandates").status_code == 403
    assert browser.get("/act-for").status_code == 403
    assert browser.get("/messages").status_code == 403
    assert browser.get("/account/data/export").status_code == 403


def test_draft_says_who_saved_it_for_the_company(people: MandatePeople) -> None:
    people.give()
    brief = draft(people.owner)
    path = f"/briefs/{brief.reference}"
    people.writing().post(f"{path}/guide/goal", data={"goal": "Flere bestillinger på nett."})
    shown = signed_in(people.app, people.owner).get(f"{path}/check").text
    assert f"Sist lagret av Ragna Rådgiver, {people.garden.name}" in shown


def test_autosave_after_the_end_says_so_and_saves_nothing(people: MandatePeople) -> None:
    mandate = people.give()
    brief = draft(people.owner)
    browser = people.writing()
    mandates.withdraw_mandate(people.owner, mandate.id)
    answer = browser.post(
        f"/briefs/{brief.reference}/guide/goal", data={"goal": "Noe annet."}, headers={"X-Autosave": "1"}
    )
    assert answer.status_code == 403
    assert "Bedriften har trukket tilbake tillatelsen" in answer.get_json()["saved"]
    assert session.get_one(Brief, brief.id).answers["goal"] != "Noe annet."

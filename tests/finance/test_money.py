"""Funding, incomes and costs: sums to the øre, corrections as new rows, and who may see and write them."""

import datetime as dt

import pytest

from marketplace.core import clock
from marketplace.core.currencies import Total
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, RuleBroken
from marketplace.finance.models import MoneyEntry
from marketplace.finance.queries.money import money_page
from marketplace.finance.use_cases.money import EntryDetails, Money, SourceDetails, save_entry, save_source
from marketplace.programme.models.projects import ProjectGarden
from marketplace.programme.queries.projects import project_for
from tests import factories
from tests.factories import finance


def page(viewer, project):
    return money_page(project_for(viewer, project.slug))


def cost(amount, currency="NOK", category="venue", **rate):
    return EntryDetails(Money(amount, currency, **rate), clock.today(), category=category)


def test_euro_and_kroner_are_added_up_with_a_dated_rate_only(project, leader):
    save_entry(leader, project.slug, cost(1_050))
    save_entry(leader, project.slug, cost(100, "EUR", rate=114_325, rate_on=dt.date(2026, 9, 1)))
    save_entry(leader, project.slug, cost(700, "EUR"))
    assert page(leader, project).spent == Total({"NOK": 1_050, "EUR": 800}, 2_193, {"EUR": 700})


def test_costs_are_listed_in_the_order_of_the_form(project, leader):
    for category in ("lecturer", "other", "staff"):
        save_entry(leader, project.slug, cost(1_000, category=category))
    assert [category for category, _sum in page(leader, project).costs] == ["staff", "lecturer", "other"]


def test_income_is_added_to_its_source_also_after_the_source_was_corrected(project, leader):
    first = finance.source(project, leader.user_id)
    income = EntryDetails(Money(2_000_000, "EUR"), clock.today(), source_id=first.id)
    save_entry(leader, project.slug, income)
    save_source(leader, project.slug, SourceDetails("public", "Fylket", Money(7_000_000, "EUR")), first.id)
    row = page(leader, project).sources[0]
    assert (row.source.agreed_minor, row.received.by_currency) == (7_000_000, {"EUR": 2_000_000})


def test_correction_replaces_an_entry_and_zero_voids_it(project, leader):
    save_entry(leader, project.slug, cost(1_000))
    first = session.query(MoneyEntry).one()
    save_entry(leader, project.slug, cost(900), first.id)
    assert page(leader, project).spent.ore == 900
    with pytest.raises(Conflict):
        save_entry(leader, project.slug, cost(800), first.id)
    second = session.query(MoneyEntry).order_by(MoneyEntry.id.desc()).first()
    save_entry(leader, project.slug, cost(0), second.id)
    assert (page(leader, project).entries, session.query(MoneyEntry).count()) == ([], 3)


@pytest.mark.parametrize(
    "money",
    [
        Money(100, "EUR", rate=114_325),
        Money(100, "EUR", rate_on=dt.date(2026, 1, 1)),
        Money(100, "NOK", rate=114_325, rate_on=dt.date(2026, 1, 1)),
        Money(100, "EUR", rate=114_325, rate_on=dt.date(2099, 1, 1)),
        Money(0, "NOK"),
    ],
)
def test_amount_with_an_incomplete_rate_is_refused(project, leader, money):
    with pytest.raises(RuleBroken):
        save_entry(leader, project.slug, EntryDetails(money, clock.today(), category="venue"))


def test_adviser_reads_and_a_partner_garden_does_not(garden, project):
    adviser = factories.member(garden, "adviser")
    assert page(adviser, project).entries == []
    with pytest.raises(Forbidden):
        save_entry(adviser, project.slug, cost(100))
    partner = factories.garden("Fjellgløtt")
    session.add(ProjectGarden(project_id=project.id, garden_id=partner.id))
    session.flush()
    with pytest.raises(Forbidden):
        page(factories.member(partner, "curator"), project)


def test_entry_is_typed_and_kept_after_an_error(app, project, leader):
    finance.source(project, leader.user_id)
    browser = app.test_client().sign_in(leader.user_id)
    path = f"/programme/{project.slug}/money/new"
    form = {"source_or_category": "venue", "booked_on": clock.today().isoformat(), "currency": "EUR"}
    refused = browser.post(path, data=form | {"amount": "1.234,50", "rate": "11,43"})
    assert (refused.status_code, "1.234,50" in refused.text) == (422, True)
    contradicting = browser.post(path, data=form | {"amount": "1.234,50 kr"})
    assert "beløpet i NOK og valgte EUR" in contradicting.text
    assert "1.234,50 kr" in contradicting.text
    assert browser.post(path, data=form | {"amount": "€ 1.234,50"}).status_code == 303
    assert session.query(MoneyEntry.amount_minor).scalar() == 123_450
    assert "1 234,50 €" in browser.page(f"/programme/{project.slug}/money").text.replace("\xa0", " ")

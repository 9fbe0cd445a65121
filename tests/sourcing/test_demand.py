"""Coverage with demand: what gardens see of supply and demand, and what stays hidden of others' companies."""

import re

import pytest
from sqlalchemy import select, update

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.directory.models import UNKNOWN_SERVICE, UnansweredSearch
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.demand_counts import OWN, CoverageLine, DemandCount, Gap, count_events
from marketplace.strategy.models.actions import Action
from marketplace.strategy.use_cases.sharing import share_strategy
from tests import factories
from tests.factories.briefs import published
from tests.factories.strategy import strategy
from tests.support.sql_capture import captured_sql


@pytest.mark.parametrize(
    ("others", "shown"),
    [
        ([1, 2, 3, 4] * 10, 0),
        ([1, 2, 3, 4, 5], 5),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9], 5),
        ([1, 2, 3, 4, 5, 6] * 2, 10),
    ],
)
def test_other_gardens_counts_need_five_companies_and_are_rounded(others, shown):
    assert count_events([OWN, OWN, *others]) == DemandCount(2, shown)


@pytest.mark.parametrize(
    ("supply", "briefs", "declined", "gap"),
    [
        (0, 0, 0, Gap.NO_DEMAND),
        (0, 1, 0, Gap.NO_SUPPLIER),
        (1, 3, 0, Gap.TOO_FEW),
        (2, 3, 2, Gap.TOO_FEW),
        (2, 3, 1, Gap.ENOUGH),
    ],
)
def test_gap_compares_supply_with_demand_and_declines(supply, briefs, declined, gap):
    declines = {"no_capacity": DemandCount(declined), "not_our_field": DemandCount(7)}
    line = CoverageLine("ecm.shop", "5021", supply, briefs=DemandCount(briefs), declines=declines)
    assert line.gap == gap


@pytest.mark.parametrize(
    ("supply", "declined", "gap"), [(2, 2, Gap.LOW_BUDGETS), (2, 1, Gap.ENOUGH), (0, 2, Gap.NO_SUPPLIER)]
)
def test_declines_for_the_budget_show_low_budgets_not_a_shortage(supply, declined, gap):
    declines = {"low_budget": DemandCount(declined)}
    line = CoverageLine("ecm.shop", "5021", supply, briefs=DemandCount(3), declines=declines)
    assert (line.gap, line.is_short) == (gap, gap is Gap.NO_SUPPLIER)


def test_supplier_declines_because_of_the_budget(market, publish, sign_in):
    reference = publish()
    use_cases.invite_suppliers(market.owner, reference, [market.suppliers["Kvistverk"].id])
    page = f"/briefs/{reference}/decline"
    sign_in(market.people["Kvistverk"]).post(page, data={"reason": "low_budget"})
    assert dict(line_of(market.adviser, "ecm", "5021").declines) == {"low_budget": DemandCount(1)}
    assert "budget too low" in sign_in(market.adviser).get("/garden/coverage").text


def line_of(viewer, code, place=""):
    return next(line for line in queries.coverage_report(viewer, place).groups if line.code == code)


def test_own_companies_briefs_and_declines_are_counted_exactly(market, publish):
    reference = publish()
    use_cases.invite_suppliers(market.owner, reference, [market.suppliers["Kvistverk"].id])
    use_cases.decline(market.people["Kvistverk"], reference, "no_capacity")
    line = line_of(market.adviser, "ecm", "5021")
    assert (line.briefs, line.open_briefs) == (DemandCount(1), DemandCount(1))
    assert dict(line.declines) == {"no_capacity": DemandCount(1)}
    assert line_of(market.adviser, "ecm", "5001").briefs == DemandCount()
    assert line_of(market.elsewhere, "ecm").demand == 0


def test_brief_for_several_services_of_a_kind_counts_once(market, publish):
    reference = publish(services=["ecm.shop", "ecm.booking"])
    use_cases.invite_suppliers(market.owner, reference, [market.suppliers["Kvistverk"].id])
    use_cases.decline(market.people["Kvistverk"], reference, "too_far")
    report = queries.coverage_report(market.adviser, on_map="ecm")
    line = next(line for line in report.groups if line.code == "ecm")
    assert (line.briefs, line.open_briefs, line.all_declines) == (DemandCount(1), DemandCount(1), 1)
    assert report.demand == {"5021": 1}


def test_other_gardens_briefs_are_shown_from_five_companies(market):
    for number in range(5):
        assert line_of(market.elsewhere, "ecm").briefs == DemandCount()
        published(factories.member(factories.company(f"Bedrift {number}", of=market.garden)))
    assert line_of(market.elsewhere, "ecm").briefs == DemandCount(0, 5)
    assert line_of(market.adviser, "ecm").briefs == DemandCount(5)


def test_private_plan_is_not_counted_until_it_is_shared(market):
    strategy(market.owner)
    session.execute(update(Action).values(service_code="ecm.shop"))
    session.commit()
    assert line_of(market.adviser, "ecm").planned == DemandCount()
    share_strategy(market.owner)
    assert line_of(market.adviser, "ecm").planned == DemandCount(1)
    assert line_of(market.elsewhere, "ecm").planned == DemandCount()
    brief = published(market.owner)
    brief.action_id = session.scalar(select(Action.id))
    session.commit()
    assert line_of(market.adviser, "ecm").planned == DemandCount()


@pytest.mark.parametrize(("number", "shown"), [(4, 0), (7, 5)])
def test_searches_without_result_are_shown_from_five(market, number, shown):
    for place, count in (("5021", number - 1), ("", 1)):
        session.add(UnansweredSearch(week=clock.today(), code="web.site", place=place, number=count))
    session.commit()
    assert line_of(market.adviser, "web").searches == shown


@pytest.mark.parametrize(("number", "shown"), [(4, 0), (11, 10)])
def test_searches_for_no_known_service_are_shown_from_five(market, sign_in, number, shown):
    session.add(UnansweredSearch(week=clock.today(), code=UNKNOWN_SERVICE, place="5021", number=number))
    session.commit()
    assert queries.coverage_report(market.adviser, "5021").unknown_searches == shown
    assert queries.coverage_report(market.adviser, "5001").unknown_searches == 0
    page = sign_in(market.adviser).get("/garden/coverage").text
    assert ("named no service that we know" in page) is bool(shown)


def test_recruit_list_gives_reasons_in_words_and_csv(market, publish, sign_in):
    reference = publish(municipality="5021", services=["ecm.shop", "web.site"])
    use_cases.invite_suppliers(market.owner, reference, [market.suppliers["Kvistverk"].id])
    use_cases.decline(market.people["Kvistverk"], reference, "too_far")
    browser = sign_in(market.adviser)
    page = browser.get("/garden/coverage?place=5021")
    assert "1 brief in the last year, no approved supplier and 1 declined (too far away)" in page.text
    assert "10 kinds of service without demand" in page.text, "folded after the two kinds with demand"
    assert "Briefs in the last year" in browser.get("/garden/coverage.csv?place=50").text
    html = browser.get("/garden/coverage?service=web.site").text
    assert re.search(r">Oppdal: </span><b>0<small> /1</small>", html)
    (row,) = [
        line for line in browser.get("/garden/coverage/recruit.csv").text.splitlines() if "Oppdal" in line
    ]
    assert row.split(";")[2:8] == ["0", "1", "1", "0", "0", "1"]
    with captured_sql() as seen:
        browser.get("/garden/coverage")
    assert sum(not line.startswith(("BEGIN", "PRAGMA")) for line in seen) <= 12


def test_coverage_is_for_gardens_only(market, sign_in):
    for viewer in (market.owner, market.people["Kvistverk"], market.admin):
        for path in ("/garden/coverage", "/garden/coverage.csv", "/garden/coverage/recruit.csv"):
            assert sign_in(viewer).get(path).status_code == 403
        with pytest.raises(NotFound):
            queries.coverage_report(viewer)

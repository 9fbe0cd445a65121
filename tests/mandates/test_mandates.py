"""A company gives a business garden a mandate until a date, changes it and ends it."""

import datetime as dt

import pytest
import time_machine
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.dates import add_months
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.mandates.models import Mandate
from marketplace.mandates.use_cases import mandates
from marketplace.organisations.models import CompanyFollower
from marketplace.outbox.models import Notice
from marketplace.privacy.retention import delete_old_mandates
from tests import factories
from tests.factories.mandates import MandatePeople
from tests.support.browser import signed_in
from tests.support.concurrency import run_concurrently


def kinds(user_id: int | None) -> list[str]:
    query = select(Notice.kind).where(Notice.user_id == user_id)
    return list(session.scalars(query.order_by(Notice.id)))


def test_owner_gives_a_mandate_on_the_page(people: MandatePeople) -> None:
    browser = signed_in(people.app, people.owner)
    assert "til og med" in browser.get("/organisation/mandates").text.casefold()
    form = {"garden": str(people.garden.id), "until": add_months(clock.today(), 2).isoformat()}
    page = browser.post("/organisation/mandates", data=form, follow_redirects=True)
    assert people.garden.name in page.text
    assert session.query(Mandate).one().is_active
    assert kinds(people.adviser.user_id) == ["mandate_given"]
    assert kinds(people.member.user_id) == ["mandate_given_by_colleague"]


@pytest.mark.parametrize("days", [-1, 400])
def test_end_date_out_of_range_is_refused_with_the_latest_date(people: MandatePeople, days: int) -> None:
    browser = signed_in(people.app, people.owner)
    until = clock.today() + dt.timedelta(days=days)
    form = {"garden": str(people.garden.id), "until": until.isoformat()}
    answer = browser.post("/organisation/mandates", data=form)
    assert answer.status_code == 422
    assert session.query(Mandate).count() == 0


def test_garden_that_does_not_follow_cannot_get_a_mandate(people: MandatePeople) -> None:
    other = factories.garden("Annen næringshage", covered_municipalities=["5001"])
    session.commit()
    with pytest.raises(RuleBroken):
        mandates.give_mandate(people.owner, other.id, clock.today())


def test_only_an_owner_gives_and_withdraws(people: MandatePeople) -> None:
    with pytest.raises(Forbidden):
        mandates.give_mandate(people.member, people.garden.id, clock.today())
    mandate = people.give()
    for viewer in (people.member, people.acting(mandate)):
        with pytest.raises(Forbidden):
            mandates.withdraw_mandate(viewer, mandate.id)
    stranger = factories.member(factories.company("Fremmed AS", of=people.garden))
    session.commit()
    with pytest.raises(NotFound):
        mandates.withdraw_mandate(stranger, mandate.id)


@pytest.mark.both_databases
def test_two_owners_at_once_give_one_mandate(people: MandatePeople) -> None:
    run_concurrently(people.app, lambda _index: people.give(), 2)
    assert session.scalar(select(func.count()).select_from(Mandate)) == 1


def test_withdrawing_and_extending_notify_the_garden(people: MandatePeople) -> None:
    mandate = people.give()
    browser = signed_in(people.app, people.owner)
    until = add_months(clock.today(), 6)
    path = f"/organisation/mandates/{mandate.id}"
    assert browser.get(f"{path}/change").status_code == 200
    browser.post(f"{path}/change", data={"until": until.isoformat(), "reads_offers": "y"})
    changed = session.get_one(Mandate, mandate.id)
    assert (changed.until, changed.reads_offers) == (until, True)
    for _again in range(2):
        assert browser.post(f"{path}/withdraw").status_code == 303
    assert kinds(people.adviser.user_id) == ["mandate_given", "mandate_changed", "mandate_withdrawn"]
    assert people.garden.name in browser.page("/organisation/mandates").text


def test_garden_asks_for_a_mandate_at_most_once_a_week(people: MandatePeople) -> None:
    browser = signed_in(people.app, people.adviser)
    path = f"/companies/{people.company.id}"
    assert "Be om å få skrive" in browser.get(path).text
    for _again in range(2):
        browser.post(f"{path}/mandate")
    assert kinds(people.owner.user_id) == ["mandate_asked"]
    assert kinds(people.member.user_id) == []
    assert "Be om å få skrive" not in browser.get(path).text
    with time_machine.travel(clock.now() + dt.timedelta(days=8), tick=False):
        mandates.ask_for_mandate(people.adviser, people.company.id)
    assert kinds(people.owner.user_id) == ["mandate_asked", "mandate_asked"]


def test_change_without_another_date_does_not_warn_again(people: MandatePeople) -> None:
    mandate = people.give()
    with time_machine.travel(clock.end_of_day(mandate.until - dt.timedelta(days=5)), tick=False):
        assert mandates.warn_of_ending_mandates() == 1
        mandates.change_mandate(people.owner, mandate.id, mandate.until, reads_offers=True)
        assert mandates.warn_of_ending_mandates() == 0


def test_company_and_garden_are_notified_once_before_and_after_the_end(people: MandatePeople) -> None:
    mandate = people.give()
    assert mandates.warn_of_ending_mandates() == 0
    with time_machine.travel(clock.end_of_day(mandate.until - dt.timedelta(days=5)), tick=False):
        assert mandates.warn_of_ending_mandates() == 1
        assert mandates.warn_of_ending_mandates() == 0
    with time_machine.travel(clock.end_of_day(mandate.until) + dt.timedelta(hours=1), tick=False):
        assert mandates.end_mandates() == 1
        assert mandates.end_mandates() == 0
    ends = ["mandate_ends_soon", "mandate_ended"]
    assert kinds(people.adviser.user_id)[1:] == ends
    assert kinds(people.owner.user_id) == [f"{kind}_for_company" for kind in ends]


def test_mandates_are_deleted_24_months_after_their_end(people: MandatePeople) -> None:
    mandate = people.give()
    with time_machine.travel(clock.end_of_day(add_months(mandate.until, 23)), tick=False):
        assert delete_old_mandates() == 0
    with time_machine.travel(clock.end_of_day(add_months(mandate.until, 24)) + dt.timedelta(days=3)):
        assert delete_old_mandates() == 1


def test_garden_reads_that_a_company_without_an_active_owner_cannot_be_asked(people: MandatePeople) -> None:
    session.get_one(User, people.owner.user_id).is_active = False
    session.commit()
    with pytest.raises(RuleBroken):
        mandates.ask_for_mandate(people.adviser, people.company.id)


def test_garden_that_no_longer_follows_is_not_said_to_write_and_gets_no_notice(people: MandatePeople) -> None:
    mandate = people.give()
    session.query(CompanyFollower).one().until = clock.now()
    session.commit()
    page = signed_in(people.app, people.owner).page("/organisation/mandates")
    assert "Næringshagen følger dere ikke lenger" in page.text
    with time_machine.travel(clock.end_of_day(mandate.until - dt.timedelta(days=5)), tick=False):
        assert mandates.warn_of_ending_mandates() == 0
    with time_machine.travel(clock.end_of_day(mandate.until) + dt.timedelta(hours=1), tick=False):
        assert mandates.end_mandates() == 1
    assert kinds(people.adviser.user_id) == ["mandate_given"]
    assert kinds(people.owner.user_id) == ["mandate_ended_for_company"]

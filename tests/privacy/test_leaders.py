"""Erasing accounts that alone lead an organisation, and accounts that were never confirmed."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.organisations import use_cases as organisations
from marketplace.organisations.models import (
    BusinessGarden,
    ColleagueInvitation,
    Company,
    CompanyFollower,
    Membership,
    Organisation,
)
from marketplace.organisations.queries import has_organisation_number
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.privacy import retention, use_cases
from marketplace.suppliers.models import Supplier
from tests import factories
from tests.factories import briefs, suppliers
from tests.support.browser import Browser

NUMBER = "310000019"
MONTH = dt.timedelta(days=31)
DAY = dt.timedelta(days=1)


@pytest.fixture
def mail(app: Flask) -> Path:
    return Path(app.instance_path) / "mail"


@pytest.fixture
def noon(time_machine: Any) -> Any:
    """Set the clock to a working day at noon."""
    time_machine.move_to(dt.datetime(2026, 12, 1, 11, tzinfo=dt.UTC), tick=False)
    return time_machine


@pytest.fixture
def garden(app: Flask, noon: Any) -> BusinessGarden:
    del app, noon
    return factories.garden()


def erase_unused(noon: Any, mail: Path) -> int:
    """Let 24 months and the warning pass, and run the jobs as the worker does."""
    noon.shift(23 * MONTH)
    retention.warn_unused_accounts()
    noon.shift(3 * MONTH)
    return retention.erase_unused_accounts(mail)


def test_only_owner_is_erased_and_the_company_is_closed(
    garden: BusinessGarden, noon: Any, mail: Path
) -> None:
    company = factories.company(of=garden, organisation_number=NUMBER, phone="00 00 00 00", about="Ost.")
    owner = factories.member(company)
    draft = briefs.draft(owner)
    session.commit()
    noon.shift(20 * MONTH)
    assert retention.erase_unused_accounts(mail) == 0
    noon.shift(3 * MONTH)
    assert retention.warn_unused_accounts() == 1
    (warning,) = session.query(OutboxMail).filter_by(recipient=owner.email)
    assert company.name in warning.body, "the warning says what happens to the company"
    noon.shift(3 * MONTH)
    assert retention.erase_unused_accounts(mail) == 1
    assert retention.erase_unused_accounts(mail) == 0
    session.expire_all()
    assert session.get_one(User, owner.user_id).erased_at is not None
    assert (company.is_active, company.organisation_number, company.phone, company.about) == (
        False, None, "", "",
    )  # fmt: skip
    assert not has_organisation_number("company", NUMBER)
    assert session.query(Brief).filter_by(id=draft.id).one().state == "deleted"
    assert {row.until is None for row in session.query(CompanyFollower)} == {False}
    assert session.query(AuditEvent).filter_by(action="organisation.close_unused").count() == 1


def test_member_takes_over_before_the_company_is_closed(
    garden: BusinessGarden, noon: Any, mail: Path
) -> None:
    company = factories.company(of=garden, organisation_number=NUMBER)
    owner = factories.member(company)
    colleague = factories.member(company, "member")
    noon.shift(23 * MONTH)
    session.get_one(User, colleague.user_id).last_signed_in_at = clock.now()
    session.commit()
    retention.warn_unused_accounts()
    noon.shift(3 * MONTH)
    assert retention.erase_unused_accounts(mail) == 1
    assert session.get_one(User, owner.user_id).erased_at is not None
    (membership,) = session.query(Membership).filter_by(organisation_id=company.id)
    assert (membership.user_id, membership.role) == (colleague.user_id, "owner")
    assert (company.is_active, company.organisation_number) == (True, NUMBER)
    kinds = [notice.kind for notice in session.query(Notice).filter_by(user_id=colleague.user_id)]
    assert kinds == ["leads_now"]


def test_person_who_signs_in_again_is_kept(garden: BusinessGarden, noon: Any, mail: Path) -> None:
    owner = factories.member(factories.company(of=garden))
    session.commit()
    noon.shift(23 * MONTH)
    retention.warn_unused_accounts()
    session.get_one(User, owner.user_id).last_signed_in_at = clock.now()
    session.commit()
    noon.shift(3 * MONTH)
    assert retention.erase_unused_accounts(mail) == 0


def test_closed_supplier_loses_its_contact(garden: BusinessGarden, noon: Any, mail: Path) -> None:
    supplier = suppliers.supplier(of=garden, contact_name="Kari Lyngstad", contact_email="k@x.example")
    factories.member(supplier)
    session.commit()
    assert erase_unused(noon, mail) == 1
    found = session.query(Supplier).one()
    assert (found.is_active, found.contact_name, found.contact_email) == (False, "", "")


def test_only_curator_is_erased_and_the_garden_stays(garden: BusinessGarden, noon: Any, mail: Path) -> None:
    curator = factories.member(garden, "curator")
    adviser = factories.member(garden, "adviser")
    session.get_one(User, adviser.user_id).last_signed_in_at = clock.now() + 23 * MONTH
    session.commit()
    assert erase_unused(noon, mail) == 1
    assert session.get_one(User, curator.user_id).erased_at is not None
    assert garden.is_active
    (membership,) = session.query(Membership)
    assert membership.role == "adviser", "only an administrator makes somebody a curator"


def test_warning_names_only_what_is_handed_over_or_closed(garden: BusinessGarden, noon: Any) -> None:
    curator, owner = factories.member(garden, "curator"), factories.member(factories.company(of=garden))
    session.commit()
    noon.shift(23 * MONTH)
    assert retention.warn_unused_accounts() == 2
    body = {mail.recipient: mail.body for mail in session.query(OutboxMail)}
    assert owner.organisation_name in body[owner.email]
    assert garden.name not in body[curator.email]


def test_last_of_two_unused_administrators_is_kept(garden: BusinessGarden, noon: Any, mail: Path) -> None:
    del garden
    first, last = factories.administrator(), factories.administrator()
    session.commit()
    assert erase_unused(noon, mail) == 1
    assert session.get_one(User, first.user_id).erased_at is not None
    assert session.get_one(User, last.user_id).erased_at is None


@pytest.mark.parametrize("kind", ["company", "supplier"])
def test_unconfirmed_account_is_erased_after_seven_days(
    garden: BusinessGarden, noon: Any, mail: Path, kind: str
) -> None:
    organisation: Organisation = (
        factories.company(of=garden, organisation_number=NUMBER)
        if kind == "company"
        else suppliers.supplier(of=garden, organisation_number=NUMBER)
    )
    person = factories.user(email="ukjent@x.example", email_verified_at=None)
    factories.member(organisation, person=person)
    confirmed = factories.user()
    session.commit()
    noon.shift(7 * DAY)
    assert retention.erase_unconfirmed_accounts(mail) == 0
    noon.shift(DAY)
    assert retention.erase_unconfirmed_accounts(mail) == 1
    assert retention.erase_unconfirmed_accounts(mail) == 0
    session.expire_all()
    assert person.email.endswith("@erased.invalid")
    assert confirmed.erased_at is None
    assert (organisation.is_active, has_organisation_number(kind, NUMBER)) == (False, False)


def test_confirmed_colleague_takes_over_from_unconfirmed_owner(
    garden: BusinessGarden, noon: Any, mail: Path
) -> None:
    company = factories.company(of=garden, organisation_number=NUMBER)
    factories.member(company, person=factories.user(email_verified_at=None))
    colleague = factories.member(company, "member")
    session.commit()
    noon.shift(8 * DAY)
    assert retention.erase_unconfirmed_accounts(mail) == 1
    assert (company.is_active, company.organisation_number) == (True, NUMBER)
    assert session.query(Membership).one().user_id == colleague.user_id


def test_number_of_an_unconfirmed_registration_is_free(client: Browser, garden: BusinessGarden) -> None:
    del garden
    form = {
        "person_name": "Liv Myr", "email": "liv@myr.example", "password": "dugg tresko vinterbygg",
        "name": "Myr Gård", "organisation_number": NUMBER, "municipality": "5021", "sector": "food-drink",
    }  # fmt: skip
    assert client.post("/register/company", data=form).status_code == 303
    assert not has_organisation_number("company", NUMBER)
    assert client.post("/register/company", data=form | {"email": "ola@myr.example"}).status_code == 303


def test_invitation_that_nobody_accepts_is_deleted(garden: BusinessGarden, noon: Any) -> None:
    owner = factories.member(factories.company(of=garden))
    organisations.invite_colleague(owner, "jon@bjorkvollen.example", "member")
    noon.shift(30 * DAY)
    retention.delete_expired()
    assert session.query(ColleagueInvitation).count() == 1
    noon.shift(8 * DAY)
    retention.delete_expired()
    assert session.query(ColleagueInvitation).count() == 0


def test_owner_without_colleagues_erases_account_and_company(client: Browser, garden: BusinessGarden) -> None:
    company = factories.company(of=garden, organisation_number=NUMBER)
    owner = factories.member(company)
    factories.member(
        factories.company("Havgløtt rorbuer", of=garden), person=session.get_one(User, owner.user_id)
    )
    session.commit()
    client.sign_in(owner.user_id or 0)
    text = client.page("/account/data").text
    assert (
        f"tilgang til {company.name} og Havgløtt rorbuer. Når kontoen din slettes, stenges virksomhetene"
        in text
    )
    assert client.post("/account/data/erase", data={"sure": "y"}).status_code == 303
    session.expire_all()
    assert (company.is_active, company.organisation_number) == (False, None)
    assert session.get_one(User, owner.user_id).erased_at is not None


def test_owner_with_colleagues_or_open_brief_cannot_erase_account(garden: BusinessGarden, mail: Path) -> None:
    company, other = factories.company(of=garden), factories.company("Storlia", of=garden)
    owners = [factories.member(company), factories.member(other)]
    factories.member(company, "member")
    briefs.published(owners[1])
    for owner in owners:
        with pytest.raises(RuleBroken):
            use_cases.erase_own_account(owner, mail)
    assert {one.is_active for one in session.query(Company)} == {True}


def test_closed_company_can_register_again(garden: BusinessGarden, noon: Any, mail: Path) -> None:
    factories.member(factories.company(of=garden, organisation_number=NUMBER))
    session.commit()
    erase_unused(noon, mail)
    details = organisations.CompanyDetails("Bjørkvollen ysteri", NUMBER, "5021", "food-drink")
    organisations.create_own_company(Viewer(user_id=factories.user().id), details)
    assert session.query(Company).filter_by(organisation_number=NUMBER).one().is_active

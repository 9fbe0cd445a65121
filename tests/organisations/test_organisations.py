"""Members of an organisation: invitations, roles, and changing between organisations."""

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.core.details import details_of
from marketplace.core.errors import NotFound
from marketplace.organisations import queries, use_cases
from marketplace.organisations.models import Membership
from marketplace.outbox.models import OutboxMail
from tests import factories
from tests.support.browser import Browser


def test_invited_colleague_joins_by_e_mail(app: Flask, client: Browser) -> None:
    company = factories.company()
    owner = factories.member(company)
    client.sign_in(owner.user_id or 0)
    answer = client.post(
        "/organisation/colleagues", data={"email": "jon@bjorkvollen.example", "role": "member"}
    )
    assert answer.status_code == 303
    link = session.query(OutboxMail).one().link_path
    colleague = app.test_client()
    assert colleague.get(link).status_code == 200
    form = {"person_name": "Jon Bjørkvold", "password": "grønn traktor på jordet"}
    assert colleague.post(link, data=form).status_code == 303
    assert "Bjørkvollen ysteri" in colleague.page("/home").text
    assert "Invitasjonen er tatt imot" in colleague.get(link).text
    assert colleague.post(link, data=form).status_code == 410
    refused = colleague.post("/organisation/colleagues", data={"email": "x@y.example", "role": "owner"})
    assert refused.status_code == 403


def test_invitation_is_bound_to_its_address(app: Flask) -> None:
    owner = factories.member(factories.company())
    stranger = factories.user()
    use_cases.invite_colleague(owner, "jon@bjorkvollen.example", "owner")
    link = session.query(OutboxMail).one().link_path
    browser = app.test_client().sign_in(stranger.id)
    assert 'role="alert"' in browser.post(link).text
    assert session.query(Membership).count() == 1


def test_removed_colleague_loses_access_at_once(app: Flask, client: Browser) -> None:
    company = factories.company()
    owner, colleague = factories.member(company), factories.member(company, "member")
    client.sign_in(colleague.user_id or 0)
    assert client.get("/organisation/colleagues").status_code == 200
    use_cases.remove_colleague(owner, colleague.membership_id or 0)
    assert client.get("/organisation/colleagues").status_code == 403
    boss = app.test_client().sign_in(owner.user_id or 0)
    assert boss.post(f"/organisation/colleagues/{owner.membership_id}/remove").status_code == 303
    assert session.query(Membership).count() == 1


def test_user_switches_between_organisations(client: Browser) -> None:
    person = factories.user()
    garden, company = factories.garden(), factories.company()
    first = factories.member(garden, "adviser", person=person)
    second = factories.member(company, person=person)
    other = factories.member(factories.company("Annen bedrift"))
    client.sign_in(person.id)
    assert garden.name in client.page("/home").text
    client.post("/act-for", data={"membership": str(second.membership_id)})
    assert client.get("/companies").status_code == 403
    client.post("/act-for", data={"membership": str(first.membership_id)})
    assert client.get("/companies").status_code == 200
    for wrong in (str(other.membership_id), "admin", "0", "x", "9" * 30, ""):
        assert client.post("/act-for", data={"membership": wrong}).status_code == 404


def test_only_owners_change_the_company(app: Flask) -> None:
    company = factories.company()
    member = factories.member(company, "member")
    owner = factories.member(company)
    assert app.test_client().sign_in(member.user_id or 0).get("/organisation").status_code == 403
    browser = app.test_client().sign_in(owner.user_id or 0)
    browser.post("/organisation", data=factories.COMPANY_FORM | {"name": "Ysteriet"})
    session.refresh(company)
    assert company.name == "Ysteriet"


def test_other_viewers_cannot_change_a_company(app: Flask) -> None:
    company = factories.company()
    details = details_of(use_cases.CompanyDetails, company)
    for viewer in (factories.member(factories.garden(), "curator"), factories.administrator()):
        with pytest.raises(NotFound):
            queries.own_company(viewer)
        with pytest.raises(NotFound):
            use_cases.change_company(viewer, details)


@pytest.mark.parametrize(("municipality", "garden_name"), [("5056", "Kystriket næringshage"), ("5014", None)])
def test_company_that_moves_changes_garden(
    client: Browser, municipality: str, garden_name: str | None
) -> None:
    company = factories.company(of=factories.garden())
    factories.garden("Kystriket næringshage", covered_municipalities=["5056"])
    client.sign_in(factories.member(company).user_id or 0)
    moved = factories.COMPANY_FORM | {"municipality": municipality, "moves_to": municipality}
    assert client.post("/organisation", data=moved).status_code == 303
    session.refresh(company)
    assert (company.municipality_number, company.garden and company.garden.name) == (
        municipality,
        garden_name,
    )


def test_administrator_with_a_membership_can_switch(client: Browser) -> None:
    person = factories.user(is_admin=True)
    own = factories.member(factories.garden(), "adviser", person=person)
    client.sign_in(person.id)
    client.post("/act-for", data={"membership": str(own.membership_id)})
    assert client.get("/admin/users").status_code == 403
    assert client.post("/act-for", data={"membership": "admin"}).headers["Location"] == "/home"
    assert client.get("/admin/users").status_code == 200
    assert client.get("/companies").status_code == 403


def test_user_without_membership_is_sent_to_act_for(client: Browser) -> None:
    client.sign_in(factories.user().id)
    assert client.get("/home").headers["Location"] == "/act-for"
    assert client.get("/act-for").status_code == 200


def test_conflict_with_another_window_says_so(client: Browser) -> None:
    garden, company = factories.garden(), factories.company()
    del garden
    owner, other = factories.member(company), factories.member(company)
    client.sign_in(owner.user_id or 0)
    page = client.page("/organisation")
    seen = page.one("input", name="seen").get("value")
    form = {
        key: value
        for key, value in factories.COMPANY_FORM.items()
        if key not in {"person_name", "email", "password"}
    }
    assert client.post("/organisation", data=form | {"seen": seen, "phone": "00 00 00 01"}).status_code == 303
    assert (
        "lagret dette i et annet vindu"
        in client.post("/organisation", data=form | {"seen": seen, "phone": "00 00 00 02"}).text
    )
    client.sign_in(other.user_id or 0)
    assert (
        "lagret dette i et annet vindu"
        not in client.post("/organisation", data=form | {"seen": seen, "phone": "3"}).text
    )

"""Registering companies, memberships, and the administration of gardens."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.list_query import ListQuery
from marketplace.organisations import queries, use_cases
from marketplace.organisations.models import Company, Membership
from marketplace.outbox.models import Notice, OutboxMail
from tests import factories
from tests.support.browser import Browser
from tests.support.page_rules import HtmlPage, text_of

COMPANY = {
    "person_name": "Marit Bjørkvold",
    "email": "marit@bjorkvollen.example",
    "password": "grønn traktor på jordet",
    "name": "Bjørkvollen ysteri",
    "organisation_number": "310 000 019",
    "municipality": "5021",
    "sector": "food-drink",
    "employees": "4",
    "website": "bjorkvollen.example",
}


def confirm(client: Browser, password: str) -> TestResponse:
    link = next(
        mail.link_path for mail in session.query(OutboxMail) if mail.link_path.startswith("/confirm/")
    )
    return client.post(link, data={"password": password})


def test_company_registers_and_is_assigned_its_garden(client: Browser) -> None:
    garden = factories.garden()
    curator = factories.member(garden, "curator")
    assert client.post("/register/company", data=COMPANY).status_code == 303
    confirm(client, COMPANY["password"])
    company = session.query(Company).one()
    assert company.garden_id == garden.id
    assert company.organisation_number == "310000019"
    assert company.website == "https://bjorkvollen.example"
    assert "Bjørkvollen ysteri" in client.page("/home").text
    assert session.query(Notice).filter_by(user_id=curator.user_id).count() == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    "change",
    [
        {"organisation_number": "123"},
        {"municipality": "9999"},
        {"municipality": ""},
        {"sector": "x"},
        {"employees": "-4"},
        {"employees": "9" * 400},
        {"email": "marit"},
        {"email": ""},
        {"password": "kort"},
        {"name": ""},
        {"name": "x" * 500},
        {"website": "javascript:alert(1)"},
    ],
)
def test_invalid_input_is_reported_and_kept_in_the_form(client: Browser, change: dict[str, str]) -> None:
    answer = client.post("/register/company", data=COMPANY | change)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert "Marit Bjørkvold" in answer.text
    for value in change.values():
        assert value in {"kort", "9999"} or value in answer.text
    assert session.query(Company).count() == 0


def test_registration_reports_taken_number_with_other_errors(client: Browser) -> None:
    factories.company("Nabo AS", organisation_number="310000019")
    wrong = {"name": "x", "sector": "", "password": "kort"}
    page = HtmlPage(client.post("/register/company", data=COMPANY | wrong).text)
    assert {name for name in COMPANY if page.all(id=f"{name}-error")} == {"organisation_number", *wrong}


def test_organisation_number_is_unique(app: Flask, client: Browser) -> None:
    client.post("/register/company", data=COMPANY)
    confirm(client, COMPANY["password"])
    other = app.test_client()
    assert "field-error" in other.post("/register/company", data=COMPANY | {"email": "b@x.example"}).text
    assert session.query(Company).count() == 1


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
    browser.post("/organisation", data=COMPANY | {"name": "Ysteriet"})
    session.refresh(company)
    assert company.name == "Ysteriet"


def test_garden_sees_only_its_own_companies(client: Browser) -> None:
    garden, other = (
        factories.garden(),
        factories.garden("Kystriket næringshage", covered_municipalities=["5056"]),
    )
    factories.company("Ysteriet", of=garden)
    factories.company("Fiskebua", of=other)
    client.sign_in(factories.member(garden, "adviser").user_id or 0)
    text = client.page("/companies").text
    assert "Ysteriet" in text
    assert "Fiskebua" not in text


def test_administrator_adds_a_garden_and_invites_a_curator(client: Browser) -> None:
    client.sign_in(factories.administrator().user_id or 0)
    details = {
        "name": "Kystriket næringshage",
        "municipality": "5056",
        "covered_municipalities": ["5056", "5014"],
    }
    assert client.post("/admin/gardens/new", data=details).status_code == 303
    garden = queries.gardens()[0]
    assert "field-error" in client.post("/admin/gardens/new", data=details | {"name": "Annen"}).text
    assert (
        client.post(
            f"/admin/gardens/{garden.id}/invite", data={"email": "a@b.example", "role": "curator"}
        ).status_code
        == 303
    )
    assert "a@b.example" in client.page(f"/admin/gardens/{garden.id}").text
    client.post(f"/admin/gardens/{garden.id}/active", data={"active": "no"})
    assert queries.gardens() == []


def test_invalid_garden_invitation_is_reported_on_its_page(client: Browser) -> None:
    garden = factories.garden()
    client.sign_in(factories.administrator().user_id or 0)
    path = f"/admin/gardens/{garden.id}/invite"
    for form in ({"email": "", "role": "curator"}, {"email": "a@b.example", "role": "owner"}):
        answer = client.post(path, data=form)
        assert answer.status_code == 422
        assert "field-error" in answer.text
        assert garden.name in answer.text
    assert client.post("/admin/gardens/999999/invite", data=form | {"role": "curator"}).status_code == 404
    assert session.query(OutboxMail).count() == 0


def test_missing_garden_cannot_be_opened_or_closed(client: Browser) -> None:
    admin, company = factories.administrator(), factories.company()
    client.sign_in(admin.user_id or 0)
    for garden_id in (company.id, 999999):
        assert client.get(f"/admin/gardens/{garden_id}").status_code == 404
        assert client.post(f"/admin/gardens/{garden_id}/active", data={"active": "no"}).status_code == 404
    with pytest.raises(NotFound):
        use_cases.set_organisation_active(admin, 999999, active=False)
    session.refresh(company)
    assert company.is_active


def test_garden_searches_companies_by_part_of_the_name(client: Browser) -> None:
    garden = factories.garden()
    factories.company("Ålbygda ysteri", of=garden)
    factories.company("Storlia gjestegård", of=garden)
    adviser = factories.member(garden, "adviser")
    client.sign_in(adviser.user_id or 0)

    def search(text: str) -> list[str]:
        return [company.name for company in queries.companies_of(adviser, wanted=ListQuery(text)).items]

    assert set(search("")) == set(search("%")) == {"Storlia gjestegård", "Ålbygda ysteri"}
    assert search("ålbyg") == search("aalbyg") == search("albyg") == ["Ålbygda ysteri"]
    assert search("GJESTE") == ["Storlia gjestegård"]
    assert search("fjøs") == []
    assert "Storlia" not in client.page("/companies?q=ålbyg").text


def test_garden_filters_and_sorts_companies(client: Browser) -> None:
    garden = factories.garden()
    factories.company("Zeta regnskap", of=garden, employees=2)
    factories.company("Åse verksted", of=garden, employees=9, known_at=None)
    factories.company("Eple og pære", of=garden, municipality_number="5022", organisation_number="310000019")
    client.sign_in(factories.member(garden, "adviser").user_id or 0)

    def listed(query: str) -> list[str]:
        names = ("Zeta regnskap", "Åse verksted", "Eple og pære")
        text = client.page(f"/companies?{query}").text
        return sorted((name for name in names if name in text), key=text.index)

    assert (
        listed("") == listed("sort=nonsense&place=9999") == ["Eple og pære", "Zeta regnskap", "Åse verksted"]
    )
    assert listed("sort=size")[0] == "Åse verksted"
    assert listed("place=5022") == listed("q=310+000") == ["Eple og pære"]
    assert listed("state=new") == ["Åse verksted"]
    empty = client.page("/companies?q=fj%C3%B8s&place=5022")
    assert "fjøs" in empty.text
    assert "/companies?q=&place=5022" in empty.links().values()


def test_only_gardens_list_companies(app: Flask) -> None:
    owner = factories.member(factories.company(of=factories.garden()))
    for viewer in (owner, factories.administrator()):
        with pytest.raises(NotFound):
            queries.companies_of(viewer)
        with pytest.raises(NotFound):
            queries.company_for(viewer, owner.organisation_id or 0)


def test_other_viewers_cannot_change_a_company(app: Flask) -> None:
    company = factories.company()
    details = use_cases.company_details(company)
    for viewer in (factories.member(factories.garden(), "curator"), factories.administrator()):
        with pytest.raises(NotFound):
            queries.own_company(viewer)
        with pytest.raises(NotFound):
            use_cases.change_company(viewer, details)


def test_companies_with_the_same_name_get_unique_slugs(client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    for _time in range(2):
        assert client.post("/register/company", data=COMPANY | {"organisation_number": ""}).status_code == 303
    slugs = [slug for (slug,) in session.query(Company.slug).order_by(Company.id)]
    assert slugs == ["bjorkvollen-ysteri", "bjorkvollen-ysteri-2", "bjorkvollen-ysteri-3"]


@pytest.mark.parametrize(("municipality", "garden_name"), [("5056", "Kystriket næringshage"), ("5014", None)])
def test_company_that_moves_changes_garden(
    client: Browser, municipality: str, garden_name: str | None
) -> None:
    company = factories.company(of=factories.garden())
    factories.garden("Kystriket næringshage", covered_municipalities=["5056"])
    client.sign_in(factories.member(company).user_id or 0)
    moved = COMPANY | {"municipality": municipality, "moves_to": municipality}
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


def test_refused_registration_names_every_field_in_one_round(client: Browser) -> None:
    change = {"person_name": "M", "name": "B", "password": "kort"}
    page = HtmlPage(client.post("/register/company", data=COMPANY | change).text)
    (summary,) = page.all(class_="error-summary flow-s")
    lines = {link.get("href"): text_of(link) for link in summary.iter("a")}
    assert lines["#person_name"] == "Navnet ditt: Skriv minst 2 tegn."
    assert lines["#name"].endswith(": Skriv minst 2 tegn.")
    assert lines["#name"] != lines["#person_name"]
    assert "minst 12 tegn" in lines["#password"]
    assert page.title.startswith("Feil: ")
    assert not client.page("/register/company").title.startswith("Feil")


def test_garden_downloads_its_companies_only(client: Browser) -> None:
    garden = factories.garden()
    factories.company("Ålbygda ysteri", of=garden, phone="+47 900 00 000")
    factories.company("Annen bedrift")
    client.sign_in(factories.member(garden, "adviser").user_id or 0)
    answer = client.get("/companies.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Ålbygda ysteri;")
    assert ";'+47 900 00 000;" in lines[1]
    for path in ("/companies/briefs.csv", "/garden/suppliers.csv"):
        assert client.get(path).data.startswith(b"\xef\xbb\xbf")


def test_brief_begun_before_registration_becomes_a_draft(client: Browser) -> None:
    words = "Vi vil at gjestene skal bestille hytte på nett.\n\nI dag ringer de."
    page = client.page("/briefs/new?services=ecm.booking")
    assert page.one("input", value="ecm.booking").get("checked") is not None
    begun = {"own_words": words, "shown": "yes", "service": ["ecm.booking", "nonsense"], "then": "begin"}
    form = client.post("/register/company", data=begun)
    assert form.status_code == 200
    assert "field-error" not in form.text
    carried = {"own_words": words, "services": "ecm.booking"}
    refused = HtmlPage(client.post("/register/company", data=COMPANY | carried | {"email": "x"}).text)
    assert refused.one("input", name="services").get("value") == "ecm.booking"
    assert client.post("/register/company", data=COMPANY | carried).status_code == 303
    assert session.query(Brief).count() == 0
    answer = confirm(client, COMPANY["password"])
    assert client.get(answer.location).status_code == 303
    brief = session.query(Brief).one()
    assert brief.answers["own_words"] == words
    assert brief.answers["services"] == ["ecm.booking"]
    assert client.get(answer.location).location == f"/briefs/{brief.reference}/guide"


def test_front_page_words_reach_the_registration(client: Browser) -> None:
    link = client.page("/?q=selge ost på nett").links()["Lag en brief av dette"]
    page = client.page(link)
    assert page.one("input", name="own_words").get("value") == "selge ost på nett"
    sign_in = page.links()["Jeg har en konto"]
    assert "selge" in sign_in
    assert "Lag en konto" in client.page(sign_in).links()


def test_conflict_with_another_window_says_so(client: Browser) -> None:
    garden, company = factories.garden(), factories.company()
    del garden
    owner, other = factories.member(company), factories.member(company)
    client.sign_in(owner.user_id or 0)
    page = client.page("/organisation")
    seen = page.one("input", name="seen").get("value")
    form = {key: value for key, value in COMPANY.items() if key not in {"person_name", "email", "password"}}
    assert client.post("/organisation", data=form | {"seen": seen, "phone": "1"}).status_code == 303
    assert (
        "lagret dette i et annet vindu"
        in client.post("/organisation", data=form | {"seen": seen, "phone": "2"}).text
    )
    client.sign_in(other.user_id or 0)
    assert (
        "lagret dette i et annet vindu"
        not in client.post("/organisation", data=form | {"seen": seen, "phone": "3"}).text
    )

"""The letter that confirms the state aid to a company: grants with their legal basis, and the sum of three years."""

import datetime as dt
import io

import pypdf
import pytest
from dateutil.relativedelta import relativedelta

from marketplace.core import clock
from marketplace.core.i18n import format_date
from tests import factories
from tests.factories import finance, programme


@pytest.fixture
def seat(project):
    return programme.participation(
        programme.cohort(programme.place(project)), organisation_number="310000019"
    )


def letter_text(browser, path):
    response = browser.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(response.data)).pages
    text = "".join(page.extract_text() for page in pages).replace("\xa0", " ")
    return " ".join(text.replace("\xad\n", "").split())


def test_letter_confirms_aid_with_basis_and_sum_of_three_years(app, garden, project, leader, seat):
    other = programme.participation(
        programme.cohort(programme.place(programme.project(garden, "Robust handel"))), organisation_number=seat.organisation_number
    )  # fmt: skip
    today, old = clock.today(), clock.today() - relativedelta(years=3)
    for to, values in (
        (seat, {"amount_ore": 1_300_050}), (seat, {"basis": "de_minimis", "amount_ore": 2_000_000}),
        (other, {"basis": "de_minimis", "amount_ore": 500_000, "granted_on": old + dt.timedelta(days=1)}),
        (other, {"basis": "de_minimis", "amount_ore": 9_000_000, "granted_on": old}),
        (other, {"basis": "none", "amount_ore": 7_700_000}),
    ):  # fmt: skip
        finance.grant(to, leader.user_id, **values)
    browser = app.test_client().sign_in(leader.user_id)
    text = letter_text(browser, f"/programme/{project.slug}/aid/{seat.id}.pdf")
    assert f"{seat.company_name}" in text
    for part in ("13 000,50 kr", "Gruppeunntaket, artikkel 28", "Robust handel", "Sum: 128 000,50 kr"):
        assert part in text
    first, last = (format_date(day).replace("\xa0", " ") for day in (old + dt.timedelta(days=1), today))
    assert f"25 000 kr fra {first} til {last}" in text
    assert "77 000" not in text
    assert f"aid/{seat.id}.pdf" in browser.get(f"/programme/{project.slug}/aid/{seat.id}").text


def test_company_finds_its_letter_beside_its_course(app, garden, leader, seat):
    company = factories.company(of=garden)
    company.organisation_number = seat.organisation_number
    owner = factories.member(company, "owner")
    browser = app.test_client().sign_in(owner.user_id)
    assert "aid.pdf" not in browser.get("/course").text
    seat.company_id = company.id
    assert "aid.pdf" in browser.get("/course").text
    assert "ikke ført støtte" in letter_text(browser, "/course/aid.pdf")
    finance.grant(seat, leader.user_id)
    assert "13 000 kr" in letter_text(browser, "/course/aid.pdf")


def test_only_the_leader_gets_the_letter_of_a_company(app, garden, project, leader, seat):
    adviser, elsewhere = factories.member(garden), factories.member(factories.garden("Fjellgløtt"), "curator")
    path = f"/programme/{project.slug}/aid/{seat.id}.pdf"
    statuses = [
        app.test_client().sign_in(one.user_id).get(path).status_code for one in (leader, adviser, elsewhere)
    ]
    assert statuses == [200, 403, 404]

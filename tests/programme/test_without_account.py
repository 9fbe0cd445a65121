"""Companies in courses that have no account are found in the garden's list of companies."""

import pytest

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.queries.without_account import companies_without_account
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser


@pytest.fixture(autouse=True)
def courses(garden: BusinessGarden) -> None:
    project = programme.project(garden)
    cohort = programme.cohort(programme.place(project))
    programme.participation(cohort, "Ørsta rør")
    programme.participation(project, "Berg bygg")
    programme.participation(cohort, "Har konto", company_id=factories.company("Har konto", of=garden).id)
    session.commit()


def test_list_of_companies_finds_those_of_courses(browser: Browser) -> None:
    text = browser.page("/companies?q=ørst").text
    assert "Ørsta rør" in text
    assert "Berg bygg" not in text
    assert "2 bedrifter er på et kurs, men har ingen konto her" in browser.page("/companies").text


def test_partner_garden_finds_only_companies_of_its_own_places(adviser: Viewer) -> None:
    partner = factories.garden("Kystriket", covered_municipalities=["5056"])
    project = programme.project(factories.garden("Tredje", covered_municipalities=["5001"]))
    there = programme.cohort(programme.place(project, name="Frøya", garden_id=partner.id))
    programme.participation(there, "Fiskebua")
    programme.participation(programme.cohort(programme.place(project)), "En annens")
    session.commit()

    def found(viewer: Viewer) -> list[str]:
        return [one.name for one in companies_without_account(viewer)]

    assert found(factories.member(partner, "adviser")) == ["Fiskebua"]
    assert found(adviser) == ["Berg bygg", "Ørsta rør"]

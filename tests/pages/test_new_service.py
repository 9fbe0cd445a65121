"""Pages of a service without companies, suppliers or projects: no empty lists, and a link to what comes next."""

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from tests import factories
from tests.factories import programme
from tests.factories.briefs import draft
from tests.support.browser import Browser
from tests.support.page_rules import text_of


@pytest.fixture
def curator(app: Flask) -> Viewer:
    return factories.member(factories.garden(), "curator")


@pytest.mark.parametrize(
    ("path", "text", "link"),
    [
        ("/home", "Be leverandører dere kjenner, om å søke", "/garden/suppliers"),
        ("/home", "Be bedrifter dere kjenner, om å registrere seg", "/companies"),
        ("/companies", "Ingen bedrift i området deres har registrert seg ennå.", "/register/company"),
        ("/companies/next", "Ingen bedrift i området deres har registrert seg ennå.", "/register/company"),
        ("/garden/suppliers", "Det er ingen leverandører her.", "/suppliers/apply"),
        ("/garden/ties", "Det er ingen leverandører ennå.", "/garden/suppliers"),
        ("/suppliers", "Ingen leverandør er godkjent ennå.", "/gardens"),
        ("/suppliers?q=nettside", "Ingen leverandør er godkjent ennå.", "/gardens"),
    ],
)
def test_page_without_content_says_what_comes_next(
    curator: Viewer, client: Browser, path: str, text: str, link: str
) -> None:
    client.sign_in(curator.user_id or 0)
    page = client.page(path)
    assert text in text_of(page.one("main"))
    assert any(found.get("href") == link for found in page.all("a"))


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("/report", "av 0"),
        ("/companies", "0 bedrifter"),
        ("/garden/suppliers", "0 leverandører"),
        ("/garden/coverage", "Kartet er skjematisk"),
        ("/garden/ties", "Hva slags tilknytning"),
        ("/suppliers", "Filtre og rekkefølge"),
    ],
)
def test_page_without_content_shows_no_empty_figures_or_forms(
    curator: Viewer, client: Browser, path: str, hidden: str
) -> None:
    client.sign_in(curator.user_id or 0)
    assert hidden not in text_of(client.page(path).one("main"))


def test_cohort_without_companies_is_planned_and_cancelled_without_counting_none(
    curator: Viewer, client: Browser
) -> None:
    garden = session.get_one(BusinessGarden, curator.organisation_id)
    project = programme.project(garden)
    cohort = programme.cohort(programme.place(project))
    client.sign_in(curator.user_id or 0)
    base = f"/programme/{project.slug}"
    page = client.page(base)
    assert len([a for a in page.all("a") if a.get("href") == f"{base}/cohorts/{cohort.id}/plan"]) == 2
    assert all(one.get("class") != "facts" or len(one) for one in page.all("dl"))
    planned = programme.course_session(cohort)
    for path in (f"{base}/cohorts/{cohort.id}/cancel", f"{base}/sessions/{planned.id}/cancel"):
        assert "0 bedrifter" not in text_of(client.page(path).one("main"))


def test_draft_that_no_supplier_fits_says_whom_to_ask(curator: Viewer, client: Browser) -> None:
    owner = factories.member(factories.company())
    client.sign_in(owner.user_id or 0)
    page = client.page(f"/briefs/{draft(owner).reference}/fit")
    answer = page.one(id="fit-answer")
    assert "0 av dem" not in text_of(answer)
    assert any(link.get("href") == "/gardens" for link in answer.iter("a"))

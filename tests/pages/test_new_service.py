"""Pages of a service without companies, suppliers or projects: no empty lists, and a link to what comes next."""

import pytest
from flask import Flask

from marketplace.core.viewer import Viewer
from tests import factories
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

"""Two regions set up from files: their pages name the own region, its places, languages, course and texts."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import PendingRegistration, User
from marketplace.briefs import guide
from marketplace.core import places, taxonomy
from marketplace.core.course_plan import course_plan
from marketplace.core.database import session
from marketplace.core.i18n import use_locale
from marketplace.core.region import Region, current_region, default_region
from marketplace.directory import queries as directory
from marketplace.matching import Query
from marketplace.organisations import queries
from marketplace.regions import use_cases
from marketplace.regions.reader import read_region, region_path
from marketplace.reporting.labels import cell_label
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.suppliers.glossary import glossary_digest
from tests import factories
from tests.factories.suppliers import VettingGarden, applicant
from tests.support.browser import Browser, signed_in
from tests.support.page_rules import HtmlPage
from tests.support.regions import REGION_FILES, region_in_use

PUBLIC_PAGES = (
    "/",
    "/suppliers",
    "/gardens",
    "/how-it-works",
    "/how-we-rank",
    "/register/company",
    "/courses",
    "/sign-in",
)


def region_named(name: str) -> Region:
    return read_region(REGION_FILES / f"{name}.yaml")


@pytest.fixture
def in_region(app: Flask, make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """Return a function that sets up a region from its file and returns an application that serves it."""
    del app
    stack: list[Any] = []

    def set_up(name: str) -> Flask:
        region = region_named(name)
        stack.append(region_in_use(region))
        stack[-1].__enter__()
        viewer = use_cases.find_administrator(
            factories.user(email="admin@torget.example", is_admin=True).email, region.languages[0]
        )
        instance = tmp_path / "instance"
        instance.mkdir(exist_ok=True)
        use_cases.install_region(region, use_cases.find_changes(region, None), instance, viewer)
        assert region_path(instance).exists()
        return make_app()

    yield set_up
    while stack:
        stack.pop().__exit__(None, None, None)


def options(page: HtmlPage, name: str) -> list[str]:
    """Return the values of a select, or of checkboxes."""
    (found,) = page.all("select", name=name)
    return [value for option in found.iter("option") if (value := option.get("value"))]


@pytest.mark.parametrize(
    ("name", "language", "within", "network"),
    [
        ("innlandet", "nb", "Bedrifter i Innlandet beskriver", "drives av næringshagene i Innlandet"),
        (
            "more-og-romsdal",
            "nn",
            "Bedrifter på Nordvestlandet skildrar",
            "driven av næringshagane på Nordvestlandet",
        ),
    ],
)
def test_public_pages_name_the_own_region_in_its_language(
    in_region: Callable[[str], Flask], name: str, language: str, within: str, network: str
) -> None:
    browser = cast("Browser", in_region(name).test_client())
    home = {places.municipality(n).name for n in default_region().municipalities} | {"Trøndelag", "trøndersk"}
    foreign = re.compile(rf"\b(?:{'|'.join(sorted(home - {'Heim'}))})\b")
    front = browser.page("/")
    assert within in front.html
    for path in PUBLIC_PAGES:
        page = browser.page(path)
        assert f'<html lang="{language}"' in page.html
        assert network in page.text
        text = re.sub(r"<(select|datalist)\b.*?</\1>", "", page.html, flags=re.DOTALL)
        assert foreign.search(text) is None, (path, foreign.search(text))
    switches = re.findall(r'hreflang="(\w\w)"', front.html)
    assert switches == [code for code in current_region().languages if code != language]


@pytest.mark.parametrize("name", ["innlandet", "more-og-romsdal"])
def test_forms_and_map_offer_the_municipalities_of_the_region(
    in_region: Callable[[str], Flask], name: str
) -> None:
    app = in_region(name)
    region = current_region()
    inside = set(region.municipalities)
    admin = cast("Browser", app.test_client()).sign_in(
        session.scalars(select(User.id).where(User.is_admin)).one()
    )
    form = admin.page("/admin/gardens/new")
    boxes = {box.get("value") for box in form.all("input", name="covered_municipalities")}
    assert boxes == inside
    assert options(form, "municipality")[0].startswith(region.counties[0])
    garden = queries.gardens()[0]
    curator = factories.member(garden, "curator")
    first, *_ = garden.covered_municipalities
    applicant(approved_by=curator, municipality_number=first, areas=[first])  # the map needs a supplier
    tiles = {tile.number: (tile.column, tile.row) for tile in directory.coverage(curator).tiles}
    assert set(tiles) == inside
    assert len(set(tiles.values())) == len(inside)
    own = {tile.number for tile in directory.coverage(curator).tiles if tile.own}
    assert own == set(garden.covered_municipalities)
    page = signed_in(app, curator).page("/garden/suppliers?service=ecm")
    assert len(re.findall(r'<li class="x\d y\d+ l\d', page.html)) == len(inside)
    chosen = options(signed_in(app, curator).page("/garden/coverage"), "place")
    assert set(chosen) == inside | set(region.counties)


@pytest.mark.parametrize(("name", "number"), [("innlandet", "3407"), ("more-og-romsdal", "1578")])
def test_company_that_registers_gets_the_garden_and_language_of_its_region(
    in_region: Callable[[str], Flask], name: str, number: str
) -> None:
    app = in_region(name)
    region = current_region()
    browser = cast("Browser", app.test_client())
    form = browser.page("/register/company")
    assert options(form, "municipality")[0].startswith(region.counties[0])
    answer = browser.post(
        "/register/company",
        data={
            "name": "Fjordbui",
            "municipality": number,
            "sector": "food-drink",
            "person_name": "Kari Lyngstad",
            "email": "kari@fjordbui.example",
            "password": factories.PASSWORD,
        },
    )
    assert answer.status_code == 303
    pending = session.scalars(select(PendingRegistration)).one()
    assert pending.locale == region.languages[0]
    assert queries.garden_covering(number) in queries.gardens()


def test_course_of_a_region_has_its_own_times_and_texts(in_region: Callable[[str], Flask]) -> None:
    in_region("more-og-romsdal")
    plan = course_plan()
    assert (plan.starts_at, plan.ends_at) == (dt.time(9, 30), dt.time(12))
    assert len(plan.sessions) == 6
    with use_locale("nn"):
        assert [session.title for session in plan.sessions][:2] == [
            "Retning og mål",
            "Bli funnen: nettstad, søk og kart",
        ]
    assert guide.load().topics[0].lesson.session == plan.sessions[0]


def test_guide_shows_the_texts_of_the_region(in_region: Callable[[str], Flask]) -> None:
    app = in_region("more-og-romsdal")
    owner = factories.member(factories.company(municipality_number="1578"))
    with use_locale("en"):
        assert guide.load().topics[0].title == "What does your company need?"
        assert (
            guide.load().topics[0].lesson.lines("en")[0].startswith("Ask three people who wait for the boat")
        )
        assert guide.load().question("title").placeholder(2026) == "Website with boat times"
        assert guide.load().question("own_words").weak is not None
        assert "ferry" in str(guide.load().question("own_words").better)
    browser = signed_in(app, owner)
    answer = browser.post("/briefs/new", data={"own_words": "Folk spør når ferja går"}, follow_redirects=True)
    assert "Kva trengst hos dykk?" in answer.text
    assert "når ferja går. Vi vil at dei" in answer.text


def test_service_of_the_region_is_offered_searched_and_ranked(in_region: Callable[[str], Flask]) -> None:
    default_digest = glossary_digest()
    app = in_region("more-og-romsdal")
    assert glossary_digest() != default_digest
    service = taxonomy.service("web.boat-timetable")
    with use_locale("nn"):
        assert service.label == "Rutetider på nett"
    home = VettingGarden(queries.gardens()[0], factories.member(queries.gardens()[0], "curator"))
    applicant("Ferjekontoret", approved_by=home.curator, services=["web.boat-timetable"])
    session.commit()
    browser = cast("Browser", app.test_client())
    assert "Ferjekontoret" in browser.page("/suppliers?kind=web.boat-timetable").text
    assert "Rutetider på nett" in browser.page("/?q=vi+vil+ha+ferjetider+på+nett").text
    index = corpus().index
    assert index.suggest_needs("folk spør når ferja går", "nn")[0].service == service.code
    query = Query("1", "Ferjetider", "Vi treng ferjetider på nettsida", "nn", needs=(service.code,))
    (match,) = index.rank(query, 3).matches
    assert not match.is_related_only


def test_sectors_of_the_region_are_offered_searched_and_named(in_region: Callable[[str], Flask]) -> None:
    default_digest = glossary_digest()
    app = in_region("innlandet")
    assert glossary_digest() != default_digest
    browser = cast("Browser", app.test_client())
    form = browser.page("/register/company")
    assert {"mountain-farming", "wood-furniture", "food-drink"} <= set(options(form, "sector"))
    assert "Seterdrift" in form.html
    assert "Trevare og laft" in form.html
    assert "Trevare og møbel" not in form.html
    assert "sagbruk" in taxonomy.sector("wood-furniture").terms["nb"]
    home = VettingGarden(queries.gardens()[0], factories.member(queries.gardens()[0], "curator"))
    known, _owner = applicant(
        "Støl og nett", approved_by=home.curator, services=["web.site"], sectors=["mountain-farming"]
    )
    applicant("Andre", approved_by=home.curator, services=["web.site"])
    session.commit()
    found = browser.page("/suppliers?sector=mountain-farming").text
    assert "Støl og nett" in found
    assert "Andre" not in found
    assert "Seterdrift" in browser.page(f"/suppliers/{known.slug}").text
    with use_locale("nn"):
        assert cell_label("sector", "mountain-farming") == "Stølsdrift"
    owner = factories.member(factories.company(municipality_number="3407", sector_code="mountain-farming"))
    assert signed_in(app, owner).get("/plan").status_code == 200


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_handbook_is_public_plain_and_offers_the_region_file(
    client: Browser, tmp_path: Path, locale: str
) -> None:
    client.set_cookie("locale", locale)
    page = client.page("/handbook")
    words = re.findall(r"\w+", page.text)
    sentences = len(re.findall(r"[.?!:](?:\s|$)", page.text))
    long_words = sum(len(word) > 6 for word in words)  # LIX: readable for everybody up to 40
    assert len(words) / sentences + 100 * long_words / len(words) < 40
    answer = client.get("/handbook/region.yaml")
    assert "attachment" in answer.headers["Content-Disposition"]
    path = tmp_path / "region.yaml"
    path.write_bytes(answer.data)
    assert read_region(path).municipalities == default_region().municipalities

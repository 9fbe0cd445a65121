"""A company that two gardens follow, and the people."""

from dataclasses import dataclass

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden, Company
from marketplace.programme.models.projects import Project
from tests import factories
from tests.factories import programme


@dataclass(frozen=True)
class CaseworkPeople:
    """People around a company: its owner, two advisers of its garden, and one of another garden that follows it."""

    app: Flask
    garden: BusinessGarden
    company: Company
    project: Project
    owner: Viewer
    adviser: Viewer
    colleague: Viewer
    other: Viewer


@pytest.fixture
def people(app: Flask) -> CaseworkPeople:
    garden = factories.garden()
    neighbour = factories.garden("Annen næringshage", covered_municipalities=["5001"])
    company = factories.company(of=garden)
    factories.follow(company, neighbour.id, "asked")
    found = CaseworkPeople(
        app,
        garden,
        company,
        programme.project(garden),
        factories.member(company, name="Eli Eier"),
        factories.member(garden, "adviser", name="Ragna Rådgiver"),
        factories.member(garden, "curator", name="Kåre Kollega"),
        factories.member(neighbour, "adviser", name="Nils Nabo"),
    )
    session.commit()
    return found

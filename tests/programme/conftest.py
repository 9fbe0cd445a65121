"""Fixtures of the programme tests: an adviser and a curator of the garden, and a cohort of two seats."""

import pytest
from flask import Flask

from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.models.projects import Cohort, Project
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser, signed_in


@pytest.fixture
def adviser(garden: BusinessGarden) -> Viewer:
    return factories.member(garden, "adviser")


@pytest.fixture
def curator(garden: BusinessGarden) -> Viewer:
    return factories.member(garden, "curator")


@pytest.fixture
def cohort(project: Project) -> Cohort:
    return programme.cohort(programme.place(project), "Oppdal vår", seats=2)


@pytest.fixture
def browser(app: Flask, adviser: Viewer) -> Browser:
    """The adviser's browser."""
    return signed_in(app, adviser)

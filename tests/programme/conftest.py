"""Fixtures of the programme tests: a garden, its adviser, and a project without cohorts."""

import pytest
from flask import Flask

from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.models.projects import Project
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser, signed_in


@pytest.fixture
def garden(app: Flask) -> BusinessGarden:
    return factories.garden()


@pytest.fixture
def adviser(garden: BusinessGarden) -> Viewer:
    return factories.member(garden, "adviser")


@pytest.fixture
def project(garden: BusinessGarden) -> Project:
    return programme.project(garden)


@pytest.fixture
def browser(app: Flask, adviser: Viewer) -> Browser:
    """The adviser's browser."""
    return signed_in(app, adviser)

"""Fixtures of the finance tests: a garden, its project, and the curator who leads it."""

import pytest

from tests import factories
from tests.factories import programme


@pytest.fixture
def garden(app):
    return factories.garden()


@pytest.fixture
def leader(garden):
    return factories.member(garden, "curator")


@pytest.fixture
def project(garden):
    return programme.project(garden)

"""Fixtures of the programme tests: an adviser of the garden."""

import pytest
from flask import Flask

from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from tests import factories
from tests.support.browser import Browser, signed_in


@pytest.fixture
def adviser(garden: BusinessGarden) -> Viewer:
    return factories.member(garden, "adviser")


@pytest.fixture
def browser(app: Flask, adviser: Viewer) -> Browser:
    """The adviser's browser."""
    return signed_in(app, adviser)

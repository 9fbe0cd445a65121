"""Fixtures of the vetting tests: a garden with its curators, and a curator elsewhere."""

import pytest
from flask import Flask

from marketplace.core.viewer import Viewer
from tests import factories
from tests.factories.suppliers import VettingGarden, vetting_garden


@pytest.fixture
def home(app: Flask) -> VettingGarden:
    """A garden with one curator."""
    del app
    return vetting_garden()


@pytest.fixture
def second(home: VettingGarden) -> Viewer:
    """A second curator of the garden."""
    return factories.member(home.garden, "curator", name="Anders Skorem")


@pytest.fixture
def elsewhere(home: VettingGarden) -> Viewer:
    """A curator of a distant garden."""
    del home
    other = factories.garden("Kystriket", municipality_number="5056", covered_municipalities=["5056"])
    return factories.member(other, "curator", name="Oddny Strøm")

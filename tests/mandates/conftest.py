"""Fixture with a company, its garden and their people."""

import pytest
from flask import Flask

from tests.factories.mandates import MandatePeople, mandate_people


@pytest.fixture
def people(app: Flask) -> MandatePeople:
    return mandate_people(app)

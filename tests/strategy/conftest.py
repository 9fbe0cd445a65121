"""Fixtures of the strategy tests: a company's owner."""

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from tests import factories


@pytest.fixture
def owner(app: Flask) -> Viewer:
    viewer = factories.member(factories.company(of=factories.garden()))
    session.commit()
    return viewer

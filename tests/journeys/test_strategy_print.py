"""A strategy that is filled to its limits, printed from the browser."""

import io
from collections.abc import Callable

import pypdf
import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from marketplace.core.database import session, transaction
from marketplace.strategy.limits import MAX_ACTIONS, MAX_OBJECTIVES, MAX_OPEN_OBJECTIVES
from marketplace.strategy.models.plan import StrategyVersion
from tests import factories
from tests.factories import strategy as strategies
from tests.journeys.visiting import sign_in_browser
from tests.strategy.test_document_export import full_snapshot
from tests.support.browser import Browser


@pytest.mark.parametrize(
    ("language", "objectives", "actions"),
    [("nb", MAX_OPEN_OBJECTIVES, 30), ("nn", MAX_OPEN_OBJECTIVES, 15), ("en", MAX_OBJECTIVES, MAX_ACTIONS)],
)
def test_full_strategy_prints_on_two_pages(
    app: Flask, client: Browser, person: Callable[..., Page], language: str, objectives: int, actions: int
) -> None:
    full = full_snapshot(language)
    rows = {"objectives": full["objectives"][:objectives], "actions": full["actions"][:actions]}
    writer = factories.member(factories.company(of=factories.garden()))
    strategies.strategy(writer)
    with transaction():
        session.scalars(select(StrategyVersion)).one().content = full | rows
    client.sign_in(writer.user_id or 0)
    page = person()
    sign_in_browser(client, page)
    page.goto("/plan/print")
    assert len(pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages) == 2

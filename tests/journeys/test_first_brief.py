"""Number of pages that a newcomer sees from the front page until the first suppliers are invited."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Response
from sqlalchemy import select

from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.sourcing.use_cases import answer_first_publication
from tests.factories.briefs import full_answers
from tests.factories.suppliers import applicant, vetting_garden
from tests.journeys.conftest import PHONE
from tests.journeys.test_main_job import TOPICS, answer_topic, confirmation_link
from tests.journeys.walkthrough import BrowserUser

MAX_PAGE_VIEWS = 14
PASSWORD = "bjørk torv fiskevær"


@pytest.mark.slow
def test_first_brief_needs_few_pages(app: Flask, person: Callable[..., Page]) -> None:
    """The longest path: by a search on the front page, for a company that the garden does not know."""
    made = vetting_garden(covered_municipalities=["5021", "5022"])
    for name in ("Kvistverk Nettbyrå", "Myrull Nettverk"):
        applicant(name, approved_by=made.curator, services=["ecm.shop", "med.product-photo"], areas=["5021"])
    session.commit()
    views = list[str]()
    user = BrowserUser(person(width=PHONE), "nb", lambda _page: None)

    def count(answer: Response) -> None:
        if answer.request.is_navigation_request() and not 300 <= answer.status < 400:
            views.append(answer.url)

    user.page.on("response", count)
    user.open("/")
    user.fill(q="selge ost på nett")
    user.submit(".ask button")
    user.submit("main .full a[data-color=multe]")
    user.fill(
        person_name="Marit Bjørkvold", email="marit@bjorkvollen.example", password=PASSWORD,
        name="Bjørkvollen", municipality="5021", sector="food-drink",
    )  # fmt: skip
    user.submit()
    user.open(confirmation_link())
    answers = full_answers() | {"own_words": "selge ost på nett"}
    for topic in TOPICS:
        assert user.page.url.endswith(f"/guide/{topic}")
        answer_topic(user, answers)
        user.submit("main button[value=next]:not([tabindex])")
    user.fill(confirmed=True)
    user.submit("main form[action$=publish] button")
    for box in user.page.locator("main input[name=supplier]").all():
        user.check(box)
    user.submit("#main-form button[data-color=multe]")
    assert user.page.locator("main input[name=supplier]:checked").count() == 2
    assert len(views) <= MAX_PAGE_VIEWS, views
    session.rollback()  # end the read transaction
    reference = session.scalars(select(Brief.reference)).one()
    answer_first_publication(made.curator, reference, "ok", "")
    user.open(f"/briefs/{reference}/ranking")
    assert user.page.locator(".asked li").count() == 2

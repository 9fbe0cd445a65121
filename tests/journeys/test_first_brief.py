"""Number of pages that a newcomer sees from the front page until the first suppliers are invited."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Response

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.organisations.models import Company
from tests.factories.briefs import full_answers
from tests.factories.suppliers import applicant, vetting_garden
from tests.journeys.test_main_job import TOPICS, answer_topic, confirmation_link
from tests.journeys.walkthrough import BrowserUser

MAX_PAGE_VIEWS = 13
PASSWORD = "bjørk torv fiskevær"


@pytest.mark.slow
def test_first_brief_needs_few_pages(app: Flask, person: Callable[..., Page]) -> None:
    made = vetting_garden(covered_municipalities=["5021", "5022"])
    for name in ("Kvistverk Nettbyrå", "Myrull Nettverk"):
        applicant(name, approved_by=made.curator, services=["ecm.shop", "med.product-photo"], areas=["5021"])
    session.commit()
    views = list[str]()
    user = BrowserUser(person(), "nb", lambda _page: None)

    def count(answer: Response) -> None:
        if answer.request.is_navigation_request() and not 300 <= answer.status < 400:
            views.append(answer.url)

    user.page.on("response", count)
    user.open("/")
    user.fill(q="selge ost på nett")
    user.submit(".ask button[formaction]")
    user.fill(
        person_name="Marit Bjørkvold", email="marit@bjorkvollen.example", password=PASSWORD,
        name="Bjørkvollen", municipality="5021", sector="food-drink",
    )  # fmt: skip
    user.submit()
    user.open(confirmation_link())
    session.rollback()  # end the read transaction
    session.query(Company).one().known_at = clock.now()
    session.commit()
    answers = full_answers() | {"own_words": "selge ost på nett"}
    for topic in TOPICS:
        assert user.page.url.endswith(f"/guide/{topic}")
        answer_topic(user, answers)
        user.submit("main button[value=next]:not([tabindex])")
    user.fill(confirmed=True)
    user.submit("main form[action$=publish] button")
    for box in user.page.locator(".ranked input[name=supplier]").all():
        user.check(box)
    user.submit("button[form=invite][data-color=multe]")
    assert user.page.locator(".asked li").count() == 2
    assert len(views) <= MAX_PAGE_VIEWS, views

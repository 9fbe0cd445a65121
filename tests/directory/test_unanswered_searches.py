"""Searches without a result are counted without words and people, and deleted after 13 months."""

import datetime as dt

from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.directory import queries
from marketplace.directory.models import UNKNOWN_SERVICE, UnansweredSearch
from marketplace.privacy.retention import delete_expired
from tests.factories.suppliers import applicant, vetting_garden
from tests.support.browser import Browser

LONG_AGO = dt.date(2000, 1, 1)


def test_search_without_result_is_counted_by_service_and_place(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    applicant("Fotografen", approved_by=home.curator, services=["med.photo"])
    for path in (
        "kind=ecm.shop&place=5021",
        "kind=ecm.shop&place=5021",  # the cached page: counted once
        "q=søkemotoroptimalisering",
        "kind=med.photo",  # has a result
        "kind=ecm.shop&remote=yes",  # the filter may be the cause
        "q=Kari+Nordmanns+hemmelighet",  # no known service: counted without the words
    ):
        assert client.get(f"/suppliers?{path}").status_code == 200
    assert queries.unanswered_searches(LONG_AGO) == {
        ("ecm.shop", "5021"): 1,
        ("sea.seo", ""): 1,
        (UNKNOWN_SERVICE, ""): 1,
    }
    client.get("/suppliers?kind=ecm.shop&place=5021&sort=price")
    assert queries.unanswered_searches(LONG_AGO)["ecm.shop", "5021"] == 2
    weeks = session.scalars(select(UnansweredSearch.week)).all()
    assert {week.weekday() for week in weeks} == {0}


def test_counts_of_searches_are_deleted_after_13_months(app: Flask) -> None:
    today = clock.today()
    for days in (380, 430):
        row = UnansweredSearch(week=today - dt.timedelta(days=days), code="ecm.shop", place="", number=1)
        session.add(row)
    session.commit()
    delete_expired()
    assert session.scalars(select(UnansweredSearch.week)).all() == [today - dt.timedelta(days=380)]

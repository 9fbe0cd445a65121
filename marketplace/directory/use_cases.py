"""Count searches without a result, so that business gardens see which services are missing."""

import datetime as dt

from sqlalchemy import update

from marketplace.core import clock, taxonomy
from marketplace.core.database import best_effort_write, insert_missing, session, transaction
from marketplace.core.places import find_municipality
from marketplace.directory.models import UNKNOWN_SERVICE, UnansweredSearch
from marketplace.directory.search.needs import intended_services
from marketplace.directory.search.search import SearchQuery


def count_unanswered_search(query: SearchQuery) -> None:
    """Count a search that found nobody for its service or place. Words that name no known service are counted together.

    A search with a filter on sector, language, price or remote work is not counted, because the filter may be the cause.
    """
    if query.sector or query.language or query.price or query.remote:
        return
    codes = query.kind.split(",") if query.kind else list(intended_services(query.text))[:1]
    known = {*taxonomy.services(), *taxonomy.groups_by_code()}
    counted = {code for code in codes if code in known}
    if not counted and not query.kind and query.text:
        counted = {UNKNOWN_SERVICE}
    today = clock.today()
    week = today - dt.timedelta(days=today.weekday())
    place = query.place if find_municipality(query.place) else ""
    with best_effort_write(), transaction():
        for code in sorted(counted):
            key = {"week": week, "code": code, "place": place}
            insert_missing(UnansweredSearch, [key | {"number": 0}])
            session.execute(
                update(UnansweredSearch).filter_by(**key).values(number=UnansweredSearch.number + 1)
            )

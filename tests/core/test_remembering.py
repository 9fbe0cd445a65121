"""What is remembered so that pages come sooner: it is right for each, and it has an end."""

from typing import Any

from flask import Flask

from marketplace.briefs import queries
from marketplace.web import fragment_cache, url_cache
from tests import factories
from tests.factories import briefs


def test_addresses_are_right_beyond_as_many_as_are_remembered(app: Flask) -> None:
    with app.test_request_context("/"):
        known = app.extensions["addresses"]
        known.clear()
        for number in range(url_cache._MOST + 10):
            assert url_cache.url_for("briefs.show", reference=f"2026-{number}") == f"/briefs/2026-{number}"
        assert 0 < len(known) <= url_cache._MOST
        assert url_cache.url_for("briefs.show", reference="2026-0") == "/briefs/2026-0"


def test_a_part_is_drawn_the_same_on_more_pages_than_are_remembered(app: Flask) -> None:
    owner = factories.member(factories.company())
    shown: Any = queries.paper_for(owner, briefs.published(owner).reference).worded_of(
        {"problem": "Få kunder."}
    )
    seen = set()
    for number in range(2 * fragment_cache._MOST):
        with app.test_request_context(f"/briefs/2026-{number}"):
            seen.add(str(fragment_cache.drawn("briefs/_worded.html", worded=shown)))
        assert len(fragment_cache._drawn[shown]) <= fragment_cache._MOST
    (part,) = seen
    assert "Få kunder." in part

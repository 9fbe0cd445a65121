"""The URL cache and the fragment cache return correct values and are bounded."""

from typing import Any

from flask import Flask

from marketplace.briefs import queries
from marketplace.web import fragment_cache, url_cache
from tests import factories
from tests.factories import briefs


def test_url_cache_beyond_its_limit_returns_correct_urls(app: Flask) -> None:
    with app.test_request_context("/"):
        url_cache._cached_url.cache_clear()
        for number in range(url_cache._MAX_ENTRIES + 10):
            assert url_cache.url_for("briefs.show", reference=f"2026-{number}") == f"/briefs/2026-{number}"
        assert 0 < url_cache._cached_url.cache_info().currsize <= url_cache._MAX_ENTRIES
        assert url_cache.url_for("briefs.show", reference="2026-0") == "/briefs/2026-0"


def test_fragment_cache_beyond_its_limit_renders_the_same(app: Flask) -> None:
    owner = factories.member(factories.company())
    rendered: Any = queries.brief_view_for(owner, briefs.published(owner).reference).render_answers(
        {"problem": "Få kunder."}
    )
    fragments = set()
    for number in range(2 * fragment_cache._MAX_ENTRIES):
        with app.test_request_context(f"/briefs/2026-{number}"):
            fragments.add(str(fragment_cache.cached_fragment("briefs/_answers.html", rendered=rendered)))
        assert len(fragment_cache._cache[rendered]) <= fragment_cache._MAX_ENTRIES
    (fragment,) = fragments
    assert "Få kunder." in fragment

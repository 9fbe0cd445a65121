"""Warning on the check page when a draft nearly duplicates an open brief of the same company."""

import datetime as dt

import pytest

from marketplace.briefs import queries as briefs
from marketplace.core import clock
from marketplace.sourcing import queries
from tests.factories.briefs import draft

OTHER = {
    "title": "Bilder av hyttene",
    "services": ["med.product-photo"],
    "problem": "Hyttene våre har bare mobilbilder fra vinteren, og gjestene spør om det er slik der om sommeren også.",
    "goal": "Flere leier hytte om sommeren.",
    "deliverables": ["30 bilder av fem hytter"],
    "must_have": ["Drone"],
    "nice_to_have": [],
    "current_state": "Fem hytter ved vannet.",
    "audience_text": "Familier fra byen.",
}


def alike(market, **changes):
    return queries.similar_open_briefs(
        briefs.brief_view_for(market.owner, draft(market.owner, **changes).reference)
    )


def test_duplicate_is_reported_and_other_job_is_not(market, publish, sign_in):
    reference = publish()
    (found,) = alike(market, title="Nettbutikk for gården, med henting")
    assert found.reference == reference
    assert found.similarity == pytest.approx(1.0, abs=0.2)
    assert alike(market, **OTHER) == []
    again = draft(market.owner).reference
    page = sign_in(market.owner, "nn").get(f"/briefs/{again}/check").text
    assert "ein svært lik brief open" in page
    assert f'href="/briefs/{reference}"' in page


def test_closed_and_other_companies_briefs_are_not_reported(market, publish, time_machine):
    publish()
    stranger = draft(market.outsider).reference
    assert queries.similar_open_briefs(briefs.brief_view_for(market.outsider, stranger)) == []
    time_machine.move_to(clock.now() + dt.timedelta(days=40), tick=False)
    assert alike(market) == []

"""A brief that opened automatically can be paused until an offer is sent; offers that are only begun do not count."""

import pytest
from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.briefs import use_cases as briefs
from marketplace.briefs.models import Brief, BriefReview
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict
from marketplace.proposals import use_cases
from tests.factories.offers import full_content
from tests.proposals.conftest import REFERENCE

REASON = "Vi når ikke bedriften på telefon."


@pytest.fixture
def opened_by_itself(market):
    """The brief of the market, as if it had opened before the garden had checked the company."""
    brief = session.scalars(select(Brief).where(Brief.reference == REFERENCE)).one()
    brief.company.known_at = None
    brief.reviews.append(
        BriefReview(asked_by_id=market.owner.user_id, revision=1, answered_at=clock.now(), verdict="opened")
    )
    session.commit()
    return market


def test_pause_is_refused_and_recorded_once_an_offer_is_sent(opened_by_itself):
    market = opened_by_itself
    market.send("kvistverk")
    with pytest.raises(Conflict):
        briefs.pause_first_publication(market.curator, REFERENCE, REASON)
    assert "brief.pause_refused" in session.scalars(select(AuditEvent.action)).all()
    assert session.scalar(select(Brief.state)) == "published"


def test_offer_that_is_only_begun_is_kept_through_the_pause(opened_by_itself):
    market = opened_by_itself
    use_cases.save(market.kvistverk, REFERENCE, full_content())
    briefs.pause_first_publication(market.curator, REFERENCE, REASON)
    assert session.scalar(select(Brief.state)) == "waiting"
    briefs.answer_first_publication(market.curator, REFERENCE, "ok", "")
    assert session.scalar(select(Brief.state)) == "published"
    assert market.proposal("kvistverk").state == "draft"

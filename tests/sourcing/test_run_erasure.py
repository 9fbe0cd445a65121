"""The texts of a closed brief are erased from its stored rankings as well."""

import datetime as dt
import json

import pytest
from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.privacy import brief_retention
from marketplace.sourcing import use_cases
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.ranking.replay import MatcherMismatchError, replay
from marketplace.sourcing.ranking.run_storage import deserialize


def withdraw(reference, *, days_ago):
    brief = session.scalars(select(Brief).where(Brief.reference == reference)).one()
    brief.state, brief.closed_at = "withdrawn", clock.now() - dt.timedelta(days=days_ago)
    session.commit()
    return brief


def words_of(run):
    inputs, result = deserialize(run.inputs, run.inputs_digest), deserialize(run.result, run.result_digest)
    return json.dumps([inputs, result], ensure_ascii=False)


def test_texts_of_a_closed_brief_are_erased_from_its_ranking(market, publish, sign_in):
    reference = publish(must_have=["Kobling til fryselageret"])
    run = session.scalars(select(RankingRun)).one()
    texts = ("40 slags ost", "Kobling til fryselageret", "klikk og hent")
    assert all(text in words_of(run) for text in texts)
    use_cases.invite_suppliers(market.owner, reference, [market.suppliers["Myrull"].id])
    brief = withdraw(reference, days_ago=800)
    # An earlier version has erased the brief, but not the stored ranking.
    with transaction():
        record(None, "brief.erase_texts", "brief", reference)
    assert (brief_retention.erase_closed_briefs(), brief_retention.erase_closed_briefs()) == (1, 0)
    session.expire_all()
    assert not [text for text in texts if text in words_of(run)]
    assert (brief.answers["must_have"], brief.answers["links"], brief.title) == (
        [],
        [],
        "Nettbutikk med henting på gården",
    )
    page = sign_in(market.owner).get(f"/briefs/{reference}/ranking").get_data(as_text=True)
    assert "Kvistverk" in page
    page = sign_in(market.people["Myrull"]).get(f"/briefs/{reference}/standing").text
    assert "Your place in the list is 2" in page
    assert "more points" not in page, "the profile that was ranked is not known any more"
    assert (run.base_id, run.directory_id) == (None, None), (
        "`refit` deletes the profiles that no run refers to"
    )
    with pytest.raises(MatcherMismatchError):
        replay(run.id)

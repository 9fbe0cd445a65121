"""Scores that the company gives in one step: their totals, and when they can be given."""

import pytest

from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.proposals import queries, use_cases
from marketplace.proposals.queries import Score


def test_scores_are_saved_and_totalled(opened):
    number = opened.proposal("kvistverk").id
    given = {
        "understanding": Score(5, "God"),
        "experience": Score(4),
        "price": Score(3),
        "cooperation": Score(5),
    }
    use_cases.save_scores(opened.member, opened.reference, {number: given})
    found = {o.name: o for o in queries.offers_for(opened.owner, opened.reference).offers}
    assert found["Kvistverk"].total_score == 85
    assert found["Myrull"].total_score is None
    use_cases.save_scores(opened.member, opened.reference, {number: {"price": Score(1)}})
    assert queries.offer_for(opened.owner, opened.reference, number)[1].scores == {"price": 1}
    with pytest.raises(RuleBroken):
        use_cases.save_scores(opened.member, opened.reference, {number: {"price": Score(6)}})
    with pytest.raises(NotFound):
        use_cases.save_scores(opened.member, opened.reference, {10**6: {"price": Score(5)}})
    with pytest.raises(NotFound):
        use_cases.save_scores(opened.outsider, opened.reference, {number: given})


def test_scores_before_deadline_are_refused(market):
    number = market.send("kvistverk").id
    with pytest.raises(Conflict):
        use_cases.save_scores(market.owner, market.reference, {number: {"price": Score(5)}})

"""The decision: award, rejection replies, choosing nobody, reopening, declining and ruling out."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from marketplace.briefs.queries import phase_of
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.proposals import queries, use_cases
from marketplace.proposals.lifecycle import STATES_WITH_LETTER
from marketplace.proposals.models.offers import Award, Proposal
from tests.proposals.conftest import AFTER
from tests.support.notices import notices_to


def after(days):
    return AFTER + dt.timedelta(days=days)


def test_award_notifies_every_supplier(opened, choose):
    number = choose(opened, "kvistverk")
    assert opened.brief.state == "awarded"
    states = {name: opened.proposal(name).state for name in ("kvistverk", "myrull", "skogsfjord")}
    assert states == {"kvistverk": "awarded", "myrull": "not_selected", "skogsfjord": "not_selected"}
    assert session.scalar(select(Award)).proposal_id == number
    assert notices_to(opened.kvistverk, "offer_chosen")
    assert notices_to(opened.skogsfjord, "offer_not_chosen")
    (nynorsk,) = notices_to(opened.myrull, "offer_not_chosen")
    assert nynorsk.locale == "nn"
    assert "Kvistverk" not in nynorsk.subject + nynorsk.body
    assert notices_to(opened.curator, "garden_choice_made")
    with pytest.raises(Conflict):
        choose(opened, "kvistverk")


def test_award_needs_reply_to_each_other_supplier(opened, replies):
    number = opened.proposal("kvistverk").id
    details = use_cases.AwardDetails(number, 92_000, dt.date(2027, 1, 11), "Dere forsto oss best.")
    answers = replies(opened, number)
    left_out = dict(list(answers.items())[1:])
    for faulty in (
        {},
        left_out,
        {key: use_cases.RejectionReply("nonsense", "x") for key in answers},
        {key: use_cases.RejectionReply("gaps", "") for key in answers},
    ):
        with pytest.raises(RuleBroken):
            use_cases.award(opened.owner, opened.reference, details, faulty)
    assert opened.brief.state == "published"
    assert not session.scalar(select(func.count()).select_from(Award))
    with pytest.raises(Forbidden):
        use_cases.award(opened.member, opened.reference, details, answers)
    with pytest.raises(NotFound):
        use_cases.award(opened.outsider, opened.reference, details, answers)


def test_award_before_deadline_is_refused(market, choose):
    number = market.send("kvistverk").id
    details = use_cases.AwardDetails(number, 1, dt.date(2027, 1, 11), "Fordi")
    with pytest.raises(Conflict):
        use_cases.award(market.owner, market.reference, details, {})


def test_choosing_nobody_sends_one_reply_to_all(opened):
    reply = use_cases.RejectionReply("too_dear", "Alle kostet mer enn vi har.")
    use_cases.choose_nobody(opened.owner, opened.reference, reply)
    assert opened.brief.state == "no_award"
    for name in ("kvistverk", "myrull", "skogsfjord"):
        assert opened.proposal(name).outcome_code == "too_dear"
        assert notices_to(opened.people[name], "nobody_chosen")


def test_award_is_reopened_within_fourteen_days(opened, choose, at_noon):
    choose(opened, "kvistverk")
    with pytest.raises(RuleBroken):
        use_cases.reopen(opened.owner, opened.reference, "")
    use_cases.reopen(opened.owner, opened.reference, "Prisen viste seg å være feil.")
    assert {opened.proposal(n).state for n in ("kvistverk", "myrull", "skogsfjord")} == {"submitted"}
    assert phase_of(opened.brief) == "evaluating"
    assert len(notices_to(opened.skogsfjord, "choice_taken_back")) == 1
    choose(opened, "myrull")
    at_noon.move_to(after(15), tick=False)
    with pytest.raises(Conflict):
        use_cases.reopen(opened.owner, opened.reference, "For sent")


def test_award_is_declined_within_ten_days(opened, choose, at_noon):
    number = choose(opened, "kvistverk")
    with pytest.raises(NotFound):
        use_cases.decline_award(opened.myrull, number, "Full ordrebok")
    use_cases.decline_award(opened.kvistverk, number, "Full ordrebok")
    assert opened.proposal("kvistverk").state == "award_declined"
    assert opened.proposal("myrull").state == "submitted"
    assert notices_to(opened.owner, "supplier_declined")
    assert notices_to(opened.myrull, "choice_open_again")
    number = choose(opened, "myrull")
    at_noon.move_to(after(11), tick=False)
    with pytest.raises(Conflict):
        use_cases.decline_award(opened.myrull, number, "Full ordrebok")


def test_ruling_out_names_missing_must_have(opened):
    number = opened.proposal("skogsfjord").id
    with pytest.raises(RuleBroken):
        use_cases.rule_out(opened.owner, opened.reference, number, "Noe annet", "Mangler")
    use_cases.rule_out(opened.owner, opened.reference, number, "Kobling til kassa", "Er ikke med.")
    assert opened.proposal("skogsfjord").state == "ineligible"
    assert notices_to(opened.skogsfjord, "offer_ruled_out")
    assert len(queries.offers_for(opened.owner, opened.reference).live) == 2


def test_every_final_offer_has_a_notice(opened, choose):
    use_cases.rule_out(
        opened.owner, opened.reference, opened.proposal("skogsfjord").id, "Kobling til kassa", "Mangler."
    )
    choose(opened, "myrull")
    for proposal in session.scalars(select(Proposal)):
        assert proposal.state in STATES_WITH_LETTER
        kinds = {
            n.kind for name in ("kvistverk", "myrull", "skogsfjord") for n in notices_to(opened.people[name])
        }
        assert {"offer_chosen", "offer_not_chosen", "offer_ruled_out"} <= kinds

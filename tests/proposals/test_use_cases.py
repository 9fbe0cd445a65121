"""Use cases of offers: saving, sealing, opening, evaluation, award and outcome."""

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from marketplace.audit.models import AuditEvent
from marketplace.briefs.queries import phase_of
from marketplace.briefs.use_cases import withdraw as withdraw_brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.proposals import queries, use_cases
from marketplace.proposals.lifecycle import FINAL, HANDOVER_ITEMS
from marketplace.proposals.models import Award, Outcome, Proposal, ProposalRevision, SealedEvent
from marketplace.proposals.queries import Score
from marketplace.proposals.queries.brief_results import latest_goals
from marketplace.sourcing.models import Invitation
from marketplace.vetting.models import Vetting
from tests.proposals.conftest import AFTER, DEADLINE_DAY, full_content

PROPOSAL_ACTS = AuditEvent.object_type == "proposal"


def audit_rows():
    return session.scalars(select(AuditEvent).where(PROPOSAL_ACTS).order_by(AuditEvent.id)).all()


def notices_to(viewer, kind=None):
    query = select(Notice).where(Notice.user_id == viewer.user_id)
    return session.scalars(query.where(Notice.kind == kind) if kind else query).all()


def after(days):
    return AFTER + dt.timedelta(days=days)


def test_offer_is_saved_submitted_withdrawn_and_resumed(market):
    proposal = market.send("kvistverk")
    assert proposal.state == "submitted"
    saved = use_cases.save(
        market.kvistverk, market.reference, full_content(monthly_nok=900), proposal.revision
    )
    assert saved.submitted_content["monthly_nok"] == 1290
    use_cases.submit(market.kvistverk, market.reference, saved.revision)
    assert session.scalar(select(func.count()).select_from(ProposalRevision)) == 2
    use_cases.withdraw(market.kvistverk, market.reference, "")
    assert market.proposal("kvistverk").state == "withdrawn"
    with pytest.raises(RuleBroken):
        use_cases.save(market.kvistverk, market.reference, full_content())
    use_cases.resume(market.kvistverk, market.reference)
    assert market.proposal("kvistverk").state == "draft"
    assert len(notices_to(market.kvistverk)) == 3


def test_repeated_submit_changes_nothing(market):
    proposal = market.send("kvistverk")
    use_cases.submit(market.kvistverk, market.reference, proposal.revision)
    assert session.scalar(select(func.count()).select_from(ProposalRevision)) == 1


def test_incomplete_offer_is_refused(market):
    saved = use_cases.save(market.kvistverk, market.reference, full_content(understanding=""))
    with pytest.raises(RuleBroken) as error:
        use_cases.submit(market.kvistverk, market.reference, saved.revision)
    assert error.value.field == "understanding"
    assert market.proposal("kvistverk").state == "draft"


def test_member_can_save_and_not_submit(market):
    supplier_id = market.kvistverk.organisation_id
    from marketplace.suppliers.models import Supplier

    colleague = market.person("helper", session.get(Supplier, supplier_id), "member")
    session.commit()
    saved = use_cases.save(colleague, market.reference, full_content())
    with pytest.raises(RuleBroken):
        use_cases.submit(colleague, market.reference, saved.revision)


def test_concurrent_saves_of_colleagues_conflict(market):
    first = use_cases.save(market.kvistverk, market.reference, full_content()).revision
    use_cases.save(market.kvistverk, market.reference, full_content(team="Ane"), first)
    with pytest.raises(Conflict) as error:
        use_cases.save(market.kvistverk, market.reference, full_content(team="Trygve"), first)
    assert error.value.current == {"revision": first + 1}
    with pytest.raises(Conflict):
        use_cases.submit(market.kvistverk, market.reference, first)


def test_submit_is_accepted_until_last_second(market, at_noon):
    saved = use_cases.save(market.kvistverk, market.reference, full_content())
    at_noon.move_to(clock.end_of_day(DEADLINE_DAY), tick=False)
    use_cases.submit(market.kvistverk, market.reference, saved.revision)
    use_cases.save(market.myrull, market.reference, full_content())
    at_noon.shift(dt.timedelta(seconds=1))
    with pytest.raises(RuleBroken):
        use_cases.submit(market.myrull, market.reference, 1)
    with pytest.raises(RuleBroken):
        use_cases.save(market.skogsfjord, market.reference, full_content())


def test_only_invited_or_approved_suppliers_can_answer(market):
    with pytest.raises(NotFound):
        use_cases.save(market.stranger, market.reference, full_content())
    market.brief.open_door = True
    session.commit()
    use_cases.save(market.stranger, market.reference, full_content())
    session.query(Vetting).filter(Vetting.supplier_id == market.kvistverk.organisation_id).update(
        {"state": "suspended"}
    )
    session.commit()
    with pytest.raises(RuleBroken):
        use_cases.save(market.kvistverk, market.reference, full_content())


def test_sealed_offer_is_in_no_audit_notice_or_query(market):
    market.send("kvistverk")
    use_cases.withdraw(market.kvistverk, market.reference, "Full ordrebok")
    use_cases.resume(market.kvistverk, market.reference)
    assert not audit_rows()
    assert session.scalar(select(func.count()).select_from(SealedEvent)) == 4
    own = {market.kvistverk.user_id}
    assert {n.user_id for n in session.scalars(select(Notice))} == own
    assert {m.recipient for m in session.scalars(select(OutboxMail))} == {market.kvistverk.email}
    found = queries.offers_for(market.owner, market.reference)
    assert found.is_sealed
    assert not found.offers
    assert queries.count_for_garden(market.curator, market.reference)[1] is None
    for viewer in (market.outsider, market.far_curator, market.admin, market.myrull):
        with pytest.raises(NotFound):
            queries.offers_for(viewer, market.reference)
    invitations = session.scalars(select(Invitation.state)).all()
    assert set(invitations) == {"invited"}


def test_opening_unseals_once_and_keeps_action_times(market, at_noon):
    market.send("kvistverk")
    use_cases.save(market.myrull, market.reference, full_content())
    assert use_cases.open_due() == 0
    at_noon.move_to(AFTER, tick=False)
    assert use_cases.open_due() == 1
    assert use_cases.open_due() == 0
    assert [row.action for row in audit_rows()] == ["proposal.begin", "proposal.submit", "proposal.begin"]
    assert audit_rows()[0].details["at"].startswith("2026-11-24")
    assert not session.scalar(select(func.count()).select_from(SealedEvent))
    (told,) = notices_to(market.owner, "offers_opened")
    assert "1" in told.subject
    assert [offer.name for offer in queries.offers_for(market.member, market.reference).offers] == [
        "Kvistverk"
    ]
    assert queries.count_for_garden(market.curator, market.reference)[1] == 1


def test_early_opening_needs_invitation_only_and_all_answers(market):
    market.send("kvistverk")
    assert use_cases.open_early(market.owner, market.reference) is False
    market.send("myrull")
    market.brief.open_door = True
    session.commit()
    with pytest.raises(RuleBroken):
        use_cases.open_early(market.owner, market.reference)
    market.brief.open_door = False
    session.query(Invitation).filter(Invitation.supplier_id == market.skogsfjord.organisation_id).update(
        {"state": "declined"}
    )
    session.commit()
    with pytest.raises(Forbidden):
        use_cases.open_early(market.member, market.reference)
    assert use_cases.open_early(market.owner, market.reference) is True
    assert phase_of(market.brief) == "evaluating"
    assert len(queries.offers_for(market.owner, market.reference).offers) == 2
    assert use_cases.open_due() == 0
    with pytest.raises(RuleBroken):
        use_cases.save(market.kvistverk, market.reference, full_content())


def test_early_opening_without_offers_is_refused(market):
    session.query(Invitation).update({"state": "declined"})
    session.commit()
    assert use_cases.open_early(market.owner, market.reference) is False


def test_withdrawn_brief_keeps_offers_sealed(market):
    proposal = market.send("kvistverk")
    withdraw_brief(market.owner, market.reference, "Vi skal ikke ha nettbutikk likevel")
    assert queries.offers_for(market.owner, market.reference).is_sealed
    session.refresh(proposal)
    assert proposal.state == "closed_unjudged"
    assert not audit_rows()
    assert queries.letter_for(market.kvistverk, proposal.id).proposal.outcome_text
    assert len(notices_to(market.kvistverk)) == 2


def test_brief_withdrawn_after_opening_shows_offers(opened):
    withdraw_brief(opened.owner, opened.reference, "Vi skal ikke ha nettbutikk likevel")
    found = queries.offers_for(opened.owner, opened.reference)
    assert not found.is_sealed
    assert {offer.state for offer in found.offers} == {"closed_unjudged"}


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


def test_withdrawal_after_deadline_is_final_and_notified(opened):
    use_cases.withdraw(opened.kvistverk, opened.reference, "Full ordrebok")
    assert notices_to(opened.owner, "supplier_withdrew")
    assert len(queries.offers_for(opened.owner, opened.reference).offers) == 2
    with pytest.raises(RuleBroken):
        use_cases.resume(opened.kvistverk, opened.reference)


def test_delivery_sends_three_outcome_requests(opened, choose, at_noon):
    choose(opened, "kvistverk")
    with pytest.raises(RuleBroken):
        use_cases.deliver(opened.owner, opened.reference, {"domain": "done"})
    use_cases.deliver(opened.owner, opened.reference, dict.fromkeys(HANDOVER_ITEMS, "not_done"))
    assert opened.brief.state == "delivered"
    answers = use_cases.OutcomeAnswers("yes", "over", "partly", "maybe", "60 ordrer", "Bra")
    use_cases.answer_outcome(opened.member, opened.reference, "handover", answers)
    with pytest.raises(Conflict):
        use_cases.answer_outcome(opened.member, opened.reference, "d90", answers)
    assert use_cases.remind_about_results() == 0
    at_noon.move_to(after(91), tick=False)
    assert use_cases.remind_about_results() == 1
    assert use_cases.remind_about_results() == 0
    assert [
        row.answered_at is not None for row in session.scalars(select(Outcome).order_by(Outcome.due_on))
    ] == [True, False, False]


def test_second_outcome_answer_is_added_to_the_first(opened, choose, at_noon):
    choose(opened, "kvistverk")
    use_cases.deliver(opened.owner, opened.reference, dict.fromkeys(HANDOVER_ITEMS, "done"))
    first = use_cases.OutcomeAnswers("yes", "yes", "too_early", "yes", "40 ordrer", "Bra")
    second = use_cases.OutcomeAnswers("yes", "yes", "partly", "maybe", "60 ordrer", "Bra")
    for answers in (first, first, second):
        at_noon.shift(60)
        use_cases.answer_outcome(opened.member, opened.reference, "handover", answers)
    outcome = session.scalars(select(Outcome).where(Outcome.round == "handover")).one()
    assert [answer.measured for answer in outcome.answers] == ["40 ordrer", "60 ordrer"]
    assert outcome.answered_at == outcome.answers[1].answered_at > outcome.answers[0].answered_at
    assert latest_goals({opened.brief.id}) == {opened.brief.id: "partly"}
    outcome.answers[0].goal_met = "yes"
    with pytest.raises(DatabaseError, match="An answer cannot be changed"):
        session.flush()
    session.rollback()


def test_job_is_terminated_with_reason(opened, choose):
    choose(opened, "kvistverk")
    use_cases.terminate(opened.owner, opened.reference, "Vi ble ikke enige om planen.")
    assert opened.brief.state == "terminated"
    assert notices_to(opened.kvistverk, "job_ended")
    assert notices_to(opened.curator, "job_ended")
    with pytest.raises(Conflict):
        use_cases.deliver(opened.owner, opened.reference, dict.fromkeys(HANDOVER_ITEMS, "done"))


def test_reminders_and_lapse_happen_once(opened, at_noon):
    use_cases.run_all()
    told = lambda: len(notices_to(opened.owner, "decide_soon"))  # noqa: E731 because it is read three times
    for day, expected in ((6, 1), (20, 2), (34, 3)):
        at_noon.move_to(after(day), tick=False)
        use_cases.run_all()
        use_cases.run_all()
        assert told() == expected
    assert len(notices_to(opened.curator, "garden_decide_soon")) == 1
    at_noon.move_to(after(43), tick=False)
    assert use_cases.lapse_overdue() == 1
    assert use_cases.lapse_overdue() == 0
    assert opened.brief.state == "lapsed"
    assert {opened.proposal(n).state for n in ("kvistverk", "myrull", "skogsfjord")} == {"closed_unjudged"}
    assert notices_to(opened.kvistverk, "brief_lapsed")


def test_lapsed_brief_is_awarded_late_with_consent(opened, at_noon, replies):
    at_noon.move_to(after(43), tick=False)
    use_cases.run_all()
    number = opened.proposal("kvistverk").id
    details = use_cases.AwardDetails(number, 92_000, dt.date(2027, 3, 1), "Best for oss.")
    with pytest.raises(RuleBroken):
        use_cases.award(opened.owner, opened.reference, details, replies(opened, number))
    agreed = use_cases.AwardDetails(number, 92_000, dt.date(2027, 3, 1), "Best for oss.", still_stands=True)
    use_cases.award(opened.owner, opened.reference, agreed, replies(opened, number))
    assert opened.brief.state == "awarded"


def test_late_reopening_gets_new_time_before_lapse(opened, at_noon, choose):
    at_noon.move_to(after(38), tick=False)
    choose(opened, "kvistverk")
    at_noon.move_to(after(50), tick=False)
    use_cases.reopen(opened.owner, opened.reference, "Prisen var feil.")
    assert use_cases.lapse_overdue() == 0


def test_extension_without_offers_is_granted_once(market, at_noon):
    use_cases.save(market.kvistverk, market.reference, full_content())
    at_noon.move_to(AFTER, tick=False)
    use_cases.open_due()
    with pytest.raises(RuleBroken):
        use_cases.extend_without_offers(market.owner, market.reference, dt.date(2027, 3, 1))
    use_cases.extend_without_offers(market.owner, market.reference, dt.date(2026, 12, 21))
    assert queries.offers_for(market.owner, market.reference).is_sealed
    market.send("kvistverk")
    at_noon.move_to(after(9), tick=False)
    assert use_cases.open_due() == 1
    with pytest.raises(Conflict):
        use_cases.extend_without_offers(market.owner, market.reference, dt.date(2026, 12, 30))


def test_extension_with_offer_is_refused(opened):
    with pytest.raises(Conflict):
        use_cases.extend_without_offers(opened.owner, opened.reference, dt.date(2026, 12, 21))


def test_every_final_offer_has_a_notice(opened, choose):
    use_cases.rule_out(
        opened.owner, opened.reference, opened.proposal("skogsfjord").id, "Kobling til kassa", "Mangler."
    )
    choose(opened, "myrull")
    for proposal in session.scalars(select(Proposal)):
        assert proposal.state in FINAL
        kinds = {
            n.kind for name in ("kvistverk", "myrull", "skogsfjord") for n in notices_to(opened.people[name])
        }
        assert {"offer_chosen", "offer_not_chosen", "offer_ruled_out"} <= kinds

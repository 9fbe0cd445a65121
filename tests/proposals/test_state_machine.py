"""Stateful test: random histories of a brief and its offers must follow a plain model.

The histories go from draft, review, publication, invitations and offers, over the deadline, to the outcome.
`invariants.py` is checked after each step. `STATE_MACHINE_EXAMPLES` sets their number, which `make crash-test`
raises.
"""

import datetime as dt
import os

from hypothesis import HealthCheck, seed, settings, strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from marketplace.briefs import use_cases as briefs
from marketplace.core.database import session
from marketplace.proposals import use_cases
from marketplace.proposals.lifecycle import HANDOVER_ITEMS
from marketplace.proposals.models.offers import Proposal
from marketplace.suppliers.models import Supplier, SupplierService
from tests.factories.briefs import draft, full_answers
from tests.factories.offers import full_content
from tests.proposals import invariants
from tests.proposals.conftest import DEADLINE_DAY, NOON
from tests.proposals.random_histories import (
    MAX_INVITED,
    SUPPLIERS,
    BriefHistories,
    anybody,
    mostly_owner,
    supplier,
    unlikely,
)
from tests.support.data_sets import seed_once

EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "14"))
SAMPLED_EXAMPLES = 2


class Histories(BriefHistories):
    """The histories of a brief, extended with offers, decisions and outcomes."""

    # Offers

    def may_write(self, name):
        return self.phase == "open" and (name in self.asked or self.offers.get(name))

    @rule(name=st.sampled_from([*SUPPLIERS, *SUPPLIERS, "owner", "curator", "admin"]))
    def save(self, name):
        allowed = self.may_write(name) and self.offers[name] != "withdrawn"
        if self.try_action(
            allowed, lambda: use_cases.save(self.person(name), self.market.reference, full_content())
        ):
            self.offers[name] = self.offers[name] or "draft"

    @rule(name=supplier, price=st.integers(1, 90_000))
    def send(self, name, price):
        def act():
            content = full_content(monthly_nok=price)
            saved = use_cases.save(self.person(name), self.market.reference, content)
            use_cases.submit(self.person(name), self.market.reference, saved.revision)

        if self.try_action(self.may_write(name) and self.offers[name] != "withdrawn", act):
            self.offers[name] = "submitted"

    @rule(name=supplier)
    def send_saved_draft(self, name):
        """Submit from a page that was opened earlier, whatever has changed since."""
        allowed = self.phase == "open" and self.offers[name] in {"draft", "submitted"}
        found = session.get(Proposal, self.number(name))
        revision = found.revision if found else 1
        if self.try_action(
            allowed, lambda: use_cases.submit(self.person(name), self.market.reference, revision)
        ):
            self.offers[name] = "submitted"

    @rule(name=supplier)
    def withdraw(self, name):
        allowed = self.phase in {"open", "evaluating"} and self.offers[name] == "submitted"
        if self.try_action(allowed, lambda: use_cases.withdraw(self.person(name), self.market.reference, "")):
            self.offers[name] = "withdrawn"

    @rule(name=supplier)
    def resume(self, name):
        allowed = self.phase == "open" and self.offers[name] == "withdrawn"
        if self.try_action(allowed, lambda: use_cases.resume(self.person(name), self.market.reference)):
            self.offers[name] = "draft"

    # Decision, delivery and outcome

    @property
    def may_decide(self):
        in_time = self.brief == "lapsed" and (self.today - self.lapsed_on).days <= 90
        return self.phase == "evaluating" or in_time

    @property
    def waiting(self):
        return "closed_unjudged" if self.brief == "lapsed" else "submitted"

    @rule(who=mostly_owner, name=supplier, answered=st.sampled_from([True, True, True, False]))
    def award(self, who, name, answered):
        others = [one for one in SUPPLIERS if one != name and self.offers[one] == self.waiting]

        def act():
            details = use_cases.AwardDetails(
                self.number(name), 92_000, dt.date(2027, 1, 11), "Dere forsto oss.", still_stands=True
            )
            reply = use_cases.RejectionReply("close", "Det var jevnt.")
            answers = {self.number(other): reply for other in others} if answered else {}
            use_cases.award(self.person(who), self.market.reference, details, answers)

        allowed = who == "owner" and self.may_decide and self.offers[name] == self.waiting
        if self.try_action(allowed and (answered or not others), act):
            self.change_states(self.waiting, "not_selected")
            self.offers[name], self.brief, self.awarded_on = "awarded", "awarded", self.today

    @rule(place=st.integers(0, 3))
    def award_submitted_offer(self, place):
        """Actions of a company that random choice alone would take too seldom."""
        waits = [name for name in SUPPLIERS if self.offers[name] == self.waiting]
        if self.may_decide and waits:
            self.award("owner", waits[place % len(waits)], answered=True)

    @rule(who=mostly_owner, sure=unlikely)
    def choose_nobody(self, who, sure):
        reply = use_cases.RejectionReply("postponed", "Vi venter et år.")
        allowed = who == "owner" and self.may_decide
        if (not allowed or sure) and self.try_action(
            allowed, lambda: use_cases.choose_nobody(self.person(who), self.market.reference, reply)
        ):
            self.change_states(self.waiting, "not_selected")
            self.brief = "no_award"

    @rule(who=mostly_owner, name=supplier)
    def rule_out(self, who, name):
        act = ("Kobling til kassa", "Koblingen mangler.")
        allowed = who == "owner" and self.phase == "evaluating" and self.offers[name] == "submitted"
        if self.try_action(
            allowed,
            lambda: use_cases.rule_out(self.person(who), self.market.reference, self.number(name), *act),
        ):
            self.offers[name] = "ineligible"

    def open_again(self, winner):
        self.change_states("awarded", winner)
        self.change_states("not_selected", "submitted")
        self.brief, self.since = "published", self.today

    @rule(who=mostly_owner)
    def reopen_decision(self, who):
        in_time = self.awarded_on and (self.today - self.awarded_on).days <= 14
        allowed = who == "owner" and self.brief == "awarded" and in_time
        if self.try_action(
            allowed, lambda: use_cases.reopen(self.person(who), self.market.reference, "Vi tok feil.")
        ):
            self.open_again("submitted")

    @rule(who=supplier, name=supplier)
    def decline(self, who, name):
        in_time = self.awarded_on and (self.today - self.awarded_on).days <= 10
        allowed = who == name and self.brief == "awarded" and self.offers[name] == "awarded" and in_time
        if self.try_action(
            allowed, lambda: use_cases.decline_award(self.person(who), self.number(name), "Fullt.")
        ):
            self.open_again("award_declined")

    @rule(who=mostly_owner, end=st.sampled_from(["delivered", "terminated"]), sure=unlikely)
    def deliver_or_terminate(self, who, end, sure):
        def act():
            if end == "delivered":
                use_cases.deliver(self.person(who), self.market.reference, dict.fromkeys(HANDOVER_ITEMS, "done"))  # fmt: skip
            else:
                use_cases.terminate(self.person(who), self.market.reference, "Vi ble ikke enige.")

        allowed = who == "owner" and self.brief == "awarded"
        if (not allowed or sure) and self.try_action(allowed, act):
            self.brief = end

    @rule(who=mostly_owner)
    def answer_outcome(self, who):
        told = use_cases.OutcomeAnswers("yes", "yes", "yes", "yes")
        allowed = who in {"owner", "member"} and self.brief == "delivered"
        self.try_action(
            allowed,
            lambda: use_cases.answer_outcome(self.person(who), self.market.reference, "handover", told),
        )

    @rule(who=anybody, sure=unlikely)
    def withdraw_brief(self, who, sure):
        why = "Vi trenger det ikke lenger."
        allowed = who == "owner" and self.phase in {"open", "evaluating"}
        if (not allowed or sure) and self.try_action(
            allowed, lambda: briefs.withdraw(self.person(who), self.market.reference, why)
        ):
            self.change_states("submitted", "closed_unjudged")
            self.brief = "withdrawn"

    @invariant()
    def invariants_hold(self):
        if hasattr(self, "offers"):
            invariants.check(self.market, self)


def write_a_draft(market):
    """Add a publishable draft, and services to the suppliers."""
    for name in SUPPLIERS:
        found = session.get_one(Supplier, market.people[name].organisation_id)
        found.services = [SupplierService(code="ecm.shop")]
    answers = full_answers(NOON.date()) | {"response_deadline": DEADLINE_DAY.isoformat(), "open_door": False}
    answers |= {"must_have": ["Kobling til kassa", "Henting på gården"], "invite_count": MAX_INVITED}
    made = draft(market.owner, **answers)
    market.brief_id, market.reference = made.id, made.reference


def test_random_histories_follow_the_model(app, shared_database, market, at_noon, sampling):
    write_a_draft(market)
    seed_once(app, shared_database, "states", lambda: None)

    class Here(Histories):
        pass

    Here.app, Here.database, Here.market, Here.machine = app, shared_database, market, at_noon
    many = EXAMPLES >= 20
    long = settings(
        max_examples=EXAMPLES if many or sampling.exhaustive else SAMPLED_EXAMPLES,
        stateful_step_count=60,
        derandomize=not many and sampling.exhaustive,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    histories = Here if many or sampling.exhaustive else seed(sampling.seed)(Here)
    run_state_machine_as_test(histories, settings=long)

"""State machine of a brief from draft to deadline, compared step by step with a plain model."""

import datetime as dt

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from marketplace.briefs import guide, use_cases as briefs
from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.core.errors import MarketplaceError
from marketplace.proposals import use_cases
from marketplace.proposals.models.offers import Proposal
from marketplace.sourcing import use_cases as sourcing
from tests.proposals import invariants
from tests.proposals.conftest import DEADLINE_DAY, NOON
from tests.support.data_sets import seed_once

SUPPLIERS = ("kvistverk", "myrull", "skogsfjord", "stranger")
ANYBODY = ("owner", "member", "outsider", "curator", "far_curator", "admin", *SUPPLIERS)
LAST_DAY = DEADLINE_DAY + dt.timedelta(days=190)
MAX_INVITED = 3

anybody = st.sampled_from(ANYBODY)
mostly_owner = st.sampled_from(("owner",) * 6 + ANYBODY)
supplier = st.sampled_from(SUPPLIERS)
unlikely = st.integers(0, 5).map(lambda number: number == 0)


def day(number):
    return dt.timedelta(days=number)


class BriefHistories(RuleBasedStateMachine):
    """Actions on a brief and their expected results. The test provides the application and database."""

    app = database = market = machine = None

    @initialize(stage=st.sampled_from([0, 1, 2, 3, 3, 3]), asked=st.integers(1, 3), sent=st.integers(0, 3))
    def begin(self, stage, asked, sent):
        self.machine.move_to(NOON, tick=False)
        seed_once(self.app, self.database, "states", lambda: None)
        self.now, self.brief, self.deadline, self.published_on = NOON, "draft", DEADLINE_DAY, None
        self.offers = dict.fromkeys(SUPPLIERS)
        self.asked: dict[str, bool] = {}  # invited suppliers, with True for those that declined
        self.extensions, self.changes, self.extended_for_none = 0, 0, False
        self.is_opened_early = self.is_told = False
        self.openings, self.since = 0, None
        self.awarded_on = self.lapsed_on = None
        if stage:
            self.publish("owner")
            for name in SUPPLIERS[:asked]:
                self.invite("owner", name)
        for name in SUPPLIERS[: min(asked, sent) if stage > 1 else 0]:
            self.send(name, 1)
        if stage > 2:
            self.advance_days(18)

    @property
    def phase(self):
        if self.brief != "published":
            return self.brief
        return "evaluating" if self.is_opened_early or self.today > self.deadline else "open"

    def person(self, name):
        return self.market.people[name]

    def try_action(self, allowed, act):
        """Run an action that must succeed exactly if the model allows it. Returns whether it did."""
        session.rollback()
        refusal = None
        try:
            self.result = act()
        except MarketplaceError as error:
            session.rollback()
            refusal = error
        assert (refusal is None) == bool(allowed), f"{refusal!r} in {self.phase} with {self.offers}"
        return allowed

    def number(self, name):
        here = Proposal.brief_id == self.market.brief_id
        owner = self.person(name).organisation_id
        return session.scalar(select(Proposal.id).where(here, Proposal.supplier_id == owner)) or 0

    def change_states(self, frm, to):
        self.offers = {name: to if state == frm else state for name, state in self.offers.items()}

    # Passing of time

    @rule(days=st.sampled_from([1, 9, 18, 18, 30]))
    def advance_days(self, days):
        if self.published_on and (self.now + day(days)).date() <= LAST_DAY:
            self.now += day(days)
            self.machine.move_to(self.now, tick=False)

    @rule(in_time=st.booleans())
    def move_to_deadline(self, in_time):
        """Move to the last second before the deadline, or the first one after it."""
        last = dt.datetime.combine(self.deadline, dt.time(22, 59, 59), dt.UTC)  # 23:59:59 in winter
        if self.published_on and self.now < last and last.month in {11, 12, 1, 2}:
            self.now = last + dt.timedelta(seconds=0 if in_time else 1)
            self.machine.move_to(self.now, tick=False)

    @rule()
    def run_scheduled_jobs(self):
        """Run the scheduled jobs twice, as two workers would."""
        session.rollback()
        use_cases.run_jobs()
        use_cases.run_jobs()
        if self.phase != "evaluating":
            return
        if not self.is_told:
            self.openings, self.is_told = self.openings + 1, True
        if self.today > self.decision_period_start + day(45):
            self.change_states("submitted", "closed_unjudged")
            self.brief, self.lapsed_on = "lapsed", self.today

    @rule(sure=unlikely)
    def wait_until_lapse(self, sure):
        if self.phase == "evaluating" and sure and self.today + day(46) <= LAST_DAY:
            self.advance_days(46)
            self.run_scheduled_jobs()

    @property
    def today(self):
        return invariants.local_day(self.now)

    @property
    def decision_period_start(self):
        """Day from which the company's decision period counts."""
        opened = self.opened_on if self.is_opened_early else self.deadline
        return max(opened, self.since or opened)

    # The draft

    @rule(who=anybody, sure=unlikely)
    def ask_for_review(self, who, sure):
        if self.brief in {"draft", "in_review"} or sure:
            allowed = self.brief == "draft" and who in {"owner", "member"}
            if self.try_action(
                allowed, lambda: briefs.ask_for_review(self.person(who), self.market.reference)
            ):
                self.brief = "in_review"

    @rule(who=anybody, verdict=st.sampled_from(["ok", "changes"]), sure=unlikely)
    def answer_review(self, who, verdict, sure):
        if self.brief in {"draft", "in_review"} or sure:
            allowed = self.brief == "in_review" and who == "curator"
            act = (verdict, "Skriv mer om målet.")
            if self.try_action(
                allowed, lambda: briefs.answer_review(self.person(who), self.market.reference, *act)
            ):
                self.brief = "draft"

    @rule(who=anybody, sure=unlikely)
    def cancel_review(self, who, sure):
        if self.brief == "in_review" or sure:
            allowed = self.brief == "in_review" and who in {"owner", "member"}
            if self.try_action(
                allowed, lambda: briefs.cancel_review(self.person(who), self.market.reference)
            ):
                self.brief = "draft"

    @rule(who=anybody, sure=unlikely)
    def delete_and_restore_draft(self, who, sure):
        if self.brief in {"draft", "in_review"} or sure:
            allowed = self.brief == "draft" and who in {"owner", "member"}
            if self.try_action(allowed, lambda: briefs.delete_draft(self.person(who), self.market.reference)):
                self.try_action(False, lambda: sourcing.publish_brief(self.market.owner, self.market.reference, confirmed=True))  # fmt: skip
                self.try_action(True, lambda: briefs.restore_draft(self.person(who), self.market.reference))

    @rule(who=mostly_owner)
    def publish(self, who):
        allowed = who == "owner" and self.brief == "draft"
        self.try_action(False, lambda: sourcing.publish_brief(self.person(who), self.market.reference))
        if self.try_action(
            allowed,
            lambda: sourcing.publish_brief(self.person(who), self.market.reference, confirmed=True),
        ):
            self.brief, self.published_on = "published", self.today

    # Rules for an open brief

    @rule(who=mostly_owner, name=supplier)
    def invite(self, who, name):
        number = self.person(name).organisation_id
        live = sum(not said_no for said_no in self.asked.values())
        fits = name in self.asked or live < MAX_INVITED
        if self.try_action(
            who == "owner" and self.phase == "open" and fits,
            lambda: sourcing.invite_suppliers(self.person(who), self.market.reference, [number]),
        ):
            self.asked.setdefault(name, False)

    @rule(name=supplier)
    def decline_invitation(self, name):
        allowed = self.phase == "open" and name in self.asked
        if self.try_action(
            allowed, lambda: sourcing.decline(self.person(name), self.market.reference, "no_capacity")
        ):
            self.asked[name] = True

    @rule(name=supplier)
    def reconsider(self, name):
        allowed = self.phase == "open" and name in self.asked
        if self.try_action(allowed, lambda: sourcing.reconsider(self.person(name), self.market.reference)):
            self.asked[name] = False

    @rule(who=mostly_owner, later=st.sampled_from([-2, 0, 5, 14, 40, 70]))
    def extend(self, who, later):
        new = self.deadline + day(later)
        in_time = self.published_on and max(self.deadline, self.today) < new <= self.published_on + day(60)
        allowed = who == "owner" and self.phase == "open" and self.extensions < 2 and in_time
        if self.try_action(
            allowed, lambda: briefs.extend_deadline(self.person(who), self.market.reference, new)
        ):
            self.deadline, self.extensions = new, self.extensions + 1

    @rule(who=mostly_owner)
    def amend_brief(self, who):
        """Amend the brief. `invariants.py` checks which version each offer answers."""
        title = guide.ParsedAnswer(
            guide.load().question("title"), f"Nettbutikk {self.now} {len(self.asked)}", ""
        )

        def act():
            briefs.save_amendment(self.person(who), self.market.reference, "need", [title], {})
            return sourcing.amend_brief(self.person(who), self.market.reference)

        seen = session.get(Brief, self.market.brief_id)
        is_new = seen is not None and seen.title != title.value
        if self.try_action(who == "owner" and self.phase == "open" and is_new, act):
            self.changes += 1

    @rule(who=mostly_owner)
    def extend_without_offers(self, who):
        new = self.today + day(10)
        none = all(state in {None, "draft", "withdrawn"} for state in self.offers.values())
        left = self.extensions < 2 and not self.extended_for_none and not self.is_opened_early
        in_time = self.published_on and new <= self.published_on + day(60)
        allowed = who == "owner" and self.phase == "evaluating" and none and left and in_time
        if self.try_action(
            allowed, lambda: use_cases.extend_without_offers(self.person(who), self.market.reference, new)
        ):
            self.deadline, self.extensions = new, self.extensions + 1
            self.extended_for_none, self.is_told = True, False

    @rule(who=mostly_owner)
    def open_early(self, who):
        sent = {name for name, state in self.offers.items() if state == "submitted"}
        answered = sent and all(said_no or name in sent for name, said_no in self.asked.items())
        if self.try_action(
            who == "owner" and self.phase == "open",
            lambda: use_cases.open_early(self.person(who), self.market.reference),
        ):
            assert self.result == bool(answered)
            if answered:
                self.is_opened_early, self.opened_on = True, self.today
                self.openings, self.is_told = self.openings + 1, True

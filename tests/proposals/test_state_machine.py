"""The use cases against a plain model: what the table of lifecycles lets through, and nothing else, by anybody.

`STATE_MACHINE_EXAMPLES` makes it longer: the suite takes a few histories, `make soak` very many.
"""

import datetime as dt
import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from marketplace.briefs.use_cases import withdraw as withdraw_brief
from marketplace.core.database import session
from marketplace.core.errors import MarketplaceError
from marketplace.proposals import queries, use_cases
from marketplace.proposals.models import Award, Proposal
from tests.conftest import tell_once
from tests.proposals.conftest import DEADLINE_DAY, NOON, full_content

SUPPLIERS = ("kvistverk", "myrull", "skogsfjord")
ANYBODY = ("owner", "member", "outsider", "curator", "far_curator", "admin", "stranger", *SUPPLIERS)
LAST_DAY = DEADLINE_DAY + dt.timedelta(days=40)  # five days before it would lapse
EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "12"))


MOSTLY_OWNER = ("owner", "owner", "owner", "member", "outsider", "curator", "admin", "kvistverk")


class Histories(RuleBasedStateMachine):
    """What people try, one after another, and what must come of it. The test gives it a world."""

    app = database = market = machine = None

    @initialize(sent=st.integers(0, 3), after=st.booleans())
    def begin(self, sent, after):
        self.machine.move_to(NOON, tick=False)
        tell_once(self.app, self.database, "states", lambda: None)
        self.now, self.brief, self.awarded_on = NOON, "published", None
        self.offers = dict.fromkeys(SUPPLIERS)
        for name in SUPPLIERS[:sent]:
            self.market.send(name)
            self.offers[name] = "submitted"
        if after:
            self.now = NOON + dt.timedelta(days=20)
            self.machine.move_to(self.now, tick=False)

    @property
    def phase(self):
        if self.brief != "published":
            return self.brief
        return "open" if self.now.date() <= DEADLINE_DAY else "evaluating"

    def tried(self, allowed, act):
        """Do something; it must go through just when the model lets it. Returns whether it did."""
        session.rollback()
        refusal = None
        try:
            act()
        except MarketplaceError as error:
            session.rollback()
            refusal = error
        assert (refusal is None) == allowed, f"{refusal!r} in {self.phase} with {self.offers}"
        return allowed

    def number(self, name):
        owner = self.market.people[name].organisation_id
        return session.scalar(select(Proposal.id).where(Proposal.supplier_id == owner)) or 0

    def turn(self, frm, to):
        self.offers = {name: to if state == frm else state for name, state in self.offers.items()}

    @rule(days=st.sampled_from([1, 9, 18]))
    def time_goes(self, days):
        if (self.now + dt.timedelta(days=days)).date() <= LAST_DAY:
            self.now += dt.timedelta(days=days)
            self.machine.move_to(self.now, tick=False)

    @rule(name=st.sampled_from([*SUPPLIERS, "stranger", "owner", "curator"]))
    def save(self, name):
        allowed = self.phase == "open" and self.offers.get(name, "none") in {None, "draft", "submitted"}
        if self.tried(
            allowed, lambda: use_cases.save(self.market.people[name], self.market.reference, full_content())
        ):
            self.offers[name] = self.offers[name] or "draft"

    @rule(name=st.sampled_from(SUPPLIERS), price=st.integers(1, 90_000))
    def send(self, name, price):
        def act():
            saved = use_cases.save(
                self.market.people[name], self.market.reference, full_content(monthly_nok=price)
            )
            use_cases.submit(self.market.people[name], self.market.reference, saved.revision)

        if self.tried(self.phase == "open" and self.offers[name] in {None, "draft", "submitted"}, act):
            self.offers[name] = "submitted"

    @rule(name=st.sampled_from(SUPPLIERS))
    def withdraw(self, name):
        allowed = self.phase in {"open", "evaluating"} and self.offers[name] == "submitted"
        if self.tried(
            allowed, lambda: use_cases.withdraw(self.market.people[name], self.market.reference, "")
        ):
            self.offers[name] = "withdrawn"

    @rule(name=st.sampled_from(SUPPLIERS))
    def resume(self, name):
        allowed = self.phase == "open" and self.offers[name] == "withdrawn"
        if self.tried(allowed, lambda: use_cases.resume(self.market.people[name], self.market.reference)):
            self.offers[name] = "draft"

    @rule(who=st.sampled_from(MOSTLY_OWNER), name=st.sampled_from(SUPPLIERS))
    def award(self, who, name):
        def act():
            details = use_cases.AwardDetails(
                self.number(name), 92_000, dt.date(2027, 1, 11), "Dere forsto oss."
            )
            answers = {self.number(other): use_cases.Reply("close", "Det var jevnt.") for other in SUPPLIERS if other != name}  # fmt: skip
            use_cases.award(self.market.people[who], self.market.reference, details, answers)

        allowed = who == "owner" and self.phase == "evaluating" and self.offers[name] == "submitted"
        if self.tried(allowed, act):
            self.turn("submitted", "not_selected")
            self.offers[name], self.brief, self.awarded_on = "awarded", "awarded", self.now.date()

    @rule(who=st.sampled_from(MOSTLY_OWNER))
    def choose_nobody(self, who):
        reply = use_cases.Reply("postponed", "Vi venter et år.")
        allowed = who == "owner" and self.phase == "evaluating"
        if self.tried(
            allowed, lambda: use_cases.choose_nobody(self.market.people[who], self.market.reference, reply)
        ):
            self.turn("submitted", "not_selected")
            self.brief = "no_award"

    def open_again(self, winner):
        self.turn("awarded", winner)
        self.turn("not_selected", "submitted")
        self.brief = "published"

    @rule(who=st.sampled_from(MOSTLY_OWNER))
    def take_back(self, who):
        in_time = self.awarded_on and (self.now.date() - self.awarded_on).days <= 14
        allowed = bool(who == "owner" and self.brief == "awarded" and in_time)
        if self.tried(
            allowed, lambda: use_cases.reopen(self.market.people[who], self.market.reference, "Vi tok feil.")
        ):
            self.open_again("submitted")

    @rule(who=st.sampled_from(SUPPLIERS), name=st.sampled_from(SUPPLIERS))
    def decline(self, who, name):
        in_time = self.awarded_on and (self.now.date() - self.awarded_on).days <= 10
        allowed = bool(who == name and self.offers[name] == "awarded" and in_time)
        if self.tried(
            allowed, lambda: use_cases.decline_award(self.market.people[who], self.number(name), "Fullt.")
        ):
            self.open_again("award_declined")

    @rule(who=st.sampled_from(ANYBODY), sure=st.integers(0, 4))
    def withdraw_the_brief(self, who, sure):
        if who == "owner" and sure:
            return
        allowed = who == "owner" and self.phase in {"open", "evaluating"}
        act = "Vi trenger det ikke lenger."
        if self.tried(allowed, lambda: withdraw_brief(self.market.people[who], self.market.reference, act)):
            self.turn("submitted", "closed_unjudged")
            self.brief = "withdrawn"

    @invariant()
    def the_database_is_as_the_model(self):
        if not hasattr(self, "offers"):
            return
        session.rollback()
        session.expire_all()
        stored = {
            name: session.scalar(
                select(Proposal.state).where(Proposal.supplier_id == self.market.people[name].organisation_id)
            )
            for name in SUPPLIERS
        }
        assert stored == self.offers
        assert self.market.brief.state == self.brief
        winners = [name for name, state in stored.items() if state == "awarded"]
        assert (self.brief == "awarded") == (len(winners) == 1)
        assert session.scalar(select(func.count()).select_from(Award)) == len(winners)
        if self.phase == "open":
            assert queries.offers_for(self.market.owner, self.market.reference).is_sealed
            assert not queries.offers_for(self.market.owner, self.market.reference).offers
        if self.brief in {"awarded", "no_award", "withdrawn"}:
            assert "submitted" not in stored.values()


def test_whatever_anybody_tries_the_use_cases_do_as_the_model(app, shared_database, market, at_noon):
    tell_once(app, shared_database, "states", lambda: None)

    class Here(Histories):
        pass

    Here.app, Here.database, Here.market, Here.machine = app, shared_database, market, at_noon
    long = settings(
        max_examples=EXAMPLES,
        stateful_step_count=60,
        deadline=None,
        derandomize=EXAMPLES < 20,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=long)

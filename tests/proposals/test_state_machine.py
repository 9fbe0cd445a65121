"""The use cases against a plain model: what the table of lifecycles lets through, and nothing else, by anybody.

From a draft, by review, publication, invitations and offers, over the deadline, to what came of it. What must hold
after each step stands in `promises.py`.
`STATE_MACHINE_EXAMPLES` makes it longer: the suite takes a few histories, `make soak` very many.
"""

import datetime as dt
import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from marketplace.briefs import guide
from marketplace.briefs import use_cases as briefs
from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.core.errors import MarketplaceError
from marketplace.proposals import use_cases
from marketplace.proposals.lifecycle import HANDOVER_ITEMS
from marketplace.proposals.models import Proposal
from marketplace.sourcing import use_cases as sourcing
from marketplace.suppliers.models import Supplier, SupplierService
from tests.conftest import tell_once
from tests.factories.briefs import draft, full_answers
from tests.proposals import promises
from tests.proposals.conftest import DEADLINE_DAY, NOON, full_content

SUPPLIERS = ("kvistverk", "myrull", "skogsfjord", "stranger")
ANYBODY = ("owner", "member", "outsider", "curator", "far_curator", "admin", *SUPPLIERS)
LAST_DAY = DEADLINE_DAY + dt.timedelta(days=190)
MOST_ASKED = 3
EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "14"))

anybody = st.sampled_from(ANYBODY)
mostly_owner = st.sampled_from(("owner",) * 6 + ANYBODY)
supplier = st.sampled_from(SUPPLIERS)
unlikely = st.integers(0, 5).map(lambda number: number == 0)


def day(number):
    return dt.timedelta(days=number)


class Histories(RuleBasedStateMachine):
    """What people try, one after another, and what must come of it. The test gives it a world."""

    app = database = market = machine = None

    @initialize(stage=st.sampled_from([0, 1, 2, 3, 3, 3]), asked=st.integers(1, 3), sent=st.integers(0, 3))
    def begin(self, stage, asked, sent):
        self.machine.move_to(NOON, tick=False)
        tell_once(self.app, self.database, "states", lambda: None)
        self.now, self.brief, self.deadline, self.published_on = NOON, "draft", DEADLINE_DAY, None
        self.offers = dict.fromkeys(SUPPLIERS)
        self.asked: dict[str, bool] = {}  # and whether they said no
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
            self.time_goes(18)

    @property
    def phase(self):
        if self.brief != "published":
            return self.brief
        return "evaluating" if self.is_opened_early or self.today > self.deadline else "open"

    def person(self, name):
        return self.market.people[name]

    def tried(self, allowed, act):
        """Do something; it must go through just when the model lets it. Returns whether it did."""
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

    def turn(self, frm, to):
        self.offers = {name: to if state == frm else state for name, state in self.offers.items()}

    # The clock

    @rule(days=st.sampled_from([1, 9, 18, 18, 30]))
    def time_goes(self, days):
        if self.published_on and (self.now + day(days)).date() <= LAST_DAY:
            self.now += day(days)
            self.machine.move_to(self.now, tick=False)

    @rule(in_time=st.booleans())
    def the_deadline_comes(self, in_time):
        """Stand at the last second of the deadline, or the one after it, when that lies ahead."""
        last = dt.datetime.combine(self.deadline, dt.time(22, 59, 59), dt.UTC)  # 23:59:59 in winter
        if self.published_on and self.now < last and last.month in {11, 12, 1, 2}:
            self.now = last + dt.timedelta(seconds=0 if in_time else 1)
            self.machine.move_to(self.now, tick=False)

    @rule()
    def the_worker_comes_by(self):
        """Twice, as two workers would."""
        session.rollback()
        use_cases.run_all()
        use_cases.run_all()
        if self.phase != "evaluating":
            return
        if not self.is_told:
            self.openings, self.is_told = self.openings + 1, True
        if self.today > self.since_when + day(45):
            self.turn("submitted", "closed_unjudged")
            self.brief, self.lapsed_on = "lapsed", self.today

    @rule(sure=unlikely)
    def nobody_decides(self, sure):
        if self.phase == "evaluating" and sure and self.today + day(46) <= LAST_DAY:
            self.time_goes(46)
            self.the_worker_comes_by()

    @property
    def today(self):
        return promises.local_day(self.now)

    @property
    def since_when(self):
        """Return the day from which the company's time for choosing counts."""
        opened = self.opened_on if self.is_opened_early else self.deadline
        return max(opened, self.since or opened)

    # The draft

    @rule(who=anybody, sure=unlikely)
    def ask_for_review(self, who, sure):
        if self.brief in {"draft", "in_review"} or sure:
            allowed = self.brief == "draft" and who in {"owner", "member"}
            if self.tried(allowed, lambda: briefs.ask_for_review(self.person(who), self.market.reference)):
                self.brief = "in_review"

    @rule(who=anybody, verdict=st.sampled_from(["ok", "changes"]), sure=unlikely)
    def answer_review(self, who, verdict, sure):
        if self.brief in {"draft", "in_review"} or sure:
            allowed = self.brief == "in_review" and who == "curator"
            act = (verdict, "Skriv mer om målet.")
            if self.tried(
                allowed, lambda: briefs.answer_review(self.person(who), self.market.reference, *act)
            ):
                self.brief = "draft"

    @rule(who=anybody, sure=unlikely)
    def pull_back(self, who, sure):
        if self.brief == "in_review" or sure:
            allowed = self.brief == "in_review" and who in {"owner", "member"}
            if self.tried(allowed, lambda: briefs.pull_back(self.person(who), self.market.reference)):
                self.brief = "draft"

    @rule(who=anybody, sure=unlikely)
    def throw_away_and_take_back(self, who, sure):
        if self.brief in {"draft", "in_review"} or sure:
            allowed = self.brief == "draft" and who in {"owner", "member"}
            if self.tried(allowed, lambda: briefs.delete_draft(self.person(who), self.market.reference)):
                self.tried(False, lambda: sourcing.publish_brief(self.market.owner, self.market.reference, confirmed=True))  # fmt: skip
                self.tried(True, lambda: briefs.restore_draft(self.person(who), self.market.reference))

    @rule(who=mostly_owner)
    def publish(self, who):
        allowed = who == "owner" and self.brief == "draft"
        self.tried(False, lambda: sourcing.publish_brief(self.person(who), self.market.reference))
        if self.tried(
            allowed,
            lambda: sourcing.publish_brief(self.person(who), self.market.reference, confirmed=True),
        ):
            self.brief, self.published_on = "published", self.today

    # While it is open

    @rule(who=mostly_owner, name=supplier)
    def invite(self, who, name):
        number = self.person(name).organisation_id
        live = sum(not said_no for said_no in self.asked.values())
        fits = name in self.asked or live < MOST_ASKED
        if self.tried(
            who == "owner" and self.phase == "open" and fits,
            lambda: sourcing.invite_suppliers(self.person(who), self.market.reference, [number]),
        ):
            self.asked.setdefault(name, False)

    @rule(name=supplier)
    def say_no(self, name):
        allowed = self.phase == "open" and name in self.asked
        if self.tried(
            allowed, lambda: sourcing.decline(self.person(name), self.market.reference, "no_capacity")
        ):
            self.asked[name] = True

    @rule(name=supplier)
    def reconsider(self, name):
        allowed = self.phase == "open" and name in self.asked
        if self.tried(allowed, lambda: sourcing.reconsider(self.person(name), self.market.reference)):
            self.asked[name] = False

    @rule(who=mostly_owner, later=st.sampled_from([-2, 0, 5, 14, 40, 70]))
    def extend(self, who, later):
        new = self.deadline + day(later)
        in_time = self.published_on and max(self.deadline, self.today) < new <= self.published_on + day(60)
        allowed = who == "owner" and self.phase == "open" and self.extensions < 2 and in_time
        if self.tried(allowed, lambda: briefs.extend_deadline(self.person(who), self.market.reference, new)):
            self.deadline, self.extensions = new, self.extensions + 1

    @rule(who=mostly_owner)
    def change_the_brief(self, who):
        """Offers stand as answers to the version they were sent for; `promises.py` looks at that after each step."""
        title = guide.Reading(guide.load().question("title"), f"Nettbutikk {self.now} {len(self.asked)}", "")

        def act():
            briefs.save_change(self.person(who), self.market.reference, "need", [title], {})
            return sourcing.amend_brief(self.person(who), self.market.reference)

        seen = session.get(Brief, self.market.brief_id)
        is_new = seen is not None and seen.title != title.value
        if self.tried(who == "owner" and self.phase == "open" and is_new, act):
            self.changes += 1

    @rule(who=mostly_owner)
    def extend_for_want_of_offers(self, who):
        new = self.today + day(10)
        none = all(state in {None, "draft", "withdrawn"} for state in self.offers.values())
        left = self.extensions < 2 and not self.extended_for_none and not self.is_opened_early
        in_time = self.published_on and new <= self.published_on + day(60)
        allowed = who == "owner" and self.phase == "evaluating" and none and left and in_time
        if self.tried(
            allowed, lambda: use_cases.extend_without_offers(self.person(who), self.market.reference, new)
        ):
            self.deadline, self.extensions = new, self.extensions + 1
            self.extended_for_none, self.is_told = True, False

    @rule(who=mostly_owner)
    def open_early(self, who):
        sent = {name for name, state in self.offers.items() if state == "submitted"}
        answered = sent and all(said_no or name in sent for name, said_no in self.asked.items())
        if self.tried(
            who == "owner" and self.phase == "open",
            lambda: use_cases.open_early(self.person(who), self.market.reference),
        ):
            assert self.result == bool(answered)
            if answered:
                self.is_opened_early, self.opened_on = True, self.today
                self.openings, self.is_told = self.openings + 1, True

    # Offers

    def may_write(self, name):
        return self.phase == "open" and (name in self.asked or self.offers.get(name))

    @rule(name=st.sampled_from([*SUPPLIERS, *SUPPLIERS, "owner", "curator", "admin"]))
    def save(self, name):
        allowed = self.may_write(name) and self.offers[name] != "withdrawn"
        if self.tried(
            allowed, lambda: use_cases.save(self.person(name), self.market.reference, full_content())
        ):
            self.offers[name] = self.offers[name] or "draft"

    @rule(name=supplier, price=st.integers(1, 90_000))
    def send(self, name, price):
        def act():
            content = full_content(monthly_nok=price)
            saved = use_cases.save(self.person(name), self.market.reference, content)
            use_cases.submit(self.person(name), self.market.reference, saved.revision)

        if self.tried(self.may_write(name) and self.offers[name] != "withdrawn", act):
            self.offers[name] = "submitted"

    @rule(name=supplier)
    def send_what_was_saved(self, name):
        """From a page that was opened before, whatever has happened since."""
        allowed = self.phase == "open" and self.offers[name] in {"draft", "submitted"}
        found = session.get(Proposal, self.number(name))
        revision = found.revision if found else 1
        if self.tried(allowed, lambda: use_cases.submit(self.person(name), self.market.reference, revision)):
            self.offers[name] = "submitted"

    @rule(name=supplier)
    def withdraw(self, name):
        allowed = self.phase in {"open", "evaluating"} and self.offers[name] == "submitted"
        if self.tried(allowed, lambda: use_cases.withdraw(self.person(name), self.market.reference, "")):
            self.offers[name] = "withdrawn"

    @rule(name=supplier)
    def resume(self, name):
        allowed = self.phase == "open" and self.offers[name] == "withdrawn"
        if self.tried(allowed, lambda: use_cases.resume(self.person(name), self.market.reference)):
            self.offers[name] = "draft"

    # The decision, and what comes of it

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
            reply = use_cases.Reply("close", "Det var jevnt.")
            answers = {self.number(other): reply for other in others} if answered else {}
            use_cases.award(self.person(who), self.market.reference, details, answers)

        allowed = who == "owner" and self.may_decide and self.offers[name] == self.waiting
        if self.tried(allowed and (answered or not others), act):
            self.turn(self.waiting, "not_selected")
            self.offers[name], self.brief, self.awarded_on = "awarded", "awarded", self.today

    @rule(place=st.integers(0, 3))
    def choose_one_that_waits(self, place):
        """What a company does sooner or later, and chance alone too seldom."""
        waits = [name for name in SUPPLIERS if self.offers[name] == self.waiting]
        if self.may_decide and waits:
            self.award("owner", waits[place % len(waits)], answered=True)

    @rule(who=mostly_owner, sure=unlikely)
    def choose_nobody(self, who, sure):
        reply = use_cases.Reply("postponed", "Vi venter et år.")
        allowed = who == "owner" and self.may_decide
        if (not allowed or sure) and self.tried(
            allowed, lambda: use_cases.choose_nobody(self.person(who), self.market.reference, reply)
        ):
            self.turn(self.waiting, "not_selected")
            self.brief = "no_award"

    @rule(who=mostly_owner, name=supplier)
    def rule_out(self, who, name):
        act = ("Kobling til kassa", "Koblingen mangler.")
        allowed = who == "owner" and self.phase == "evaluating" and self.offers[name] == "submitted"
        if self.tried(
            allowed,
            lambda: use_cases.rule_out(self.person(who), self.market.reference, self.number(name), *act),
        ):
            self.offers[name] = "ineligible"

    def open_again(self, winner):
        self.turn("awarded", winner)
        self.turn("not_selected", "submitted")
        self.brief, self.since = "published", self.today

    @rule(who=mostly_owner)
    def take_back(self, who):
        in_time = self.awarded_on and (self.today - self.awarded_on).days <= 14
        allowed = who == "owner" and self.brief == "awarded" and in_time
        if self.tried(
            allowed, lambda: use_cases.reopen(self.person(who), self.market.reference, "Vi tok feil.")
        ):
            self.open_again("submitted")

    @rule(who=supplier, name=supplier)
    def decline(self, who, name):
        in_time = self.awarded_on and (self.today - self.awarded_on).days <= 10
        allowed = who == name and self.brief == "awarded" and self.offers[name] == "awarded" and in_time
        if self.tried(
            allowed, lambda: use_cases.decline_award(self.person(who), self.number(name), "Fullt.")
        ):
            self.open_again("award_declined")

    @rule(who=mostly_owner, end=st.sampled_from(["delivered", "terminated"]), sure=unlikely)
    def end_the_job(self, who, end, sure):
        def act():
            if end == "delivered":
                use_cases.deliver(self.person(who), self.market.reference, dict.fromkeys(HANDOVER_ITEMS, "done"))  # fmt: skip
            else:
                use_cases.terminate(self.person(who), self.market.reference, "Vi ble ikke enige.")

        allowed = who == "owner" and self.brief == "awarded"
        if (not allowed or sure) and self.tried(allowed, act):
            self.brief = end

    @rule(who=mostly_owner)
    def say_how_it_went(self, who):
        told = use_cases.OutcomeAnswers("yes", "yes", "yes", "yes")
        allowed = who in {"owner", "member"} and self.brief == "delivered"
        self.tried(
            allowed,
            lambda: use_cases.answer_outcome(self.person(who), self.market.reference, "handover", told),
        )

    @rule(who=anybody, sure=unlikely)
    def withdraw_the_brief(self, who, sure):
        why = "Vi trenger det ikke lenger."
        allowed = who == "owner" and self.phase in {"open", "evaluating"}
        if (not allowed or sure) and self.tried(
            allowed, lambda: briefs.withdraw(self.person(who), self.market.reference, why)
        ):
            self.turn("submitted", "closed_unjudged")
            self.brief = "withdrawn"

    @invariant()
    def what_was_promised_holds(self):
        if hasattr(self, "offers"):
            promises.check(self.market, self)


def write_a_draft(market):
    """Give the market's company a draft that can be published, and its suppliers something to be found by."""
    for name in SUPPLIERS:
        found = session.get_one(Supplier, market.people[name].organisation_id)
        found.services = [SupplierService(code="ecm.shop")]
    answers = full_answers(NOON.date()) | {"response_deadline": DEADLINE_DAY.isoformat(), "open_door": False}
    answers |= {"must_have": ["Kobling til kassa", "Henting på gården"], "invite_count": MOST_ASKED}
    made = draft(market.owner, **answers)
    market.brief_id, market.reference = made.id, made.reference


def test_whatever_anybody_tries_the_use_cases_do_as_the_model(app, shared_database, market, at_noon):
    write_a_draft(market)
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

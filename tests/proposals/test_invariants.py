"""Random walks over the use cases: the invariants hold after every step."""

import datetime as dt
import random

import pytest
from sqlalchemy import func, select

from marketplace.briefs.queries import phase_of
from marketplace.briefs.use_cases import withdraw as withdraw_brief
from marketplace.core.database import session
from marketplace.core.errors import MarketplaceError
from marketplace.outbox.models import Notice
from marketplace.proposals import queries, use_cases
from marketplace.proposals.lifecycle import HANDOVER_ITEMS, STATES_WITH_LETTER
from marketplace.proposals.models.offers import Award, Proposal
from tests.factories.offers import full_content

NAMES = ("kvistverk", "myrull", "skogsfjord", "stranger")
ENDED = {"awarded", "delivered", "no_award", "withdrawn", "lapsed", "terminated"}
ANSWERING = {
    "offer_chosen", "offer_not_chosen", "nobody_chosen", "offer_ruled_out", "brief_lapsed", "brief_withdrawn",
}  # fmt: skip


class Walk:
    """One random history."""

    def __init__(self, market, machine, seed):
        self.market, self.machine, self.random = market, machine, random.Random(seed)
        self.now = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)

    def step(self):
        act = self.random.choice(
            [self.save, self.send, self.send, self.withdraw, self.resume, self.wait, self.wait, self.award, self.award,
             self.nobody, self.reopen, self.decline, self.rule_out, self.deliver, self.terminate, self.open_early,
             self.clock, self.withdraw_brief, self.extend]
        )  # fmt: skip
        try:
            act()
        except MarketplaceError:
            session.rollback()

    def who(self):
        return self.market.people[self.random.choice(NAMES)]

    def boss(self):
        return self.market.people[
            self.random.choice(["owner", "owner", "owner", "member", "outsider", "curator"])
        ]

    def save(self):
        use_cases.save(self.who(), self.market.reference, full_content(team=str(self.random.random())))

    def send(self):
        viewer = self.who()
        saved = use_cases.save(viewer, self.market.reference, full_content())
        use_cases.submit(viewer, self.market.reference, saved.revision)

    def withdraw(self):
        use_cases.withdraw(self.who(), self.market.reference, "")

    def resume(self):
        use_cases.resume(self.who(), self.market.reference)

    def wait(self):
        self.now += dt.timedelta(days=self.random.choice([1, 5, 12, 20]))
        self.machine.move_to(self.now, tick=False)

    def clock(self):
        use_cases.run_jobs()

    def _numbers(self):
        return list(session.scalars(select(Proposal.id))) or [0]

    def award(self):
        number = self.random.choice(self._numbers())
        answers = {key: use_cases.RejectionReply("close", "Det var jevnt.") for key in self._numbers()}
        details = use_cases.AwardDetails(number, 1, dt.date(2027, 1, 11), "Fordi", still_stands=True)
        use_cases.award(self.boss(), self.market.reference, details, answers)

    def nobody(self):
        if self.random.random() < 0.3:
            use_cases.choose_nobody(
                self.boss(), self.market.reference, use_cases.RejectionReply("postponed", "Neste år.")
            )

    def reopen(self):
        use_cases.reopen(self.boss(), self.market.reference, "Feil")

    def decline(self):
        use_cases.decline_award(self.who(), self.random.choice(self._numbers()), "Fullt")

    def rule_out(self):
        number = self.random.choice(self._numbers())
        use_cases.rule_out(self.boss(), self.market.reference, number, "Kobling til kassa", "Mangler")

    def deliver(self):
        if self.random.random() < 0.3:
            use_cases.deliver(self.boss(), self.market.reference, dict.fromkeys(HANDOVER_ITEMS, "done"))

    def terminate(self):
        if self.random.random() < 0.3:
            use_cases.terminate(self.boss(), self.market.reference, "Uenighet")

    def open_early(self):
        use_cases.open_early(self.boss(), self.market.reference)

    def withdraw_brief(self):
        if self.random.random() < 0.1:
            withdraw_brief(self.boss(), self.market.reference, "Vi trenger det ikke lenger")

    def extend(self):
        day = self.now.date() + dt.timedelta(days=self.random.randint(1, 20))
        use_cases.extend_without_offers(self.boss(), self.market.reference, day)

    def check(self):
        session.expire_all()
        brief = self.market.brief
        proposals = session.scalars(select(Proposal)).all()
        awarded = [p for p in proposals if p.state == "awarded"]
        awards = session.scalar(select(func.count()).select_from(Award))
        assert len(awarded) <= 1
        assert (brief.state in {"awarded", "delivered", "terminated"}) == (len(awarded) == 1)
        assert awards == len(awarded)
        if phase_of(brief) == "open":
            assert not queries.offers_for(self.market.owner, self.market.reference).offers
            assert queries.count_for_garden(self.market.curator, self.market.reference)[1] is None
            assert all(p.state in {"draft", "submitted", "withdrawn"} for p in proposals)
        if brief.state in ENDED:
            assert not [p for p in proposals if p.state == "submitted"]
        for proposal in proposals:
            if proposal.state in STATES_WITH_LETTER:
                self.check_notified(proposal)

    def check_notified(self, proposal):
        people = [v.user_id for v in self.market.people.values() if v.organisation_id == proposal.supplier_id]
        kinds = set(session.scalars(select(Notice.kind).where(Notice.user_id.in_(people))))
        assert any(kind in ANSWERING or "withdrawn" in kind for kind in kinds), (proposal.state, kinds)


@pytest.mark.sample(3)
@pytest.mark.parametrize("seed", range(30))
def test_random_history_keeps_invariants(market, at_noon, seed):
    walk = Walk(market, at_noon, seed)
    for _step in range(60):
        walk.step()
        walk.check()

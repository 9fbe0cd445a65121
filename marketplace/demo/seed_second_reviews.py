"""Demo second reviews: confirmed refusals and appeals."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import session
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.timeline import Timeline
from marketplace.vetting import second_review_rules, use_cases
from marketplace.vetting.models import Refusal, Vetting
from marketplace.vetting.use_cases.refusals import second_reviewers

Entry = dict[str, Any]


def seed_second_reviews(
    timeline: Timeline, fixtures: Fixtures, entry: Entry, category: str, vetted: Entry
) -> None:
    """Add the confirmation of a refusal on the day it was proposed, and a later appeal."""
    key, day = entry["key"], -vetted["days"]
    timeline.add(day, key, _confirm_action(fixtures, entry, category), minutes=140)
    if "appeal" in vetted:
        appealed = vetted["appeal"]
        timeline.add(
            -appealed["days"], key, _appeal_action(fixtures, entry, category, appealed["text"]), minutes=30
        )


def _item(fixtures: Fixtures, entry: Entry, category: str) -> Vetting:
    query = select(Vetting).where(
        Vetting.supplier_id == fixtures.organisations[entry["key"]], Vetting.category == category
    )
    return session.scalars(query).one()


def _confirm_action(fixtures: Fixtures, entry: Entry, category: str) -> Callable[[], None]:
    def confirm() -> None:
        item = _item(fixtures, entry, category)
        refusal = session.scalars(
            select(Refusal).where(
                Refusal.vetting_id == item.id, Refusal.state == second_review_rules.PROPOSED
            )
        ).one()
        second = session.get_one(User, second_reviewers(refusal)[0].user_id)
        use_cases.answer_refusal(fixtures.viewer(second.email), refusal.id, second_review_rules.CONFIRM)

    return confirm


def _appeal_action(fixtures: Fixtures, entry: Entry, category: str, text: str) -> Callable[[], None]:
    def appeal() -> None:
        item = _item(fixtures, entry, category)
        use_cases.appeal(fixtures.viewer(entry["contact"]["email"]), item.id, text)

    return appeal

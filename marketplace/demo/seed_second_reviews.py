"""A second curator confirms refusals, and a supplier that does not agree appeals."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import session
from marketplace.demo.fixtures import World
from marketplace.demo.timeline import History
from marketplace.vetting import second_review, use_cases
from marketplace.vetting.models import Refusal, Vetting
from marketplace.vetting.use_cases.refusing import seconds

Entry = dict[str, Any]


def tell_second(history: History, world: World, entry: Entry, category: str, vetted: Entry) -> None:
    """Let a second curator confirm a refusal on the day it was proposed, and the supplier appeal later on."""
    key, day = entry["key"], -vetted["days"]
    history.add(day, key, _confirming(world, entry, category), minutes=140)
    if "appeal" in vetted:
        appealed = vetted["appeal"]
        history.add(-appealed["days"], key, _appealing(world, entry, category, appealed["text"]), minutes=30)


def _item(world: World, entry: Entry, category: str) -> Vetting:
    query = select(Vetting).where(
        Vetting.supplier_id == world.organisations[entry["key"]], Vetting.category == category
    )
    return session.scalars(query).one()


def _confirming(world: World, entry: Entry, category: str) -> Callable[[], None]:
    def confirm() -> None:
        item = _item(world, entry, category)
        refusal = session.scalars(
            select(Refusal).where(Refusal.vetting_id == item.id, Refusal.state == second_review.PROPOSED)
        ).one()
        second = session.get_one(User, seconds(refusal)[0].user_id)
        use_cases.answer_refusal(world.viewer(second.email), refusal.id, second_review.CONFIRM)

    return confirm


def _appealing(world: World, entry: Entry, category: str, text: str) -> Callable[[], None]:
    def appeal() -> None:
        item = _item(world, entry, category)
        use_cases.appeal(world.viewer(entry["contact"]["email"]), item.id, text)

    return appeal

"""Companies publish their briefs and ask suppliers, who read them and now and then say no."""

from collections.abc import Callable
from typing import Any

from marketplace.demo import content_files as content
from marketplace.demo.fixtures import World
from marketplace.demo.seed_briefs import owner_of
from marketplace.demo.timeline import History
from marketplace.sourcing import use_cases
from marketplace.sourcing.lifecycle import InvitationState

Entry = dict[str, Any]
ASKED_AFTER_MINUTES, READ_AFTER_DAYS = 25, 1


def tell_publication(history: History, world: World) -> None:
    """Let each brief that has come so far be published, with its ranking, and its suppliers be asked."""
    for entry in content.briefs():
        if "published" not in entry:
            continue
        key, day = f"{entry['key']} out", entry["published"]
        history.add(day, key, _publishing(world, entry))
        history.add(day, key, _asking(world, entry), minutes=ASKED_AFTER_MINUTES)
        for invited in entry["invited"]:
            matter = f"{key} {invited['supplier']}"
            if invited["state"] != InvitationState.INVITED:
                history.add(day + READ_AFTER_DAYS, matter, _reading(world, entry, invited))
            if invited["state"] == InvitationState.DECLINED:
                history.add(invited["day"], matter, _declining(world, entry, invited), minutes=15)


def _publishing(world: World, entry: Entry) -> Callable[[], None]:
    def publish() -> None:
        owner = world.viewer(owner_of("company", entry["company"]))
        use_cases.publish_brief(owner, world.briefs[entry["key"]], confirmed=True)

    return publish


def _asking(world: World, entry: Entry) -> Callable[[], None]:
    def ask() -> None:
        owner = world.viewer(owner_of("company", entry["company"]))
        chosen = [world.organisations[invited["supplier"]] for invited in entry["invited"]]
        asked = use_cases.invite_suppliers(owner, world.briefs[entry["key"]], chosen)
        if asked != len(chosen):
            raise ValueError(entry["key"], "somebody who is asked is not in the ranking", asked)

    return ask


def _reading(world: World, entry: Entry, invited: Entry) -> Callable[[], None]:
    def read() -> None:
        reader = world.viewer(owner_of("supplier", invited["supplier"]))
        use_cases.mark_seen(reader, world.briefs[entry["key"]])

    return read


def _declining(world: World, entry: Entry, invited: Entry) -> Callable[[], None]:
    def decline() -> None:
        supplier = world.viewer(owner_of("supplier", invited["supplier"]))
        use_cases.decline(supplier, world.briefs[entry["key"]], invited["reason"], invited["text"])

    return decline

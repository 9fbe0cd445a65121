"""Demo publication: published briefs, invitations, and suppliers' answers to them."""

from collections.abc import Callable
from typing import Any

from marketplace.demo import content_files as content
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.seed_briefs import owner_email
from marketplace.demo.timeline import Timeline
from marketplace.sourcing import use_cases
from marketplace.sourcing.lifecycle import InvitationState

Entry = dict[str, Any]
INVITED_AFTER_MINUTES, SEEN_AFTER_DAYS = 25, 1


def seed_publication(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the publication, ranking and invitations of each published brief to the timeline."""
    for entry in content.briefs():
        if "published" not in entry:
            continue
        key, day = f"{entry['key']} out", entry["published"]
        timeline.add(day, key, _publish_action(fixtures, entry))
        timeline.add(day, key, _invite_action(fixtures, entry), minutes=INVITED_AFTER_MINUTES)
        for invited in entry["invited"]:
            matter = f"{key} {invited['supplier']}"
            if invited["state"] != InvitationState.INVITED:
                timeline.add(day + SEEN_AFTER_DAYS, matter, _mark_seen_action(fixtures, entry, invited))
            if invited["state"] == InvitationState.DECLINED:
                timeline.add(invited["day"], matter, _decline_action(fixtures, entry, invited), minutes=15)


def _publish_action(fixtures: Fixtures, entry: Entry) -> Callable[[], None]:
    def publish() -> None:
        owner = fixtures.viewer(owner_email("company", entry["company"]))
        use_cases.publish_brief(owner, fixtures.briefs[entry["key"]], confirmed=True)

    return publish


def _invite_action(fixtures: Fixtures, entry: Entry) -> Callable[[], None]:
    def ask() -> None:
        owner = fixtures.viewer(owner_email("company", entry["company"]))
        chosen = [fixtures.organisations[invited["supplier"]] for invited in entry["invited"]]
        use_cases.invite_suppliers(owner, fixtures.briefs[entry["key"]], chosen)

    return ask


def _mark_seen_action(fixtures: Fixtures, entry: Entry, invited: Entry) -> Callable[[], None]:
    def read() -> None:
        reader = fixtures.viewer(owner_email("supplier", invited["supplier"]))
        use_cases.mark_seen(reader, fixtures.briefs[entry["key"]])

    return read


def _decline_action(fixtures: Fixtures, entry: Entry, invited: Entry) -> Callable[[], None]:
    def decline() -> None:
        supplier = fixtures.viewer(owner_email("supplier", invited["supplier"]))
        use_cases.decline(supplier, fixtures.briefs[entry["key"]], invited["reason"], invited["text"])

    return decline

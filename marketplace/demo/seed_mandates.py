"""Demo mandate: a company lets its business garden write for it."""

from marketplace.demo.fixtures import Fixtures
from marketplace.demo.people import COMPANY, GARDEN
from marketplace.demo.timeline import Timeline
from marketplace.mandates.use_cases.mandates import ask_for_mandate, give_mandate

ASKED_DAY, GIVEN_DAY, LAST_DAY = -19, -18, 73


def seed_mandates(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the garden's request and the mandate to the timeline."""

    def company_id() -> int:
        return fixtures.viewer(COMPANY["email"]).organisation_id or 0

    def garden_id() -> int:
        return fixtures.viewer(GARDEN["email"]).organisation_id or 0

    timeline.add(
        ASKED_DAY, "mandate", lambda: ask_for_mandate(fixtures.viewer(GARDEN["email"]), company_id())
    )
    timeline.add(
        GIVEN_DAY,
        "mandate",
        lambda: give_mandate(fixtures.viewer(COMPANY["email"]), garden_id(), timeline.day(LAST_DAY)),
    )

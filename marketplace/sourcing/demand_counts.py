"""Demand for services beside the supply: counts that reveal no single company of another garden, and where to recruit."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MIN_COMPANIES = 5
"""Minimum number of companies behind a count of other gardens' events that is shown, rounded down to a multiple of it."""
MANY_FOR_EACH = 3
"""Number of jobs for each approved supplier from which suppliers count as too few."""


class DemandKind(StrEnum):
    """An event that shows that somebody needs a service."""

    BRIEF = "brief"
    OPEN = "open"
    DECLINE = "decline"
    PLAN = "plan"


OWN = None
"""Stands for any company that the viewer's garden follows, in place of its id. Other companies have their id."""
EventsByKind = defaultdict[tuple[DemandKind, str], dict[int, int | None]]
"""The company of each event, by kind and by the reason for which a supplier declined, then by the event's id."""
GroupedEvents = defaultdict[tuple[str, str], EventsByKind]
"""Events by service and municipality. A brief for several services has the same event under each of them."""


@dataclass(frozen=True, slots=True)
class DemandCount:
    """Events of the garden's own companies, exact, and of other companies, rounded down."""

    own: int = 0
    others: int = 0

    @property
    def total(self) -> int:
        """The number that is known at least."""
        return self.own + self.others


NONE = DemandCount()


class Gap(StrEnum):
    """Supply compared with demand."""

    NO_SUPPLIER = "no_supplier"
    TOO_FEW = "too_few"
    LOW_BUDGETS = "low_budgets"
    ENOUGH = "enough"
    NO_DEMAND = "no_demand"


RECRUIT = frozenset({Gap.NO_SUPPLIER, Gap.TOO_FEW})
SHORTAGE_REASONS = ("no_capacity", "too_far")
"""Reasons for declining that another supplier would remedy."""
BUDGET_REASON = "low_budget"
"""Reason for declining that no other supplier would remedy: companies expect lower prices than suppliers offer."""


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """Supply and demand of a service or a kind of service (`code`), in one municipality or all that are chosen."""

    code: str
    place: str
    supply: int
    briefs: DemandCount = NONE
    open_briefs: DemandCount = NONE
    planned: DemandCount = NONE
    searches: int = 0
    declines: Mapping[str, DemandCount] = field(default_factory=dict)

    @property
    def demand(self) -> int:
        """Briefs, planned purchases and searches without an answer."""
        return self.briefs.total + self.planned.total + self.searches

    @property
    def shortage_declines(self) -> int:
        """Invitations that were declined for lack of capacity or because of the distance."""
        return sum(self.declines[reason].total for reason in SHORTAGE_REASONS if reason in self.declines)

    @property
    def all_declines(self) -> int:
        """Invitations that were declined, for any reason."""
        return sum(count.total for count in self.declines.values())

    @property
    def gap(self) -> Gap:
        """Compare supply with demand."""
        if not self.demand and not self.shortage_declines:
            return Gap.NO_DEMAND
        if not self.supply:
            return Gap.NO_SUPPLIER
        is_short = self.shortage_declines >= self.supply or self.demand >= MANY_FOR_EACH * self.supply
        if is_short:
            return Gap.TOO_FEW
        budget_declines = self.declines.get(BUDGET_REASON, NONE).total
        return Gap.LOW_BUDGETS if budget_declines >= self.supply else Gap.ENOUGH

    @property
    def is_short(self) -> bool:
        """True if more suppliers are needed."""
        return self.gap in RECRUIT

    @property
    def need(self) -> float:
        """Unmet demand for each supplier, by which the list of whom to recruit is sorted."""
        return (self.demand + self.shortage_declines) / (self.supply + 1)


def round_down(number: int) -> int:
    """Round a count that may identify a company down to a multiple of `MIN_COMPANIES`."""
    return number - number % MIN_COMPANIES


def count_events(companies: Collection[int | None]) -> DemandCount:
    """Count events, given the company of each; those of other gardens only if they come from enough companies."""
    own = list(companies).count(OWN)
    others = len(companies) - own
    is_shown = len(set(companies) - {OWN}) >= MIN_COMPANIES
    if not own and not is_shown:
        return NONE
    return DemandCount(own, round_down(others) if is_shown else 0)


def coverage_lines(
    events: GroupedEvents,
    searches: Mapping[tuple[str, str], int],
    key: Callable[[str, str], tuple[str, str] | None],
    supply: Callable[[str, str], int],
    keys: Collection[tuple[str, str]] = (),
) -> list[CoverageLine]:
    """Build a line for each of `keys`, and for each other key with a count that is shown.

    `key` maps the service (or kind of service) and the municipality of an event to a line, or to None to leave it out.
    An event counts once in a line, also if it is about several services of the line.
    """
    grouped: GroupedEvents = defaultdict(lambda: defaultdict(dict))
    searched: Counter[tuple[str, str]] = Counter()
    for (code, place), by_kind in events.items():
        line = key(code, place)
        if line is not None:
            of_line = grouped[line]
            for kind, company_by_event in by_kind.items():
                of_line[kind].update(company_by_event)
    for (code, place), number in searches.items():
        line = key(code, place)
        if line is not None:
            searched[line] += number
    always, lines = set(keys), []
    for line in dict.fromkeys([*keys, *grouped, *searched]):
        counts, searches_shown = _counts(grouped[line]), round_down(searched[line])
        if counts or searches_shown or line in always:
            lines.append(_line(*line, supply(*line), counts, searches_shown))
    return lines


def _counts(events: EventsByKind) -> dict[tuple[DemandKind, str], DemandCount]:
    """Count events by kind and reason, without counts that are not shown."""
    counts = {key: count_events(companies.values()) for key, companies in events.items()}
    return {key: count for key, count in counts.items() if count is not NONE}


def _line(
    code: str,
    place: str,
    supply: int,
    counts: Mapping[tuple[DemandKind, str], DemandCount],
    searches: int,
) -> CoverageLine:
    return CoverageLine(
        code,
        place,
        supply,
        briefs=counts.get((DemandKind.BRIEF, ""), NONE),
        open_briefs=counts.get((DemandKind.OPEN, ""), NONE),
        planned=counts.get((DemandKind.PLAN, ""), NONE),
        searches=searches,
        declines={reason: count for (kind, reason), count in counts.items() if kind == DemandKind.DECLINE},
    )

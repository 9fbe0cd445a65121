"""The suppliers that would fit a draft brief, and the effect of each possible change to it.

All counts on the page come from one call to the matching library, so that the page can follow a slider.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from marketplace.briefs.queries import BriefView, own_brief, view_of
from marketplace.core.i18n import current_locale
from marketplace.core.money import BUDGET_BANDS, budget_band
from marketplace.core.viewer import Viewer
from marketplace.matching import FitCounts, Query
from marketplace.sourcing.limits import MAX_RANKED
from marketplace.sourcing.ranking import match_explanation
from marketplace.sourcing.ranking.corpus import Corpus, corpus
from marketplace.sourcing.ranking.documents import Listing, query_of
from marketplace.sourcing.supplier_counts import list_sentence

if TYPE_CHECKING:
    from marketplace.matching import FitChange

MAX_NAMED = 6
PRESENCE = ("must", "some", "remote")


@dataclass(frozen=True)
class ScenarioOption:
    """A choice in the panel, with the number of suppliers that would fit."""

    value: str
    fits: int
    chosen: bool


@dataclass(frozen=True)
class MustHave:
    """A must-have. `shown` counts the suppliers that mention it, `without` those that mention all other must-haves."""

    index: int
    text: str
    shown: int
    required: bool
    without: int


@dataclass(frozen=True)
class RequirementCost:
    """A requirement, and how many `more` suppliers would fit without it. `code` is budget, presence, languages or finish."""

    code: str
    more: int


@dataclass(frozen=True)
class ListedSupplier:
    """A supplier that would be listed. `misfit` says why it does not fit; empty if it does."""

    rank: int
    supplier_id: int
    listing: Listing
    summary: str
    gaps: Sequence[str]
    misfit: str


@dataclass(frozen=True)
class ChangedSupplier:
    """A supplier that starts or stops fitting in the scenario, with the requirement it fails on the other side."""

    listing: Listing
    reason: str


@dataclass(frozen=True)
class ChangedSuppliers:
    """The suppliers that start or stop fitting: the first few by name, and the total count."""

    named: Sequence[ChangedSupplier]
    count: int

    @property
    def more(self) -> int:
        """Count the suppliers that are not named."""
        return self.count - len(self.named)


@dataclass(frozen=True)
class WhatIfCounts:
    """The part of a what-if result that depends on the query alone and can be cached.

    `costs` are the requirements that exclude suppliers, largest first.
    """

    fit: FitCounts
    as_written: FitCounts
    budgets: Sequence[ScenarioOption]
    presences: Sequence[ScenarioOption]
    finishes: Sequence[ScenarioOption]
    languages: ScenarioOption | None
    must_haves: Sequence[MustHave]
    costs: Sequence[RequirementCost]
    candidates: Sequence[ListedSupplier]
    exclusions: Sequence[tuple[str, int]]
    entering: ChangedSuppliers
    leaving: ChangedSuppliers
    changed: bool

    @property
    def listed(self) -> int:
        """Number of suppliers that would be listed."""
        return len(self.candidates)

    @property
    def is_unserved(self) -> bool:
        """Return True if no supplier offers the services, whatever else the brief requires."""
        return not self.candidates and not self.exclusions

    @property
    def list_sentence(self) -> str:
        """Number of suppliers that would be listed, and of those that would fit."""
        return list_sentence(self.listed, self.fit.fits)


@dataclass(frozen=True)
class WhatIf(WhatIfCounts):
    """A what-if result with the draft it belongs to."""

    brief_view: BriefView


@dataclass(frozen=True)
class Scenario:
    """Changes to try on a draft. None means unchanged. `without` are indexes of must-haves to drop."""

    budget: str | None = None
    presence: str | None = None
    finish: dt.date | None = None
    without: frozenset[int] = field(default_factory=frozenset)
    any_language: bool = False


def what_if(viewer: Viewer, reference: str, scenario: Scenario) -> WhatIf:
    """Return the suppliers that would fit the viewer's draft in a scenario. Raises NotFound."""
    return what_if_for(view_of(viewer, own_brief(viewer, reference)), scenario)


def what_if_for(draft: BriefView, scenario: Scenario) -> WhatIf:
    """Return the suppliers that would fit a draft in a scenario."""
    written = _query(draft, {})
    changes = _changes(scenario, written)
    tried = _query(draft, changes)
    band = str(changes.get("budget_band") or draft.answers.get("budget_band") or "unknown")
    current = corpus()
    counts = current.cached(
        ("what_if", current_locale(), written, tried, scenario, band),
        lambda: _count(current, written, tried, scenario, band),
    )
    return WhatIf(**vars(counts), brief_view=draft)


def _count(current: Corpus, written: Query, tried: Query, scenario: Scenario, band: str) -> WhatIfCounts:
    variants = _variants(written, tried, scenario)
    counts = dict(zip(variants, current.index.fits(list(variants.values())), strict=True))
    fit = counts["tried", ""]
    ranking = current.index.rank(tried, limit=MAX_RANKED, explain=0)
    exclusions: dict[str, int] = {}
    for exclusion in ranking.excluded:
        if exclusion.reason != "services":
            sentence = match_explanation.exclusion_sentence(exclusion.reason, exclusion.params)
            exclusions[sentence] = exclusions.get(sentence, 0) + 1
    fit_changes = current.index.fit_changes(written, tried)
    chosen = {"budget": band, "presence": tried.presence, "finish": _iso(tried.finish_by)}
    options = {
        control: [
            ScenarioOption(value, count.fits, value == chosen[control])
            for (kind, value), count in counts.items()
            if kind == control
        ]
        for control in chosen
    }
    costs = [
        RequirementCost(code, count.fits - fit.fits)
        for (kind, code), count in counts.items()
        if kind == "relaxed" and count.fits > fit.fits
    ]
    any_language = counts.get(("languages", ""))
    return WhatIfCounts(
        fit=fit,
        as_written=counts["written", ""],
        budgets=options["budget"],
        presences=options["presence"],
        finishes=options["finish"],
        languages=ScenarioOption("", any_language.fits, scenario.any_language) if any_language else None,
        must_haves=[
            MustHave(
                index,
                text,
                current.index.count_showing(tried, text),
                index not in scenario.without,
                counts["without", str(index)].with_must_haves,
            )
            for index, text in enumerate(written.must_haves)
        ],
        costs=sorted(costs, key=lambda cost: -cost.more),
        candidates=[
            ListedSupplier(
                match.rank,
                int(match.document_id),
                current.listings[match.document_id],
                match_explanation.summary_sentence(match.explanation),
                match_explanation.gap_sentences(match.explanation, 2),
                match_explanation.misfit_label(match),
            )
            for match in ranking.matches
        ],
        exclusions=sorted(exclusions.items(), key=lambda item: -item[1]),
        entering=_changed_suppliers(current, [change for change in fit_changes if change.enters]),
        leaving=_changed_suppliers(current, [change for change in fit_changes if not change.enters]),
        changed=tried != written,
    )


def _query(draft: BriefView, changes: Mapping[str, Any]) -> Query:
    answers = {**draft.answers, **changes}
    return query_of(draft.brief.reference, answers, draft.brief.company.sector_code)


def _changes(scenario: Scenario, written: Query) -> dict[str, Any]:
    """Return the answers that a scenario changes. Values that the panel does not offer are ignored."""
    changes: dict[str, Any] = {}
    if scenario.budget in {band.code for band in BUDGET_BANDS}:
        changes["budget_band"] = scenario.budget
    if scenario.presence in PRESENCE:
        changes["presence"] = scenario.presence
    if scenario.finish:
        changes["finish_by"] = scenario.finish.isoformat()
    if scenario.any_language:
        changes["languages"] = []
    if scenario.without:
        changes["must_have"] = [
            text for index, text in enumerate(written.must_haves) if index not in scenario.without
        ]
    return changes


def _variants(written: Query, tried: Query, scenario: Scenario) -> dict[tuple[str, str], Query]:
    """Return every query that the panel counts, by control and value.

    Queries with the same text are adjacent, because the matching library reuses the word scores of the previous one.
    """
    variants = {
        ("written", ""): written,
        ("tried", ""): tried,
        **{("budget", band.code): _with_budget(tried, band.code) for band in BUDGET_BANDS},
        **{("presence", code): replace(tried, presence=code) for code in PRESENCE},
        **{
            ("finish", date.isoformat()): replace(tried, finish_by=date)
            for date in _finish_dates(written, tried)
        },
        **{("relaxed", code): query for code, query in _relaxed(tried).items()},
        **{
            ("without", str(index)): replace(tried, must_haves=_all_but(written, scenario, index))
            for index in range(len(written.must_haves))
        },
    }
    if written.languages:
        variants["languages", ""] = replace(tried, languages=())
    return variants


def _finish_dates(written: Query, tried: Query) -> list[dt.date]:
    if written.finish_by is None:
        return []
    dates = {written.finish_by + dt.timedelta(days=days) for days in (-30, 0, 30)}
    return sorted(dates | ({tried.finish_by} if tried.finish_by else set()))


def _relaxed(tried: Query) -> dict[str, Query]:
    """Return the query without each of its requirements in turn."""
    relaxed = {"budget": replace(tried, budget_min_nok=None, budget_max_nok=None)}
    if tried.presence == "must":
        relaxed["presence"] = replace(tried, presence="some")
    if tried.languages:
        relaxed["languages"] = replace(tried, languages=())
    if tried.finish_by:
        relaxed["finish"] = replace(tried, finish_by=None)
    return relaxed


def _all_but(written: Query, scenario: Scenario, excluded: int) -> tuple[str, ...]:
    dropped = scenario.without | {excluded}
    return tuple(text for index, text in enumerate(written.must_haves) if index not in dropped)


def _with_budget(query: Query, code: str) -> Query:
    band = budget_band(code)
    return replace(query, budget_min_nok=band.low, budget_max_nok=band.high)


def _iso(date: dt.date | None) -> str:
    return date.isoformat() if date else ""


def _changed_suppliers(current: Corpus, changes: "Sequence[FitChange]") -> ChangedSuppliers:
    named = [
        ChangedSupplier(
            current.listings[change.document_id],
            match_explanation.miss_sentence(change.reason, change.params),
        )
        for change in changes[:MAX_NAMED]
    ]
    return ChangedSuppliers(named, len(changes))

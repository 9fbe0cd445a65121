"""Who would fit before a brief is published, and what each change to it would do."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from marketplace.briefs.queries import BriefPaper, own_brief, paper
from marketplace.core.money import BUDGET_BANDS, budget_band
from marketplace.core.viewer import Viewer
from marketplace.matching import Fit, Query
from marketplace.sourcing import reasons
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.documents import Listing, query_of

if TYPE_CHECKING:
    from marketplace.matching import Index

MOST_NAMED = 10
PRESENCE = ("must", "some", "remote")


@dataclass(frozen=True)
class Option:
    """A choice in the panel, and how many would fit with it."""

    value: str
    fits: int
    chosen: bool


@dataclass(frozen=True)
class Likely:
    """A supplier that would stand in the list."""

    listing: Listing
    why: str
    lacks: Sequence[str]


@dataclass(frozen=True)
class Fitting:
    """Who fits a draft, with the changes that are being tried."""

    paper: BriefPaper
    fit: Fit
    as_written: Fit
    budgets: Sequence[Option]
    presences: Sequence[Option]
    finishes: Sequence[Option]
    must_haves: Sequence[tuple[str, int]]
    likely: Sequence[Likely]
    left_out: Sequence[tuple[str, int]]
    changed: bool


@dataclass(frozen=True)
class Trial:
    """What is tried in the panel; None is as the brief has it."""

    budget: str | None = None
    presence: str | None = None
    finish: dt.date | None = None


def fitting(viewer: Viewer, reference: str, trial: Trial) -> Fitting:
    """Return who fits the viewer's draft if it were changed as tried. Raises NotFound."""
    return fitting_of(paper(viewer, own_brief(viewer, reference)), trial)


def fitting_of(found: BriefPaper, trial: Trial) -> Fitting:
    """Return the same for a draft that is read already."""
    answers = dict(found.answers)
    written = query_of(found.brief.reference, answers, found.brief.company.sector_code)
    tried, band, presence = _tried(written, answers, trial)
    now = corpus()
    index, listings = now.index, now.listings
    ranking = index.rank(tried, limit=MOST_NAMED, explain=0)
    fit = index.fit(tried)
    groups: dict[str, int] = {}
    for exclusion in ranking.excluded:
        if exclusion.reason != "services":
            sentence = reasons.exclusion_sentence(exclusion.reason, exclusion.params)
            groups[sentence] = groups.get(sentence, 0) + 1
    return Fitting(
        paper=found,
        fit=fit,
        as_written=index.fit(written),
        budgets=[
            Option(b.code, index.fit(_budget(tried, b.code)).fits, b.code == band) for b in BUDGET_BANDS
        ],
        presences=[Option(p, index.fit(replace(tried, presence=p)).fits, p == presence) for p in PRESENCE],
        finishes=_finishes(index, tried, written),
        must_haves=[(text, index.showing(tried, text)) for text in written.must_haves],
        likely=[
            Likely(listings[m.document_id], reasons.why(m.explanation), reasons.lacks(m.explanation, 2))
            for m in ranking.matches
        ],
        left_out=sorted(groups.items(), key=lambda item: -item[1]),
        changed=tried != written,
    )


def _tried(query: Query, answers: Mapping[str, object], trial: Trial) -> tuple[Query, str, str]:
    band = (
        trial.budget
        if trial.budget in {b.code for b in BUDGET_BANDS}
        else str(answers.get("budget_band") or "unknown")
    )
    presence = trial.presence if trial.presence in PRESENCE else query.presence
    tried = replace(_budget(query, band), presence=presence)
    if trial.finish:
        tried = replace(tried, finish_by=trial.finish)
    return tried, band, presence


def _budget(query: Query, code: str) -> Query:
    band = budget_band(code)
    return replace(query, budget_min_nok=band.low, budget_max_nok=band.high)


def _finishes(index: "Index", tried: Query, written: Query) -> list[Option]:
    if written.finish_by is None:
        return []
    days = [written.finish_by + dt.timedelta(days=days) for days in (-30, 0, 30)]
    if tried.finish_by and tried.finish_by not in days:
        days = sorted([*days, tried.finish_by])
    return [
        Option(day.isoformat(), index.fit(replace(tried, finish_by=day)).fits, day == tried.finish_by)
        for day in days
    ]

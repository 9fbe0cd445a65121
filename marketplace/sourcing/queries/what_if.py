"""Who would fit before a brief is published, and what each change to it would do.

All counts on the page are made in one call of the library, so that the page can follow a slider.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from marketplace.briefs.queries import BriefPaper, own_brief, paper
from marketplace.core.i18n import current_locale
from marketplace.core.money import BUDGET_BANDS, budget_band
from marketplace.core.viewer import Viewer
from marketplace.matching import Fit, Query
from marketplace.sourcing import match_explanation
from marketplace.sourcing.corpus import Corpus, corpus
from marketplace.sourcing.documents import Listing, query_of

if TYPE_CHECKING:
    from marketplace.matching import FitChange

MOST_NAMED = 10
MOST_MOVED = 6
PRESENCE = ("must", "some", "remote")


@dataclass(frozen=True)
class Option:
    """A choice in the panel, and how many would fit with it."""

    value: str
    fits: int
    chosen: bool


@dataclass(frozen=True)
class MustHave:
    """A must-have: how many of those listed have shown it, and how many show all others without it."""

    number: int
    text: str
    shown: int
    kept: bool
    without: int


@dataclass(frozen=True)
class Cut:
    """What a requirement costs: how many more would fit without it. `code` is budget, presence, languages or finish."""

    code: str
    more: int


@dataclass(frozen=True)
class Likely:
    """A supplier that would stand in the list."""

    listing: Listing
    why: str
    lacks: Sequence[str]


@dataclass(frozen=True)
class Passing:
    """A supplier that comes in or drops out by what is tried, and why it did not, or does not, fit."""

    listing: Listing
    reason: str


@dataclass(frozen=True)
class Passed:
    """Those who come in or drop out: some by name, and how many they are."""

    named: Sequence[Passing]
    count: int

    @property
    def more(self) -> int:
        """Count those that are not named."""
        return self.count - len(self.named)


@dataclass(frozen=True)
class Fitted:
    """Who fits what a draft asks for, with the changes that are being tried.

    `cuts` are the requirements that leave somebody out, the one that leaves out most first.
    """

    fit: Fit
    as_written: Fit
    budgets: Sequence[Option]
    presences: Sequence[Option]
    finishes: Sequence[Option]
    languages: Option | None
    must_haves: Sequence[MustHave]
    cuts: Sequence[Cut]
    likely: Sequence[Likely]
    left_out: Sequence[tuple[str, int]]
    enter: Passed
    leave: Passed
    changed: bool

    @property
    def dearest(self) -> MustHave | None:
        """Return the must-have whose leaving makes most suppliers show all the others, or None when none does."""
        kept = [item for item in self.must_haves if item.kept and item.without > self.fit.with_must_haves]
        return max(kept, key=lambda item: item.without, default=None)


@dataclass(frozen=True)
class Fitting(Fitted):
    """The same, with the draft as its company reads it."""

    paper: BriefPaper


@dataclass(frozen=True)
class Trial:
    """What is tried in the panel; None is as the brief has it. `without` are numbers of must-haves, from 0."""

    budget: str | None = None
    presence: str | None = None
    finish: dt.date | None = None
    without: frozenset[int] = field(default_factory=frozenset)
    any_language: bool = False


def fitting(viewer: Viewer, reference: str, trial: Trial) -> Fitting:
    """Return who fits the viewer's draft if it were changed as tried. Raises NotFound."""
    return fitting_of(paper(viewer, own_brief(viewer, reference)), trial)


def fitting_of(found: BriefPaper, trial: Trial) -> Fitting:
    """Return the same for a draft that is read already."""
    written = _query(found, {})
    tried = _query(found, _changes(trial, written))
    band = str(_changes(trial, written).get("budget_band") or found.answers.get("budget_band") or "unknown")
    now = corpus()
    fitted = now.remembered(
        ("fitting", current_locale(), written, tried, trial, band),
        lambda: _fitted(now, written, tried, trial, band),
    )
    return Fitting(**vars(fitted), paper=found)


def _fitted(now: Corpus, written: Query, tried: Query, trial: Trial, band: str) -> Fitted:
    asked = _Asked(written, tried, trial)
    counts = dict(zip(asked.variants, now.index.fits(list(asked.variants.values())), strict=True))
    fit = counts["tried", ""]
    ranking = now.index.rank(tried, limit=MOST_NAMED, explain=0)
    groups: dict[str, int] = {}
    for exclusion in ranking.excluded:
        if exclusion.reason != "services":
            sentence = match_explanation.exclusion_sentence(exclusion.reason, exclusion.params)
            groups[sentence] = groups.get(sentence, 0) + 1
    passing = now.index.fit_changes(written, tried)
    chosen = {"budget": band, "presence": tried.presence, "finish": _iso(tried.finish_by)}
    options = {
        kind: [
            Option(value, counted.fits, value == chosen[kind])
            for (of, value), counted in counts.items()
            if of == kind
        ]
        for kind in chosen
    }
    cuts = [
        Cut(code, counted.fits - fit.fits)
        for (of, code), counted in counts.items()
        if of == "cut" and counted.fits > fit.fits
    ]
    any_language = counts.get(("languages", ""))
    return Fitted(
        fit=fit,
        as_written=counts["written", ""],
        budgets=options["budget"],
        presences=options["presence"],
        finishes=options["finish"],
        languages=Option("", any_language.fits, trial.any_language) if any_language else None,
        must_haves=[
            MustHave(
                number,
                text,
                now.index.count_showing(tried, text),
                number not in trial.without,
                counts["without", str(number)].with_must_haves,
            )
            for number, text in enumerate(written.must_haves)
        ],
        cuts=sorted(cuts, key=lambda cut: -cut.more),
        likely=[
            Likely(
                now.listings[m.document_id],
                match_explanation.why(m.explanation),
                match_explanation.lacks(m.explanation, 2),
            )
            for m in ranking.matches
        ],
        left_out=sorted(groups.items(), key=lambda item: -item[1]),
        enter=_passed(now, [one for one in passing if one.enters]),
        leave=_passed(now, [one for one in passing if not one.enters]),
        changed=tried != written,
    )


def _query(found: BriefPaper, changes: Mapping[str, Any]) -> Query:
    answers = {**found.answers, **changes}
    return query_of(found.brief.reference, answers, found.brief.company.sector_code)


def _changes(trial: Trial, written: Query) -> dict[str, Any]:
    """Return the answers that differ in a trial. What is no choice in the panel is left as the brief has it."""
    changes: dict[str, Any] = {}
    if trial.budget in {band.code for band in BUDGET_BANDS}:
        changes["budget_band"] = trial.budget
    if trial.presence in PRESENCE:
        changes["presence"] = trial.presence
    if trial.finish:
        changes["finish_by"] = trial.finish.isoformat()
    if trial.any_language:
        changes["languages"] = []
    if trial.without:
        changes["must_have"] = [
            text for number, text in enumerate(written.must_haves) if number not in trial.without
        ]
    return changes


class _Asked:
    """All variants that the panel counts, under the kind of control and its value."""

    def __init__(self, written: Query, tried: Query, trial: Trial) -> None:
        self.written, self.tried, self.trial = written, tried, trial
        # Those of other words come first and last, so that all between share what their words give.
        self.variants: dict[tuple[str, str], Query] = {
            ("written", ""): written,
            ("tried", ""): tried,
            **{("budget", band.code): _budget(tried, band.code) for band in BUDGET_BANDS},
            **{("presence", code): replace(tried, presence=code) for code in PRESENCE},
            **{("finish", day.isoformat()): replace(tried, finish_by=day) for day in self._days()},
            **{("cut", code): query for code, query in self._cuts().items()},
            **{
                ("without", str(number)): replace(tried, must_haves=self._all_but(number))
                for number in range(len(written.must_haves))
            },
        }
        if written.languages:
            self.variants["languages", ""] = replace(tried, languages=())

    def _days(self) -> list[dt.date]:
        if self.written.finish_by is None:
            return []
        days = {self.written.finish_by + dt.timedelta(days=days) for days in (-30, 0, 30)}
        return sorted(days | ({self.tried.finish_by} if self.tried.finish_by else set()))

    def _cuts(self) -> dict[str, Query]:
        tried = self.tried
        found = {"budget": replace(tried, budget_min_nok=None, budget_max_nok=None)}
        if tried.presence == "must":
            found["presence"] = replace(tried, presence="some")
        if tried.languages:
            found["languages"] = replace(tried, languages=())
        if tried.finish_by:
            found["finish"] = replace(tried, finish_by=None)
        return found

    def _all_but(self, left: int) -> tuple[str, ...]:
        gone = self.trial.without | {left}
        return tuple(text for number, text in enumerate(self.written.must_haves) if number not in gone)


def _budget(query: Query, code: str) -> Query:
    band = budget_band(code)
    return replace(query, budget_min_nok=band.low, budget_max_nok=band.high)


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _passed(now: Corpus, moved: "Sequence[FitChange]") -> Passed:
    named = [
        Passing(now.listings[one.document_id], match_explanation.miss_sentence(one.reason, one.params))
        for one in moved[:MOST_MOVED]
    ]
    return Passed(named, len(moved))

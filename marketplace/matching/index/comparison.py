"""One query against one index: the parts of each score, and the words on both sides."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from marketplace.matching import criteria
from marketplace.matching.criteria import CriterionResult, Exclusion
from marketplace.matching.documents import Query
from marketplace.matching.explanation import Note, ScorePart, TermMatch
from marketplace.matching.index.attribute_columns import REASONS, Codes
from marketplace.matching.index.exclusions import LazyExclusions
from marketplace.matching.index.query_scores import QueryScores
from marketplace.matching.index.store import Store
from marketplace.matching.ranking import Fit
from marketplace.matching.settings import Settings
from marketplace.matching.storage.types import Mask, Vector

Rows = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]
MARGIN = 1e-3
"""Scores nearer than this are ordered by their exact parts; those of all documents at once have six digits or so."""
GONE = len(REASONS)
"""The code of a row whose document is no longer there."""
MOST_SERVICE_TERMS = 5
LEAST_SERVICE_SHARE = 0.05
MISSES = (*REASONS, "gone", criteria.BESIDE, criteria.OVER_BUDGET)
"""Why a document does not fit, by its code in `Comparison.misses`; 0 fits."""


_OF_WORDS = frozenset(name for name, made in vars(QueryScores).items() if isinstance(made, cached_property))
"""What depends on a query's words and needs alone."""


class Comparison(QueryScores):
    """One query compared with all documents of a store."""

    _last: ClassVar["Comparison | None"] = None

    @classmethod
    def of(cls, store: Store, query: Query) -> "Comparison":
        """Return the comparison; with one that was made last of the same words and needs, it shares what they give.

        A brief is asked about many times in a row, with another budget, place or date each time.
        """
        made, last = cls(store, query), Comparison._last
        if last is not None and last.store is store and last.asked_for == made.asked_for:
            made.__dict__ |= {name: last.__dict__[name] for name in _OF_WORDS & last.__dict__.keys()}
        Comparison._last = made
        return made

    @cached_property
    def _sector_rows(self) -> Rows:
        """Return the rows whose texts tell of the query's trade, ascending."""
        words = self.store.glossary.sector_words(self.query.sector, self.store.encoder.analyzer)
        found = self.store.lexical.find(words)
        return self.store.lexical.rows_of(found.values()).astype(np.int32)

    def exclusion(self, row: int) -> Exclusion | None:
        """Return why a document is left out, or None."""
        store = self.store
        return criteria.exclusion(
            self.query, store.documents[row], float(self._evidence[row]), store.settings
        )

    @cached_property
    def reasons(self) -> Codes:
        """Return for each document why it is left out, as its number in `REASONS`; 0 for one that is not."""
        evidence = self._evidence
        codes: Codes = self.store.gather(
            lambda segment, start: segment.columns.reasons(self.query, evidence[start : start + len(segment)])
        )
        codes[~self.store.alive] = GONE
        return codes

    @cached_property
    def candidates(self) -> Rows:
        """Return the rows of those that are not left out, ascending."""
        return np.flatnonzero(self.reasons == 0)

    def exclusions(self) -> LazyExclusions:
        """Return those left out, with the reason of each, by reason and document."""
        return LazyExclusions(self.store, self.query, self.reasons)

    @cached_property
    def misses(self) -> Codes:
        """Return for each document the first thing it fails on, as its number in `MISSES`; 0 for one that fits."""
        codes = self.reasons.copy()
        listed = codes == 0
        codes[listed & self._column("over_budget")] = MISSES.index(criteria.OVER_BUDGET)
        codes[listed & self._beside] = MISSES.index(criteria.BESIDE)
        return codes

    def highest_first(self, rows: Rows) -> Rows:
        """Return some rows, the highest score first."""
        order = np.argsort(-self._scores()[rows], kind="stable")
        ordered: Rows = rows[order]
        return ordered

    def fit(self) -> Fit:
        """Count who fits."""
        beside = self._beside[self.candidates]
        over = self._column("over_budget")[self.candidates]
        counts = np.bincount(self.reasons, minlength=len(REASONS))
        return Fit(
            int(np.count_nonzero(~beside & ~over)),
            int(np.count_nonzero(~beside & over)),
            {
                reason: int(count)
                for reason, count in zip(REASONS[1:], counts[1 : len(REASONS)], strict=True)
                if count
            },
            int(np.count_nonzero(beside)),
        )

    def best(self, limit: int, width: float = 0.0) -> Rows:
        """Return the rows among which the first `limit` are, however ties are broken.

        Scores up to `width` points apart count as ties.
        """
        candidates = self.candidates
        if len(candidates) <= limit:
            return candidates
        scores = self._scores()[candidates]
        last = np.partition(scores, -limit)[-limit]
        rows: Rows = candidates[scores >= last - width - MARGIN]
        return rows

    def _column(self, name: str) -> Any:
        """Return what a criterion that looks at no words gives each document."""
        return self.store.gather(lambda segment, _: getattr(segment.columns, name)(self.query))

    def _sector(self) -> Vector:
        rows = self._sector_rows
        shares: Vector = self.store.gather(
            lambda segment, start: segment.columns.sector(
                self.query, rows[(rows >= start) & (rows < start + len(segment))] - start
            )
        )
        return shares

    def _scores(self) -> Vector:
        """Return each document's score, equal to the sum of its parts but for the last digits."""
        settings = self.store.settings
        scores: Vector = (
            self._word_points(self._covered, self._penalties.worth)
            + self._services
            + settings.maximum("sector") * self._sector()
            + settings.maximum("place") * self._column("place")
            + settings.maximum("budget") * self._column("budget")
            + settings.maximum("availability") * self._column("availability")
        )
        scores[list(self._behind)] *= settings.twin_worth
        return scores

    @cached_property
    def _behind(self) -> Mapping[int, int]:
        """Return the rows that stand behind another one that says the same, which is drawn by the query's name."""
        return self.store.penalties.behind(self.query.id, self.reasons == 0, self.store.id_of)

    def judge(self, row: int) -> tuple[tuple[ScorePart, ...], tuple[Note, ...], tuple[Note, ...]]:
        """Return a supplier's six parts, and what to say for and against it."""
        query, document, settings = self.query, self.store.documents[row], self.store.settings
        judgements = (
            ("sector", criteria.sector(query, document, settings, in_words=self._writes_of_sector(row))),
            ("place", criteria.place(query, document, settings)),
            ("budget", criteria.budget(query, document, settings)),
            ("availability", criteria.availability(query, document, settings)),
        )
        parts = (
            ScorePart("words", self.word_scores_of(row)[1], settings.max_words),
            ScorePart("services", float(self.service_scores_of(row).sum()), settings.max_services),
            *(_part(code, judgement, settings) for code, judgement in judgements),
        )
        facts, lacks = self._service_notes(row)
        if row in self._behind:
            parts = tuple(replace(part, value=part.value * settings.twin_worth) for part in parts)
            same = self.store.documents[self._behind[row]].name
            lacks = (("says_the_same", {"name": same}), *lacks)
        for _, judgement in judgements:
            facts += judgement.facts
            lacks += judgement.lacks
        return parts, facts, (*self._penalties.notes(row), *lacks, *criteria.languages(query, document))

    def score(self, row: int) -> float:
        """Return a supplier's score, the sum of its six parts."""
        return sum(part.value for part in self.judge(row)[0])

    def _writes_of_sector(self, row: int) -> bool:
        at = np.searchsorted(self._sector_rows, row)
        return bool(at < len(self._sector_rows) and self._sector_rows[at] == row)

    def _service_notes(self, row: int) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
        document = self.store.documents[row]
        if not self.needs:
            return (), ()
        if self._beside[row]:
            return (), ((criteria.BESIDE, {"services": list(self.needs)}),)
        offered = [code for code in self.needs if code in document.services]
        missing = [code for code in self.needs if code not in document.services]
        facts: tuple[Note, ...] = (("services_in_common", {"services": offered}),) if offered else ()
        lacks: tuple[Note, ...] = (("services_not_stated", {"services": missing}),) if missing else ()
        return facts, lacks

    def terms(self, row: int, parts: tuple[ScorePart, ...]) -> tuple[TermMatch, ...]:
        """Return the words on both sides, those that gave most first."""
        return (*self._word_terms(row, parts[0].value), *self._service_terms(row))

    def _word_terms(self, row: int, points: float) -> Iterator[TermMatch]:
        contributions, _ = self.word_scores_of(row)
        total = contributions.sum()
        if not total:
            return
        surfaces = self.store.told(row).surfaces
        columns, lexical = self._query_terms.columns, self.store.lexical
        found = [
            (-float(contributions[place]), lexical.term(columns[place]), columns[place])
            for place in np.flatnonzero(contributions).tolist()
        ]
        for value, term, column in sorted(found):
            words = self._query_terms.words[column]
            yield TermMatch(term, words, surfaces.get(term, ()), points * -value / total)

    def _service_terms(self, row: int) -> Iterator[TermMatch]:
        store, theirs = self.store, self.store.told(row).words
        points = self.service_scores_of(row) * (store.settings.twin_worth if row in self._behind else 1.0)
        strongest = np.argsort(-points, kind="stable")[:MOST_SERVICE_TERMS].tolist()
        least = LEAST_SERVICE_SHARE * store.settings.max_services
        codes = [store.needs.services[column] for column in strongest if points[column] >= least]
        for column, code in zip(strongest, codes, strict=False):
            yield TermMatch(
                code, self._words_for.get(code, ()), theirs.get(code, ()), float(points[column]), "services"
            )

    def shown(self, must_have: str) -> Mask:
        """Return, per document, whether its texts speak of a must-have."""
        store = self.store
        coverage = store.lexical.coverage(store.encoder.analyzer.tokens(must_have, self.query.lang))
        shown: Mask = coverage >= store.settings.must_have_floor
        return shown

    @cached_property
    def _must_haves(self) -> list[tuple[str, Mask]]:
        return [(must_have, self.shown(must_have)) for must_have in self.query.must_haves]

    def unshown_must_haves(self, row: int) -> tuple[Note, ...]:
        """Return a note for each must-have that the supplier's texts do not speak of."""
        return tuple(
            ("must_have_not_shown", {"text": text}) for text, shown in self._must_haves if not shown[row]
        )


def _part(code: str, judgement: CriterionResult, settings: Settings) -> ScorePart:
    maximum = settings.maximum(code)
    return ScorePart(code, maximum * judgement.share, maximum)

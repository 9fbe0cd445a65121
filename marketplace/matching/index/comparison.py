"""Compare one query with an index: exclusions, the parts of each score, and the matching words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from .. import criteria
from ..criteria import CriterionResult, Exclusion
from ..documents import Query
from ..explanation import Note, ScorePart, TermMatch
from ..ranking import FitCounts
from ..settings import MatchingSettings
from ..storage.types import Mask, Vector
from .attribute_columns import REASONS, Codes
from .exclusions import LazyExclusions
from .query_scores import QueryScores
from .store import Store

IntRows = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]
SCORE_MARGIN = 1e-3
"""Tolerance when candidates are selected by float32 scores; their order comes from the exact scores."""
REMOVED_CODE = len(REASONS)
"""Exclusion code of a row whose document has been removed from the index."""
MAX_SERVICE_TERMS = 5
MIN_SERVICE_SHARE = 0.05
MISFIT_REASONS = (*REASONS, "gone", criteria.RELATED_ONLY, criteria.OVER_BUDGET)
"""Why a document does not fit, by its code in `Comparison.misfit_codes`; 0 fits."""


_WORD_PROPERTIES = frozenset(
    name for name, attribute in vars(QueryScores).items() if isinstance(attribute, cached_property)
)
"""Cached properties that depend on the words and services of a query alone."""


class Comparison(QueryScores):
    """One query compared with all documents of a store."""

    @classmethod
    def of(cls, store: Store, query: Query) -> "Comparison":
        """Return a comparison that reuses the previous one's word and service scores if these are the same.

        Variants of one brief are compared in succession, each with another budget, place or date.
        """
        comparison, previous = cls(store, query), store.last_comparison
        if previous is not None and previous.store is store and previous.cache_key == comparison.cache_key:
            reusable = _WORD_PROPERTIES & previous.__dict__.keys()
            comparison.__dict__ |= {name: previous.__dict__[name] for name in reusable}
        store.last_comparison = comparison
        return comparison

    @cached_property
    def _sector_rows(self) -> IntRows:
        """The rows whose texts mention the query's sector, ascending."""
        columns = self.store.lexical.columns_of(self._sector_words)
        return self.store.lexical.rows_of(columns.values()).astype(np.int32)

    def exclusion(self, row: int) -> Exclusion | None:
        """Return the reason for excluding a document, or None if it is not excluded."""
        store = self.store
        return criteria.exclusion(
            self.query, store.documents[row], float(self._best_evidence[row]), store.settings
        )

    @cached_property
    def exclusion_codes(self) -> Codes:
        """The index in `REASONS` of each document's exclusion, 0 if it is not excluded, or `REMOVED_CODE`."""
        evidence = self._best_evidence
        codes: Codes = self.store.concat_segments(
            lambda segment, start: segment.columns.reasons(self.query, evidence[start : start + len(segment)])
        )
        codes[~self.store.alive] = REMOVED_CODE
        return codes

    @cached_property
    def candidates(self) -> IntRows:
        """The rows that are not excluded, ascending."""
        return np.flatnonzero(self.exclusion_codes == 0)

    def exclusions(self) -> LazyExclusions:
        """Return the excluded documents with their reasons, ordered by reason and id."""
        return LazyExclusions(self.store, self.query, self.exclusion_codes)

    @cached_property
    def misfit_codes(self) -> Codes:
        """The index in `MISFIT_REASONS` of the first criterion each document fails; 0 if it fits."""
        codes = self.exclusion_codes.copy()
        is_listed = codes == 0
        codes[is_listed & self._criterion("over_budget")] = MISFIT_REASONS.index(criteria.OVER_BUDGET)
        codes[is_listed & self._related_only] = MISFIT_REASONS.index(criteria.RELATED_ONLY)
        return codes

    def sort_by_score(self, rows: IntRows) -> IntRows:
        """Return the given rows, highest score first."""
        order = np.argsort(-self._scores()[rows], kind="stable")
        ordered: IntRows = rows[order]
        return ordered

    def fit(self) -> FitCounts:
        """Count the documents that fit, and the others by the reason why they do not."""
        related_only = self._related_only[self.candidates]
        over_budget = self._criterion("over_budget")[self.candidates]
        counts = np.bincount(self.exclusion_codes, minlength=len(REASONS))
        return FitCounts(
            int(np.count_nonzero(~related_only & ~over_budget)),
            int(np.count_nonzero(~related_only & over_budget)),
            {
                reason: int(count)
                for reason, count in zip(REASONS[1:], counts[1 : len(REASONS)], strict=True)
                if count
            },
            int(np.count_nonzero(related_only)),
        )

    def top_rows(self, limit: int, width: float = 0.0) -> IntRows:
        """Return a superset of the rows with the `limit` highest scores, whichever way ties are broken.

        Scores up to `width` points apart count as ties.
        """
        candidates = self.candidates
        if len(candidates) <= limit:
            return candidates
        scores = self._scores()[candidates]
        kth_score = np.partition(scores, -limit)[-limit]
        rows: IntRows = candidates[scores >= kth_score - width - SCORE_MARGIN]
        return rows

    def _criterion(self, name: str) -> Any:
        """Return the value of a criterion of `AttributeColumns` for each document."""
        return self.store.concat_segments(lambda segment, _: getattr(segment.columns, name)(self.query))

    def _sector_shares(self) -> Vector:
        rows = self._sector_rows
        shares: Vector = self.store.concat_segments(
            lambda segment, start: segment.columns.sector(
                self.query, rows[(rows >= start) & (rows < start + len(segment))] - start
            )
        )
        return shares

    def _scores(self) -> Vector:
        """Return the score of each document (float32 precision)."""
        settings = self.store.settings
        scores: Vector = (
            self._word_points(self._coverage, self._penalties.factors)
            + self._total_service_points
            + settings.maximum("sector") * self._sector_shares()
            + settings.maximum("place") * self._criterion("place")
            + settings.maximum("budget") * self._criterion("budget")
            + settings.maximum("availability") * self._criterion("availability")
        )
        scores[list(self._duplicates)] *= settings.twin_worth
        return scores

    @cached_property
    def _duplicates(self) -> Mapping[int, int]:
        """Rows demoted as near-duplicates, mapped to the row that represents their group in this ranking."""
        return self.store.penalties.demoted_duplicates(
            self.query.id, self.exclusion_codes == 0, self.store.id_of
        )

    def score_parts(self, row: int) -> tuple[tuple[ScorePart, ...], tuple[Note, ...], tuple[Note, ...]]:
        """Return a document's six score parts, the facts in its favour, and what it lacks."""
        query, document, settings = self.query, self.store.documents[row], self.store.settings
        results = (
            ("sector", criteria.sector(query, document, settings, in_words=self._mentions_sector(row))),
            ("place", criteria.place(query, document, settings)),
            ("budget", criteria.budget(query, document, settings)),
            ("availability", criteria.availability(query, document, settings)),
        )
        parts = (
            ScorePart("words", self.word_scores(row)[1], settings.max_words),
            ScorePart("services", float(self.service_scores(row).sum()), settings.max_services),
            *(_criterion_part(code, result, settings) for code, result in results),
        )
        facts, lacks = self._service_notes(row)
        if row in self._duplicates:
            parts = tuple(replace(part, value=part.value * settings.twin_worth) for part in parts)
            representative = self.store.documents[self._duplicates[row]].name
            lacks = (("says_the_same", {"name": representative}), *lacks)
        for _, result in results:
            facts += result.facts
            lacks += result.lacks
        return parts, facts, (*self._penalties.notes(row), *lacks, *criteria.languages(query, document))

    def score(self, row: int) -> float:
        """Return a document's score, the sum of its six parts."""
        return sum(part.value for part in self.score_parts(row)[0])

    def _mentions_sector(self, row: int) -> bool:
        position = np.searchsorted(self._sector_rows, row)
        return bool(position < len(self._sector_rows) and self._sector_rows[position] == row)

    def _service_notes(self, row: int) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
        document = self.store.documents[row]
        if not self.needs:
            return (), ()
        if self._related_only[row]:
            return (), ((criteria.RELATED_ONLY, {"services": list(self.needs)}),)
        offered = [code for code in self.needs if code in document.services]
        others = [code for code in self.needs if code not in document.services]
        written = [code for code in others if self._writes_about(row, code)]
        missing = [code for code in others if code not in written]
        facts = {"services_in_common": offered, "writes_of_services": written}
        lacks: tuple[Note, ...] = (("services_not_stated", {"services": missing}),) if missing else ()
        return tuple((code, {"services": services}) for code, services in facts.items() if services), lacks

    def _writes_about(self, row: int, service: str) -> bool:
        return bool(self._is_written_about(self.store.needs.services.index(service))[row])

    def terms(self, row: int, parts: tuple[ScorePart, ...]) -> tuple[TermMatch, ...]:
        """Return the matching words and services with their points: words first, highest points first."""
        return (*self._word_terms(row, parts[0].value), *self._service_terms(row))

    def _word_terms(self, row: int, points: float) -> Iterator[TermMatch]:
        contributions, _ = self.word_scores(row)
        total = contributions.sum()
        if not total:
            return
        columns, lexical = self._query_terms.columns, self.store.lexical
        specific = self.store.glossary.reason_words.specific
        ordered = sorted(
            (-float(contributions[i]), lexical.term(columns[i]), columns[i])
            for i in np.flatnonzero(contributions).tolist()
        )
        query_words_of = {term: self._shown_query_words(term, column) for _, term, column in ordered}
        shown = {term for term, words in query_words_of.items() if words}
        surfaces = self.store.explanation_terms(row).surfaces(shown) if shown else {}
        for negative_value, term, _ in ordered:
            document_words = specific(surfaces[term]) if term in surfaces else ()
            query_words = query_words_of[term] if document_words else ()
            yield TermMatch(term, query_words, document_words, points * -negative_value / total)

    def _shown_query_words(self, term: str, column: int) -> tuple[str, ...]:
        if column not in self._query_words_of:
            words = self._query_terms.words[column] if self._is_reason(term) else ()
            wanted = (word for word in words if word in self._wanted_words)
            self._query_words_of[column] = self.store.glossary.reason_words.specific(wanted)
        return self._query_words_of[column]

    @cached_property
    def _query_words_of(self) -> dict[int, tuple[str, ...]]:
        """The words of the query to show for each column, as far as they have been asked for."""
        return {}

    def _is_reason(self, term: str) -> bool:
        """Return True if a term that occurs in both texts points to a service that the brief needs, or to its sector.

        A neighbouring service counts too. A term that points to no service may be a reason, unless the brief's services
        are unknown.
        """
        if not self.explained_services:
            return False
        if explained := self.store.needs.explained_by(term):
            return not explained.isdisjoint(self._needed_or_neighbouring)
        return self.store.glossary.reason_words.may_explain(term, is_known=term in self._sector_words)

    @cached_property
    def _needed_or_neighbouring(self) -> frozenset[int]:
        services, neighbours = self.store.needs.services, self.store.glossary.neighbours
        needed = self.explained_services
        return needed.union(*([services.index(code) for code in neighbours[services[row]]] for row in needed))

    @cached_property
    def _sector_words(self) -> frozenset[str]:
        return self.store.glossary.sector_words(self.query.sector, self.store.encoder.analyzer)

    def _service_terms(self, row: int) -> Iterator[TermMatch]:
        store, document_words = self.store, self.store.explanation_terms(row).service_words
        points = self.service_scores(row) * (store.settings.twin_worth if row in self._duplicates else 1.0)
        strongest = np.argsort(-points, kind="stable")[:MAX_SERVICE_TERMS].tolist()
        min_points = MIN_SERVICE_SHARE * store.settings.max_services
        codes = [store.needs.services[service] for service in strongest if points[service] >= min_points]
        for service, code in zip(strongest, codes, strict=False):
            words: tuple[tuple[str, ...], tuple[str, ...]] = (), ()
            if service in self.explained_services:
                words = self._query_words.of(code), document_words.of(code)
            yield TermMatch(code, *words, float(points[service]), "services")

    def mentions(self, must_have: str) -> Mask:
        """Return which documents mention a must-have in their texts."""
        store = self.store
        coverage = store.lexical.coverage(store.encoder.analyzer.tokens(must_have, self.query.lang))
        is_mentioned: Mask = coverage >= store.settings.must_have_floor
        return is_mentioned

    @cached_property
    def _must_haves(self) -> list[tuple[str, Mask]]:
        return [(must_have, self.mentions(must_have)) for must_have in self.query.must_haves]

    def missing_must_haves(self, row: int) -> tuple[Note, ...]:
        """Return a note for each must-have that the document's texts do not mention."""
        return tuple(
            ("must_have_not_shown", {"text": text})
            for text, is_mentioned in self._must_haves
            if not is_mentioned[row]
        )


def _criterion_part(code: str, result: CriterionResult, settings: MatchingSettings) -> ScorePart:
    maximum = settings.maximum(code)
    return ScorePart(code, maximum * result.share, maximum)

"""Scores of a query's words and confirmed services for all documents, before place, budget and time."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from ..analysis.analyzer import Token
from ..documents import Query
from ..needs.need_model import MIN_REASON_PROBABILITY
from ..needs.need_text import NeedText
from ..needs.probabilities import Readings
from ..needs.service_words import TextWords
from ..storage.types import Mask, Vector
from .indexing import normalized
from .lexical import QueryTerms, Scores, query_tokens
from .penalties import QueryPenalties
from .service_features import DeclaredFeatures, ServiceFeatures
from .store import Store


class QueryScores:
    """Scores of one query's words and services. Raises ValueError for an unknown service.

    Scores of all documents at once come from float32 sums, exact to about six digits: they select candidates.
    Scores of single rows are exact and are the ones shown.
    """

    def __init__(self, store: Store, query: Query) -> None:
        self.store = store
        self.query = query
        store.glossary.check(query.needs, f"query {query.id}")
        self.needs = [code for code in query.needs if code in store.glossary.labels]

    @property
    def cache_key(self) -> tuple[object, ...]:
        """The query's words and services: queries with the same key have the same word and service scores."""
        query = self.query
        return query.title, query.text, query.lang, tuple(self.needs)

    @cached_property
    def _texts(self) -> list[tuple[list[Token], float]]:
        query = self.query
        return query_tokens(
            self.store.encoder.analyzer, query.title, query.text, query.lang, self.store.settings
        )

    @cached_property
    def _need_text(self) -> NeedText:
        query = self.query
        return self.store.encoder.need_text(query.title, query.text, query.lang)

    @cached_property
    def _readings(self) -> Readings:
        return self.store.needs.read(self._need_text)

    @cached_property
    def explained_services(self) -> frozenset[int]:
        """The services that words are shown for, by row: the confirmed ones, or else those that the text surely asks for."""
        if self.needs:
            return frozenset(self._need_indices)
        probabilities = self.store.needs.wanted_probabilities(self._readings)
        return frozenset(np.flatnonzero(probabilities >= MIN_REASON_PROBABILITY).tolist())

    @cached_property
    def _query_terms(self) -> QueryTerms:
        return self.store.lexical.query(self._texts)

    @cached_property
    def _need_indices(self) -> list[int]:
        services = self.store.needs.services
        return [services.index(code) for code in self.needs]

    @cached_property
    def _word_weights(self) -> Scores:
        return self.store.lexical.scores(self._query_terms)

    @property
    def _coverage(self) -> Vector:
        """The share of the query's word weight that each document covers (float32 precision)."""
        return self._query_terms.coverage(self._word_weights)

    @cached_property
    def _penalties(self) -> QueryPenalties:
        store = self.store
        return QueryPenalties(
            store.penalties,
            self.query,
            store.lexical,
            self._query_terms,
            self._word_weights,
        )

    def _word_points(self, coverage: Vector, factors: Vector) -> Vector:
        """Return the points for words; they saturate, with half of them at a coverage of `words_half`."""
        settings = self.store.settings
        points: Vector = settings.max_words * factors * coverage / (coverage + settings.words_half)
        return points

    @cached_property
    def _query_words(self) -> TextWords:
        """The words of the query that point most strongly to each service."""
        return self.store.needs.words_of(token for text, _ in self._need_text.wanted.tokens for token in text)

    @cached_property
    def _wanted_words(self) -> frozenset[str]:
        """The words of the query as written, without those about what is not wanted."""
        return frozenset(token.surface for text, _ in self._need_text.wanted.tokens for token in text)

    @cached_property
    def _word_scores(self) -> dict[int, tuple[Vector, float]]:
        """Exact word scores computed so far, by row: contributions per query term, and points."""
        return {}

    def compute_word_scores(self, rows: Sequence[int]) -> None:
        """Compute the exact word scores of the given rows in one pass over the postings."""
        new = [row for row in rows if row not in self._word_scores]
        contributions = self.store.lexical.contributions(self._query_terms, new)
        coverage = self._query_terms.coverage(contributions.sum(axis=1))
        points = self._word_points(coverage, self._penalties.factors[new])
        for i, row in enumerate(new):
            self._word_scores[row] = contributions[i], float(points[i])

    def word_scores(self, row: int) -> tuple[Vector, float]:
        """Return the contribution of each query term to one document, and the document's points for words."""
        if row not in self._word_scores:
            self.compute_word_scores([row])
        return self._word_scores[row]

    @cached_property
    def _service_weights(self) -> Vector:
        """The maximum share of the points per service, from confirmed services or else from the query's words."""
        store = self.store
        if not self.needs:
            query_vector = store.needs.query_vector(self._readings, store.settings.query_sharpness)
            return normalized(query_vector.T)[:, 0]
        weights = np.zeros(len(store.needs.services))
        weights[self._need_indices] = 1.0 / len(self.needs)
        return weights

    def _service_points(self, topics: Vector, evidence: Vector, related: Vector, weights: Vector) -> Vector:
        """Return points for services from their features.

        The arrays either hold all services of one document, or one service of all documents.
        """
        settings = self.store.settings
        if not self.needs:
            points: Vector = settings.max_services * topics * weights
            return points
        evidence = np.maximum(evidence, settings.worth_beside * related)
        focus_weights = weights * len(self.needs) / len(set(self.needs)) ** 0.5
        confirmed: Vector = settings.max_services * (
            (1 - settings.focus_share) * evidence * weights + settings.focus_share * topics * focus_weights
        )
        return confirmed

    @cached_property
    def _service_scores(self) -> dict[int, Vector]:
        """Exact points of services computed so far, by row."""
        return {}

    def service_scores(self, row: int) -> Vector:
        """Return the exact points of each service at one document; they add up to the part `services`."""
        if row not in self._service_scores:
            self._service_scores[row] = self._compute_service_scores(row)
        return self._service_scores[row]

    def _compute_service_scores(self, row: int) -> Vector:
        store = self.store
        declared = self._declared.get(row)
        features: list[Vector] = (
            [np.asarray(feature[:, 0]) for feature in declared]
            if declared
            else [store.document_feature(name, row) for name in ServiceFeatures._fields]
        )
        topics, evidence, related, _ticked = features
        points = self._service_points(topics, evidence, related, self._service_weights)
        penalised: Vector = self._penalties.factors[row] * points
        return penalised

    @cached_property
    def _declared(self) -> Mapping[int, DeclaredFeatures]:
        """The features from ticked services and cases of the rows that copy the brief, which count alone there."""
        return {row: self.store.declared_features(row) for row in self._penalties.copied_rows}

    @cached_property
    def _total_service_points(self) -> Vector:
        """The points for services of each document (float32 precision)."""
        store = self.store
        if self.needs:
            total = np.zeros(store.size)
            for service in sorted(set(self._need_indices)):
                topics = self._feature("topics", service)
                related = self._feature("related", service)
                weight = self._service_weights[service]
                total += self._service_points(topics, self._evidence(service), related, weight)
        else:
            total = store.settings.max_services * store.concat_segments(
                lambda segment, _: segment.features.weighted_topics(self._service_weights)
            )
            for row, declared in self._declared.items():
                total[row] = store.settings.max_services * (self._service_weights @ declared.topics[:, 0])
        points: Vector = self._penalties.factors * total
        return points

    def _feature(self, name: str, service: int) -> Vector:
        """Return a feature of a service for all documents. Those that copy the brief get only their declared services."""
        values = self.store.service_feature(name, service)
        for row, declared in self._declared.items():
            values[row] = getattr(declared, name)[service, 0]
        return values

    @cached_property
    def _evidence_by_service(self) -> dict[int, Vector]:
        return {}

    def _evidence(self, service: int) -> Vector:
        evidence = self._evidence_by_service.get(service)
        if evidence is None:
            evidence = self._evidence_by_service[service] = self._feature("evidence", service)
        return evidence

    @cached_property
    def _best_evidence(self) -> Vector:
        """Each supplier's best evidence for one of the confirmed services, or for one related to them."""
        if not self.needs:
            return np.ones(self.store.size)
        weight = self.store.settings.worth_beside
        best = np.zeros(self.store.size)
        for service in self._need_indices:
            np.maximum(best, self._evidence(service), out=best)
            np.maximum(best, weight * self._feature("related", service), out=best)
        return best

    @cached_property
    def _related_only(self) -> Mask:
        """Documents that neither tick nor clearly write about any of the confirmed services, nor have a case of one."""
        if not self.needs:
            return np.zeros(self.store.size, dtype=bool)
        offers = np.zeros(self.store.size, dtype=bool)
        for service in self._need_indices:
            offers |= self._feature("ticked", service).astype(bool) | self._is_written_about(service)
        return ~offers

    def _is_written_about(self, service: int) -> Mask:
        """Return which documents clearly show a service in their texts or cases, as explanations state it."""
        settings = self.store.settings
        is_written: Mask = self._evidence(service) >= settings.worth_spoken * settings.spoken_floor
        return is_written

"""What a query's words and confirmed needs give at each document, before place, money and time are looked at."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from marketplace.matching.analysis.analyzer import Token
from marketplace.matching.documents import Query
from marketplace.matching.index.indexing import unit
from marketplace.matching.index.lexical import QueryTerms, Scores, query_tokens
from marketplace.matching.index.penalties import QueryPenalties
from marketplace.matching.index.store import Store
from marketplace.matching.storage.types import Mask, Vector


class QueryScores:
    """The words and needs of one query against all documents of a store. An unknown service raises ValueError."""

    def __init__(self, store: Store, query: Query) -> None:
        self.store = store
        self.query = query
        store.glossary.check(query.needs, f"query {query.id}")
        self.needs = [code for code in query.needs if code in store.glossary.labels]

    @property
    def asked_for(self) -> tuple[object, ...]:
        """Return the query's words and needs; comparisons of one store with the same ones share what they give."""
        query = self.query
        return query.title, query.text, query.lang, tuple(self.needs)

    @cached_property
    def _texts(self) -> list[tuple[list[Token], float]]:
        query = self.query
        return query_tokens(
            self.store.encoder.analyzer, query.title, query.text, query.lang, self.store.settings
        )

    @cached_property
    def _query_terms(self) -> QueryTerms:
        return self.store.lexical.query(self._texts)

    @cached_property
    def _columns(self) -> list[int]:
        services = self.store.needs.services
        return [services.index(code) for code in self.needs]

    @cached_property
    def _word_weight(self) -> Scores:
        return self.store.lexical.scores(self._query_terms)

    @property
    def _covered(self) -> Vector:
        """Return how much of the brief's own word weight each document covers, to six digits or so."""
        return self._query_terms.share(self._word_weight)

    @cached_property
    def _penalties(self) -> QueryPenalties:
        store = self.store
        return QueryPenalties(
            store.penalties, self.query, store.lexical, self._query_terms, self._word_weight
        )

    def _word_points(self, covered: Vector, worth: Vector) -> Vector:
        """Return the points for words: half of them at `words_half` of the brief's own weight."""
        settings = self.store.settings
        points: Vector = settings.max_words * worth * covered / (covered + settings.words_half)
        return points

    @cached_property
    def _words_for(self) -> dict[str, tuple[str, ...]]:
        """Return which words of the query speak most for each service, strongest first."""
        return self.store.needs.words(token for text, _ in self._texts for token in text)

    @cached_property
    def _looked_at(self) -> dict[int, tuple[Vector, float]]:
        """Keeps for rows that were looked at what each word of the query gives there, and their points."""
        return {}

    def compute_word_scores(self, rows: Sequence[int]) -> None:
        """Find out to the last digit what the words give at some documents."""
        new = [row for row in rows if row not in self._looked_at]
        given = self.store.lexical.contributions(self._query_terms, new)
        points = self._word_points(self._query_terms.share(given.sum(axis=1)), self._penalties.worth[new])
        for place, row in enumerate(new):
            self._looked_at[row] = given[place], float(points[place])

    def word_scores_of(self, row: int) -> tuple[Vector, float]:
        """Return what each of the query's columns gives at one document, and its points for words."""
        if row not in self._looked_at:
            self.compute_word_scores([row])
        return self._looked_at[row]

    @cached_property
    def _wanted(self) -> Vector:
        """Return how much of the points each service gets at most: in confirmed needs, or in the brief's words."""
        store = self.store
        if not self.needs:
            asked = store.needs.asked(self._texts, store.settings.query_sharpness)
            return unit(asked.T)[:, 0]
        wanted = np.zeros(len(store.needs.services))
        wanted[self._columns] = 1.0 / len(self.needs)
        return wanted

    def _points(self, mix: Vector, shown: Vector, related: Vector, wanted: Vector) -> Vector:
        """Return the points of services from what is known of them: all arrays of services, or one service's rows."""
        settings = self.store.settings
        if not self.needs:
            points: Vector = settings.max_services * mix * wanted
            return points
        shown = np.maximum(shown, settings.worth_beside * related)
        central = wanted * len(self.needs) / len(set(self.needs)) ** 0.5
        confirmed: Vector = settings.max_services * (
            (1 - settings.focus_share) * shown * wanted + settings.focus_share * mix * central
        )
        return confirmed

    def service_scores_of(self, row: int) -> Vector:
        """Return the points that each service gives at one document; they add up to the part."""
        store, copied = self.store, row in self._penalties.copies
        mix = store.weighed_at("stated" if copied else "mix", row)
        shown = store.weighed_at("vouched" if copied else "evidence", row)
        points = self._points(mix, shown, store.weighed_at("related", row), self._wanted)
        worth: Vector = self._penalties.worth[row] * points
        return worth

    @cached_property
    def _services(self) -> Vector:
        """Return each document's points for services, to six digits or so."""
        store = self.store
        if self.needs:
            total = np.zeros(store.size)
            for service in sorted(set(self._columns)):
                mix = self._of("mix", "stated", service)
                related = store.weighed("related", service)
                total += self._points(mix, self._shown(service), related, self._wanted[service])
        else:
            total = store.settings.max_services * store.gather(
                lambda segment, _: self._wanted @ segment.weighed.mix
            )
            for row in self._penalties.copies:
                total[row] = store.settings.max_services * (self._wanted @ store.weighed_at("stated", row))
        points: Vector = self._penalties.worth * total
        return points

    def _of(self, name: str, without_words: str, service: int) -> Vector:
        """Return what is known of a service at each document; for who repeats the brief only what is ticked or done."""
        known, copies = self.store.weighed(name, service), list(self._penalties.copies)
        if copies:
            known = known.copy()
            known[copies] = self.store.weighed(without_words, service)[copies]
        return known

    def _shown(self, service: int) -> Vector:
        return self._of("evidence", "vouched", service)

    @cached_property
    def _evidence(self) -> Vector:
        """Return the best evidence that each supplier has for one of the confirmed services, or for one beside it."""
        if not self.needs:
            return np.ones(self.store.size)
        worth = self.store.settings.worth_beside
        beside = [worth * self.store.weighed("related", service) for service in self._columns]
        found: Vector = np.maximum.reduce([self._own_evidence, *beside])
        return found

    @property
    def _own_evidence(self) -> Vector:
        found: Vector = np.maximum.reduce([self._shown(service) for service in self._columns])
        return found

    @cached_property
    def _beside(self) -> Mask:
        """Return who offers only something beside what was confirmed."""
        if not self.needs:
            return np.zeros(self.store.size, dtype=bool)
        only: Mask = self._own_evidence < self.store.settings.shown_floor
        return only

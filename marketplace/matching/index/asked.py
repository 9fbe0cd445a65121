"""What a query's words and confirmed needs give at each document, before place, money and time are looked at."""

from functools import cached_property

import numpy as np

from marketplace.matching.analysis import Token
from marketplace.matching.documents import Query
from marketplace.matching.index.doubts import DoubtsForQuery
from marketplace.matching.index.lexical import QueryTerms, query_tokens
from marketplace.matching.index.needs import Truths, Vector
from marketplace.matching.index.store import Store, unit


class Asked:
    """The words and needs of one query against all documents of a store."""

    def __init__(self, store: Store, query: Query) -> None:
        self.store = store
        self.query = query
        self.needs = [code for code in query.needs if code in store.glossary.labels]

    @property
    def asked_for(self) -> tuple[object, ...]:
        """Return the query's words and needs; comparisons of one store with the same ones share what they give."""
        query = self.query
        return query.title, query.text, query.lang, tuple(self.needs)

    @cached_property
    def _texts(self) -> list[tuple[list[Token], float]]:
        query = self.query
        return query_tokens(self.store.analyzer, query.title, query.text, query.lang, self.store.settings)

    @cached_property
    def _query_terms(self) -> QueryTerms:
        return self.store.lexical.query(self._texts)

    @cached_property
    def _columns(self) -> list[int]:
        services = self.store.needs.services
        return [services.index(code) for code in self.needs]

    @cached_property
    def _covered(self) -> Vector:
        """Return how much of the brief's own word weight each document covers."""
        raw = self.store.lexical.scores(self._query_terms)
        covered: Vector = raw / self._query_terms.bound if self._query_terms.bound else raw
        return covered

    @cached_property
    def _doubts(self) -> DoubtsForQuery:
        store = self.store
        return DoubtsForQuery(store.doubts, self.query, store.lexical, self._query_terms, self._covered)

    @cached_property
    def _words(self) -> Vector:
        """Return each document's points for words: half of them at `words_half` of the brief's own weight."""
        settings, covered = self.store.settings, self._covered
        points: Vector = settings.max_words * self._doubts.worth * covered / (covered + settings.words_half)
        return points

    @cached_property
    def _shown(self) -> Vector:
        """Return the evidence per service; for who repeats the brief only what is ticked or done."""
        return self._doubts.but_for_copies(self.store.evidence, self.store.vouched)

    @cached_property
    def _mix(self) -> Vector:
        """Return what each supplier is about; for who repeats the brief only what is ticked or done."""
        return self._doubts.but_for_copies(self.store.mix, self.store.stated)

    @cached_property
    def _services(self) -> Vector:
        """Return documents by services: the points that each service gives; rows add up to the part."""
        points: Vector = self._doubts.worth[:, None] * self._service_points()
        return points

    def _service_points(self) -> Vector:
        store, settings = self.store, self.store.settings
        if self.needs:
            wanted = np.zeros(len(store.needs.services))
            wanted[self._columns] = 1.0 / len(self.needs)
            shown = np.maximum(self._shown, store.beside) * wanted
            central = self._mix * unit(wanted[None, :])
            confirmed: Vector = settings.max_services * (
                (1 - settings.focus_share) * shown + settings.focus_share * central
            )
            return confirmed
        asked = store.needs.asked(self._texts, settings.query_sharpness)
        points: Vector = settings.max_services * self._mix * unit(asked)
        return points

    @cached_property
    def _evidence(self) -> Vector:
        """Return the best evidence that each supplier has for one of the confirmed services, or for one beside it."""
        if not self.needs:
            return np.ones(len(self.store.documents))
        found: Vector = np.maximum(self._own_evidence, self.store.beside[:, self._columns].max(axis=1))
        return found

    @cached_property
    def _own_evidence(self) -> Vector:
        found: Vector = self._shown[:, self._columns].max(axis=1)
        return found

    @cached_property
    def _beside(self) -> Truths:
        """Return who offers only something beside what was confirmed."""
        if not self.needs:
            return np.zeros(len(self.store.documents), dtype=bool)
        only: Truths = self._own_evidence < self.store.settings.shown_floor
        return only

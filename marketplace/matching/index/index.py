"""The index: all suppliers ready to be ranked for a brief."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from marketplace.matching.analysis.glossary import Glossary
from marketplace.matching.criteria import Exclusion
from marketplace.matching.documents import Document, Query
from marketplace.matching.explanation import Explanation, TermMatch
from marketplace.matching.index import snapshot, what_if
from marketplace.matching.index.ablation import drop_unverified_terms
from marketplace.matching.index.comparison import Comparison
from marketplace.matching.index.lexical import query_tokens
from marketplace.matching.index.needs import NeedSuggestion
from marketplace.matching.index.store import Store
from marketplace.matching.ranking import Fit, Match, Ranking, order_key, rotate_ties
from marketplace.matching.settings import Settings


class Index:
    """An immutable index over documents. Make one with `Index.build`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def documents(self) -> tuple[Document, ...]:
        """Return the documents: those that the index has learnt from, then those that came or changed since."""
        store = self._store
        return tuple(store.documents[row] for row in np.flatnonzero(store.alive).tolist())

    def __len__(self) -> int:
        """Return how many documents there are."""
        return int(np.count_nonzero(self._store.alive))

    @property
    def settings(self) -> Settings:
        """Return the settings that the index ranks by."""
        return self._store.settings

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        glossary: Glossary,
        settings: Settings | None = None,
        *,
        training: Sequence[Document] | None = None,
    ) -> "Index":
        """Build an index. `training` are the suppliers whose ticks teach the need model, by default all."""
        training = documents if training is None else training
        return cls(Store.of(documents, glossary, settings or Settings(), training))

    def save(self, folder: Path, stamp: str = "") -> None:
        """Write what the index has learnt, and the documents it learnt from, into a folder that `open` maps.

        What was changed since (`updated`, `changed`) is not written: it is taken in again after opening.
        """
        snapshot.write(self._store, folder, stamp)

    @classmethod
    def open(
        cls, folder: Path, glossary: Glossary, settings: Settings | None = None, stamp: str = ""
    ) -> "Index":
        """Map an index that was saved. Raises SnapshotError for one that is damaged or made by another version.

        `stamp` names the words and formulas of this installation: an index with another one is refused.
        """
        return cls(snapshot.read(folder, glossary, settings or Settings(), stamp))

    def updated(self, documents: Sequence[Document]) -> "Index":
        """Return an index over other documents by what this one has learnt: see `Store.updated`.

        The result depends on this index and the documents alone, not on what stood in between.
        """
        return Index(self._store.updated(documents))

    def changed(self, documents: Sequence[Document], gone: Sequence[str] = ()) -> "Index":
        """Return an index with some documents that are new or other than before, and without some others.

        Costs what has changed since the index was built, and hardly more for a large directory than for a small one.
        """
        return Index(self._store.changed(documents, gone))

    def prepare(self) -> None:
        """Read the words that explain each supplier, before somebody asks, where that many are remembered.

        Takes a third of a second for 1,000 suppliers; without it the first lists that name one take longer.
        """
        self._store.tell_all()

    def suggest_needs(
        self, text: str, lang: str | None = None, *, title: str = "", limit: int = 8
    ) -> list[NeedSuggestion]:
        """Return the services that a text seems to ask for, likeliest first."""
        analyzer = self._store.encoder.analyzer
        lang = lang or analyzer.language_of(f"{title} {text}")
        texts = query_tokens(analyzer, title, text, lang, self.settings)
        return self._store.needs.suggest(texts, limit)

    def candidates(self, query: Query, limit: int) -> list[str]:
        """Return those among whom the first `limit` are, however nearly equal ones are ordered."""
        if not len(self):
            return []
        rows = Comparison.of(self._store, query).best(limit, self.settings.fair_width)
        return [self._store.id_of(row) for row in rows.tolist()]

    def rank(
        self,
        query: Query,
        limit: int | None = None,
        *,
        explain: int | None = None,
        last_shown: Mapping[str, int] | None = None,
        verify_terms: bool = False,
    ) -> Ranking:
        """Rank the documents for a query: the first `limit` matches, and all that are left out.

        The parts, facts and lacks come with every match; the words on both sides with the first `explain`
        (by default all). `shown` says when each document was last shown (see `in_turn`); without it nobody's turn
        is looked at, and the order is that of the scores alone. With `test` only words are named without which the
        score would be lower (see `tested`): takes a few milliseconds for each supplier.
        """
        if not len(self):
            return Ranking(query.id, self.settings, ())
        search = Comparison.of(self._store, query)
        width = 0.0 if last_shown is None else self.settings.fair_width
        rows = search.candidates if limit is None else search.best(limit, width)
        search.compute_word_scores(rows.tolist())
        id_of = self._store.id_of
        scored = sorted(
            ((row, *search.judge(row)) for row in rows.tolist()),
            key=lambda entry: order_key(query.id, id_of(entry[0]), sum(part.value for part in entry[1])),
        )
        if last_shown is not None:
            scores = {id_of(entry[0]): sum(part.value for part in entry[1]) for entry in scored}
            places = {
                key: place
                for place, key in enumerate(rotate_ties(query.id, [*scores.items()], last_shown, width))
            }
            scored.sort(key=lambda entry: places[id_of(entry[0])])
        scored = scored[:limit]
        explained = len(scored) if explain is None else explain
        matches = []
        for place, (row, parts, facts, lacks) in enumerate(scored, 1):
            terms: tuple[TermMatch, ...] = ()
            notes = lacks
            if place <= explained:
                terms = search.terms(row, parts)
                notes = (*lacks, *search.unshown_must_haves(row))
            explanation = Explanation(parts, terms, facts, notes)
            matches.append(Match(place, id_of(row), explanation.score, explanation))
        if verify_terms:
            matches = drop_unverified_terms(search, [row for row, *_ in scored], matches)
        return Ranking(query.id, self.settings, tuple(matches), search.exclusions())

    def judge(self, query: Query, document_id: str) -> Match | Exclusion | None:
        """Return how one document would do for a query, without a place (0), or why it is left out.

        None for a document that is not in the index. Costs far less than ranking all of them.
        """
        row = self._store.row_of(document_id)
        if row is None:
            return None
        comparison = Comparison.of(self._store, query)
        if excluded := comparison.exclusion(row):
            return excluded
        parts, facts, lacks = comparison.judge(row)
        explanation = Explanation(parts, (), facts, (*lacks, *comparison.unshown_must_haves(row)))
        return Match(0, document_id, explanation.score, explanation)

    def fit(self, query: Query) -> Fit:
        """Count how many suppliers fit, without ranking them: cheap enough to ask for many variants."""
        if not len(self):
            return Fit(0, 0, {})
        return Comparison.of(self._store, query).fit()

    def fits(self, queries: Sequence[Query]) -> list[Fit]:
        """Count how many suppliers fit each of many variants of a brief: cheap enough to follow a slider."""
        return what_if.fits(self._store, queries)

    def fit_changes(self, before: Query, after: Query) -> list[what_if.FitChange]:
        """Return the suppliers that fit only one of two variants of a brief, each with the reason."""
        return what_if.fit_changes(self._store, before, after)

    def count_showing(self, query: Query, must_have: str) -> int:
        """Count the suppliers, not left out, whose texts speak of a must-have."""
        if not len(self):
            return 0
        search = Comparison.of(self._store, query)
        shown = search.shown(must_have)
        return int(shown[search.candidates].sum())


def suggest_needs(
    text: str,
    glossary: Glossary,
    lang: str | None = None,
    *,
    settings: Settings | None = None,
    limit: int = 8,
) -> list[NeedSuggestion]:
    """Return the services that a text seems to ask for, from the glossary alone, likeliest first."""
    return _glossary_index(glossary, settings or Settings()).suggest_needs(text, lang, limit=limit)


@lru_cache(maxsize=2)
def _glossary_index(glossary: Glossary, settings: Settings) -> Index:
    return Index.build((), glossary, settings)

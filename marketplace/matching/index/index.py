"""The index: rank all suppliers for a brief, count those that fit, and suggest services."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..analysis.glossary import Glossary
from ..analysis.negation import WantedText
from ..criteria import Exclusion
from ..documents import Document, Query
from ..explanation import Explanation, TermMatch
from ..needs.classifier import suggesting_classifier_of
from ..needs.rejections import MIN_NEED_OF_REST, wanted_texts
from ..needs.suggestions import MIN_NEED_PROBABILITY, NeedSuggestion, suggest
from ..ranking import FitCounts, Match, Ranking, order_key, rotate_ties
from ..settings import MatchingSettings
from . import snapshot, what_if
from .ablation import drop_unverified_terms
from .comparison import Comparison
from .indexing import DocumentEncoder
from .store import Store, fit_encoder


class Index:
    """Immutable index over documents. Created with `Index.build` or `Index.open`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents: unchanged ones of the base segment, then those added or changed since."""
        store = self._store
        return tuple(store.documents[row] for row in np.flatnonzero(store.alive).tolist())

    def __len__(self) -> int:
        """Return the number of documents."""
        return int(np.count_nonzero(self._store.alive))

    @property
    def settings(self) -> MatchingSettings:
        """The settings that the index ranks by."""
        return self._store.settings

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        glossary: Glossary,
        settings: MatchingSettings | None = None,
        *,
        training: Sequence[Document] | None = None,
    ) -> "Index":
        """Build an index. The need model is trained on the ticked services of `training`, by default all documents.

        Raises ValueError if two documents have the same id, or one has a service that is not in the glossary.
        """
        training = documents if training is None else training
        return cls(Store.of(documents, glossary, settings or MatchingSettings(), training))

    def save(self, folder: Path | str, stamp: str = "") -> None:
        """Write the fitted models and the base segment into a folder that `open` maps.

        Later changes (`updated`, `changed`) are not written and have to be applied again after opening.
        """
        snapshot.write(self._store, Path(folder), stamp)

    @classmethod
    def open(
        cls, folder: Path | str, glossary: Glossary, settings: MatchingSettings | None = None, stamp: str = ""
    ) -> "Index":
        """Memory-map a saved index. Raises SnapshotError if it is damaged or was written by another version.

        `stamp` identifies the glossary and formulas of this installation; an index with another stamp is refused.
        """
        return cls(snapshot.read(Path(folder), glossary, settings or MatchingSettings(), stamp))

    def updated(self, documents: Sequence[Document]) -> "Index":
        """Return an index over exactly these documents that uses the fitted models of this one.

        The result depends on the base segment and the documents alone, not on earlier updates.
        """
        return Index(self._store.updated(documents))

    def changed(self, documents: Sequence[Document], removed: Sequence[str] = ()) -> "Index":
        """Return an index with the given documents added or replaced, and those with the given ids removed.

        The cost depends on the number of changes since the index was built, hardly on the size of the directory.
        """
        return Index(self._store.changed(documents, removed))

    def prepare(self) -> None:
        """Warm the cache of explanation terms, if the directory is small enough for it.

        Takes a third of a second for 1,000 suppliers; without it the first rankings that list a supplier are slower.
        """
        self._store.warm_explanation_cache()

    def suggest_needs(
        self,
        text: str,
        lang: str | None = None,
        *,
        title: str = "",
        limit: int = 8,
        min_need_probability: float = MIN_NEED_PROBABILITY,
    ) -> list[NeedSuggestion]:
        """Return the `limit` most probable services of a text, most probable first; none for a text about no service.

        Improbable ones are listed too: compare their probability with a threshold of your own. A text that has a
        need with less than `min_need_probability` is about no service; 0 for texts that are known to be about one, in
        which rejected services are found by cue phrases only.
        """
        return _suggest(
            self._store.encoder,
            text,
            lang,
            title=title,
            limit=limit,
            min_need_probability=min_need_probability,
        )

    def candidates(self, query: Query, limit: int) -> list[str]:
        """Return the ids of all suppliers that may be among the first `limit` once ties are rotated."""
        if not len(self):
            return []
        rows = Comparison.of(self._store, query).top_rows(limit, self.settings.fair_width)
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
        """Rank the documents for a query: the first `limit` matches, and all exclusions.

        Every match has its parts, facts and lacks; the first `explain` (by default all) also have matching terms.
        `last_shown` tells when each document was last shown, to rotate ties (see `rotate_ties`); without it the order
        is that of the scores alone. With `verify_terms`, terms keep their words only if the score is lower without
        them (see `ablation`), which takes a few milliseconds per match. Raises ValueError if `limit` is negative.
        """
        if limit is not None and limit < 0:
            message = f"limit must not be negative, but is {limit}"
            raise ValueError(message)
        if not len(self):
            return Ranking(query.id, self.settings, ())
        comparison = Comparison.of(self._store, query)
        width = 0.0 if last_shown is None else self.settings.fair_width
        rows = comparison.candidates if limit is None else comparison.top_rows(limit, width)
        comparison.compute_word_scores(rows.tolist())
        id_of = self._store.id_of
        scored = sorted(
            ((row, *comparison.score_parts(row)) for row in rows.tolist()),
            key=lambda entry: order_key(query.id, id_of(entry[0]), sum(part.value for part in entry[1])),
        )
        if last_shown is not None:
            scores = {id_of(entry[0]): sum(part.value for part in entry[1]) for entry in scored}
            order = rotate_ties(query.id, [*scores.items()], last_shown, width)
            positions = {document_id: position for position, document_id in enumerate(order)}
            scored.sort(key=lambda entry: positions[id_of(entry[0])])
        scored = scored[:limit]
        explained = len(scored) if explain is None else explain
        matches = []
        for rank, (row, parts, facts, lacks) in enumerate(scored, 1):
            terms: tuple[TermMatch, ...] = ()
            notes = lacks
            if rank <= explained:
                terms = comparison.terms(row, parts)
                notes = (*lacks, *comparison.missing_must_haves(row))
            explanation = Explanation(parts, terms, facts, notes)
            matches.append(Match(rank, id_of(row), explanation.score, explanation))
        if verify_terms:
            matches = drop_unverified_terms(comparison, [row for row, *_ in scored], matches)
        return Ranking(query.id, self.settings, tuple(matches), comparison.exclusions())

    def judge(self, query: Query, document_id: str) -> Match | Exclusion | None:
        """Score one document for a query: a match with rank 0, its exclusion, or None if it is not in the index.

        Costs far less than ranking all documents.
        """
        row = self._store.row_of(document_id)
        if row is None:
            return None
        comparison = Comparison.of(self._store, query)
        if excluded := comparison.exclusion(row):
            return excluded
        parts, facts, lacks = comparison.score_parts(row)
        explanation = Explanation(parts, (), facts, (*lacks, *comparison.missing_must_haves(row)))
        return Match(0, document_id, explanation.score, explanation)

    def fit(self, query: Query) -> FitCounts:
        """Count the suppliers that fit a brief, without ranking them."""
        if not len(self):
            return FitCounts(0, 0, {})
        return Comparison.of(self._store, query).fit()

    def fits(self, queries: Sequence[Query]) -> list[FitCounts]:
        """Count the suppliers that fit each of many variants of a brief; fast enough to follow a slider."""
        return what_if.fits(self._store, queries)

    def fit_changes(self, before: Query, after: Query) -> list[what_if.FitChange]:
        """Return the suppliers that fit only one of two variants of a brief, each with the reason."""
        return what_if.fit_changes(self._store, before, after)

    def count_showing(self, query: Query, must_have: str) -> int:
        """Count the suppliers that are not excluded and mention a must-have in their texts."""
        if not len(self):
            return 0
        comparison = Comparison.of(self._store, query)
        is_mentioned = comparison.mentions(must_have)
        return int(is_mentioned[comparison.candidates].sum())


def suggest_needs(  # noqa: PLR0913 because they are those of the method
    text: str | WantedText,
    glossary: Glossary,
    lang: str | None = None,
    *,
    settings: MatchingSettings | None = None,
    limit: int = 8,
    min_need_probability: float = MIN_NEED_PROBABILITY,
) -> list[NeedSuggestion]:
    """Return the same as `Index.suggest_needs`, by the glossary alone. A divided text is read as it is."""
    encoder = _glossary_encoder(glossary, settings or MatchingSettings())
    return _suggest(encoder, text, lang, limit=limit, min_need_probability=min_need_probability)


@lru_cache(maxsize=2)
def _glossary_encoder(glossary: Glossary, settings: MatchingSettings) -> DocumentEncoder:
    return fit_encoder((), glossary, settings, ())


def _suggest(  # noqa: PLR0913 because they are those of the method
    encoder: DocumentEncoder,
    text: str | WantedText,
    lang: str | None,
    *,
    title: str = "",
    limit: int,
    min_need_probability: float,
) -> list[NeedSuggestion]:
    lang = lang or encoder.analyzer.language_of(f"{title} {text if isinstance(text, str) else text.wanted}")
    classifier = suggesting_classifier_of(encoder.glossary)
    texts = (
        wanted_texts(text, encoder.glossary, lang)
        if min_need_probability and isinstance(text, str)
        else [text]
    )
    found: list[NeedSuggestion] = []
    for wanted in texts:
        asked = encoder.need_text(title, wanted, lang)
        found = suggest(asked, encoder.needs, classifier, limit, min_need_probability)
        if found and found[0].probability >= MIN_NEED_OF_REST:
            break
    return found

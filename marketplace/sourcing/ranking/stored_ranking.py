"""A stored ranking run, parsed and rendered in the viewer's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marketplace.core.cache import BoundedCache
from marketplace.core.i18n import current_locale
from marketplace.matching import Document, Match, Query
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.ranking import match_explanation
from marketplace.sourcing.ranking.documents import Listing
from marketplace.sourcing.ranking.match_explanation import TextSpan
from marketplace.sourcing.ranking.run_storage import deserialize

MAX_CACHED_RUNS = 16
"""Few people read a ranking at the same time, page by page, so few parsed runs are worth caching."""


@dataclass(frozen=True, eq=False)
class RankedEntry:
    """A supplier in a ranking, with the reasons for its rank in the viewer's language.

    Compared by identity, so that the part of the page that depends on it alone can be cached.
    """

    supplier_id: int
    listing: Listing
    match: Match
    summary: str
    approved_services: Sequence[str]
    query_excerpt: Sequence[TextSpan]
    document_excerpt: Sequence[TextSpan]
    gaps: Sequence[str]
    misfit: str


@dataclass(frozen=True)
class ExclusionGroup:
    """The suppliers that were excluded for the same reason."""

    reason: str
    listings: Sequence[Listing]


class StoredRanking:
    """Inputs and result of a ranking run. Immutable, except for the cache of rendered entries."""

    def __init__(self, result: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        self.matches: Sequence[Mapping[str, Any]] = result["ranking"]["matches"]
        self.excluded: Sequence[Mapping[str, Any]] = result["ranking"]["excluded"]
        self.fits = int(result["fits"])
        self._listings: Mapping[str, Mapping[str, Any]] = result["listings"]
        self._query = Query.from_dict(inputs["query"])
        self._documents: Mapping[str, Mapping[str, Any]] = {item["id"]: item for item in inputs["documents"]}
        self._rendered: dict[tuple[str, str], RankedEntry] = {}
        self._exclusion_groups: dict[str, list[ExclusionGroup]] = {}

    @cached_property
    def ranked_or_excluded_ids(self) -> frozenset[str]:
        """The ids of all suppliers that the run lists or excludes."""
        return frozenset(row["document_id"] for rows in (self.matches, self.excluded) for row in rows)

    @cached_property
    def fitting(self) -> Sequence[Mapping[str, Any]]:
        """Those of `matches` that fit the brief."""
        return [stored for stored in self.matches if Match.from_dict(stored).fits]

    def ranks(self) -> dict[int, int]:
        """Return the rank of each supplier by supplier id."""
        return {int(match["document_id"]): int(match["place"]) for match in self.matches}

    @property
    def query(self) -> Query:
        """Return the query made from the brief."""
        return self._query

    def document(self, document_id: str) -> Document:
        """Return a listed supplier's document as it was when it was ranked."""
        return Document.from_dict(self._documents[document_id])

    def render(self, stored: Mapping[str, Any]) -> RankedEntry:
        """Return one of `matches` with its explanation in the viewer's language."""
        key = (str(stored["document_id"]), current_locale())
        if key not in self._rendered:
            self._rendered[key] = self._render(stored)
        return self._rendered[key]

    def _render(self, stored: Mapping[str, Any]) -> RankedEntry:
        match = Match.from_dict(stored)
        document = Document.from_dict(self._documents[match.document_id])
        query_excerpt, document_excerpt = match_explanation.excerpts(
            match.explanation.terms,
            f"{self._query.title}.\n{self._query.text}",
            " ".join([document.text, *(case.text for case in document.cases)]),
        )
        return RankedEntry(
            int(match.document_id),
            Listing.from_dict(self._listings[match.document_id]),
            match,
            match_explanation.summary_sentence(match.explanation),
            match_explanation.approved_services(match.explanation),
            query_excerpt,
            document_excerpt,
            match_explanation.gap_sentences(match.explanation),
            match_explanation.misfit_label(match),
        )

    def exclusion_groups(self) -> list[ExclusionGroup]:
        """Group the excluded suppliers by reason. Suppliers of other services are left out of the groups."""
        locale = current_locale()
        if locale not in self._exclusion_groups:
            self._exclusion_groups[locale] = self._group_exclusions()
        return self._exclusion_groups[locale]

    def _group_exclusions(self) -> list[ExclusionGroup]:
        groups: dict[str, list[Listing]] = {}
        for exclusion in self.excluded:
            if exclusion["reason"] != "services":
                sentence = match_explanation.exclusion_sentence(exclusion["reason"], exclusion["params"])
                listing = Listing.from_dict(self._listings[exclusion["document_id"]])
                groups.setdefault(sentence, []).append(listing)
        return [ExclusionGroup(reason, listings) for reason, listings in groups.items()]


_cache: BoundedCache[tuple[str, str], StoredRanking] = BoundedCache(MAX_CACHED_RUNS)


def open_run(run: RankingRun) -> StoredRanking:
    """Return the parsed run, cached by its checksums, so that the result of a large directory is not read again.

    Raises DamagedRunError if it does not match its checksums.
    """
    return _cache.get_or_create(
        (run.result_digest, run.inputs_digest),
        lambda: StoredRanking(
            deserialize(run.result, run.result_digest), deserialize(run.inputs, run.inputs_digest)
        ),
    )

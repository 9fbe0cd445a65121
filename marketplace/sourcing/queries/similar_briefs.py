"""Open and earlier briefs similar to a brief, compared with the same scoring that ranks suppliers."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Text, bindparam, cast, func, select

from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.briefs.queries import BriefView, is_open
from marketplace.briefs.queries.briefs import NOW, viewer_kind, visible_to_parameter
from marketplace.core import clock, taxonomy
from marketplace.core.cache import BoundedCache
from marketplace.core.database import UtcDateTime, prepared, session
from marketplace.core.viewer import Viewer
from marketplace.matching import Document, Match, Query
from marketplace.organisations.models import Organisation
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.documents import query_of
from marketplace.suppliers.glossary import glossary

if TYPE_CHECKING:
    from marketplace.matching import Index

DUPLICATE_THRESHOLD = 0.8
"""Similarity from which a draft is reported as a duplicate of an open brief."""
MAX_COMPARED, MAX_WARNINGS = 10, 2
SIMILARITY_THRESHOLD = 0.25
"""Similarity from which an earlier brief is listed beside another."""
MAX_CANDIDATES, MAX_EARLIER, MAX_WORDS = 12, 5, 6
MAX_CACHED = 4096
_Version = tuple[int, dt.datetime, int]
"""A published version of a brief: id, publication time and length of its answers.

A version's answers change only when its texts are erased, which changes the length. So the tuple is a cache key.
"""
_NEWEST_VERSION = (
    func.max(BriefVersion.id),
    func.max(BriefVersion.published_at),
    func.max(func.length(cast(BriefVersion.answers, Text))),
)
_queries: BoundedCache[_Version, Query] = BoundedCache(MAX_CACHED)
_comparisons: BoundedCache[tuple[str, str, Query, Query], Any] = BoundedCache(MAX_CACHED)
"""Results of comparisons, each of which takes milliseconds. Published briefs seldom change."""


@dataclass(frozen=True)
class SimilarBrief:
    """Another brief and its similarity, 0 to 1."""

    reference: str
    title: str
    similarity: float


_OPEN_BRIEFS = prepared(
    select(Brief.reference, Brief.title, *_NEWEST_VERSION)
    .join(BriefVersion)
    .where(Brief.company_id == bindparam("company_id"), Brief.id != bindparam("this"), is_open(NOW))
    .group_by(Brief.id)
    .order_by(Brief.published_at.desc(), Brief.id.desc())
    .limit(MAX_COMPARED)
)


def similar_open_briefs(draft: BriefView) -> list[SimilarBrief]:
    """Return the company's own open briefs that nearly duplicate a draft, most similar first."""
    params = {"company_id": draft.brief.company_id, "this": draft.brief.id}
    others = session.execute(_OPEN_BRIEFS, params).all()
    if not others:
        return []
    comparison = _BriefComparison(draft)
    queries = _load_queries(
        [(version_id, at, length) for _reference, _title, version_id, at, length in others]
    )
    similar = [
        SimilarBrief(reference, title, comparison.similarity(queries[version_id]))
        for reference, title, version_id, _at, _length in others
    ]
    similar = [brief for brief in similar if brief.similarity >= DUPLICATE_THRESHOLD]
    return sorted(similar, key=lambda brief: -brief.similarity)[:MAX_WARNINGS]


@dataclass(frozen=True)
class EarlierBrief:
    """A brief that resembles a later one: its similarity, 0 to 1, and the services and words that both contain.

    `brief` is a row with the columns that are shown and the name of the company. The words are spelled as in the later
    brief, most significant first.
    """

    brief: Any
    similarity: float
    services: Sequence[str]
    words: Sequence[str]


_EARLIER_BRIEFS = prepared(
    select(
        Brief.id,
        Brief.reference,
        Brief.title,
        Brief.state,
        Brief.published_at,
        Brief.deadline,
        Brief.opened_early_at,
        Brief.closed_at,
        Organisation.name.label("company"),
    )
    .join(Organisation, Organisation.id == Brief.company_id)
    .where(Brief.id.in_(bindparam("ids", expanding=True)))
    .order_by(Brief.published_at.desc(), Brief.id.desc())
)


@cache
def _sharing_services(kind: Viewer) -> Select[int, int, dt.datetime, int]:
    """Return the query for the newest versions of earlier briefs that share services with the brief `this`."""
    sharing = (
        select(Brief.id)
        .join(BriefService)
        .where(visible_to_parameter(kind), Brief.id != bindparam("this"))
        .where(Brief.published_at < bindparam("before", type_=UtcDateTime()))
        .where(BriefService.code.in_(bindparam("needs", expanding=True)))
        .group_by(Brief.id)
        .order_by(func.count().desc(), Brief.published_at.desc(), Brief.id.desc())
        .limit(MAX_CANDIDATES)
    )
    newest = select(BriefVersion.brief_id, *_NEWEST_VERSION).group_by(BriefVersion.brief_id)
    return newest.where(BriefVersion.brief_id.in_(sharing))


def similar_earlier_briefs(viewer: Viewer, brief_view: BriefView) -> list[EarlierBrief]:
    """Return the most similar briefs among those that the viewer may see and that were published earlier.

    Only briefs that share a service are compared: those that share the most services first, then the newest.
    """
    needs = [str(code) for code in brief_view.answers.get("services") or ()]
    before = brief_view.brief.published_at or clock.now()
    params = {
        "organisation_id": viewer.organisation_id,
        "this": brief_view.brief.id,
        "before": before,
        "needs": needs,
    }
    others = session.execute(_sharing_services(viewer_kind(viewer)), params).all() if needs else []
    if not others:
        return []
    return _most_similar(
        brief_view, {brief_id: (version_id, at, length) for brief_id, version_id, at, length in others}
    )


def _most_similar(brief_view: BriefView, versions: Mapping[int, _Version]) -> list[EarlierBrief]:
    comparison, queries = _BriefComparison(brief_view), _load_queries(list(versions.values()))
    others = {brief_id: queries[version_id] for brief_id, (version_id, _at, _length) in versions.items()}
    similarities = {brief_id: comparison.similarity(other) for brief_id, other in others.items()}
    chosen = [brief_id for brief_id, value in similarities.items() if value >= SIMILARITY_THRESHOLD]
    if not chosen:
        return []
    briefs: list[Any] = list(session.execute(_EARLIER_BRIEFS, {"ids": chosen}))
    briefs.sort(key=lambda brief: -similarities[brief.id])
    return [
        EarlierBrief(
            brief,
            similarities[brief.id],
            comparison.services(others[brief.id]),
            comparison.words(others[brief.id]),
        )
        for brief in briefs[:MAX_EARLIER]
    ]


def _load_queries(versions: Sequence[_Version]) -> dict[int, Query]:
    """Return the queries of published versions by version id, from the cache where possible."""
    cached = {version[0]: _queries.get(version, None) for version in versions}
    loaded = {version_id: query for version_id, query in cached.items() if query is not None}
    missing = {version[0]: version for version in versions if version[0] not in loaded}
    if missing:
        statement = select(BriefVersion.id, BriefVersion.answers).where(BriefVersion.id.in_(missing))
        for version_id, answers in session.execute(statement):
            loaded[version_id] = _text_and_needs(query_of(str(version_id), answers, ""))
            _queries.put(missing[version_id], loaded[version_id])
    return loaded


class _BriefComparison:
    """Comparison of one brief with others, each scored as if it were a supplier's profile."""

    def __init__(self, brief_view: BriefView) -> None:
        self.fitted = corpus().fitted
        self.query = _text_and_needs(
            query_of(brief_view.brief.reference, brief_view.answers, brief_view.brief.company.sector_code)
        )

    @cached_property
    def profile(self) -> "Index":
        """Return an index with the brief as its only profile."""
        return _as_profile(self.fitted.index, self.query)

    def similarity(self, other: Query) -> float:
        """Return the similarity of two briefs, 0 to 1.

        It is the lowest of four shares: the words and the services of each brief, scored against the other brief as a
        share of the score against itself.
        """
        return float(self._cached("similarity", _text_and_needs(other), self._similarity))

    def _similarity(self, other: Query) -> float:
        profile, query = _as_profile(self.fitted.index, other), self.query
        return min(
            _lowest_share(_points(self.profile, query, query.id), _points(profile, query, other.id)),
            _lowest_share(_points(profile, other, other.id), _points(self.profile, other, query.id)),
        )

    def services(self, other: Query) -> list[str]:
        """Return the labels of the services that both briefs ask for."""
        known = taxonomy.services()
        return [known[code].label for code in self.query.needs if code in other.needs and code in known]

    def words(self, other: Query) -> Sequence[str]:
        """Return the words that both briefs contain, as this brief spells them, most significant first."""
        words: Sequence[str] = self._cached("words", _text_and_needs(other), self._words)
        return words

    def _words(self, other: Query) -> Sequence[str]:
        ranking = _as_profile(self.fitted.index, other).rank(self.query)
        terms = [term for match in ranking.matches for term in match.explanation.terms]
        # A fuzzy match, or a word in a service's name, gives points without being in both texts.
        shared = _terms(self.query) & _terms(other)
        words = [
            term.query_words[0].casefold()
            for term in terms
            if term.part == "words" and term.query_words and term.term in shared
        ]
        return tuple(dict.fromkeys(words))[:MAX_WORDS]

    def _cached(self, kind: str, other: Query, compute: Callable[[Query], Any]) -> Any:
        key = (kind, self.fitted.digest, self.query, other)
        return _comparisons.get_or_create(key, lambda: compute(other))


def _as_profile(fitted: "Index", query: Query) -> "Index":
    document = Document(query.id, query.title, query.text, query.lang, services=query.needs)
    # `looked_at` turns off the penalty for repeating a brief, since repetition is what is searched for here.
    return fitted.updated([replace(document, looked_at=True)])


def _text_and_needs(query: Query) -> Query:
    """Return a query without budget, place and dates, which do not count in comparisons."""
    return Query(query.id, query.title, query.text, query.lang, needs=query.needs)


def _terms(query: Query) -> set[str]:
    return set(glossary().analyzer.terms(f"{query.title}\n{query.text}", query.lang))


def _lowest_share(own: dict[str, float], other: dict[str, float]) -> float:
    return min((other.get(code, 0.0) / points for code, points in own.items() if points), default=0.0)


def _points(profile: "Index", query: Query, document_id: str) -> dict[str, float]:
    """Return the points for words and services that a profile gets for a query."""
    result = profile.judge(query, document_id)
    if not isinstance(result, Match):
        return {}
    return {part.code: part.value for part in result.explanation.parts if part.code in {"words", "services"}}

"""Briefs that ask for nearly the same, and earlier ones that are like one, found by what ranks suppliers."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Text, bindparam, cast, func, select
from sqlalchemy.orm import selectinload

from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.briefs.queries import BriefPaper, is_open
from marketplace.briefs.queries.briefs import kind_of, visible_to_asker
from marketplace.core import clock, taxonomy
from marketplace.core.database import UtcDateTime, session
from marketplace.core.viewer import Viewer
from marketplace.matching import Document, Match, Query
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.documents import query_of
from marketplace.suppliers.glossary import glossary

if TYPE_CHECKING:
    from marketplace.matching import Index

ALIKE = 0.8
"""From which share of what each of two briefs would score against itself, in words and in services, they are alike."""
MOST_COMPARED, MOST_TOLD = 10, 2
SOMEWHAT_ALIKE = 0.25
"""From which share on an earlier brief is worth reading beside another."""
MOST_HELD, MOST_EARLIER, MOST_WORDS = 12, 5, 6
MOST_REMEMBERED = 4096
_Version = tuple[int, dt.datetime, int]
"""A published version of a brief: its number in the table, when it was published, and how long its answers are."""
_NEWEST = (
    func.max(BriefVersion.id),
    func.max(BriefVersion.published_at),
    func.max(func.length(cast(BriefVersion.answers, Text))),
)
_read: dict[_Version, Query] = {}
"""What published versions ask for. They never change, but for the day when their texts are erased."""
_remembered: dict[tuple[str, str, Query, Query], Any] = {}
"""What comparisons gave. Briefs that are out seldom change, and to hold two against each other takes milliseconds."""


@dataclass(frozen=True)
class Similar:
    """Another brief, and how alike they are, 0 to 1."""

    reference: str
    title: str
    alike: float


def still_open_alike(found: BriefPaper) -> list[Similar]:
    """Return the company's own open briefs that ask for nearly the same as a draft, the most alike first."""
    query = (
        select(Brief.reference, Brief.title, *_NEWEST)
        .join(BriefVersion)
        .where(Brief.company_id == found.brief.company_id, Brief.id != found.brief.id, is_open(clock.now()))
        .group_by(Brief.id)
        .order_by(Brief.published_at.desc(), Brief.id.desc())
        .limit(MOST_COMPARED)
    )
    others = session.execute(query).all()
    if not others:
        return []
    comparison = _Comparison(found)
    texts = _texts([(version, day, length) for _reference, _title, version, day, length in others])
    alike = [
        Similar(reference, title, comparison.alike(texts[version]))
        for reference, title, version, _day, _length in others
    ]
    return sorted((one for one in alike if one.alike >= ALIKE), key=lambda one: -one.alike)[:MOST_TOLD]


@dataclass(frozen=True)
class Earlier:
    """A brief that was sent before another and is like it: how much, 0 to 1, and which services and words they share.

    The words stand as the later brief writes them, those that tell most first.
    """

    brief: Brief
    alike: float
    services: Sequence[str]
    words: Sequence[str]


@cache
def _sharing(kind: Viewer) -> Select[int, int, dt.datetime, int]:
    """Return the query for the newest versions of earlier briefs that share services with `this`."""
    sharing = (
        select(Brief.id)
        .join(BriefService)
        .where(visible_to_asker(kind), Brief.id != bindparam("this"))
        .where(Brief.published_at < bindparam("before", type_=UtcDateTime()))
        .where(BriefService.code.in_(bindparam("needs", expanding=True)))
        .group_by(Brief.id)
        .order_by(func.count().desc(), Brief.published_at.desc(), Brief.id.desc())
        .limit(MOST_HELD)
    )
    newest = select(BriefVersion.brief_id, *_NEWEST).group_by(BriefVersion.brief_id)
    return newest.where(BriefVersion.brief_id.in_(sharing))


def earlier_alike(viewer: Viewer, found: BriefPaper) -> list[Earlier]:
    """Return the briefs most like one among those that a viewer may see and that were sent before it.

    Only those that ask for a service it asks for are held against it, those that share most and are newest first.
    """
    needs = [str(code) for code in found.answers.get("services") or ()]
    before = found.brief.published_at or clock.now()
    asked = {"asker": viewer.organisation_id, "this": found.brief.id, "before": before, "needs": needs}
    others = session.execute(_sharing(kind_of(viewer)), asked).all() if needs else []
    return (
        _most_alike(found, {number: (version, day, length) for number, version, day, length in others})
        if others
        else []
    )


def _most_alike(found: BriefPaper, versions: Mapping[int, _Version]) -> list[Earlier]:
    comparison, texts = _Comparison(found), _texts(list(versions.values()))
    held = {number: texts[version] for number, (version, _day, _length) in versions.items()}
    shares = {number: comparison.alike(text) for number, text in held.items()}
    chosen = {number: share for number, share in shares.items() if share >= SOMEWHAT_ALIKE}
    options = (selectinload(Brief.company), selectinload(Brief.versions))
    query = select(Brief).where(Brief.id.in_(chosen)).options(*options)
    briefs = (
        list(session.scalars(query.order_by(Brief.published_at.desc(), Brief.id.desc()))) if chosen else []
    )
    briefs.sort(key=lambda brief: -shares[brief.id])
    return [
        Earlier(
            brief, shares[brief.id], comparison.services(held[brief.id]), comparison.words(held[brief.id])
        )
        for brief in briefs[:MOST_EARLIER]
    ]


def _texts(versions: Sequence[_Version]) -> dict[int, Query]:
    """Return what published briefs ask for, by the number of their version; each is read and told apart once."""
    known = {version[0]: _read.get(version) for version in versions}
    found = {number: query for number, query in known.items() if query is not None}
    missing = {version[0]: version for version in versions if version[0] not in found}
    if missing:
        query = select(BriefVersion.id, BriefVersion.answers).where(BriefVersion.id.in_(missing))
        for number, answers in session.execute(query):
            if len(_read) >= MOST_REMEMBERED:
                _read.clear()
            found[number] = _read[missing[number]] = _bare(query_of(str(number), answers, ""))
    return found


class _Comparison:
    """One brief, held against others as if each were the profile of a supplier."""

    def __init__(self, found: BriefPaper) -> None:
        self.base = corpus().base
        self.asked = _bare(query_of(found.brief.reference, found.answers, found.brief.company.sector_code))

    @cached_property
    def profile(self) -> "Index":
        """Return the brief as a profile."""
        return _as_profile(self.base.index, self.asked)

    def alike(self, held: Query) -> float:
        """Return how much of what each gives itself the other gives it, in words or in services, whichever is least."""
        return float(self._remembered("alike", _bare(held), self._alike))

    def _alike(self, held: Query) -> float:
        profile, asked = _as_profile(self.base.index, held), self.asked
        return min(
            _share(_points(self.profile, asked, asked.id), _points(profile, asked, held.id)),
            _share(_points(profile, held, held.id), _points(self.profile, held, asked.id)),
        )

    def services(self, held: Query) -> list[str]:
        """Return the services that both ask for, in the reader's language."""
        known = taxonomy.services()
        return [known[code].label for code in self.asked.needs if code in held.needs and code in known]

    def words(self, held: Query) -> Sequence[str]:
        """Return the words that both have, as the asked brief writes them, those that tell most first."""
        found: Sequence[str] = self._remembered("words", _bare(held), self._words)
        return found

    def _words(self, held: Query) -> Sequence[str]:
        ranking = _as_profile(self.base.index, held).rank(self.asked)
        terms = [term for match in ranking.matches for term in match.explanation.terms]
        # A word alike in letters, or in a service's name, gives points, but does not stand in both texts.
        both = _terms(self.asked) & _terms(held)
        words = [
            term.query_words[0].casefold() for term in terms if term.part == "words" and term.term in both
        ]
        return tuple(dict.fromkeys(words))[:MOST_WORDS]

    def _remembered(self, what: str, held: Query, make: Callable[[Query], Any]) -> Any:
        key = (what, self.base.digest, self.asked, held)
        found = _remembered.get(key)
        if found is None:
            found = make(held)
            if len(_remembered) >= MOST_REMEMBERED:
                _remembered.clear()
            _remembered[key] = found
        return found


def _as_profile(learnt: "Index", held: Query) -> "Index":
    document = Document(held.id, held.title, held.text, held.lang, services=held.needs)
    # Looked at, because a brief that repeats another is what is sought here.
    return learnt.updated([replace(document, looked_at=True)])


def _bare(query: Query) -> Query:
    return Query(query.id, query.title, query.text, query.lang, needs=query.needs)


def _terms(query: Query) -> set[str]:
    return set(glossary().analyzer.terms(f"{query.title}\n{query.text}", query.lang))


def _share(whole: dict[str, float], given: dict[str, float]) -> float:
    return min((given.get(code, 0.0) / points for code, points in whole.items() if points), default=0.0)


def _points(profile: "Index", query: Query, document_id: str) -> dict[str, float]:
    """Return what a brief's words and services give another as a profile."""
    judged = profile.judge(query, document_id)
    if not isinstance(judged, Match):
        return {}
    return {part.code: part.value for part in judged.explanation.parts if part.code in {"words", "services"}}

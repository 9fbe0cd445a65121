"""Briefs that ask for nearly the same, found by the same index that ranks suppliers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.briefs.models import Brief
from marketplace.briefs.queries import BriefPaper, current_answers, is_open
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.matching import Document, Match, Query
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.documents import query_of

if TYPE_CHECKING:
    from marketplace.matching import Index

ALIKE = 0.8
"""From which share of what each of two briefs would score against itself, in words and in services, they are alike."""
MOST_COMPARED, MOST_TOLD = 10, 2


@dataclass(frozen=True)
class Similar:
    """Another brief, and how alike they are, 0 to 1."""

    reference: str
    title: str
    alike: float


def still_open_alike(found: BriefPaper) -> list[Similar]:
    """Return the company's own open briefs that ask for nearly the same as a draft, the most alike first."""
    query = (
        select(Brief)
        .where(Brief.company_id == found.brief.company_id, Brief.id != found.brief.id, is_open(clock.now()))
        .order_by(Brief.published_at.desc(), Brief.id.desc())
        .limit(MOST_COMPARED)
        .options(selectinload(Brief.versions))
    )
    others = session.scalars(query).all()
    alike = _alike(found, others) if others else []
    return sorted((one for one in alike if one.alike >= ALIKE), key=lambda one: -one.alike)[:MOST_TOLD]


def _alike(found: BriefPaper, others: Sequence[Brief]) -> list[Similar]:
    learnt, sector = corpus().base.index, found.brief.company.sector_code
    asked = query_of(found.brief.reference, found.answers, sector)
    texts = [(other, query_of(other.reference, current_answers(other), sector)) for other in others]
    return [
        Similar(other.reference, other.title, min(_share(learnt, asked, held), _share(learnt, held, asked)))
        for other, held in texts
    ]


def _share(learnt: "Index", asked: Query, held: Query) -> float:
    """Return how much of what a brief gives itself another gives it, in words or in services, whichever is less."""
    whole, given = _points(learnt, asked, asked), _points(learnt, asked, held)
    return min((given.get(code, 0.0) / points for code, points in whole.items() if points), default=0.0)


def _points(learnt: "Index", asked: Query, held: Query) -> dict[str, float]:
    """Return what one brief's words and services give another, as if it were a supplier's profile."""
    bare = Query(asked.id, asked.title, asked.text, asked.lang, needs=asked.needs)
    document = Document(held.id, held.title, held.text, held.lang, services=held.needs)
    # Looked at, because a brief that repeats another is what is sought here.
    judged = learnt.updated([replace(document, looked_at=True)]).judge(bare, held.id)
    if not isinstance(judged, Match):
        return {}
    return {part.code: part.value for part in judged.explanation.parts if part.code in {"words", "services"}}

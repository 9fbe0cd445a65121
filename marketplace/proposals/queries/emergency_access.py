"""What an administrator reads of a brief while the glass is broken."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.briefs.models import Brief
from marketplace.briefs.queries import BriefPaper, current_version, paper
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.proposals.content import Ask, Content
from marketplace.proposals.lifecycle import STATE_LABELS, State
from marketplace.proposals.models import BrokenGlass, Proposal


@dataclass(frozen=True)
class SealedOffer:
    """An offer as its supplier has it now."""

    name: str
    state_label: str
    content: Content


@dataclass(frozen=True)
class Unsealed:
    """A brief with all that is sealed about it, and until when it may be read."""

    paper: BriefPaper
    ask: Ask
    offers: Sequence[SealedOffer]
    until: dt.datetime
    reason: str


def own_glasses(viewer: Viewer) -> Sequence[BrokenGlass]:
    """Return what the administrator may read right now, the newest first."""
    query = (
        select(BrokenGlass)
        .where(BrokenGlass.by_id == viewer.user_id, BrokenGlass.until > clock.now())
        .options(joinedload(BrokenGlass.brief))
        .order_by(BrokenGlass.id.desc())
    )
    return session.scalars(query).all() if viewer.is_admin else []


def unsealed(viewer: Viewer, reference: str) -> Unsealed:
    """Return what is sealed about a brief, to the administrator who broke the glass and while it lasts. Raises NotFound."""
    glass = next((one for one in own_glasses(viewer) if one.brief.reference == reference), None)
    if glass is None:
        raise NotFound
    brief = glass.brief
    version = current_version(brief)
    ask = Ask.from_answers(version.title, version.answers) if version else Ask()
    return Unsealed(paper(viewer, brief), ask, _offers(brief, ask), glass.until, glass.reason)


def _offers(brief: Brief, ask: Ask) -> list[SealedOffer]:
    query = (
        select(Proposal)
        .where(Proposal.brief_id == brief.id)
        .options(joinedload(Proposal.supplier))
        .order_by(Proposal.created_at, Proposal.id)
    )
    return [
        SealedOffer(
            row.supplier.name,
            str(STATE_LABELS[State(row.state)]),
            Content.from_dict(row.submitted_content or row.content).fitted_to(ask),
        )
        for row in session.scalars(query)
    ]

"""Case stories that companies let others read as examples. The supplier is named only if it agrees."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, select
from sqlalchemy.orm import aliased

from marketplace.briefs.models import Brief, BriefService
from marketplace.core.database import prepared, session
from marketplace.core.taxonomy import sectors
from marketplace.organisations.models import Company
from marketplace.proposals.lifecycle import GOAL_LABELS
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.proposals.models.outcomes import Outcome, OutcomeAnswer
from marketplace.proposals.queries.outcomes import is_latest_answer
from marketplace.suppliers.models import Supplier

MAX_STORIES = 2
NAMED = "named"


@dataclass(frozen=True, slots=True)
class CaseStory:
    """A company's story about a job. `company` and `supplier` are empty if they are not named."""

    title: str
    trade: str
    text: str
    goal: str
    measured: str
    company: str
    supplier: str
    supplier_slug: str


_SUPPLIER = aliased(Supplier, flat=True)


def _query(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return prepared(
        select(
            Brief.id,
            Brief.title,
            Company.sector_code,
            Company.name.label("company"),
            OutcomeAnswer.story,
            OutcomeAnswer.story_shown,
            OutcomeAnswer.goal_met,
            OutcomeAnswer.measured,
            OutcomeAnswer.supplier_named_at,
            _SUPPLIER.name.label("supplier"),
            _SUPPLIER.slug.label("supplier_slug"),
            _SUPPLIER.is_active.label("is_supplier_active"),
        )
        .select_from(OutcomeAnswer)
        .join(OutcomeAnswer.outcome)
        .join(Brief, Brief.id == Outcome.brief_id)
        .join(Company, Company.id == Brief.company_id)
        .join(Award, Award.brief_id == Brief.id)
        .join(Proposal, Proposal.id == Award.proposal_id)
        .join(_SUPPLIER, _SUPPLIER.id == Proposal.supplier_id)
        .where(OutcomeAnswer.story_shown != "", OutcomeAnswer.story != "", is_latest_answer())
        .where(Brief.state == "delivered", Company.is_active, *conditions)
        .order_by(OutcomeAnswer.answered_at.desc(), OutcomeAnswer.id.desc())
        .limit(MAX_STORIES * 3)  # a job has three rounds, each with its own story
    )


_CODES: Any = bindparam("codes", expanding=True)
_OF_TRADE = _query(Company.sector_code.in_(_CODES), Company.id != bindparam("company_id"))
_OF_SUPPLIER = _query(
    Proposal.supplier_id == bindparam("supplier_id"), OutcomeAnswer.supplier_named_at.is_not(None)
)
_OF_SERVICES = _query(Brief.id.in_(select(BriefService.brief_id).where(BriefService.code.in_(_CODES))))


def stories_of_trade(sector_codes: Collection[str], company_id: int) -> list[CaseStory]:
    """Return the newest stories of other companies in these sectors."""
    return _load(_OF_TRADE, codes=list(sector_codes), company_id=company_id)


def stories_of_supplier(supplier_id: int) -> list[CaseStory]:
    """Return the newest stories in which a supplier agreed to be named."""
    return _load(_OF_SUPPLIER, supplier_id=supplier_id)


def stories_of_services(codes: Collection[str]) -> list[CaseStory]:
    """Return the newest stories about jobs with one of these services."""
    return _load(_OF_SERVICES, codes=list(codes))


def _load(query: Select[*tuple[Any, ...]], **values: object) -> list[CaseStory]:
    newest: dict[int, CaseStory] = {}
    for row in session.execute(query, values):
        newest.setdefault(row.id, _story(row))
    return list(newest.values())[:MAX_STORIES]


def _story(row: Row[Any]) -> CaseStory:
    is_supplier_named = row.supplier_named_at is not None and row.is_supplier_active
    sector = sectors().get(row.sector_code)
    return CaseStory(
        row.title,
        sector.label if sector else "",
        row.story,
        str(GOAL_LABELS[row.goal_met]),
        row.measured,
        row.company if row.story_shown == NAMED else "",
        row.supplier if is_supplier_named else "",
        row.supplier_slug if is_supplier_named else "",
    )

"""Funding and booked entries of a project, and plan against actual by source and by cost category."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core.currencies import Total, add_up
from marketplace.core.database import session
from marketplace.core.errors import Forbidden
from marketplace.finance.labels import COST_CATEGORIES
from marketplace.finance.models import FundingSource, MoneyEntry
from marketplace.finance.queries.corrections import is_valid, row_to_correct
from marketplace.programme.queries.projects import ProjectAccess


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A funding source as it is now, and what has been received from it."""

    source: FundingSource
    received: Total


@dataclass(frozen=True, slots=True)
class MoneyPage:
    """Sources, costs in the order of the categories, and entries, newest first. Sums are by currency and in kroner."""

    sources: Sequence[SourceRow]
    entries: Sequence[MoneyEntry]
    costs: Sequence[tuple[str, Total]]
    agreed: Total
    received: Total
    spent: Total


def money_page(access: ProjectAccess) -> MoneyPage:
    """Return the accounts of a project for members of the owner garden. Raises Forbidden for partner gardens."""
    if not access.is_owner_garden:
        raise Forbidden
    entries = session.scalars(
        select(MoneyEntry)
        .options(joinedload(MoneyEntry.source), joinedload(MoneyEntry.place))
        .where(MoneyEntry.project_id == access.project.id, MoneyEntry.amount_minor > 0, is_valid(MoneyEntry))
        .order_by(MoneyEntry.booked_on.desc(), MoneyEntry.id.desc())
    ).all()
    sources = current_sources(access.project.id)
    incomes = [entry for entry in entries if entry.source_id is not None]
    costs = [entry for entry in entries if entry.source_id is None]
    categories = {entry.category for entry in costs}
    return MoneyPage(
        sources=[
            SourceRow(source, _sum([entry for entry in incomes if entry.source_id == root_id]))
            for root_id, source in sources.items()
            if source.agreed_minor or any(entry.source_id == root_id for entry in incomes)
        ],
        entries=entries,
        costs=[
            (category, _sum([entry for entry in costs if entry.category == category]))
            for category in COST_CATEGORIES
            if category in categories
        ],
        agreed=add_up((one.agreed_minor, one.currency, one.rate_e4) for one in sources.values()),
        received=_sum(incomes),
        spent=_sum(costs),
    )


def restrict(page: MoneyPage, source_ids: Container[int], entry_ids: Container[int]) -> MoneyPage:
    """Return a page with only some sources and entries, and without costs by category. Its sums are still those of all."""
    return replace(
        page,
        sources=[row for row in page.sources if row.source.id in source_ids],
        entries=[entry for entry in page.entries if entry.id in entry_ids],
        costs=(),
    )


def current_sources(project_id: int) -> dict[int, FundingSource]:
    """Return the newest row of each funding source by the id of its first row, in the order in which they were added."""
    query = select(FundingSource).where(FundingSource.project_id == project_id).order_by(FundingSource.id)
    roots: dict[int, int] = {}
    newest: dict[int, FundingSource] = {}
    for row in session.scalars(query):
        roots[row.id] = roots[row.replaces_id] if row.replaces_id else row.id
        newest[roots[row.id]] = row
    return newest


def source_names(project_id: int) -> dict[int, str]:
    """Return the names of the funding sources by the id of their first row."""
    return {root_id: row.name for root_id, row in current_sources(project_id).items()}


def _sum(entries: Sequence[MoneyEntry]) -> Total:
    return add_up((entry.amount_minor, entry.currency, entry.rate_e4) for entry in entries)


def source_to_correct(access: ProjectAccess, source_id: int) -> FundingSource:
    """Return a valid funding source of the project. Raises NotFound, or Conflict if it has been corrected already."""
    return row_to_correct(FundingSource, access.project.id, source_id)


def entry_to_correct(access: ProjectAccess, entry_id: int) -> MoneyEntry:
    """Return a valid entry of the project. Raises NotFound, or Conflict if it has been corrected already."""
    return row_to_correct(MoneyEntry, access.project.id, entry_id)

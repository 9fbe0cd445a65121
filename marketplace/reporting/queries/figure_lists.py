"""The rows behind a report's figures, where the lists of other pages show all of them to the viewer."""

from collections.abc import Collection, Container

from sqlalchemy import select

from marketplace.core.database import session
from marketplace.core.list_query import EVERYTHING
from marketplace.core.viewer import Viewer
from marketplace.finance.queries.hours import hours_page
from marketplace.organisations.models import Company
from marketplace.organisations.queries import companies_query
from marketplace.programme.models.participation import Participation
from marketplace.programme.queries.projects import ProjectAccess
from marketplace.reporting.figure_rows import CountedList, FigureRows, figure_rows
from marketplace.reporting.queries.report import LiveReport
from marketplace.suppliers.models import Supplier

_ACCOUNTS = frozenset({CountedList.FUNDING, CountedList.ENTRIES, CountedList.FEES, CountedList.AID})


def visible_rows(viewer: Viewer, report: LiveReport) -> dict[str, FigureRows]:
    """Return the rows behind each figure, by its code.

    A figure is left out if the viewer's list lacks one of its rows: the list would contradict the figure.
    """
    found = figure_rows(report.facts)
    visible = {name: _visible(viewer, report.access, name) for name in {rows.list for rows in found.values()}}
    followed = found.get("followed")
    if followed and visible[followed.list] != followed.amounts.keys():
        # The list of the garden's companies has no period, so it may show other companies than the figure counts.
        del found["followed"]
    return {code: rows for code, rows in found.items() if _has_all(visible[rows.list], rows.amounts)}


def _has_all(visible: Container[int | str] | None, keys: Collection[int | str]) -> bool:
    return visible is None or all(key in visible for key in keys)


def _visible(viewer: Viewer, access: ProjectAccess | None, name: CountedList) -> Container[int | str] | None:
    """Return the keys of the rows that the viewer sees in a list, or None for all that a report can count."""
    if name is CountedList.GARDEN_COMPANIES:
        return _keys(companies_query(viewer, EVERYTHING).with_only_columns(Company.id))
    if name is CountedList.GARDEN_SUPPLIERS:
        return _keys(
            select(Supplier.id).where(Supplier.garden_id == viewer.organisation_id, Supplier.is_active)
        )
    if access is None or (name in _ACCOUNTS and not access.is_owner_garden):
        return ()
    if name is CountedList.AID:
        listed = Participation.project_id == access.project.id, Participation.signed_up_at.is_not(None)
        return _keys(select(Participation.organisation_number).where(*listed))
    if name is CountedList.HOURS and not access.is_leader:
        return {row.entry.id for row in hours_page(viewer, access).rows}
    return None


def _keys(query: object) -> frozenset[int | str]:
    return frozenset(session.scalars(query))  # type: ignore[call-overload]  # because all queries select one column

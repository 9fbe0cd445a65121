"""Table of the companies of a project, for export as CSV or XLSX."""

from collections.abc import Iterator, Sequence

from marketplace.core import clock
from marketplace.core.i18n import gettext as _
from marketplace.core.places import municipality_name
from marketplace.core.taxonomy import sectors
from marketplace.programme.lifecycle import PHASE_LABELS, SOURCES
from marketplace.programme.queries.recruiting import BoardRow


def export_header() -> list[str]:
    """Return the column headings in the current language."""
    return [
        _("Company"),
        _("Organisation number"),
        _("Municipality"),
        _("Sector"),
        _("Employees"),
        _("Contact person"),
        _("E-mail address"),
        _("Telephone"),
        _("Status"),
        _("Cohort"),
        _("Sessions attended"),
        _("Source"),
        _("Added"),
    ]


def export_rows(rows: Sequence[BoardRow]) -> Iterator[Sequence[object]]:
    """Yield the values of each company, in the order of the header."""
    labels = {code: sector.label for code, sector in sectors().items()}
    for row in rows:
        one = row.participation
        yield (
            one.company_name,
            one.organisation_number or "",
            municipality_name(one.municipality_number),
            labels.get(one.sector_code, ""),
            one.employees,
            one.contact_name,
            one.contact_email,
            one.contact_phone,
            str(PHASE_LABELS[row.phase]),
            row.cohort.name if row.cohort else "",
            row.attended,
            str(SOURCES.get(one.source, "")),
            clock.to_local(one.created_at).date(),
        )

"""Coverage with demand, for business gardens: where suppliers are missing, and who to recruit."""

from collections.abc import Sequence

from flask import render_template

from marketplace.core import taxonomy
from marketplace.core.collation import sort_key
from marketplace.core.i18n import format_list, gettext as _, lazy_gettext as _l, ngettext
from marketplace.core.places import counties, municipality_name
from marketplace.core.region import current_region
from marketplace.directory import queries as directory
from marketplace.sourcing import queries
from marketplace.sourcing.decline_reasons import DECLINE_REASONS
from marketplace.sourcing.demand_counts import MANY_FOR_EACH, MIN_COMPANIES, CoverageLine, DemandCount, Gap
from marketplace.sourcing.queries.demand import PERIOD_MONTHS
from marketplace.sourcing.views.base import blueprint
from marketplace.vetting.queries import count_by_status
from marketplace.web import access
from marketplace.web.csv_export import csv_response
from marketplace.web.query_args import query_arg
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

MAX_RECRUIT = 20
GAP_LABELS = {
    Gap.NO_SUPPLIER: _l("No supplier"),
    Gap.TOO_FEW: _l("Too few suppliers"),
    Gap.LOW_BUDGETS: _l("Budgets are too low"),
    Gap.ENOUGH: _l("Enough suppliers"),
    Gap.NO_DEMAND: _l("No demand recorded"),
}


@blueprint.get("/garden/coverage")
@access.garden
def coverage() -> ViewResponse:
    """Show supply beside demand by kind of service, and the services and places to recruit suppliers for."""
    viewer, places = current_viewer(), _place_choices()
    place = _chosen_place(places)
    on_map = directory.coverage(viewer, query_arg("service", 40))
    report = queries.coverage_report(viewer, place, on_map.code)
    asked = [line for line in report.groups if line.gap is not Gap.NO_DEMAND]
    return render_template(
        "sourcing/coverage.html",
        report=report,
        asked=sorted(asked, key=lambda line: (not line.is_short, -line.need)),
        not_asked=[line for line in report.groups if line.gap is Gap.NO_DEMAND],
        coverage=on_map,
        demand=report.demand,
        recruit=report.recruit[:MAX_RECRUIT],
        place=place,
        places=places,
        gaps=GAP_LABELS,
        service_label=_service_label,
        reasons=_reasons,
        reason_labels=DECLINE_REASONS,
        min_companies=MIN_COMPANIES,
        many_for_each=MANY_FOR_EACH,
        months=PERIOD_MONTHS,
        waiting=count_by_status(viewer)["waiting"],
    )


@blueprint.get("/garden/coverage.csv")
@access.garden
def coverage_csv() -> ViewResponse:
    """Download supply and demand by kind of service, one row for each."""
    places = _place_choices()
    place = _chosen_place(places)
    place_name = dict(places).get(place) or _("The whole region")
    header = [_("Kind of service"), _("Place"), *_figure_headings()]
    rows = (
        (_service_label(line.code), place_name, *_figures(line))
        for line in queries.coverage_report(current_viewer(), place).groups
    )
    return csv_response(_("Coverage and demand"), header, rows)


@blueprint.get("/garden/coverage/recruit.csv")
@access.garden
def recruit_csv() -> ViewResponse:
    """Download the services and municipalities to recruit suppliers for, the greatest need first."""
    header = [_("Service"), _("Municipality"), *_figure_headings(), _("Reasons")]
    rows = (
        (_service_label(line.code), municipality_name(line.place), *_figures(line), _reasons(line))
        for line in queries.coverage_report(current_viewer(), _chosen_place(_place_choices())).recruit
    )
    return csv_response(_("Who to recruit"), header, rows)


def _chosen_place(places: Sequence[tuple[str, str]]) -> str:
    place = query_arg("place", 4)
    return place if place in dict(places) else ""


def _place_choices() -> list[tuple[str, str]]:
    """Codes and names of the region's counties and municipalities."""
    region = current_region()
    whole = [(county, _("All of %(county)s", county=counties()[county])) for county in region.counties]
    names = [(number, municipality_name(number)) for number in region.municipalities]
    return whole + sorted(names, key=lambda item: sort_key(item[1]))


def _service_label(code: str) -> str:
    return (taxonomy.services().get(code) or taxonomy.group(code)).label


def _figure_headings() -> list[str]:
    return [
        _("Approved suppliers"),
        _("Briefs in the last year"),
        _("Open now"),
        _("Planned purchases"),
        _("Searches without a result"),
        _("Declined"),
        _("Assessment"),
    ]


def _figures(line: CoverageLine) -> tuple[object, ...]:
    return (
        line.supply,
        line.briefs.total,
        line.open_briefs.total,
        line.planned.total,
        line.searches,
        line.all_declines,
        str(GAP_LABELS[line.gap]),
    )


def _reasons(line: CoverageLine) -> str:
    """Describe in words why suppliers should be recruited."""
    supply = (
        ngettext("%(num)s approved supplier", "%(num)s approved suppliers", line.supply)
        if line.supply
        else _("no approved supplier")
    )
    briefs, planned = line.briefs, line.planned
    parts = [
        briefs.total
        and _at_least(
            briefs,
            ngettext("%(num)s brief in the last year", "%(num)s briefs in the last year", briefs.total),
        ),
        planned.total
        and _at_least(
            planned, ngettext("%(num)s planned purchase", "%(num)s planned purchases", planned.total)
        ),
        line.searches
        and _at_least(
            DemandCount(others=line.searches),
            ngettext("%(num)s search without a result", "%(num)s searches without a result", line.searches),
        ),
        supply,
        *_declines(line),
    ]
    return format_list([part for part in parts if part])


def _declines(line: CoverageLine) -> list[str]:
    """Describe why invitations were declined, the most frequent reason first."""
    found = sorted(line.declines.items(), key=lambda item: -item[1].total)
    return [
        _at_least(
            count,
            ngettext(
                "%(num)s declined (%(reason)s)",
                "%(num)s declined (%(reason)s)",
                count.total,
                reason=str(DECLINE_REASONS.get(reason, DECLINE_REASONS["other"])).lower(),
            ),
        )
        for reason, count in found
    ]


def _at_least(count: DemandCount, text: str) -> str:
    return _("at least %(what)s", what=text) if count.others else text

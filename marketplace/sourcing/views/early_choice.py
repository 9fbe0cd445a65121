"""Page where a company chooses whom to invite while its brief waits for the business garden."""

from collections.abc import Collection

from flask import render_template, request

from marketplace.briefs import queries as briefs
from marketplace.briefs.queries import BriefView
from marketplace.core.errors import RuleBroken
from marketplace.core.hooks import Panel
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.core.identifiers import parse_id
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.limits import MAX_RANKED
from marketplace.sourcing.queries.what_if import Scenario, WhatIf
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.forms import refuse_form
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


def early_choice_page(result: WhatIf, selected: Collection[int] | None = None, error: str = "") -> str:
    """Render the page, with the stored choice unless `selected` is given."""
    brief = result.brief_view.brief
    review = briefs.open_review(brief)
    stored = review.chosen_suppliers if review else []
    return render_template(
        "sourcing/early_choice.html",
        result=result,
        brief_view=result.brief_view,
        wait=briefs.publication_wait(brief, result.brief_view.phase),
        selected=stored if selected is None else selected,
        error=error,
    )


def chosen_suppliers_panel(viewer: Viewer, brief_view: BriefView, _args: object) -> Panel | None:
    """Build the panel that names whom the company has chosen to invite when its waiting brief opens."""
    suppliers = queries.chosen_suppliers(viewer, brief_view)
    return Panel("sourcing/_chosen_suppliers.html", {"suppliers": suppliers}) if suppliers else None


@blueprint.post("/briefs/<reference>/fit")
@access.company_owner
def choose_before_opening(reference: str) -> ViewResponse:
    """Store whom to invite when the brief opens."""
    viewer = current_viewer()
    raw = request.form.getlist("supplier")[:MAX_RANKED]
    selected = [one for text in raw if (one := parse_id(text)) is not None]
    try:
        chosen = use_cases.choose_before_opening(viewer, reference, selected)
    except RuleBroken as error:
        refuse_form()
        return early_choice_page(queries.what_if(viewer, reference, Scenario()), selected, error.message)
    if chosen:
        flashes.done(
            ngettext(
                "%(num)s supplier will be invited when the brief opens.",
                "%(num)s suppliers will be invited when the brief opens.",
                chosen,
            )
        )
    else:
        flashes.note(
            _("You have chosen nobody yet. You can also invite suppliers after the brief has opened.")
        )
    return see_other("sourcing.what_if", reference=reference)

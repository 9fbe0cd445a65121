"""Page with a brief's ranking, from which suppliers are invited."""

from flask import render_template, request

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.queries import own_brief
from marketplace.core.errors import RuleBroken
from marketplace.core.hooks import Panel
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.core.identifiers import parse_id
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.decline_reasons import DECLINE_REASONS
from marketplace.sourcing.forms import InviteForm
from marketplace.sourcing.lifecycle import INVITATION_LABELS
from marketplace.sourcing.limits import MAX_RANKED
from marketplace.sourcing.queries.rankings import approved_on
from marketplace.sourcing.views.base import blueprint
from marketplace.vetting.queries import stated_interests
from marketplace.web import access, flashes
from marketplace.web.forms import refuse_form
from marketplace.web.query_args import page_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

FITTING = "fitting"
"""Value of `show` in the query string for the suppliers that fit alone."""


def _show() -> str:
    """Return the value of `show` for the list that the page shows, or the form was sent from; empty for all suppliers."""
    return FITTING if request.args.get("show") == FITTING else ""


def _parse_selected(texts: list[str]) -> list[int]:
    """Return the ids of the selected suppliers. Text that is not an id is ignored."""
    return [one for text in texts[:MAX_RANKED] if (one := parse_id(text)) is not None]


def _page(reference: str, selected: list[int], error: str = "") -> str:
    show = _show()
    result = queries.ranking_for(
        current_viewer(), reference, page_arg(), only_fitting=show == FITTING, selected=selected
    )
    return render_template(
        "sourcing/ranking.html",
        result=result,
        show=show,
        interests=stated_interests(),
        selected=selected,
        error=error,
        form=InviteForm(),
        labels=INVITATION_LABELS,
        decline_reasons=DECLINE_REASONS,
        approved_on=approved_on,
    )


@blueprint.get("/briefs/<reference>/ranking")
@access.members
def ranking(reference: str) -> ViewResponse:
    """Show the ranked suppliers with the reasons for their ranks."""
    return _page(reference, _parse_selected(request.args.getlist("supplier")))


@blueprint.post("/briefs/<reference>/ranking")
@access.company_owner
def show_selected(reference: str) -> ViewResponse:
    """Show another page or another list of the ranking, with the same suppliers selected."""
    own_brief(current_viewer(), reference)
    selected = _parse_selected(request.form.getlist("supplier"))
    page = page_arg()
    return see_other(
        "sourcing.ranking",
        reference=reference,
        show=_show() or None,
        page=page if page > 1 else None,
        supplier=selected,
    )


@blueprint.get("/briefs/<reference>/invite/<slug>")
@access.company_owner
def invite_one(reference: str, slug: str) -> ViewResponse:
    """Show how a supplier matches the brief, with a button that invites it."""
    result = queries.single_invitation(current_viewer(), reference, slug)
    if result.brief_view.phase is not Phase.OPEN:
        return see_other("briefs.show", reference=reference)
    return render_template("sourcing/invite_one.html", result=result, interests=stated_interests())


def invite_panel(viewer: Viewer, supplier_id: int) -> Panel | None:
    """Build the panel on a supplier's page with the open briefs that it can be invited to."""
    open_briefs = queries.open_briefs_for_invitation(viewer, supplier_id)
    if not open_briefs:
        return None
    return Panel("sourcing/_invite_panel.html", {"briefs": open_briefs})


@blueprint.post("/briefs/<reference>/invite")
@access.company_owner
def invite(reference: str) -> ViewResponse:
    """Invite the selected suppliers."""
    selected = _parse_selected(request.form.getlist("supplier"))
    try:
        invited = use_cases.invite_suppliers(current_viewer(), reference, selected)
    except RuleBroken as error:
        refuse_form()
        return _page(reference, selected, error.message)
    if invited:
        flashes.done(
            ngettext("%(num)s supplier has been invited.", "%(num)s suppliers have been invited.", invited)
        )
    else:
        flashes.note(_("The suppliers you selected have already been invited."))
    return see_other("sourcing.ranking", reference=reference, show=_show() or None)

"""Panels with case stories: on the plan, on help pages and on suppliers' pages; and the supplier's consent."""

from flask import render_template, request

from marketplace.core.hooks import Panel
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.proposals import queries, use_cases
from marketplace.proposals.forms.outcome import RemoveStoryForm
from marketplace.proposals.outcome_display import Reader, round_view
from marketplace.proposals.queries.stories import stories_of_services, stories_of_supplier, stories_of_trade
from marketplace.proposals.views import blueprint
from marketplace.strategy.examples import sectors_of_trade
from marketplace.strategy.questionnaire import questionnaire
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.post("/briefs/<reference>/outcome/<name>/story/stop")
@access.company
def stop_story(reference: str, name: str) -> ViewResponse:
    """Stop showing the story of a job to others."""
    use_cases.stop_story(current_viewer(), reference, name)
    flashes.done(_("The story is no longer shown to others."))
    return see_other("proposals.company_outcomes")


@blueprint.post("/proposals/outcomes/<int:outcome_id>/named")
@access.supplier_owner
def name_supplier(outcome_id: int) -> ViewResponse:
    """Let the company's story name the viewer's supplier."""
    use_cases.name_supplier(current_viewer(), outcome_id, is_named=True)
    flashes.done(_("The story now names you, and is shown on your page."))
    return see_other("proposals.supplier_outcomes")


@blueprint.post("/proposals/outcomes/<int:outcome_id>/unnamed")
@access.supplier_owner
def unname_supplier(outcome_id: int) -> ViewResponse:
    """Stop the company's story from naming the viewer's supplier."""
    use_cases.name_supplier(current_viewer(), outcome_id, is_named=False)
    flashes.done(_("The story no longer names you."))
    return see_other("proposals.supplier_outcomes")


@blueprint.route("/companies/outcomes/<int:outcome_id>/story/remove", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.GARDEN, because="every adviser of a garden helps its companies; queries restrict which ones"
)
def remove_story(outcome_id: int) -> ViewResponse:
    """Remove a company's story from public pages, with a reason."""
    viewer = current_viewer()
    outcome, job = queries.outcome_for_garden(viewer, outcome_id)
    back = see_other("proposals.garden_outcomes", company_id=job.brief.company_id)
    form = RemoveStoryForm()
    if request.method == "GET" and (outcome.latest is None or not outcome.latest.story_shown):
        flashes.warn(_("The story is no longer shown to others."))
        return back
    if form.validate_on_submit():
        use_cases.remove_story(viewer, outcome_id, form.reason.data or "")
        flashes.done(_("The story has been removed. The company and the supplier have been told why."))
        return back
    view = round_view(outcome, Reader.GARDEN)
    return render_template("proposals/remove_story.html", job=job, round=view, form=form)


def plan_stories_panel(viewer: Viewer) -> Panel | None:
    """Build the panel on the plan with stories of other companies in the same trade."""
    if not viewer.is_company:
        return None
    company = organisations.own_company(viewer)
    found = stories_of_trade(sectors_of_trade(company.sector_code), company.id)
    return Panel("proposals/_stories.html", {"stories": found}) if found else None


def help_stories_panel(topic_code: str) -> Panel | None:
    """Build the panel on a help page with stories about services that a low answer on the topic leads to."""
    codes = {
        code for one in questionnaire().questions if one.guide_topic == topic_code for code in one.services
    }
    found = stories_of_services(codes) if codes else []
    return Panel("proposals/_stories.html", {"stories": found}) if found else None


def profile_stories_panel(_viewer: Viewer, supplier_id: int) -> Panel | None:
    """Build the panel on a supplier's page with stories that name it."""
    found = stories_of_supplier(supplier_id)
    return Panel("proposals/_supplier_stories.html", {"stories": found}) if found else None

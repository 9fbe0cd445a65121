"""Pages of the company's digital tools, with the catalogue."""

from flask import render_template

from marketplace.core.errors import or_404
from marketplace.core.i18n import gettext as _
from marketplace.strategy.forms.tools import ToolForm
from marketplace.strategy.queries import tools as queries
from marketplace.strategy.tool_catalogue import TOOL_STATE_LABELS, tool_catalogue, tool_name
from marketplace.strategy.use_cases import tools as use_cases
from marketplace.strategy.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.forms.editing import edit
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.get("/plan/tools")
@access.company
def tools() -> ViewResponse:
    """List the company's tools with its confidence, and the catalogue."""
    own = queries.own_tools(current_viewer())
    return render_template(
        "strategy/tools.html",
        own=own,
        own_codes={tool.code for tool in own},
        total=sum(tool.yearly_nok or 0 for tool in own),
        catalogue=tool_catalogue(),
        state_labels=TOOL_STATE_LABELS,
    )


@blueprint.route("/plan/tools/<tool_code>", methods=["GET", "POST"])
@access.company
def tool(tool_code: str) -> ViewResponse:
    """Show a tool of the catalogue, and add or change the company's use of it."""
    viewer = current_viewer()
    shown = or_404(tool_catalogue().tools.get(tool_code))
    form = edit(
        ToolForm,
        lambda: use_cases.tool_details(viewer, tool_code),
        lambda form: use_cases.save_tool(
            viewer, tool_code, form.details(), form.rating(), form.expected_fingerprint()
        ),
    )
    if form.is_saved:
        flashes.done(_("%(tool)s is saved.", tool=shown.name))
        return see_other("strategy.tools")
    return render_template(
        "strategy/tool.html",
        form=form,
        tool=shown,
        own=queries.own_tool(viewer, tool_code),
        catalogue=tool_catalogue(),
    )


@blueprint.post("/plan/tools/<tool_code>/remove")
@access.company
def remove_tool(tool_code: str) -> ViewResponse:
    """Remove a tool from those of the company."""
    use_cases.remove_tool(current_viewer(), tool_code)
    flashes.done(_("%(tool)s is no longer among your tools.", tool=tool_name(tool_code)))
    return see_other("strategy.tools")

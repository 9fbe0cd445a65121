"""Home page of each role: its tasks, most urgent first."""

from flask import render_template, url_for
from werkzeug.utils import redirect

from marketplace.core.i18n import gettext as _, ngettext
from marketplace.outbox import queries as outbox
from marketplace.pages.dashboard import Dashboard
from marketplace.pages.queries.home_admin import admin_dashboard
from marketplace.pages.queries.home_company import company_dashboard
from marketplace.pages.queries.home_garden import garden_dashboard
from marketplace.pages.queries.home_supplier import supplier_dashboard
from marketplace.pages.views import blueprint
from marketplace.sourcing import queries as sourcing
from marketplace.web import access
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

MAX_OPPORTUNITIES, MAX_FITTING = 3, 10


def _title(dashboard: Dashboard, first_name: str) -> str:
    if dashboard.urgent:
        return ngettext(
            "Hello, %(name)s. %(num)s thing is waiting for you.",
            "Hello, %(name)s. %(num)s things are waiting for you.",
            dashboard.urgent,
            name=first_name,
        )
    if dashboard.tasks:
        return _("Hello, %(name)s. Nothing is urgent.", name=first_name)
    return _("Hello, %(name)s. Nothing is waiting for you.", name=first_name)


@blueprint.get("/home")
@access.signed_in
def home() -> ViewResponse:
    """Show the viewer's tasks."""
    viewer = current_viewer()
    if viewer.is_mandated:
        return redirect(url_for("briefs.index"), 303)
    if viewer.is_company:
        dashboard, template = company_dashboard(viewer), "pages/home_company.html"
    elif viewer.is_supplier:
        dashboard, template = supplier_dashboard(viewer), "pages/home_supplier.html"
    elif viewer.is_garden:
        dashboard, template = garden_dashboard(viewer), "pages/home_garden.html"
    elif viewer.is_admin:
        dashboard, template = admin_dashboard(), "pages/home_admin.html"
    else:
        return redirect(url_for("organisations.choose"), 303)
    more: dict[str, object] = {}
    if viewer.is_supplier:
        # Invitations come first, and are among the tasks already, as are the own offers.
        fitting = sourcing.opportunities(viewer, size=MAX_FITTING).items
        more["opportunities"] = [
            item for item in fitting if not (item.invited or item.has_declined or item.own_answer)
        ][:MAX_OPPORTUNITIES]
    return render_template(
        template,
        dashboard=dashboard,
        title=_title(dashboard, viewer.first_name),
        notices=outbox.latest_notices(viewer, 4),
        **more,
    )

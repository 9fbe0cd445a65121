"""Pages of the versions of a strategy: the list, the difference between two, and restoring one."""

from flask import render_template

from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.strategy.queries import versions as queries
from marketplace.strategy.use_cases.restoring import restore_version as restore
from marketplace.strategy.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.query_args import query_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

REASON_LABELS = {
    "saved": _l("Saved"),
    "complete": _l("Complete for the first time"),
    "restored": _l("Restored from an earlier version"),
    "asked": _l("Sent for review"),
}


@blueprint.get("/plan/versions")
@access.company
def versions() -> ViewResponse:
    """List the versions of the company's strategy."""
    return render_template(
        "strategy/versions.html", versions=queries.own_versions(current_viewer()), reasons=REASON_LABELS
    )


@blueprint.get("/plan/versions/<int:version_number>")
@access.company
def version(version_number: int) -> ViewResponse:
    """Show the differences between a version and another one, by default the newest."""
    viewer = current_viewer()
    chosen = queries.own_version(viewer, version_number)
    listed = queries.own_versions(viewer)
    text = query_arg("with", 9)
    other = queries.own_version(viewer, int(text)) if text.isdecimal() else listed[0]
    before, after = sorted((chosen, other), key=lambda one: one.number)
    return render_template(
        "strategy/version.html",
        chosen=chosen,
        before=before,
        after=after,
        newest=listed[0],
        versions=listed,
        changes=queries.changes_between(before, after),
    )


@blueprint.post("/plan/versions/<int:version_number>/restore")
@access.company
def restore_version(version_number: int) -> ViewResponse:
    """Bring back a version as a new one."""
    restore(current_viewer(), version_number)
    flashes.done(
        _("Version %(num)s is restored. The plan as it was before is still in the list.", num=version_number)
    )
    return see_other("strategy.versions")

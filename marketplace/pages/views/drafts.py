"""Autosave of long forms, and the button that discards a draft."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from marketplace.core.i18n import gettext as _
from marketplace.pages.views import blueprint
from marketplace.web import access, flashes, form_drafts, form_recovery
from marketplace.web.access import Level


@blueprint.post("/drafts")
@access.reads_and_writes(Level.SIGNED_IN, because="a draft belongs to the user alone")
def save_draft() -> tuple[Response, int]:
    """Save what the user has typed in a form."""
    return form_drafts.save()


@blueprint.post("/drafts/discard")
@access.reads_and_writes(Level.SIGNED_IN, because="a draft belongs to the user alone")
def discard_draft() -> Response:
    """Delete a draft of the user and return to the page of its form."""
    form_drafts.discard()
    flashes.note(_("The draft is deleted."))
    return redirect(form_recovery.referring_page() or url_for("pages.home"), 303)

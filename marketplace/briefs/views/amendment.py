"""Views for editing and discarding an amendment of a published brief."""

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from marketplace.briefs import amendment, queries, use_cases
from marketplace.briefs.views.base import blueprint
from marketplace.briefs.views.guide import own_brief_view, write_topic
from marketplace.core.errors import or_404
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/briefs/<reference>/amend/<topic_code>", methods=["GET", "POST"])
@access.company_owner
def amend_topic(reference: str, topic_code: str) -> ViewResponse:
    """Edit one topic of the guide in the pending amendment."""
    brief_view = own_brief_view(reference)
    if request.method == "GET" and "amend" not in brief_view.transitions:
        return see_other("briefs.show", reference=reference)
    brief_view = replace(brief_view, answers=queries.latest_answers(brief_view.brief))
    topic = or_404(
        next((t for t in amendment.editable_topics(brief_view.guide) if t.code == topic_code), None)
    )
    return write_topic(brief_view, topic, "amend")


@blueprint.post("/briefs/<reference>/amend/drop")
@access.company_owner
def discard_amendment(reference: str) -> Response:
    """Discard the pending amendment."""
    use_cases.discard_amendment(current_viewer(), reference)
    flashes.done(_("The change has been discarded. The brief is unchanged."))
    return see_other("briefs.show", reference=reference)

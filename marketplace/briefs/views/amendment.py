"""Writing a change of a brief that is out: the guide's pages once more, and a way back."""

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from marketplace.briefs import amendment, queries, use_cases
from marketplace.briefs.views.base import blueprint
from marketplace.briefs.views.guide import Answer, own_brief_view, write_topic
from marketplace.core.errors import NotFound
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer


@blueprint.route("/briefs/<reference>/amend/<topic_code>", methods=["GET", "POST"])
@access.company_owner
def amend_topic(reference: str, topic_code: str) -> Answer:
    """One topic of the guide, as it stands in the change."""
    brief_view = own_brief_view(reference)
    if request.method == "GET" and "amend" not in brief_view.transitions:
        return see_other("briefs.show", reference=reference)
    brief_view = replace(brief_view, answers=queries.written_answers(brief_view.brief))
    found = next((t for t in amendment.open_topics(brief_view.guide) if t.code == topic_code), None)
    if found is None:
        raise NotFound
    return write_topic(brief_view, found, "amend")


@blueprint.post("/briefs/<reference>/amend/drop")
@access.company_owner
def drop_change(reference: str) -> Response:
    """Throw the change away."""
    use_cases.drop_change(current_viewer(), reference)
    flashes.done(_("The change has been discarded. The brief is unchanged."))
    return see_other("briefs.show", reference=reference)

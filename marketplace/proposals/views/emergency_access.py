"""An administrator's way to what is sealed: a reason first, then an hour."""

from flask import render_template
from werkzeug.wrappers import Response

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.proposals import queries
from marketplace.proposals.forms.writing import GlassForm, owned_in_words
from marketplace.proposals.use_cases.emergency_access import MINUTES, break_glass
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer

Answer = str | Response | tuple[str, int]


@blueprint.route("/admin/sealed", methods=["GET", "POST"])
@access.admin
def sealed() -> Answer:
    """Ask for a look at what is sealed."""
    viewer, form = current_viewer(), GlassForm()
    if form.validate_on_submit():
        reference = (form.reference.data or "").strip()
        try:
            break_glass(viewer, reference, (form.reason.data or "").strip())
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("Opened. Those affected have been notified."))
            return see_other("proposals.unsealed", reference=reference)
    html = render_template(
        "proposals/break_glass.html", form=form, glasses=queries.own_glasses(viewer), minutes=MINUTES
    )
    return html, 422 if form.is_submitted() else 200


@blueprint.get("/admin/sealed/<reference>")
@access.admin
def unsealed(reference: str) -> Answer:
    """What is sealed about a brief, while the hour lasts."""
    found = queries.unsealed(current_viewer(), reference)
    return render_template("proposals/unsealed.html", found=found, owned=owned_in_words(found.ask))

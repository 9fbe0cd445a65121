"""A business garden's own settings."""

from flask import render_template

from marketplace.core.i18n import gettext as _
from marketplace.organisations import use_cases
from marketplace.organisations.forms import ReviewSettingsForm
from marketplace.organisations.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.forms.editing import edit
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/organisation/reviews", methods=["GET", "POST"])
@access.curator
def review_settings() -> ViewResponse:
    """Choose which briefs the garden reads before suppliers see them."""
    viewer = current_viewer()
    form = edit(
        ReviewSettingsForm,
        lambda: use_cases.review_settings(viewer),
        lambda form: use_cases.save_review_settings(viewer, form.settings(), form.expected_fingerprint()),
    )
    if form.is_saved:
        flashes.done(_("Saved. Briefs that wait already are not affected."))
        return see_other("organisations.review_settings")
    return render_template("organisations/review_settings.html", form=form)

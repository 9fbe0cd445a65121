"""Secret links that do not work: an explanation, and a form that e-mails a contact person the link again."""

from flask import render_template, request

from marketplace.accounts.views.base import minimum_duration, request_origin
from marketplace.core.errors import InvalidLink
from marketplace.core.i18n import gettext as _
from marketplace.programme.forms.sign_up import SeatLinkForm
from marketplace.programme.use_cases import seat_link as use_cases
from marketplace.programme.views.base import blueprint
from marketplace.web import access, errors, form_recovery, missing_pages
from marketplace.web.access import Level
from marketplace.web.response import ViewResponse

SESSION_LINKS = {"programme.attendance_by_link", "programme.lecturer_page"}
"""Pages whose links a business garden creates and passes on by itself."""


@blueprint.errorhandler(InvalidLink)
def invalid_link(_error: InvalidLink) -> ViewResponse:
    """Explain that a link does not work. The response is the same if the link never existed or does not give access."""
    title = _("The link no longer works")
    if request.endpoint in SESSION_LINKS:
        return errors.page(
            404, _("The link has expired or was stopped. Ask the business garden for a new one."), title
        )
    if form_recovery.has_text():
        text = _(
            "The link has been replaced by a newer one. Nothing was saved. Copy what you wrote, and open the newest link."
        )
        return errors.page(404, text, title)
    replacement = missing_pages.replacement_for(404)
    return replacement or (render_template("programme/invalid_link.html", form=SeatLinkForm()), 404)


@blueprint.route("/courses/seat/new-link", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because="the link is only sent to the contact person's own address")
def new_seat_link() -> ViewResponse:
    """E-mail a contact person the link again."""
    form = SeatLinkForm()
    if form.validate_on_submit():
        with minimum_duration():
            use_cases.email_links(form.email.data or "", f"network {request_origin().network}")
        return render_template("programme/seat_link_sent.html", email=form.email.data)
    return render_template("programme/new_seat_link.html", form=form)

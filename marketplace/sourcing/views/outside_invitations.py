"""Pages for inviting a supplier by e-mail, and for the supplier that received the invitation."""

from flask import render_template, request

from marketplace.accounts.views.base import settings
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.queries import own_brief, view_of
from marketplace.core.errors import Conflict, or_404
from marketplace.core.i18n import format_datetime, gettext as _
from marketplace.core.text import clean_line
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.forms import OutsideInvitationForm
from marketplace.sourcing.outside_invitation_tokens import read_token
from marketplace.sourcing.views.base import blueprint
from marketplace.vetting.rules import PROMISED_WORKING_DAYS
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/briefs/<reference>/invite-outside", methods=["GET", "POST"])
@access.company_owner
def invite_outside(reference: str) -> ViewResponse:
    """Invite a supplier outside the network by e-mail."""
    viewer = current_viewer()
    brief_view = view_of(viewer, own_brief(viewer, reference))
    if brief_view.phase is not Phase.OPEN:
        if request.method == "POST":
            raise Conflict(_("The brief is not open, so nobody can be invited now."))
        return see_other("briefs.show", reference=reference)
    form = OutsideInvitationForm()
    if form.saves(
        lambda: use_cases.invite_outside(
            viewer, reference, form.email.data or "", clean_line(form.message.data) or ""
        )
    ):
        flashes.done(_("The invitation is on its way to %(email)s.", email=form.email.data))
        return see_other("sourcing.ranking", reference=reference)
    return render_template(
        "sourcing/invite_outside.html",
        form=form,
        brief_view=brief_view,
        answer_days=PROMISED_WORKING_DAYS,
    )


@blueprint.route("/invited/<token>", methods=["GET", "POST"])
@access.public
@access.writes(access.Level.SUPPLIER, because="the mailed token can be read by anyone; a supplier uses it")
def received_invitation(token: str) -> ViewResponse:
    """Show an invitation by e-mail, and tie it to the supplier that the viewer acts for."""
    viewer = current_viewer()
    received = queries.received_invitation(viewer, token)
    if request.method == "POST":
        result = use_cases.accept_outside_invitation(viewer, token, settings().secret_key)
        if result == "unconfirmed":
            flashes.done(
                _(
                    "We have sent an e-mail to the address that was invited. You can use the invitation once it is confirmed there."
                )
            )
            return see_other("sourcing.received_invitation", token=token)
        if result == "invited":
            flashes.done(_("You have been invited, and can send an offer."))
            return see_other("briefs.show", reference=received.brief.reference)
        flashes.done(_("Saved. You are invited as soon as you are approved, if that is before the deadline."))
        return see_other("sourcing.received_invitation", token=token)
    return render_template("sourcing/received_invitation.html", received=received, token=token)


@blueprint.route("/invited/confirm/<token>", methods=["GET", "POST"])
@access.reads_and_writes(
    access.Level.PUBLIC, because="the signed token was e-mailed to the invited address only"
)
def confirm_invitation(token: str) -> ViewResponse:
    """Let a supplier use the invitation that was sent to another address, after confirmation."""
    ids = or_404(read_token(settings().secret_key, token))
    asked = queries.invitation_to_confirm(*ids)
    if request.method == "POST":
        use_cases.confirm_outside_invitation(current_viewer(), *ids)
        flashes.done(_("%(supplier)s can now use the invitation.", supplier=asked.supplier))
        return see_other("sourcing.confirm_invitation", token=token)
    return render_template("sourcing/confirm_invitation.html", asked=asked)


def application_notes(supplier_id: int) -> list[str]:
    """Name the briefs that wait for an applicant's approval, and their deadlines."""
    return [
        _(
            "%(company)s has invited this supplier. It can answer if you approve it before %(deadline)s.",
            company=brief.company or _("A company"),
            deadline=format_datetime(brief.deadline),
        )
        for brief in queries.briefs_awaiting_approval(supplier_id)
    ]

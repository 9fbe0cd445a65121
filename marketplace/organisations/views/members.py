"""Colleagues and invitations, and choosing the organisation to act for."""

from typing import TYPE_CHECKING

from flask import abort, render_template, request, session, url_for

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.views import hash_cost, set_session_cookie
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import parse_id
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries, use_cases
from marketplace.organisations.forms import AcceptInvitationForm, InviteColleagueForm, role_choices
from marketplace.organisations.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.confirmation import confirmation_page
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_token, current_viewer

if TYPE_CHECKING:
    from marketplace.organisations.models import Membership


@blueprint.route("/organisation/colleagues", methods=["GET", "POST"])
@access.members
@access.writes(Level.LEADER, because="all members see their colleagues; only leaders invite")
def colleagues() -> ViewResponse:
    """List colleagues and invite more."""
    viewer = current_viewer()
    if viewer.organisation_id is None:
        abort(404)
    form = InviteColleagueForm(viewer.organisation_kind)
    if form.saves(lambda: use_cases.invite_colleague(viewer, form.email.data or "", form.role.data)):
        flashes.done(_("The invitation is on its way to %(email)s.", email=form.email.data))
        return see_other("organisations.colleagues")
    return render_template(
        "organisations/colleagues.html",
        form=form,
        members=queries.members(viewer.organisation_id),
        invitations=queries.open_invitations(viewer.organisation_id),
        leads=viewer.role in {"owner", "curator"},
        roles=dict(role_choices(viewer.organisation_kind)),
    )


@blueprint.post("/organisation/colleagues/<int:membership_id>/role")
@access.members
@access.writes(Level.LEADER, because="only leaders change roles")
def change_role(membership_id: int) -> ViewResponse:
    """Change a colleague's role."""
    with flashes.catch_refusal():
        use_cases.change_role(current_viewer(), membership_id, request.form.get("role", "")[:20])
        flashes.done(_("The role has been changed. Your colleague is signed out, and has to sign in again."))
    return see_other("organisations.colleagues")


@blueprint.route("/organisation/colleagues/<int:membership_id>/remove", methods=["GET", "POST"])
@access.members
@access.writes(
    Level.ORGANISATION,
    because="members may leave; the use case checks that only leaders remove others",
)
def remove_colleague(membership_id: int) -> ViewResponse:
    """End a colleague's membership after confirmation."""
    viewer = current_viewer()
    if request.method == "GET":
        return _confirm_removal(viewer, queries.membership_for(viewer, membership_id))
    with flashes.catch_refusal():
        use_cases.remove_colleague(viewer, membership_id)
        if membership_id == viewer.membership_id:
            organisation = viewer.organisation_name
            flashes.done(_("You can no longer act for %(organisation)s.", organisation=organisation))
            return see_other("pages.home")
        flashes.done(_("Your colleague can no longer act on your behalf."))
    return see_other("organisations.colleagues")


def _confirm_removal(viewer: Viewer, membership: "Membership") -> str:
    organisation, name = viewer.organisation_name, membership.user.name
    if membership.user_id == viewer.user_id:
        title, label = _("Leave %(organisation)s", organisation=organisation), _("Leave")
        lines = [
            _("You will no longer be able to act for %(organisation)s.", organisation=organisation),
            _("What you have written stays with %(organisation)s.", organisation=organisation),
            _("To come back, you must be invited again."),
        ]
    else:
        title, label = _("Remove %(name)s", name=name), _("Remove")
        lines = [
            _(
                "%(name)s will no longer be able to act for %(organisation)s.",
                name=name,
                organisation=organisation,
            ),
            _("What the person has written stays with %(organisation)s.", organisation=organisation),
            _("The account itself stays. You can undo this by inviting the person again."),
        ]
    return confirmation_page(title, lines, label, url_for("organisations.colleagues"))


@blueprint.route("/organisation/invitations/<int:invitation_id>/withdraw", methods=["GET", "POST"])
@access.members
@access.writes(Level.LEADER, because="only leaders invite and withdraw invitations")
def withdraw_invitation(invitation_id: int) -> ViewResponse:
    """Withdraw an invitation after confirmation."""
    if request.method == "GET":
        email = queries.invitation_by_leader(current_viewer(), invitation_id).email
        return confirmation_page(
            _("Withdraw the invitation to %(email)s", email=email),
            [_("The link in the e-mail stops working."), _("You can send a new invitation at any time.")],
            _("Withdraw the invitation"),
            url_for("organisations.colleagues"),
        )
    with flashes.catch_refusal():
        use_cases.withdraw_invitation(current_viewer(), invitation_id)
        flashes.done(_("The invitation has been withdrawn."))
    return see_other("organisations.colleagues")


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because="the e-mailed token, bound to its address, authorizes joining")
def accept_invitation(token: str) -> ViewResponse:
    """Accept an invitation from a colleague."""
    invitation = queries.find_invitation(token)
    if invitation is None:
        past = queries.find_past_invitation(token) if request.method != "POST" else None
        if past is None:
            abort(410)
        return render_template("organisations/used_or_expired_invitation.html", invitation=past)
    viewer, form = current_viewer(), AcceptInvitationForm()
    if request.method == "POST" and (viewer.is_signed_in or form.validate()):
        person = use_cases.NewPerson(form.person_name.data or "", invitation.email, form.password.data or "")
        with form.catch_refusal():
            user_id, membership_id = use_cases.accept_invitation(
                token, viewer, None if viewer.is_signed_in else person, hash_cost()
            )
            if not viewer.is_signed_in:
                set_session_cookie(accounts.open_session(user_id, str(request.user_agent), membership_id))
            else:
                use_cases.choose_organisation(viewer, current_token() or "", membership_id)
            flashes.done(_("Welcome to %(organisation)s.", organisation=invitation.organisation.name))
            return see_other("pages.home")
    return render_template("organisations/accept_invitation.html", form=form, invitation=invitation)


@blueprint.route("/act-for", methods=["GET", "POST"])
@access.reads_and_writes(Level.SIGNED_IN, because="users choose among their own organisations")
def choose() -> ViewResponse:
    """Choose the organisation to act for."""
    viewer = current_viewer()
    if request.method == "POST":
        chosen = request.form.get("membership", "")
        membership_id = parse_id(chosen)
        if membership_id is None and chosen != "admin":
            abort(404)
        use_cases.choose_organisation(viewer, current_token() or "", membership_id)
        session.pop("_flashes", None)
        return see_other("pages.home")
    return render_template(
        "organisations/choose.html",
        memberships=queries.memberships_of(viewer.user_id or 0),
        may_administer=queries.is_administrator(viewer.user_id),
    )

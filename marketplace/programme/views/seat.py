"""The page behind the e-mailed link, on which a contact person manages the company's seat."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import jsonify, render_template, request, url_for

from marketplace.accounts.views import remember_proven_email
from marketplace.core.errors import Conflict
from marketplace.core.i18n import gettext as _
from marketplace.programme.attendance import MARK_LABELS
from marketplace.programme.forms.sign_up import CohortChoiceForm, ContactFields, WithdrawalForm
from marketplace.programme.lifecycle import ENROLLED_STATES, ParticipationState
from marketplace.programme.queries import courses as queries
from marketplace.programme.queries.own_course import course_of
from marketplace.programme.queries.sessions import past_sessions
from marketplace.programme.seat_deadlines import OFFER_HOURS
from marketplace.programme.use_cases import contact_data, seat_link as use_cases
from marketplace.programme.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.confirmation import confirmation_page
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse

if TYPE_CHECKING:
    from marketplace.programme.models.participation import Participation

LINK = "the e-mailed link, known to the contact person alone, authorizes the change"


@blueprint.get("/courses/seat/<token>")
@access.public
def seat(token: str) -> ViewResponse:
    """Show a company's seat with its sessions, and the actions of the contact person."""
    participation = queries.participation_by_token(token)
    if participation.company_id is None and participation.contact_email:
        remember_proven_email(participation.contact_email)  # the page offers to create an account
    return render_template(
        "programme/seat.html",
        participation=participation,
        token=token,
        sessions=queries.coming_sessions(participation.cohort_id or 0),
        past=past_sessions(participation.cohort_id or 0),
        offered=queries.coming_sessions(participation.offered_cohort_id or 0),
        queue=queries.waiting_list_position(participation),
        deadline=queries.seat_deadline(participation),
        offer_hours=OFFER_HOURS,
        comes_back=CohortChoiceForm(_open_cohorts(participation)),
        states=ParticipationState,
        course=course_of(participation),
        mark_labels=MARK_LABELS,
    )


def _open_cohorts(participation: "Participation") -> list[queries.CohortView]:
    views = queries.cohort_views(participation.project, participation.municipality_number)
    return [view for view in views if view.is_open]


@blueprint.post("/courses/seat/<token>/confirm")
@access.reads_and_writes(Level.PUBLIC, because=LINK)
def confirm_seat(token: str) -> ViewResponse:
    """Confirm the seat or the place on the waiting list."""
    return _after(token, lambda: use_cases.confirm_seat(token), _("Thank you. The sign-up is confirmed."))


@blueprint.post("/courses/seat/<token>/accept")
@access.reads_and_writes(Level.PUBLIC, because=LINK)
def accept_seat(token: str) -> ViewResponse:
    """Accept the seat offered from the waiting list."""
    return _after(token, lambda: use_cases.accept_offer(token), _("The seat is yours."))


@blueprint.route("/courses/seat/<token>/decline", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because=LINK)
def decline_seat(token: str) -> ViewResponse:
    """Decline the seat offered from the waiting list, after confirmation."""
    if request.method == "GET":
        return _confirm_decline(token, queries.participation_by_token(token))
    return _after(token, lambda: use_cases.decline_offer(token), _("Thank you for telling us."))


def _confirm_decline(token: str, participation: "Participation") -> ViewResponse:
    """Ask before the seat is offered to the next company. Without an offer, show the seat instead."""
    offered, seat_url = participation.offered_cohort, url_for("programme.seat", token=token)
    if offered is None:
        return see_other("programme.seat", token=token)
    waits_on = any(cohort_id != offered.id for cohort_id in participation.accepted_cohort_ids)
    return confirmation_page(
        _("Decline the seat in %(place)s", place=offered.name),
        [
            _("The seat goes to the next company. You cannot undo this."),
            _("You stay on the waiting list for the other places.")
            if waits_on
            else _(
                "You leave the course. You can come back later with the same link, if there is a free seat."
            ),
        ],
        _("Decline the seat"),
        seat_url,
    )


@blueprint.post("/courses/seat/<token>/no-thanks")
@access.reads_and_writes(Level.PUBLIC, because=LINK)
def decline_invitation(token: str) -> ViewResponse:
    """Decline an invitation to the course."""
    message = _("Thank you for telling us. You get no more invitations to this course.")
    return _after(token, lambda: use_cases.decline_invitation(token), message)


@blueprint.post("/courses/seat/<token>/sign-up")
@access.reads_and_writes(Level.PUBLIC, because=LINK)
def sign_up_again(token: str) -> ViewResponse:
    """Sign a company up again after it has withdrawn or lost its seat."""
    form = CohortChoiceForm(_open_cohorts(queries.participation_by_token(token)))
    if not form.validate_on_submit():
        flashes.warn(_("Choose a place."))
        return see_other("programme.seat", token=token)
    return _after(token, lambda: use_cases.sign_up_again(token, int(form.cohort.data)), _("Welcome back."))


@blueprint.route("/courses/seat/<token>/move", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because=LINK)
def move_seat(token: str) -> ViewResponse:
    """Move to a free seat at another place, from a seat or from the waiting list."""
    participation = queries.participation_by_token(token)
    views = [
        view
        for view in _open_cohorts(participation)
        if view.cohort.id != participation.cohort_id and not view.is_full
    ]
    form = CohortChoiceForm(views)
    if form.validate_on_submit():
        return _after(
            token,
            lambda: use_cases.change_cohort(token, int(form.cohort.data)),
            _("You have moved. The new dates are below."),
        )
    return render_template("programme/seat_move.html", participation=participation, token=token, form=form)


@blueprint.route("/courses/seat/<token>/contact", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because=LINK)
def change_contact(token: str) -> ViewResponse:
    """Change the contact person, who then gets all e-mail about the course."""
    participation = queries.participation_by_token(token)
    form = ContactFields(
        data={
            "contact_name": participation.contact_name,
            "email": participation.contact_email,
            "phone": participation.contact_phone,
        }
    )
    if form.validate_on_submit():
        changed = use_cases.change_contact(token, form.contact())
        flashes.done(_("The contact details have been changed."))
        if (
            changed.token != token
        ):  # the new link is only e-mailed, because the address may belong to another person
            flashes.note(_("The new link has been sent to %(email)s.", email=changed.contact_email))
            return see_other("pages.front")
        return see_other("programme.seat", token=token)
    return render_template("programme/seat_contact.html", participation=participation, token=token, form=form)


@blueprint.route("/courses/seat/<token>/withdraw", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because=LINK)
def withdraw_seat(token: str) -> ViewResponse:
    """Withdraw from the course, with a reason."""
    participation = queries.participation_by_token(token)
    form = WithdrawalForm()
    if form.validate_on_submit():
        use_cases.withdraw(token, form.reason.data, form.text.data or "")
        flashes.done(_("You have withdrawn. You can come back with the same link."))
        return see_other("programme.seat", token=token)
    return render_template(
        "programme/seat_withdraw.html", participation=participation, token=token, form=form
    )


@blueprint.get("/courses/seat/<token>/data")
@access.public
def export_contact(token: str) -> ViewResponse:
    """Download all data about the contact person as JSON."""
    response = jsonify(contact_data.export_contact(token))
    response.headers["Content-Disposition"] = "attachment; filename=course.json"
    return response


@blueprint.route("/courses/seat/<token>/erase", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because=LINK)
def erase_contact(token: str) -> ViewResponse:
    """Erase the contact person, after confirmation. A company with a seat loses the seat."""
    participation = queries.participation_by_token(token)
    if request.method == "POST":
        contact_data.erase_contact(token)
        flashes.done(_("Your contact details have been erased."))
        return see_other("pages.front")
    return render_template(
        "programme/seat_erase.html",
        participation=participation,
        token=token,
        has_seat=participation.state in ENROLLED_STATES,
    )


def _after(token: str, act: Callable[[], object], message: str) -> ViewResponse:
    """Perform an action and show the seat with a message, or with the reason why it is no longer possible."""
    with flashes.catch_refusal(Conflict):
        act()
        flashes.done(message)
    return see_other("programme.seat", token=token)

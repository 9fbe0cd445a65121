"""Recruitment by members of a business garden: adding and changing companies, and notes of telephone calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core.collation import similar_name_key
from marketplace.core.database import load_locked, session, transaction
from marketplace.core.details import write_details
from marketplace.core.email_address import normalize_email
from marketplace.core.errors import Conflict, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.programme.hooks import number_change
from marketplace.programme.lifecycle import CALL, ENROLLED_STATES, ParticipationActor, ParticipationState
from marketplace.programme.models.participation import ADDED, Participation, ParticipationEvent
from marketplace.programme.models.projects import Cohort, Project
from marketplace.programme.queries.cohorts import cohort_for
from marketplace.programme.queries.projects import ProjectAccess, project_for
from marketplace.programme.queries.recruiting import participation_for, visible_participations
from marketplace.programme.queries.seats import count_free_seats
from marketplace.programme.use_cases.company_link import link_registered_companies
from marketplace.programme.use_cases.seating import (
    TransitionOrigin,
    change_state,
    lock_project,
    offer_free_seats,
    take_seat_or_wait,
)
from marketplace.programme.use_cases.sign_up import (
    ask_to_confirm,
    confirm_participation,
    move_to_cohort,
    notify_former_contact,
    notify_new_contact,
    notify_of_seat,
    withdraw_participation,
)


@dataclass(frozen=True, slots=True)
class ParticipationDetails:
    """Details of a company in a project. Only the name is required."""

    company_name: str
    organisation_number: str | None = None
    municipality_number: str = ""
    sector_code: str = ""
    employees: int | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    source: str = ""
    wants_invitations: bool = True


def add_participation(
    viewer: Viewer, slug: str, details: ParticipationDetails, *, is_other_company: bool = False
) -> Participation:
    """Add a company to a project as a lead. Raises RuleBroken if the company is, or may be, in the project already.

    `is_other_company` confirms that a company in the project with almost the same name is another one.
    """
    with transaction():
        access = project_for(viewer, slug)
        lock_project(access.project.id)
        _require_unused_number(access.project, details.organisation_number)
        if not is_other_company:
            _require_other_name(viewer, access, details)
        (added,) = add_leads(viewer, access.project, [details])
        return added


def add_leads(
    viewer: Viewer | None, project: Project, companies: Iterable[ParticipationDetails]
) -> Sequence[Participation]:
    """Add companies as leads, inside the caller's transaction with the project locked.

    `viewer` is None if somebody adds a company through a link.
    """
    added = []
    for details in companies:
        participation = Participation(
            project_id=project.id, state=ParticipationState.LEAD, locale=project.locale
        )
        _assign(participation, details)
        participation.renew_token()
        added.append(participation)
    session.add_all(added)
    session.flush()
    for participation in added:
        session.add(
            ParticipationEvent(
                participation_id=participation.id,
                transition=ADDED,
                to_state=ParticipationState.LEAD,
                user_id=viewer.user_id if viewer else None,
            )
        )
        record(viewer, "participation.add", "participation", participation.id)
    link_registered_companies(added)
    return added


def save_participation(
    viewer: Viewer,
    slug: str,
    participation_id: int,
    details: ParticipationDetails,
    expected: str | None = None,
) -> None:
    """Change the details of a company. Raises RuleBroken, or Conflict if they have changed meanwhile.

    With a new e-mail address, the participation gets a new link, and the former contact person's link stops working.
    """
    with transaction():
        access, participation = lock_participation(viewer, slug, participation_id)
        check_object_unchanged(viewer, "participation", participation.id, expected, participation, details)
        if details.organisation_number != participation.organisation_number:
            if participation.company_id is not None:
                message = _("The company has an account, so its organisation number cannot be changed here.")
                raise RuleBroken(message, "organisation_number")
            _require_unused_number(access.project, details.organisation_number)
            for check in number_change:
                check(participation)
        update_details(viewer, participation, details)


def update_details(viewer: Viewer, participation: Participation, details: ParticipationDetails) -> None:
    """Change the details of a company, inside the caller's transaction with the project locked."""
    is_new_contact = _contact_email(details) != participation.contact_email
    if is_new_contact:
        if participation.contact_email:
            record(viewer, "participation.change_contact", "participation", participation.id)
        notify_former_contact(participation)
        participation.renew_token()
    _assign(participation, details)
    session.flush()
    if is_new_contact and participation.state in ENROLLED_STATES:
        notify_new_contact(participation)
    record(viewer, "participation.save", "participation", participation.id)
    if participation.company_id is None:
        link_registered_companies([participation])


def _assign(participation: Participation, details: ParticipationDetails) -> None:
    write_details(participation, details)
    participation.contact_email = _contact_email(details)


def _contact_email(details: ParticipationDetails) -> str:
    return normalize_email(details.contact_email) if details.contact_email else ""


def _require_unused_number(project: Project, number: str | None) -> None:
    query = select(Participation.id).where(
        Participation.project_id == project.id, Participation.organisation_number == number
    )
    if number and session.scalar(query) is not None:
        message = _(
            "A company with this organisation number is in the project already. Search for the number."
        )
        raise RuleBroken(message, "organisation_number")


def _require_other_name(viewer: Viewer, access: ProjectAccess, details: ParticipationDetails) -> None:
    key = similar_name_key(details.company_name)
    for one in session.scalars(visible_participations(viewer, access)):
        if similar_name_key(one.company_name) == key:
            message = _(
                "%(company)s is in the project already, in %(place)s. Is it another company? Then tick the box below the name.",
                company=one.company_name,
                place=one.municipality or _("an unknown municipality"),
            )
            raise RuleBroken(message, "company_name")


def lock_participation(
    viewer: Viewer, slug: str, participation_id: int
) -> tuple[ProjectAccess, Participation]:
    """Return a company that the viewer may see, with its project and row locked. Raises NotFound.

    Joins the caller's transaction.
    """
    access = project_for(viewer, slug)
    participation_for(viewer, access, participation_id)
    lock_project(access.project.id)
    participation = or_404(
        load_locked(
            select(Participation)
            .where(Participation.id == participation_id)
            .execution_options(populate_existing=True)
        )
    )
    return access, participation


def _origin(viewer: Viewer, reason: str = "") -> TransitionOrigin:
    return TransitionOrigin(ParticipationActor.GARDEN, viewer, reason)


def note_call(viewer: Viewer, slug: str, participation_id: int) -> None:
    """Note that somebody has called a company and invited it. Raises Conflict."""
    with transaction():
        _access, participation = lock_participation(viewer, slug, participation_id)
        change_state(participation, "invite", _origin(viewer, "called"))


def note_other_call(viewer: Viewer, slug: str, participation_id: int) -> None:
    """Note that somebody has called a company, for example about a cancelled session or a seat."""
    with transaction():
        _access, participation = lock_participation(viewer, slug, participation_id)
        state = participation.state
        session.add(
            ParticipationEvent(
                participation_id=participation.id,
                transition=CALL,
                from_state=state,
                to_state=state,
                user_id=viewer.user_id,
            )
        )
        record(viewer, "participation.call", "participation", participation.id)


def note_interest(viewer: Viewer, slug: str, participation_id: int) -> None:
    """Note that a company is interested. Raises Conflict."""
    with transaction():
        _access, participation = lock_participation(viewer, slug, participation_id)
        change_state(participation, "show_interest", _origin(viewer))


def note_refusal(viewer: Viewer, slug: str, participation_id: int) -> None:
    """Note that a company does not want to take part. Raises Conflict."""
    with transaction():
        _access, participation = lock_participation(viewer, slug, participation_id)
        change_state(participation, "decline", _origin(viewer))


def confirm_by_phone(viewer: Viewer, slug: str, participation_id: int) -> None:
    """Confirm a seat or a place on the waiting list, after an adviser has spoken with the company. Raises Conflict."""
    with transaction():
        _access, participation = lock_participation(viewer, slug, participation_id)
        if participation.state not in ENROLLED_STATES:
            raise Conflict(_("The company's place in the course has changed since you opened the page."))
        if participation.confirmed_at is None:
            confirm_participation(participation, viewer)


def give_seat(
    viewer: Viewer, slug: str, participation_id: int, cohort_id: int, *, is_confirmed: bool
) -> Participation:
    """Give a company a seat in a cohort, move its seat there, or put it on the waiting list.

    Unless `is_confirmed`, the contact person has to confirm by the e-mailed link. The seat of a company without an
    e-mail address is confirmed at once. Raises Conflict if the cohort is full and the company already has a seat or a
    place on the waiting list.
    """
    with transaction():
        access, participation = lock_participation(viewer, slug, participation_id)
        cohort = cohort_for(access, cohort_id)
        if cohort.cancelled_at is not None:
            raise Conflict(_("%(cohort)s has been cancelled.", cohort=cohort.name))
        if participation.state == ParticipationState.SIGNED_UP:
            if cohort.id != participation.cohort_id and count_free_seats(cohort) <= 0:
                raise Conflict(
                    _("%(cohort)s is full. The company keeps the seat it has.", cohort=cohort.name)
                )
            move_to_cohort(participation, cohort, _origin(viewer))
            return participation
        _seat(viewer, participation, cohort)
        if is_confirmed or not participation.contact_email:
            confirm_participation(participation, viewer)
        elif participation.confirmed_at is None:
            ask_to_confirm(participation, cohort)
        elif participation.state == ParticipationState.SIGNED_UP:
            notify_of_seat(participation, cohort)
        return participation


def _seat(viewer: Viewer, participation: Participation, cohort: Cohort) -> None:
    if participation.state != ParticipationState.WAITING:
        participation.confirmed_at = None
        participation.withdrawal_reason = participation.withdrawal_text = ""
        take_seat_or_wait(participation, cohort, _origin(viewer))
        return
    is_own_offer = participation.offered_cohort_id == cohort.id
    if not is_own_offer and count_free_seats(cohort) <= 0:
        raise Conflict(
            _("%(cohort)s is full. The company keeps its place on the waiting list.", cohort=cohort.name)
        )
    change_state(participation, "take_seat", _origin(viewer), cohort)
    offer_free_seats(participation.project_id)


def withdraw_company(viewer: Viewer, slug: str, participation_id: int, reason: str, text: str) -> None:
    """Withdraw a company on its behalf, with a reason, and offer its seat to the next. Raises Conflict."""
    with transaction():
        _access, participation = lock_participation(viewer, slug, participation_id)
        withdraw_participation(participation, _origin(viewer, reason), text)

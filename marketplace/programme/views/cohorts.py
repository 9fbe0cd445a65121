"""Places, cohorts and people of a project."""

from functools import partial

from flask import render_template, request, url_for

from marketplace.core import clock
from marketplace.core.details import details_of
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.programme.forms.projects import CohortForm, Named, PersonForm, PlaceForm
from marketplace.programme.queries import cohorts as queries
from marketplace.programme.queries.projects import ProjectAccess, project_as_leader
from marketplace.programme.use_cases import cohorts as use_cases, project_people
from marketplace.programme.views.base import LEADER_WRITES, blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.confirmation import confirmation_page
from marketplace.web.forms.editing import add, edit
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


def _garden_names(project_access: ProjectAccess) -> Named:
    project = project_access.project
    partners = queries.partner_gardens(project)
    return [(garden.id, garden.name) for garden in (project.garden, *partners)]


def _place_names(project_access: ProjectAccess) -> Named:
    return [(place.id, place.name) for place in project_access.places]


@blueprint.route("/programme/<slug>/places/new", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def new_place(slug: str) -> ViewResponse:
    """Add a place to a project."""
    project_access = project_as_leader(current_viewer(), slug)
    form = PlaceForm(_garden_names(project_access))
    if add(form, lambda form: use_cases.save_place(current_viewer(), slug, form.details())):
        flashes.done(_("The place has been added."))
        return see_other("programme.project", slug=slug)
    return render_template("programme/edit_place.html", access=project_access, form=form, place=None)


@blueprint.route("/programme/<slug>/places/<int:place_id>", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def edit_place(slug: str, place_id: int) -> ViewResponse:
    """Change a place of a project."""
    project_access = project_as_leader(current_viewer(), slug)
    place = queries.place_for(project_access, place_id)
    form = edit(
        partial(PlaceForm, _garden_names(project_access)),
        lambda: details_of(
            use_cases.PlaceDetails, queries.place_for(project_as_leader(current_viewer(), slug), place_id)
        ),
        lambda form: use_cases.save_place(
            current_viewer(), slug, form.details(), place_id, form.expected_fingerprint()
        ),
    )
    if form.is_saved:
        flashes.done(_("Saved."))
        return see_other("programme.project", slug=slug)
    return render_template("programme/edit_place.html", access=project_access, form=form, place=place)


@blueprint.post("/programme/<slug>/places/<int:place_id>/remove")
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def remove_place(slug: str, place_id: int) -> ViewResponse:
    """Remove a place without cohorts."""
    with flashes.catch_refusal():
        use_cases.remove_place(current_viewer(), slug, place_id)
        flashes.done(_("The place has been removed."))
        return see_other("programme.project", slug=slug)
    return see_other("programme.edit_place", slug=slug, place_id=place_id)


@blueprint.route("/programme/<slug>/cohorts/new", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def new_cohort(slug: str) -> ViewResponse:
    """Add a cohort to a project."""
    project_access = project_as_leader(current_viewer(), slug)
    if not project_access.places:
        flashes.note(_("Add a place first."))
        return see_other("programme.new_place", slug=slug)
    used = {row.place_id for row in queries.cohorts_of(project_access)}
    unused = next((place.id for place in project_access.places if place.id not in used), None)
    form = CohortForm(_place_names(project_access), data={"place_id": unused} if unused else None)
    if add(form, lambda form: use_cases.save_cohort(current_viewer(), slug, form.details())):
        flashes.done(_("The cohort has been added."))
        return see_other("programme.project", slug=slug)
    return render_template("programme/edit_cohort.html", access=project_access, form=form, cohort=None)


@blueprint.route("/programme/<slug>/cohorts/<int:cohort_id>", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def edit_cohort(slug: str, cohort_id: int) -> ViewResponse:
    """Change a cohort: its place, name, seats and last day of sign-up."""
    project_access = project_as_leader(current_viewer(), slug)
    cohort = queries.cohort_for(project_access, cohort_id)
    form = edit(
        partial(CohortForm, _place_names(project_access)),
        lambda: details_of(
            use_cases.CohortDetails, queries.cohort_for(project_as_leader(current_viewer(), slug), cohort_id)
        ),
        lambda form: use_cases.save_cohort(
            current_viewer(), slug, form.details(), cohort_id, form.expected_fingerprint()
        ),
    )
    if form.is_saved:
        flashes.done(_("Saved."))
        return see_other("programme.project", slug=slug)
    return render_template("programme/edit_cohort.html", access=project_access, form=form, cohort=cohort)


@blueprint.route("/programme/<slug>/cohorts/<int:cohort_id>/cancel", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def cancel_cohort(slug: str, cohort_id: int) -> ViewResponse:
    """Cancel a cohort, after a confirmation page that explains the consequences for its companies."""
    project_access = project_as_leader(current_viewer(), slug)
    cohort = queries.cohort_for(project_access, cohort_id)
    if request.method == "POST":
        moved = use_cases.cancel_cohort(current_viewer(), slug, cohort_id)
        flashes.done(
            ngettext(
                "The cohort is cancelled. %(num)s company is on the waiting list.",
                "The cohort is cancelled. %(num)s companies are on the waiting list.",
                moved,
            )
        )
        return see_other("programme.project", slug=slug)
    if cohort.cancelled_at is not None:
        flashes.note(_("The cohort has already been cancelled."))
        return see_other("programme.project", slug=slug)
    seats = next(row for row in queries.project_page(project_access).cohorts if row.cohort.id == cohort_id)
    return confirmation_page(
        _("Cancel %(name)s", name=cohort.name),
        [
            *(_seats_lost(seats.counts.taken) if seats.counts.taken else ()),
            _("The planned sessions of the cohort are cancelled, and removed from the companies' calendars."),
            _(
                "Companies that wait for this cohort wait for the other cohorts instead. This cannot be undone."
            ),
        ],
        _("Cancel the cohort"),
        url_for("programme.edit_cohort", slug=slug, cohort_id=cohort_id),
    )


@blueprint.route("/programme/<slug>/people/new", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def new_person(slug: str) -> ViewResponse:
    """Give a person a role in a project."""
    project_access = project_as_leader(current_viewer(), slug)
    project = project_access.project
    since = {"since": max(clock.today(), project.starts_on)}
    form = PersonForm(queries.eligible_people(project), _place_names(project_access), data=since)
    if add(form, lambda form: project_people.save_person(current_viewer(), slug, form.details())):
        flashes.done(_("Saved."))
        return see_other("programme.project", slug=slug, _anchor="people")
    return render_template("programme/edit_person.html", access=project_access, form=form, person=None)


@blueprint.route("/programme/<slug>/people/<int:person_id>", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def edit_person(slug: str, person_id: int) -> ViewResponse:
    """Change a person's role in a project."""
    project_access = project_as_leader(current_viewer(), slug)
    person = queries.person_for(project_access, person_id)
    people = queries.eligible_people(project_access.project)
    if person.user_id not in {user_id for user_id, _name in people}:
        people = [*people, (person.user_id, person.user.name)]
    form = edit(
        partial(PersonForm, people, _place_names(project_access)),
        lambda: details_of(
            project_people.PersonDetails,
            queries.person_for(project_as_leader(current_viewer(), slug), person_id),
        ),
        lambda form: project_people.save_person(
            current_viewer(), slug, form.details(), person_id, form.expected_fingerprint()
        ),
    )
    if form.is_saved:
        flashes.done(_("Saved."))
        return see_other("programme.project", slug=slug, _anchor="people")
    return render_template("programme/edit_person.html", access=project_access, form=form, person=person)


@blueprint.post("/programme/<slug>/people/<int:person_id>/remove")
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def remove_person(slug: str, person_id: int) -> ViewResponse:
    """Remove a role that was given by mistake."""
    project_people.remove_person(current_viewer(), slug, person_id)
    flashes.done(_("The person no longer has the role."))
    return see_other("programme.project", slug=slug, _anchor="people")


def _seats_lost(taken: int) -> list[str]:
    """Return the consequences for companies with a seat in a cohort that is cancelled."""
    return [
        ngettext(
            "%(num)s company loses its seat and is put on the waiting list with the date of its sign-up.",
            "%(num)s companies lose their seats and are put on the waiting list with the dates of their sign-up.",
            taken,
        ),
        _(
            "They are offered the next free seats in the other cohorts of the project, before companies that came later."
        ),
    ]

"""Administration of business gardens, and which briefs each reads before they open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core.database import session, transaction
from marketplace.core.details import details_of, write_details
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import hooks, queries
from marketplace.organisations.models import BusinessGarden
from marketplace.organisations.use_cases.colleagues import invite_colleague
from marketplace.organisations.use_cases.followers import take_over_companies


@dataclass(frozen=True, slots=True)
class GardenDetails:
    """A business garden's details."""

    name: str
    municipality_number: str
    covered_municipalities: list[str]
    email: str = ""
    phone: str = ""
    website: str = ""
    about: str = ""


def garden_details(garden: BusinessGarden) -> GardenDetails:
    """Return a garden's current details."""
    details = details_of(GardenDetails, garden)
    return replace(details, covered_municipalities=sorted(details.covered_municipalities))


def save_garden(
    viewer: Viewer,
    details: GardenDetails,
    garden_id: int | None = None,
    expected_fingerprint: str | None = None,
) -> BusinessGarden:
    """Add or change a business garden, and let it follow the companies in its municipalities.

    Raises RuleBroken if another open garden covers one of its municipalities.
    Raises Conflict if the details have changed since the form was rendered, with `expected_fingerprint`.
    """
    with transaction():
        queries.lock_organisation(garden_id)
        if garden_id is not None:
            submitted = replace(details, covered_municipalities=sorted(details.covered_municipalities))
            check_object_unchanged(
                viewer,
                "organisation",
                garden_id,
                expected_fingerprint,
                garden_details(queries.garden(garden_id)),
                submitted,
            )
        existing = queries.garden(garden_id) if garden_id is not None else None
        if existing is None or existing.is_active:
            _require_uncovered(details.covered_municipalities, garden_id)
        garden = existing or BusinessGarden(slug=queries.unique_slug(details.name))
        session.add(garden)
        write_details(garden, details)
        session.flush()
        record(viewer, "garden.save", "organisation", garden.id)
        if garden.is_active:
            take_over_companies(viewer, garden)
        return garden


def _require_uncovered(municipalities: Sequence[str], garden_id: int | None) -> None:
    """Raise RuleBroken if an open garden other than the given one covers one of the municipalities."""
    for other in queries.gardens():
        if other.id != garden_id and set(other.covered_municipalities) & set(municipalities):
            raise RuleBroken(
                _("%(garden)s already covers one of these municipalities.", garden=other.name),
                "covered_municipalities",
            )


def invite_curator(viewer: Viewer, garden_id: int, email: str, role: str) -> None:
    """Invite a curator or adviser to a garden, as an administrator."""
    garden = queries.garden(garden_id)
    acting = Viewer(
        user_id=viewer.user_id,
        name=viewer.name,
        locale=viewer.locale,
        organisation_id=garden.id,
        organisation_kind="garden",
        organisation_name=garden.name,
        role="curator",
    )
    invite_colleague(acting, email, role)


def set_garden_active(viewer: Viewer, garden_id: int, *, active: bool) -> None:
    """Close or reopen a business garden; its members' permissions change at their next request.

    Raises RuleBroken if another garden covers one of its municipalities by now.
    """
    with transaction():
        queries.lock_organisation(garden_id)
        garden = queries.garden(garden_id)
        if garden.is_active == active:
            return
        if active:
            _require_uncovered(garden.covered_municipalities, garden_id)
        garden.is_active = active
        record(viewer, "organisation.open" if active else "organisation.close", "organisation", garden_id)
        if active:
            take_over_companies(viewer, garden)
        for callback in hooks.garden_reopened if active else hooks.garden_closed:
            callback(viewer, garden_id)


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """Which briefs a business garden reads before they open."""

    reviews_first_brief: bool
    reviews_unsure: bool
    reviews_no_budget: bool


def review_settings(viewer: Viewer) -> ReviewSettings:
    """Return the settings of the viewer's garden. Raises Forbidden."""
    if not viewer.is_garden or viewer.organisation_id is None:
        raise Forbidden
    return details_of(ReviewSettings, queries.garden(viewer.organisation_id))


def save_review_settings(
    viewer: Viewer, settings: ReviewSettings, expected_fingerprint: str | None = None
) -> None:
    """Save the settings of the viewer's garden; briefs that wait already are not affected.

    Raises Forbidden if the viewer is not a curator, and Conflict if the settings have changed since the form was rendered.
    """
    if not viewer.is_curator or viewer.organisation_id is None:
        raise Forbidden
    garden_id = viewer.organisation_id
    with transaction():
        queries.lock_organisation(garden_id)
        check_object_unchanged(
            viewer, "organisation", garden_id, expected_fingerprint, review_settings(viewer), settings
        )
        write_details(queries.garden(garden_id), settings)
        record(viewer, "garden.save_reviews", "organisation", garden_id)

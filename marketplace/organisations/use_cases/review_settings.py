"""Settings of a business garden: which briefs it reads before suppliers see them."""

from dataclasses import dataclass

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core.database import transaction
from marketplace.core.details import details_of, write_details
from marketplace.core.errors import Forbidden
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries


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

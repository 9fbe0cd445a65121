"""Pages of the programme: projects, recruitment, sign-up, sessions and attendance."""

from marketplace.programme.views import (
    attendance,
    calendar,
    cohorts,
    courses,
    feedback,
    invalid_link,
    invitations,
    material,
    own_course,
    participant_import,
    participation,
    projects,
    recruiting,
    seat,
    seat_sessions,
    sessions,
)
from marketplace.programme.views.base import blueprint

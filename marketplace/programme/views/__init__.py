"""Pages of the programme: projects, recruitment, sign-up, sessions and attendance."""

from marketplace.programme.views import cohorts, courses, projects, seat
from marketplace.programme.views.base import blueprint

__all__ = ["blueprint", "cohorts", "courses", "projects", "seat"]

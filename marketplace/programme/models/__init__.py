"""Tables of the programme."""

from marketplace.programme.models import calendar, participation, projects, sessions

__all__ = ["calendar", "participation", "projects", "sessions"]

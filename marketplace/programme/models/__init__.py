"""Tables of the programme."""

from marketplace.programme.models import participation, projects, sessions

__all__ = ["participation", "projects", "sessions"]

"""Tables of the programme."""

from marketplace.programme.models import calendar, participation, projects, sessions

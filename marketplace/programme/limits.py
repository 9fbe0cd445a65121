"""Limits and defaults of projects, cohorts and sessions."""

DEFAULT_TARGET_COMPANIES, MAX_TARGET_COMPANIES = 100, 10_000
"""Number of companies that a project plans to recruit."""
DEFAULT_SESSIONS_NEEDED, MAX_SESSIONS_NEEDED = 4, 20
"""Sessions that a company must attend to complete the course."""
DEFAULT_SEATS, MAX_SEATS = 25, 500
"""Number of seats in a cohort."""
MAX_PEOPLE = 200
"""Number of companies on the attendance list of a session, and of people counted in the room."""
MAX_MARKS = 500
"""Attendance marks that a phone sends at once."""
MAX_LINK_MARKS = 5000
"""Attendance marks of a session that can be stored through links and codes: 25 for each of 200 companies."""
MAX_MATERIAL = 20
"""Number of links and files of a session."""

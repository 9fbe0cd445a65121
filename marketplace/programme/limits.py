"""Limits and defaults of projects, cohorts and sessions."""

DEFAULT_TARGET_COMPANIES, MAX_TARGET_COMPANIES = 100, 10_000
"""Companies that a project is to recruit."""
DEFAULT_SESSIONS_NEEDED, MAX_SESSIONS_NEEDED = 4, 20
"""Sessions that a company must attend to complete the course."""
DEFAULT_SEATS, MAX_SEATS = 25, 500
"""Seats of a cohort."""
MAX_PEOPLE = 200
"""Companies in the attendance list of a session, and people that are counted in the room."""
MAX_MARKS = 500
"""Attendance marks that a phone sends at once."""
MAX_LINK_MARKS = 5000
"""Marks of a session that links and codes can store: 25 changes for each of 200 companies."""
MAX_MATERIAL = 20
"""Links and files of a session."""

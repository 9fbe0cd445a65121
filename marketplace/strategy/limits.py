"""Lengths of the texts of a strategy, and how many entries each list may have."""

MAX_LINE = 120
"""Characters of an entry in a list: a strength, a gap, a risk."""
MAX_ONE_LINE = 200
MAX_VISION = 400
MAX_NAME = 60
MAX_WHO = 200
MAX_WHERE_FROM = 80
MAX_RESPONSIBLE = 80
MAX_SOURCE = 80
MAX_OBJECTIVE_TEXT = 200
MAX_INDICATOR_NAME = 80
MAX_UNIT = 20
MAX_ACTION_TEXT = 120
MAX_COMMENT = 2000

MAX_OFFERS = 5
MAX_AUDIENCES = 3
MAX_LINES = 3
"""Entries in the lists of strengths, gaps and risks."""
MAX_OBJECTIVES = 5
"""More objectives are accepted, with a warning."""
MAX_OPEN_OBJECTIVES = 10
MAX_ACTIONS = 10
MAX_VALUE = 10**12
"""Greatest value of an objective or a measurement, in units."""
MAX_NOK = 100_000_000
MAX_OPEN_ACTIONS = 30
MAX_PRINTED_ACTIONS = 15
"""Number of actions that fit on two pages with the highest number of objectives and the longest texts."""
MAX_ACCOUNT_OWNER = 60
MAX_HOURS = 500
"""Own hours in a month."""
MAX_PERCENT = 100

"""Limits of ranking and invitations: suppliers in a brief's list, invited suppliers, invitations by e-mail.

An invitation has no time limit of its own: it expires at the brief's deadline.
"""

MAX_RANKED = 60
"""Suppliers in the list of a brief, best match first."""
MAX_INVITED = 7
"""Suppliers that a brief can have invited, including those that have declined."""
MAX_OUTSIDE_MESSAGE = 200
"""Length of the company's message in an invitation by e-mail."""
MAX_OUTSIDE_PER_DAY = 5
"""Invitations by e-mail that a company can send in one day, from midnight local time."""
MAX_SUGGESTION = 500
"""Length of a business garden's reason for adding an invited supplier."""
MAX_DECLINE_TEXT = 500
"""Length of a supplier's remark on why it declines an invitation."""

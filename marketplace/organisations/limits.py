"""Limits of invitations to colleagues."""

INVITATION_HOURS = 48
"""Hours for which an invitation can be accepted."""
MAX_UNANSWERED = 20
"""Unaccepted invitations that an organisation may send in that time. The e-mails contain names that it has chosen."""

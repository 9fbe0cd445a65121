"""Limits of invitations to colleagues."""

INVITATION_DAYS = 7
"""Days for which an invitation can be accepted: one that is sent before a weekend or a holiday remains valid after it."""
MAX_UNANSWERED = 20
"""Unaccepted invitations that an organisation may send in that time. The e-mails contain names that it has chosen."""

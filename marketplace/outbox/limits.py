"""Limits of e-mail: how many messages are sent before the rest wait for a digest, and how long a mailing can be stopped."""

MAX_THROTTLED_MAILS = 3
THROTTLE_HOURS = 6
"""After so many throttled e-mails within so many hours, one digest announces the rest."""
UNDO_MINUTES = 5
"""Time for which a mailing to many companies waits, so that its sender can stop it."""
MAX_MAILING_PER_HOUR = 100
"""E-mails of a mailing that are sent in an hour, also when more are due because the mail server was down."""
MAX_DIGEST_LINES = 30
"""Messages that a daily or weekly digest lists."""

"""Limits of e-mail: how many messages that others trigger are sent before the rest wait for one digest."""

MAX_THROTTLED_MAILS = 3
THROTTLE_HOURS = 6
"""After so many throttled e-mails within so many hours, one digest announces the rest."""
MAX_DIGEST_LINES = 30
"""Messages that a daily or weekly digest lists."""

"""Codes for self check-in, shown on a screen at the venue. The code changes periodically; the previous code is still accepted."""

import base64
import datetime as dt
import hashlib
import hmac

CODE_MINUTES = 30
"""Minutes for which a code is shown. It is accepted for as many minutes after it was replaced."""
_CODE_LENGTH = 6


def check_in_code(secret: str, session_id: int, now: dt.datetime) -> str:
    """Return the current code of a session: six letters and digits (HMAC-SHA256 in Base32)."""
    return _code(secret, session_id, _period(now))


def is_valid_code(secret: str, session_id: int, code: str, now: dt.datetime) -> bool:
    """Return True if a code is the current or the previous code of a session. Case is ignored."""
    typed = code.strip().upper().encode()
    period = _period(now)
    return any(
        hmac.compare_digest(_code(secret, session_id, candidate).encode(), typed)
        for candidate in (period, period - 1)
    )


def _period(now: dt.datetime) -> int:
    return int(now.timestamp()) // (CODE_MINUTES * 60)


def _code(secret: str, session_id: int, period: int) -> str:
    digest = hmac.new(secret.encode(), f"check-in {session_id} {period}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:_CODE_LENGTH]

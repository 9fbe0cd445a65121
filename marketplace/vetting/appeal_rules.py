"""Rules and terms of appeals: states, decisions and the time limit. No database and no request.

Who may decide an appeal, and when reviewers are reminded, is in `second_review_rules.py`, which refusals share.
"""

import datetime as dt

from marketplace.core.dates import local_date_after
from marketplace.vetting import rules

WAITING, GRANTED, UPHELD = "waiting", "granted", "stands"
GRANT, UPHOLD = "grant", "uphold"
TRANSITIONS = {GRANT: (WAITING, GRANTED), UPHOLD: (WAITING, UPHELD)}
"""State before and after each decision on an appeal."""
APPEAL_DAYS = rules.REAPPLY_DAYS
"""Days after a refusal within which a supplier can appeal."""


def last_appeal_day(refused_at: dt.datetime) -> dt.date:
    """Last day on which a refusal can be appealed."""
    return local_date_after(refused_at, days=APPEAL_DAYS)


def can_appeal_refusal(
    status: str, refused_at: dt.datetime | None, today: dt.date, *, has_appealed: bool
) -> bool:
    """Return True if a refusal can be appealed: once, within 90 days, while the vetting is still refused."""
    if status != rules.REFUSED or refused_at is None or has_appealed:
        return False
    return today <= last_appeal_day(refused_at)

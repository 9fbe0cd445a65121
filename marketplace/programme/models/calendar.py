"""Calendar feeds of advisers."""

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import exported


class CalendarFeed(Entity):
    """A secret URL from which a calendar program reads the sessions that a member of a garden may see.

    The token is derived from `nonce` and the secret key of the installation, so that the URL can be shown again
    although only its hash is stored. Deleting the row revokes it.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (UniqueConstraint("user_id", "garden_id"),)
    __export__ = {"user_id": exported("calendars", "created_at")}
    __audit_names__ = {
        "calendar.create": _("Created an address for a calendar"),
        "calendar.revoke": _("Stopped an address for a calendar"),
    }

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    nonce: Mapped[str] = mapped_column(String(43))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

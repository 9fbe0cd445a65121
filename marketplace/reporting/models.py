"""Issued reports, and the links with which funders read them."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.i18n import default_locale, lazy_gettext as _
from marketplace.core.personal_data import REPORT, exported
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.models.projects import Project


class ReportIssue(Entity):
    """An issued report: its figures as of `as_of`, frozen, with their SHA-256 digest.

    `project_id` is None for the report of a garden about its network and its companies' briefs. `number` counts the
    issues of the project or of the garden. `content` is the report as published, with small numbers suppressed.
    `partner_parts` are the parts for the places of each partner garden, by its id: only its own members see them.
    `bases` holds what samples and breakdowns are computed from, of the whole report under "" and of the partner parts by
    the garden's id: the same ids as in the recorded facts. Nobody sees them; later issues are compared with them.
    """

    __tablename__ = "report_issue"
    __table_args__ = (UniqueConstraint("garden_id", "project_id", "number"),)
    __retention__ = {
        "bases": "ids without names, as in the recorded facts",
        "content": REPORT,
        "partner_parts": REPORT,
    }
    __export__ = {"issued_by_id": exported("reports_issued", "issued_at", "number")}
    __audit_names__ = {
        "report": _("Issued report"),
        "report.create_link": _("Created a link to the reports"),
        "report.issue": _("Issued a report"),
        "report.withdraw_link": _("Withdrew a link to the reports"),
    }

    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    from_on: Mapped[dt.date]
    to_on: Mapped[dt.date]
    as_of: Mapped[dt.datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    partner_parts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    bases: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    digest: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    garden: Mapped[BusinessGarden] = relationship(innerjoin=True)
    project: Mapped[Project | None] = relationship()
    issued_by: Mapped[User] = relationship(innerjoin=True)


class ReportLink(Entity):
    """A secret link to the issued reports of a project or a garden. Only the hash of its token is stored.

    `label` names the reader, such as the funder. `opened` counts how often the link was opened.
    """

    __tablename__ = "report_link"
    __export__ = {"created_by_id": exported("report_links_created", "created_at", "label")}
    __audit_names__ = {
        "report_link": _("Link to the reports"),
    }

    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(60))
    locale: Mapped[str] = mapped_column(String(2), default=default_locale)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]
    opened: Mapped[int] = mapped_column(default=0)
    last_opened_at: Mapped[dt.datetime | None]

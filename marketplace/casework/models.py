"""Notes and tasks of a business garden about a company or a participant without an account, and reminders to companies."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import CASEWORK, exported
from marketplace.organisations.models import Company
from marketplace.programme.models.participation import Participation

_ABOUT_ONE = "(company_id IS NULL) <> (participation_id IS NULL)"
"""Each row is either about a company, or about a participation that had no linked company when the row was written."""


class CaseNote(Entity):
    """A note of a business garden about a company, private to the garden.

    `kind` is the activity, and `minutes` the time spent on it, or None. `shared_at` is when the company received a copy.
    """

    __tablename__ = "case_note"
    __table_args__ = (
        CheckConstraint(_ABOUT_ONE, name="about_one"),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        Index("ix_case_note_garden_company", "garden_id", "company_id"),
    )
    __retention__ = {"text": CASEWORK}
    __export__ = {"by_id": exported("case_notes", "happened_on", "kind", "text", "minutes")}
    __audit_names__ = {
        "case_note": _("Note about a company"),
        "case_note.add": _("Wrote a note about a company"),
        "case_note.delete": _("Deleted a note about a company"),
        "case_note.save": _("Changed a note about a company"),
        "case_note.share": _("Gave a company a copy of a note"),
    }

    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    participation_id: Mapped[int | None] = mapped_column(
        ForeignKey("participation.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int | None]
    happened_on: Mapped[dt.date]
    written_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    shared_at: Mapped[dt.datetime | None]

    company: Mapped[Company | None] = relationship()
    participation: Mapped[Participation | None] = relationship()
    by: Mapped[User] = relationship(innerjoin=True)


class CaseTask(Entity):
    """A task that a business garden has agreed to do for a company by a due date."""

    __tablename__ = "case_task"
    __table_args__ = (
        CheckConstraint(_ABOUT_ONE, name="about_one"),
        Index("ix_case_task_garden_due", "garden_id", "done_at", "due_on"),
    )
    __retention__ = {"what": CASEWORK}
    __export__ = {
        "created_by_id": exported("case_tasks_created", "created_at", "what", "due_on"),
        "done_by_id": exported("case_tasks_done", "done_at", "what"),
        "assignee_id": exported("case_tasks_assigned", "created_at", "what", "due_on"),
    }
    __audit_names__ = {
        "case_task": _("Task for a company"),
        "case_task.add": _("Added a task for a company"),
        "case_task.delete": _("Deleted a task for a company"),
        "case_task.do": _("Marked a task for a company as done"),
        "case_task.remind": _("Reminded a person of tasks for companies"),
        "case_task.save": _("Changed a task for a company"),
        "case_task.undo": _("Marked a task for a company as not done"),
    }

    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    participation_id: Mapped[int | None] = mapped_column(
        ForeignKey("participation.id", ondelete="CASCADE"), index=True
    )
    what: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[dt.date]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    done_at: Mapped[dt.datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reminded_at: Mapped[dt.datetime | None]

    company: Mapped[Company | None] = relationship()
    participation: Mapped[Participation | None] = relationship()
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])


class CompanyReminder(Entity):
    """A reminder from a business garden to a company. It is sent at `send_at` and can be cancelled until then.

    `kind` is the state of the company that the reminder is about. `own_line` is a text that the sender has added.
    """

    __tablename__ = "company_reminder"
    __table_args__ = (
        Index("ix_company_reminder_company_kind", "company_id", "kind"),
        Index("ix_company_reminder_due", "sent_at", "cancelled_at", "send_at"),
    )
    __retention__ = {"own_line": CASEWORK}
    __export__ = {"by_id": exported("reminders_to_companies", "queued_at", "kind", "own_line")}
    __audit_names__ = {
        "company_reminder.drop": _("Left out a reminder that a company no longer needed"),
        "company_reminder.queue": _("Queued a reminder to a company"),
        "company_reminder.send": _("Sent a company a reminder"),
        "company_reminder.undo": _("Stopped a reminder to a company"),
    }

    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    own_line: Mapped[str] = mapped_column(Text, default="")
    queued_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    send_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    cancelled_at: Mapped[dt.datetime | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    by: Mapped[User] = relationship(innerjoin=True)

"""Course sessions, their material and links, attendance and feedback."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core import clock
from marketplace.core.course_plan import course_plan
from marketplace.core.database import Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import PARTICIPATION, PROJECT, exported
from marketplace.core.places import municipality_name
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort


class CourseSession(Entity):
    """One session of a cohort's course.

    `number` refers to the course plan; `title` overrides the plan's title. `uid` and `sequence` identify the event in
    calendars (RFC 5545). `catch_up_of_id` is the session that a catch-up session repeats. `head_count` is the number of people
    present, independent of the attendance list. `reminded_before_at` and `reminded_today_at` are the times of the
    reminders some days before the session and on its day; they become None when the session is moved. The first is the
    time of the announcement if that comes so late that it replaces the reminder.
    """

    __tablename__ = "course_session"
    __table_args__ = (
        Index("ix_course_session_cohort_number", "cohort_id", "number"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )
    __retention__ = {
        "address": PROJECT,
        "cancelled_reason": PROJECT,
        "lecturer": PARTICIPATION,
        "lecturer_email": PARTICIPATION,
        "title": PROJECT,
    }
    __audit_names__ = {
        "session": _("Session"),
        "session.add_catch_up": _("Planned a catch-up session"),
        "session.add_material": _("Added material to a session"),
        "session.ask_feedback": _("Asked the companies about a session"),
        "session.feedback": _("Gave feedback on a session"),
        "session.cancel": _("Cancelled a session"),
        "session.move": _("Moved a session"),
        "session.tell_missed": _("Notified the companies that missed a session"),
        "session.remind": _("Reminded the companies of a session"),
        "session.remove_material": _("Removed material from a session"),
        "session.restore": _("Undid the cancellation of a session"),
        "session.save": _("Changed a session"),
        "session.attendance": _("Took attendance at a course session"),
        "session.create_link": _("Made a link to a course session"),
        "session.held": _("Confirmed that a course session was held"),
        "session.withdraw_links": _("Stopped the links to a course session"),
    }

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120), default="")
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[dt.datetime] = mapped_column(index=True)
    ends_at: Mapped[dt.datetime]
    venue: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(120), default="")
    municipality_number: Mapped[str] = mapped_column(String(4))
    lecturer: Mapped[str] = mapped_column(String(120), default="")
    lecturer_email: Mapped[str] = mapped_column(String(254), default="")
    catch_up_of_id: Mapped[int | None] = mapped_column(ForeignKey("course_session.id"))
    cancelled_at: Mapped[dt.datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(String(500), default="")
    held_at: Mapped[dt.datetime | None]
    head_count: Mapped[int | None]
    reminded_before_at: Mapped[dt.datetime | None]
    reminded_today_at: Mapped[dt.datetime | None]

    cohort: Mapped[Cohort] = relationship(innerjoin=True)

    @property
    def heading(self) -> str:
        """Return the session's own title, or else its title in the course plan in the current language."""
        planned = course_plan().session(self.number)
        return self.title or (planned.title if planned else str(self.number))

    @property
    def municipality(self) -> str:
        """Return the name of the venue's municipality."""
        return municipality_name(self.municipality_number)


class SessionMaterial(Entity):
    """A link or file for participants, to use before, during or after a session.

    The file is the `StoredFile` whose `material_id` refers to this row.
    """

    __tablename__ = "session_material"
    __retention__ = {"url": PROJECT}

    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(300), default="")
    use: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    session: Mapped[CourseSession] = relationship(innerjoin=True)


class SessionLink(Entity):
    """A secret link to one session for a person without an account. Only the hash of its token is stored.

    `purpose` is "lecturer" (to see the companies and their progress) or "attendance" (to take attendance on another phone).
    """

    __tablename__ = "session_link"
    __export__ = {"created_by_id": exported("session_links_made", "created_at", "purpose")}

    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]

    session: Mapped[CourseSession] = relationship(innerjoin=True)


class AttendanceMark(Entity):
    """A mark for a company at a session. Rows are only added; the mark with the latest `marked_at` counts.

    `marked_at` is the time on the device, `recorded_at` the time when the mark reached the server. The device chooses
    `client_key`, so that a mark that is sent twice is stored once. `user_id` is None for a mark made through a link or by self check-in.
    """

    __tablename__ = "attendance_mark"
    __table_args__ = (Index("ix_attendance_mark_session", "session_id", "participation_id", "marked_at"),)
    __export__ = {"user_id": exported("attendance_taken", "marked_at", "mark")}

    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id", ondelete="CASCADE"))
    participation_id: Mapped[int] = mapped_column(
        ForeignKey("participation.id", ondelete="CASCADE"), index=True
    )
    mark: Mapped[str] = mapped_column(String(8))
    people: Mapped[int] = mapped_column(default=1)
    marked_at: Mapped[dt.datetime]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    client_key: Mapped[str] = mapped_column(String(36), unique=True)
    source: Mapped[str] = mapped_column(String(8))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    session: Mapped[CourseSession] = relationship(innerjoin=True)
    participation: Mapped[Participation] = relationship(innerjoin=True)


class SessionFeedback(Entity):
    """A company's feedback on a session: usefulness 1-5, use of the previous session's content 0-4, and a comment."""

    __tablename__ = "session_feedback"
    __table_args__ = (UniqueConstraint("session_id", "participation_id"),)
    __retention__ = {"comment": PARTICIPATION}

    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id", ondelete="CASCADE"))
    participation_id: Mapped[int] = mapped_column(
        ForeignKey("participation.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[dt.datetime | None]
    useful: Mapped[int | None]
    pace: Mapped[int | None]
    used_before: Mapped[int | None]
    comment: Mapped[str] = mapped_column(String(500), default="")
    allows_quote: Mapped[bool] = mapped_column(default=False)

    session: Mapped[CourseSession] = relationship(innerjoin=True)
    participation: Mapped[Participation] = relationship(innerjoin=True)

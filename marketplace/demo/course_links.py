"""Links to the demo project, printed when the demo starts."""

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.i18n import gettext as _
from marketplace.demo.people import COMPANY
from marketplace.demo.seed_course import LECTURER_LINK
from marketplace.demo.seed_finances import FUNDER_LINK
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project
from marketplace.programme.models.sessions import CourseSession


def course_links() -> list[tuple[str, str]]:
    """Return label and path of the course page, a seat, today's attendance, the lecturer's and the funder's page."""
    seat = session.scalar(select(Participation).where(Participation.contact_email == COMPANY["email"]))
    if seat is None:
        return []
    links = [(_("Course page"), f"/courses/{seat.project.slug}"), (_("A company's seat"), seat.path)]
    today = session.scalar(
        select(CourseSession)
        .join(CourseSession.cohort)
        .join(Cohort.project)
        .where(
            Project.id == seat.project_id,
            CourseSession.cohort_id == seat.cohort_id,
            CourseSession.ends_at >= clock.start_of_day(clock.today()),
        )
        .order_by(CourseSession.starts_at)
        .limit(1)
    )
    if today is not None:
        attendance = f"/programme/{seat.project.slug}/sessions/{today.id}/attendance"
        lecturer = f"/sessions/{LECTURER_LINK}/room"
        links += [(_("Attendance, as the business garden"), attendance), (_("The lecturer's page"), lecturer)]
    links.append((_("The funder's page"), f"/reports/{FUNDER_LINK}"))
    return links

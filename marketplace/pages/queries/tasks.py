"""Tasks on home pages about courses, strategies and casework."""

from collections.abc import Iterator

from marketplace.casework.queries.tasks import tasks_waiting_for
from marketplace.core import clock
from marketplace.core.course_plan import course_plan
from marketplace.core.i18n import format_date, format_datetime, format_time, gettext as _, ngettext
from marketplace.core.viewer import Viewer
from marketplace.pages.dashboard import MAX_TASKS_PER_GROUP, Priority, Task
from marketplace.programme.queries import home_page
from marketplace.programme.queries.home_page import CancelledSession, HomeSession
from marketplace.strategy.queries.objectives import due_objectives
from marketplace.strategy.queries.plan import home_plan
from marketplace.strategy.queries.sharing import pending_review_requests


def garden_course_tasks(viewer: Viewer) -> Iterator[Task]:
    """Yield the course tasks of a member of a garden; today's sessions first, until somebody has taken attendance."""
    sessions = home_page.home_sessions(viewer)
    yield from (_today(one) for one in sessions if one.is_today)
    cancelled = home_page.cancelled_sessions_to_call_about(viewer)
    yield from map(_cancelled, cancelled[:MAX_TASKS_PER_GROUP])
    others = [one for one in sessions if not one.is_today]
    unconfirmed = [one for one in others if one.held_at is None and one.ends_at <= clock.now()]
    yield from map(_unconfirmed, unconfirmed[:MAX_TASKS_PER_GROUP])
    coming = [one for one in others if not one.venue and one.starts_at > clock.now()]
    yield from map(_without_venue, coming[:MAX_TASKS_PER_GROUP])
    starting = [one for one in sessions if one.free_seats and one.starts_at > clock.now()]
    yield from map(_with_free_seats, starting[:MAX_TASKS_PER_GROUP])
    for seat in home_page.untaken_seats(viewer)[:MAX_TASKS_PER_GROUP]:
        lapsed = seat.transition == "release"
        yield Task(
            Priority.SOON,
            _("Call %(company)s", company=seat.company_name),
            f"/programme/{seat.slug}/companies/{seat.participation_id}",
            _("They did not answer the offer of a seat in time.")
            if lapsed
            else _("They left the waiting list for the course."),
            format_date(seat.at),
        )


def _today(one: HomeSession) -> Task:
    url = f"/programme/{one.slug}/sessions/{one.id}/attendance"
    signed_up = ngettext("%(num)s company signed up", "%(num)s companies signed up", one.seated)
    when = f"{format_time(one.starts_at)}, {one.venue or _('venue not decided')} · {signed_up}"
    names = {"cohort": one.cohort, "number": one.number}
    if one.held_at is not None:
        link = _("Attendance for %(cohort)s, session %(number)s", **names)
        return Task(Priority.SOON, link, url, _("Somebody has taken attendance. You can change it."), when)
    link = _("Take attendance for %(cohort)s, session %(number)s", **names)
    return Task(Priority.NOW, link, url, "", when, is_imminent=True, button=_("Take attendance"))


def _cancelled(one: CancelledSession) -> Task:
    return Task(
        Priority.NOW,
        ngettext(
            "Call %(num)s company about a cancelled session",
            "Call %(num)s companies about a cancelled session",
            one.to_call,
        ),
        f"/programme/{one.slug}/sessions/{one.id}",
        _("Session %(number)s in %(cohort)s. No e-mail reaches them.", number=one.number, cohort=one.cohort),
        format_datetime(one.starts_at, weekday=True),
        button=_("See whom to call"),
    )


def _unconfirmed(one: HomeSession) -> Task:
    return Task(
        Priority.NOW,
        _(
            "Confirm whether session %(number)s in %(cohort)s was held",
            number=one.number,
            cohort=one.cohort,
        ),
        f"/programme/{one.slug}/sessions/{one.id}/held",
        _("Nobody has taken attendance."),
        format_date(one.starts_at, weekday=True),
        button=_("Confirm"),
    )


def _without_venue(one: HomeSession) -> Task:
    return Task(
        Priority.SOON,
        _("Find a venue for session %(number)s in %(cohort)s", number=one.number, cohort=one.cohort),
        f"/programme/{one.slug}/sessions/{one.id}/edit",
        "",
        format_datetime(one.starts_at, weekday=True),
    )


def _with_free_seats(one: HomeSession) -> Task:
    return Task(
        Priority.SOON,
        _("Fill the course in %(cohort)s", cohort=one.cohort),
        f"/programme/{one.slug}/companies",
        ngettext(
            "%(num)s of %(seats)s seats is free.",
            "%(num)s of %(seats)s seats are free.",
            one.free_seats,
            seats=one.seats_to_fill,
        ),
        _("Begins %(date)s", date=format_date(one.starts_at, weekday=True)),
    )


def company_course_tasks(company_id: int) -> Iterator[Task]:
    """Yield the next session of a company's course, if it has a seat."""
    for row in home_page.next_sessions_of(company_id):
        planned = course_plan().session(row.number)
        title = row.title or (planned.title if planned else str(row.number))
        is_today = clock.to_local(row.starts_at).date() == clock.today()
        yield Task(
            Priority.NOW if is_today else Priority.SOON,
            _("Course today: %(title)s", title=title)
            if is_today
            else _("Next course session: %(title)s", title=title),
            "/course",
            "",
            f"{format_datetime(row.starts_at, weekday=True)} · {row.venue or _('venue not decided')}",
            is_imminent=is_today,
        )


def garden_strategy_tasks(garden_id: int) -> Iterator[Task]:
    """Yield the reviews of strategies that companies have asked a garden for, oldest first."""
    for asked in pending_review_requests(garden_id)[:MAX_TASKS_PER_GROUP]:
        yield Task(
            Priority.NOW,
            _("Read the strategy of %(company)s", company=asked.company),
            f"/companies/{asked.company_id}/plan/review",
            _("They want your advice on it."),
            _("Asked %(date)s", date=format_date(asked.asked_at)),
            button=_("Read and answer"),
        )


def company_measuring_tasks(company_id: int) -> Iterator[Task]:
    """Yield one task for all objectives of a company whose measurement is due."""
    due = due_objectives(company_id)
    if due and due[0].next_due:
        only = due[0].objective
        yield Task(
            Priority.SOON,
            _("Measure %(name)s", name=only.indicator_name or only.text)
            if len(due) == 1
            else ngettext("Measure %(num)s objective", "Measure %(num)s objectives", len(due)),
            f"/plan/objectives/{only.id}/measure" if len(due) == 1 else "/plan/objectives",
            _("It takes a few minutes."),
            _("Due %(date)s", date=format_date(due[0].next_due)),
        )


def company_plan_tasks(company_id: int) -> Iterator[Task]:
    """Yield the task of a company that has begun a plan, or whose review date has come."""
    plan = home_plan(company_id)
    if plan is None:
        return
    if not plan.is_completed:
        when = _("Last changed %(date)s", date=format_date(plan.updated_at))
        yield Task(Priority.LATER, _("Continue with your plan"), "/plan", "", when)
    elif plan.review_on is not None and plan.review_on <= clock.today():
        yield Task(
            Priority.SOON,
            _("Go through your plan and set a new review date"),
            "/plan",
            "",
            _("Review date: %(date)s", date=format_date(plan.review_on)),
        )


def garden_casework_tasks(viewer: Viewer) -> Iterator[Task]:
    """Yield the tasks for companies that are due within a week and assigned to the viewer or to nobody, overdue first."""
    tasks = tasks_waiting_for(viewer)
    today = clock.today()
    for task in tasks[:MAX_TASKS_PER_GROUP]:
        when = _("Due today") if task.due_on == today else _("Due %(date)s", date=format_date(task.due_on))
        if task.due_on < today:
            when = _("Overdue since %(date)s", date=format_date(task.due_on))
        is_now = task.due_on <= today
        yield Task(
            Priority.NOW if is_now else Priority.SOON,
            f"{task.name}: {task.what}",
            task.url,
            "",
            when,
            is_imminent=is_now,
        )
    more = len(tasks) - MAX_TASKS_PER_GROUP
    if more > 0:
        yield Task(
            Priority.SOON,
            ngettext("See %(num)s more task for companies", "See %(num)s more tasks for companies", more),
            "/companies/next?who=mine&state=task_due",
        )

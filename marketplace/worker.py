"""The background worker: sends queued e-mail and runs scheduled jobs."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, current_app

from marketplace.accounts import use_cases as accounts
from marketplace.briefs import use_cases as briefs
from marketplace.casework.use_cases import company_reminders, tasks
from marketplace.core import clock, request_state
from marketplace.core.database import session
from marketplace.finance.use_cases.hours_reminders import remind_of_hours
from marketplace.mandates.use_cases import mandates
from marketplace.organisations import use_cases as organisations
from marketplace.outbox.delivery import deliver_due
from marketplace.privacy import brief_retention, course_retention, retention
from marketplace.programme.use_cases import (
    feedback,
    plan_reminders,
    seat_release,
    session_reminders,
)
from marketplace.proposals import use_cases as proposals
from marketplace.reporting.fact_recording import record_missing_facts
from marketplace.sourcing import use_cases as sourcing
from marketplace.strategy.use_cases import reminders as strategy_reminders
from marketplace.vetting import use_cases as vetting

logger = logging.getLogger(__name__)
MAIL_INTERVAL_SECONDS = 2.0
JOB_INTERVAL_SECONDS = 60.0
HEARTBEAT_INTERVAL_SECONDS = 30.0


def erase_unused_accounts() -> int:
    """Erase unused accounts, also from the e-mail files in the instance folder."""
    return retention.erase_unused_accounts(Path(current_app.instance_path) / "mail")


def erase_unconfirmed_accounts() -> int:
    """Erase accounts that were never confirmed, also from the e-mail files in the instance folder."""
    return retention.erase_unconfirmed_accounts(Path(current_app.instance_path) / "mail")


def delete_mail_files() -> int:
    """Delete old e-mail in the instance folder."""
    return retention.delete_mail_files(Path(current_app.instance_path) / "mail")


# Scheduled jobs. All are idempotent.
JOBS: tuple[Callable[[], object], ...] = (
    *proposals.JOBS,
    sourcing.open_waiting_briefs,
    sourcing.settle_outside_invitations,
    sourcing.alert_matching_suppliers,
    organisations.follow_companies_without_garden,
    seat_release.release_unconfirmed,
    seat_release.release_lapsed_offers,
    session_reminders.remind_of_sessions,
    session_reminders.notify_of_missed_sessions,
    plan_reminders.remind_of_plan_deadlines,
    feedback.ask_for_feedback,
    strategy_reminders.remind_of_measurements,
    strategy_reminders.remind_of_plan_reviews,
    strategy_reminders.remind_of_half_done_work,
    tasks.remind_of_tasks,
    company_reminders.send_due_reminders,
    remind_of_hours,
    strategy_reminders.ask_for_assessments,
    mandates.warn_of_ending_mandates,
    mandates.end_mandates,
    briefs.remind_about_questions,
    briefs.remind_about_reviews,
    briefs.erase_deleted_drafts,
    vetting.remind_of_applications,
    vetting.remind_of_renewals,
    vetting.remind_second_reviewers,
    vetting.remind_of_appeals,
    sourcing.refit,
    accounts.send_digests,
    accounts.purge_attempts,
    request_state.purge_expired,
    retention.warn_unused_accounts,
    erase_unused_accounts,
    erase_unconfirmed_accounts,
    brief_retention.delete_old_drafts,
    brief_retention.erase_closed_briefs,
    retention.erase_refused_suppliers,
    course_retention.erase_old_participations,
    course_retention.delete_old_finances,
    retention.erase_old_casework,
    retention.delete_old_mandates,
    retention.delete_expired,
    delete_mail_files,
    record_missing_facts,
)


def run_worker(app: Flask, *, once: bool = False) -> None:
    """Run until SIGTERM or SIGINT; with `once`, run everything that is due and return."""
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    due = time.monotonic()
    while True:
        with app.app_context():
            _write_heartbeat()
            if time.monotonic() >= due:
                due = time.monotonic() + JOB_INTERVAL_SECONDS
                run_jobs()
            _send_mail(app, everything=once)
        if once or stop.wait(MAIL_INTERVAL_SECONDS):
            return


def run_jobs() -> None:
    """Run every job. A failing job is logged and does not stop the rest."""
    for job in JOBS:
        try:
            job()
        except Exception:
            session.rollback()
            logger.exception("The job %s failed.", job.__name__)


def _write_heartbeat() -> None:
    """Record periodically that this process is alive, for /readyz."""
    try:
        seen = request_state.last_heartbeat("worker")
        if seen is None or (clock.now() - seen).total_seconds() > HEARTBEAT_INTERVAL_SECONDS:
            request_state.record_heartbeat("worker")
    except Exception:
        session.rollback()
        logger.exception("The heartbeat could not be written.")


def _send_mail(app: Flask, *, everything: bool) -> None:
    """Send one batch of due e-mail, or with `everything` all of it. Other jobs run between batches."""
    try:
        while deliver_due(app.config["SETTINGS"]) and everything:
            pass
    except Exception:
        session.rollback()
        logger.exception("Sending e-mail failed.")

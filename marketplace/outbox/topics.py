"""Topics of optional messages, and how each user wants to get them by e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.viewer import Viewer


class Topic(StrEnum):
    """Kind of message that a user can choose the delivery of. Necessary messages have none."""

    INVITATIONS = "invitations"
    OPPORTUNITIES = "opportunities"
    QUESTIONS = "questions"
    ANSWERS = "answers"
    RECEIPTS = "receipts"
    JOBS = "jobs"
    SCORING = "scoring"
    REVIEWS = "reviews"
    APPLICATIONS = "applications"
    AREA = "area"
    COURSE = "course"
    STRATEGY = "strategy"
    MEASUREMENTS = "measurements"
    TASKS = "tasks"
    REMINDERS = "reminders"
    PROJECTS = "projects"


class Delivery(StrEnum):
    """When messages on a topic are e-mailed. They are always listed on the site."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


DIGEST_INTERVALS = (Delivery.DAILY, Delivery.WEEKLY)
"""Deliveries as a digest."""

DELIVERY_LABELS = {
    Delivery.NOW: _("E-mail at once"),
    Delivery.DAILY: _("One e-mail a day"),
    Delivery.WEEKLY: _("One e-mail a week, on Mondays"),
    Delivery.OFF: _("No e-mail, only on the site"),
}


@dataclass(frozen=True, slots=True)
class TopicDetails:
    """Label and default of a topic, and the kinds of viewer whose settings page lists it."""

    label: object
    audiences: frozenset[str]
    default: Delivery = Delivery.NOW


_COMPANY, _SUPPLIER, _GARDEN, _ADMIN = "company", "supplier", "garden", "admin"
TOPICS: Mapping[Topic, TopicDetails] = {
    Topic.INVITATIONS: TopicDetails(_("Invitations to send an offer"), frozenset({_SUPPLIER})),
    Topic.OPPORTUNITIES: TopicDetails(
        _("New briefs that fit you"), frozenset({_SUPPLIER}), default=Delivery.DAILY
    ),
    Topic.QUESTIONS: TopicDetails(
        _("Questions, answers and attachments in briefs"), frozenset({_COMPANY, _SUPPLIER})
    ),
    Topic.ANSWERS: TopicDetails(_("Answers from suppliers you have invited"), frozenset({_COMPANY})),
    Topic.RECEIPTS: TopicDetails(_("Receipts for what you have sent"), frozenset({_COMPANY, _SUPPLIER})),
    Topic.SCORING: TopicDetails(_("Colleagues who give scores to offers"), frozenset({_COMPANY})),
    Topic.JOBS: TopicDetails(_("Delivery and results of jobs"), frozenset({_COMPANY, _SUPPLIER})),
    Topic.COURSE: TopicDetails(
        _("Reminders of course sessions, and sessions you missed"), frozenset({_COMPANY})
    ),
    Topic.STRATEGY: TopicDetails(_("Digital strategy and self-assessment"), frozenset({_COMPANY, _GARDEN})),
    Topic.MEASUREMENTS: TopicDetails(_("Reminders to measure your objectives"), frozenset({_COMPANY})),
    Topic.REMINDERS: TopicDetails(_("Reminders from your business garden"), frozenset({_COMPANY})),
    Topic.TASKS: TopicDetails(_("Reminders of your tasks for companies"), frozenset({_GARDEN})),
    Topic.PROJECTS: TopicDetails(_("Hours and reports of your projects"), frozenset({_GARDEN})),
    Topic.REVIEWS: TopicDetails(_("Drafts and first briefs to read"), frozenset({_GARDEN})),
    Topic.APPLICATIONS: TopicDetails(
        _("Applications, refusals, appeals and transfers"), frozenset({_GARDEN, _ADMIN})
    ),
    Topic.AREA: TopicDetails(_("News about your companies and their briefs"), frozenset({_GARDEN})),
}


def topics_for(viewer: Viewer) -> list[Topic]:
    """Return the topics that concern the viewer in the organisation that the viewer acts for."""
    kind = viewer.organisation_kind or (_ADMIN if viewer.is_admin else "")
    return [topic for topic, details in TOPICS.items() if kind in details.audiences]

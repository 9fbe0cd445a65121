"""Review of one version of a shared strategy by a business garden: request and answer."""

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.contacts import adviser_contact, owner_contact
from marketplace.organisations.queries import follower_recipients, following_garden_ids, recipients_for
from marketplace.outbox.use_cases import send
from marketplace.strategy import notices
from marketplace.strategy.models.plan import StrategyReview
from marketplace.strategy.queries import sharing as queries

OK, CHANGES = "ok", "changes"
SAVED, ASKED = "saved", "asked"
"""Reasons of versions. Only a version with the reason "saved" is overwritten by the next save of the same editing session."""


def ask_for_review(viewer: Viewer, message: str) -> StrategyReview:
    """Ask the gardens to review the newest version, and notify them. A request without an answer is replaced.

    Raises RuleBroken if the strategy is not shared or has no version.
    """
    with transaction():
        strategy = queries.lock_strategy(viewer)
        version = queries.newest_version(strategy)
        if strategy.shared_at is None or not following_garden_ids(strategy.company):
            raise RuleBroken(_("Share the strategy with your business garden first. Then ask for a review."))
        if version is None:
            raise RuleBroken(_("Write something in the strategy first. Then there is something to review."))
        review = queries.pending_review(strategy)
        if review is None:
            review = StrategyReview(strategy_id=strategy.id)
            session.add(review)
        if version.reason == SAVED:
            version.reason = ASKED
        review.version_id = version.id
        review.message = message
        review.asked_at = clock.now()
        review.asked_by_id = viewer.user_id or 0
        session.flush()
        record(viewer, "strategy.ask_review", "strategy", strategy.id, version=version.number)
        company = strategy.company
        notice = notices.review_requested(
            company.name, company.id, version.number, message, owner_contact(company)
        )
        send(notice, follower_recipients(company))
        return review


def answer_review(viewer: Viewer, company_id: int, version_number: int, verdict: str, text: str) -> None:
    """Answer the request of a company for a review of a version, and notify the company.

    Raises NotFound, Conflict if the request is answered or about another version by now, and RuleBroken.
    """
    with transaction():
        strategy = queries.lock_strategy(viewer, company_id)
        review = queries.pending_review(strategy)
        if review is None:
            raise Conflict(_("A colleague has already answered the company."))
        if review.version.number != version_number:
            raise Conflict(
                _(
                    "The company has asked you to review a newer version since you opened the page. Your text is still here."
                )
            )
        if verdict not in {OK, CHANGES}:
            raise RuleBroken(_("Choose an answer."), "verdict")
        if verdict == CHANGES and not text:
            raise RuleBroken(_("Describe what the company should change."), "text")
        review.verdict, review.text = verdict, text
        review.answered_at, review.answered_by_id = clock.now(), viewer.user_id
        record(viewer, "strategy.answer_review", "strategy", strategy.id, verdict=verdict)
        notice = notices.strategy_reviewed(
            viewer.organisation_name,
            review.version.number,
            text,
            adviser_contact(viewer),
            is_ok=verdict == OK,
        )
        send(notice, recipients_for(strategy.company_id))

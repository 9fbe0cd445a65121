"""Alerts to suppliers about new open briefs that match them."""

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import current_answers, is_open, phase_of
from marketplace.briefs.use_cases.authorization import lock
from marketplace.core import clock
from marketplace.core.database import read_and_release, session, sum_over_rows, transaction
from marketplace.matching import Match
from marketplace.organisations.queries import recipients_of_all
from marketplace.outbox.use_cases import send
from marketplace.sourcing import notices
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.documents import query_of


def alert_matching_suppliers() -> int:
    """Notify the suppliers that match each newly opened brief, once for each brief; return the number of briefs.

    The suppliers are those that fit: approved for one of its kinds of service, not paused, with a service that is asked
    for, and meeting every requirement and the budget. Invited suppliers already have a message. Briefs for invited
    suppliers only get no alerts.
    """
    query = select(Brief.reference).where(is_open(clock.now()), Brief.alerted_at.is_(None))
    return sum_over_rows(_alert, read_and_release(query.order_by(Brief.id)))


def _matching_suppliers(brief: Brief) -> list[int]:
    if not brief.open_door:
        return []
    current = corpus()
    query = query_of(brief.reference, current_answers(brief), brief.company.sector_code)
    kinds = {service.category for service in brief.services}
    return [
        int(key)
        for key in current.listings
        if current.categories[key] & kinds
        and isinstance(match := current.index.judge(query, key), Match)
        and match.fits
    ]


def _alert(reference: str) -> bool:
    # Match before the transaction, which blocks other writers.
    supplier_ids = _matching_suppliers(
        session.scalars(select(Brief).where(Brief.reference == reference)).one()
    )
    with transaction():
        lock(reference)
        brief = session.scalars(select(Brief).where(Brief.reference == reference)).one()
        if brief.alerted_at is not None or phase_of(brief) is not Phase.OPEN:
            return False
        brief.alerted_at = clock.now()
        invited = set(session.scalars(select(Invitation.supplier_id).where(Invitation.brief_id == brief.id)))
        alerted = [supplier_id for supplier_id in supplier_ids if supplier_id not in invited]
        send(notices.brief_matches(brief), recipients_of_all(alerted) if alerted else [])
        record(None, "brief.alert", "brief", reference, suppliers=len(alerted))
        return True

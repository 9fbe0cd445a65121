"""Rotate the key that encrypts offers, and find offers that cannot be decrypted."""

from sqlalchemy import func, select

from marketplace.audit.use_cases import record
from marketplace.core import sealing
from marketplace.core.database import keyring, session, transaction
from marketplace.core.sealing import SealError
from marketplace.outbox.use_cases import reseal_links
from marketplace.proposals.models.offers import Proposal, SealedEvent

_BATCH_SIZE = 200


def count_offers_by_key() -> dict[str, int]:
    """Count the offers encrypted with each key, by key name."""
    name = func.substr(Proposal.data_key, 1, 8)
    found = session.execute(
        select(name, func.count()).where(Proposal.data_key != "").group_by(name).order_by(name)
    ).all()
    return {str(key): int(count) for key, count in found}


def missing_keys() -> list[str]:
    """Return the names of keys that offers are encrypted with but that are not configured."""
    return sorted(set(count_offers_by_key()) - set(keyring().names))


def rotate() -> int:
    """Re-wrap every offer's data key with the newest master key; return the number changed. Raises SealError.

    The encrypted texts are not touched, so that an opened offer remains byte-identical. Links of queued e-mail are
    re-encrypted as well.
    """
    changed, last = 0, 0
    while True:
        with transaction():
            query = (
                select(Proposal)
                .where(Proposal.id > last, Proposal.data_key != "")
                .order_by(Proposal.id)
                .limit(_BATCH_SIZE)
            )
            found = session.scalars(query.with_for_update()).all()
            for proposal in found:
                wrapped = sealing.rewrap(keyring(), proposal.data_key, proposal.sealed_as)
                changed += wrapped != proposal.data_key
                proposal.data_key = wrapped
                last = proposal.id
            if not found:
                reseal_links()
                record(None, "seal.rotate", "key", keyring().names[0])
                return changed


def find_undecryptable() -> list[str]:
    """Return one message per encrypted value that cannot be decrypted."""
    faults = []
    for proposal in session.scalars(select(Proposal).where(Proposal.data_key != "").order_by(Proposal.id)):
        events = session.scalars(select(SealedEvent).where(SealedEvent.proposal_id == proposal.id))
        try:
            _ = proposal.content, proposal.submitted_content, proposal.supplier_reason
            _ = [revision.content for revision in proposal.revisions], [event.content for event in events]
        except SealError as error:
            faults.append(str(error))
    return faults

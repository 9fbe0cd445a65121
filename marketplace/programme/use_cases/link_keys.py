"""Encryption keys of participants' links: rotation, and links that cannot be decrypted."""

from sqlalchemy import select

from marketplace.core.database import session, transaction
from marketplace.core.sealing import SealError
from marketplace.programme.models.participation import Participation


def reseal_links() -> int:
    """Encrypt the links of participants with the newest key; return their number. Raises SealError."""
    with transaction():
        query = select(Participation).order_by(Participation.id).with_for_update(of=Participation)
        links = session.scalars(query).all()
        for participation in links:
            participation.reseal_token()
        return len(links)


def find_undecryptable_links() -> list[str]:
    """Return one message per link that cannot be decrypted."""
    faults = []
    for participation in session.scalars(select(Participation).order_by(Participation.id)):
        try:
            _ = participation.token
        except SealError as error:
            faults.append(f"The link of participation {participation.id}: {error}")
    return faults

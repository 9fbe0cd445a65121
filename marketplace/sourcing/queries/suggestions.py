"""Suppliers that a business garden can add to the invited suppliers of a brief."""

from sqlalchemy import select

from marketplace.briefs.queries import BriefView
from marketplace.core.collation import sort_key
from marketplace.core.database import session
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.ranking.corpus import corpus


def suppliers_to_suggest(brief_view: BriefView) -> list[tuple[int, str]]:
    """List id and name of the suppliers that can answer a brief and are not invited, by name."""
    brief, current = brief_view.brief, corpus()
    invited = set(session.scalars(select(Invitation.supplier_id).where(Invitation.brief_id == brief.id)))
    wanted = {service.category for service in brief.services}
    found = [
        (int(key), f"{listing.name}, {listing.place}")
        for key, listing in current.listings.items()
        if current.categories[key] & wanted and int(key) not in invited
    ]
    return sorted(found, key=lambda item: sort_key(item[1]))

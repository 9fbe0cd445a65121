"""Who is who in the demo world while it is being told: ids by the keys of the content files."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from marketplace.accounts import passwords
from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.use_cases import add_membership


@dataclass
class World:
    """What has been made so far. All demo people share one password hash, of a password that nobody knows."""

    password_hash: str = field(
        default_factory=lambda: passwords.hash_password(secrets.token_urlsafe(), passwords.HashCost())
    )
    people: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    briefs: dict[str, str] = field(default_factory=dict)
    proposals: dict[tuple[str, str], int] = field(default_factory=dict)
    _viewers: dict[str, Viewer] = field(default_factory=dict)

    def add_person(self, entry: dict[str, Any], *, is_admin: bool = False) -> int:
        """Add a person, inside the caller's transaction, and return the id."""
        user = User(
            name=entry["name"],
            email=entry["email"],
            locale=entry.get("locale", "nb"),
            password_hash=self.password_hash,
            is_admin=is_admin,
            email_verified_at=clock.now(),
        )
        session.add(user)
        session.flush()
        self.people[user.email] = user.id
        return user.id

    def add_member(self, entry: dict[str, Any], organisation: str, role: str) -> None:
        """Add a person who may act for an organisation, inside the caller's transaction."""
        add_membership(self.add_person(entry), self.organisations[organisation], role)

    def viewer(self, email: str) -> Viewer:
        """Return a person as the viewer who acts for his or her organisation."""
        if email not in self._viewers:
            user = session.get_one(User, self.people[email])
            memberships = organisations.memberships_of(user.id)
            if not memberships:
                return organisations.viewer_for(user, None)
            self._viewers[email] = organisations.viewer_for(user, memberships[0])
        return self._viewers[email]

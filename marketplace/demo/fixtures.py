"""Registry of the demo records created so far: ids by the keys of the content files."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from marketplace.accounts import password_hashing
from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.use_cases import add_membership


@dataclass
class Fixtures:
    """The records created so far. All demo users share one hash of an unknown random password."""

    password_hash: str = field(
        default_factory=lambda: password_hashing.hash_password(
            secrets.token_urlsafe(), password_hashing.HashCost()
        )
    )
    people: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    objectives: dict[str, int] = field(default_factory=dict)
    actions: dict[str, int] = field(default_factory=dict)
    briefs: dict[str, str] = field(default_factory=dict)
    proposals: dict[tuple[str, str], int] = field(default_factory=dict)
    _viewers: dict[str, Viewer] = field(default_factory=dict)

    def add_person(self, entry: dict[str, Any], *, is_admin: bool = False) -> int:
        """Add a user inside the caller's transaction, and return the id."""
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
        """Add a user who is a member of an organisation, inside the caller's transaction."""
        add_membership(self.add_person(entry), self.organisations[organisation], role)

    def viewer(self, email: str) -> Viewer:
        """Return a user as a viewer acting for the user's organisation."""
        if email not in self._viewers:
            user = session.get_one(User, self.people[email])
            memberships = organisations.memberships_of(user.id)
            if not memberships:
                return organisations.viewer_for(user, None)
            self._viewers[email] = organisations.viewer_for(user, memberships[0])
        return self._viewers[email]

"""Where a request comes from, and whether the account it names has signed in from there before."""

from dataclasses import dataclass

from sqlalchemy import select

from marketplace.accounts.models import KnownNetwork, User
from marketplace.core import clock
from marketplace.core.client_network import network_prefix
from marketplace.core.database import session
from marketplace.core.identifiers import token_hash


@dataclass(frozen=True, slots=True)
class Origin:
    """Network address of a request, and its signed device cookie: an id and the users who have signed in there."""

    network_address: str = ""
    device_id: str = ""
    device_user_ids: tuple[int, ...] = ()

    @property
    def network(self) -> str:
        """Return the client's network: all of an IPv4 address, /64 of IPv6."""
        return network_prefix(self.network_address)


UNKNOWN_ORIGIN = Origin()


@dataclass(frozen=True, slots=True)
class AttemptSource:
    """The device or network that sign-in attempts of an account are counted by, and whether the account knows it.

    A known device has a counter of its own, so that strangers on the same network do not use up its attempts.
    """

    subject: str
    is_known_device: bool = False
    is_known_network: bool = False

    @property
    def is_known(self) -> bool:
        """Return True if the account has signed in from this device or network before."""
        return self.is_known_device or self.is_known_network


def attempt_source(origin: Origin, user: User | None) -> AttemptSource:
    """Return the origin as seen by an account, or by an address without one."""
    if user is not None and origin.device_id and user.id in origin.device_user_ids:
        return AttemptSource(f"device {origin.device_id}", is_known_device=True)
    known = user is not None and _find_network(user.id, origin.network) is not None
    return AttemptSource(f"network {origin.network}", is_known_network=known)


def remember_network(user_id: int, origin: Origin) -> None:
    """Note that a user has signed in from a network, inside the caller's transaction."""
    row = _find_network(user_id, origin.network)
    if row is None:
        row = KnownNetwork(user_id=user_id, network_hash=_network_hash(user_id, origin.network))
        session.add(row)
    row.last_at = clock.now()


def _find_network(user_id: int, network: str) -> KnownNetwork | None:
    return session.scalar(
        select(KnownNetwork).where(KnownNetwork.network_hash == _network_hash(user_id, network)).limit(1)
    )


def _network_hash(user_id: int, network: str) -> str:
    return token_hash(f"{user_id} {network}")

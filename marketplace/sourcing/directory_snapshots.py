"""The directory at one moment, kept once: each supplier's text under its own digest, a version as a list of those.

Inside the caller's transaction. Two processes that keep the same version at once keep one.
"""

import hashlib
import json
import zlib
from collections.abc import Sequence
from functools import cache

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import insert_missing, session
from marketplace.matching import Document
from marketplace.matching.documents import document_bytes, document_digest
from marketplace.sourcing.models import DirectoryVersion, RankedDocument
from marketplace.sourcing.run_storage import DamagedRunError
from marketplace.suppliers.glossary import glossary_digest

FORMULAS = "4"
"""To be raised with every change after which the same inputs give other figures."""
BYTES = 32
_CHUNK = 500
_NEWEST_DIGEST = (
    select(DirectoryVersion.digest)
    .where(DirectoryVersion.base_since.is_not(None))
    .order_by(DirectoryVersion.base_since.desc())
    .limit(1)
)
"""Made once, for it is asked at each ranking."""


@cache
def matcher() -> str:
    """Return the digest of all that the matcher knows beside its inputs."""
    return hashlib.sha256(f"{FORMULAS} {glossary_digest()}".encode()).hexdigest()


def digest_of_all(documents: Sequence[Document]) -> str:
    """Return the digest of a version that holds these documents."""
    return _digest([document_digest(document) for document in documents])


def _digest(digests: Sequence[str]) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def find(digest: str) -> DirectoryVersion | None:
    """Return the version with a digest, or None when it is not kept."""
    return session.scalar(select(DirectoryVersion).where(DirectoryVersion.digest == digest))


def keep(documents: Sequence[Document]) -> DirectoryVersion:
    """Return the version that holds these documents, kept now if it was not before."""
    digests = [document_digest(document) for document in documents]
    digest = _digest(digests)
    found = find(digest)
    if found is not None:
        return found
    known = _known(digests)
    missing = {d: document for d, document in zip(digests, documents, strict=True) if d not in known}
    insert_missing(
        RankedDocument,
        [{"digest": d, "packed": zlib.compress(document_bytes(document))} for d, document in missing.items()],
    )
    members = zlib.compress(bytes.fromhex("".join(digests)))
    insert_missing(
        DirectoryVersion, [{"digest": digest, "members": members, "made_at": clock.now(), "base_since": None}]
    )
    return session.scalars(select(DirectoryVersion).where(DirectoryVersion.digest == digest)).one()


def _known(digests: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(digests), _CHUNK):
        part = digests[start : start + _CHUNK]
        known.update(session.scalars(select(RankedDocument.digest).where(RankedDocument.digest.in_(part))))
    return known


def members_of(version: DirectoryVersion) -> list[str]:
    """Return the digests of a version's documents. Raises DamagedRunError when they are not what was kept."""
    try:
        raw = zlib.decompress(version.members)
    except zlib.error as error:
        message = f"directory version {version.id} cannot be unpacked"
        raise DamagedRunError(message) from error
    digests = [raw[start : start + BYTES].hex() for start in range(0, len(raw), BYTES)]
    if _digest(digests) != version.digest:
        message = f"directory version {version.id} does not fit its digest"
        raise DamagedRunError(message)
    return digests


def documents_of(version: DirectoryVersion) -> list[Document]:
    """Return a version's documents. Raises DamagedRunError when one is missing or not what was kept."""
    digests = members_of(version)
    packed: dict[str, bytes] = {}
    for start in range(0, len(digests), _CHUNK):
        part = digests[start : start + _CHUNK]
        query = select(RankedDocument.digest, RankedDocument.packed).where(RankedDocument.digest.in_(part))
        packed.update({row.digest: row.packed for row in session.execute(query)})
    return [_unpacked(digest, packed.get(digest)) for digest in digests]


def _unpacked(digest: str, packed: bytes | None) -> Document:
    if packed is None:
        message = f"document {digest[:12]} is missing"
        raise DamagedRunError(message)
    try:
        plain = zlib.decompress(packed)
    except zlib.error as error:
        message = f"document {digest[:12]} cannot be unpacked"
        raise DamagedRunError(message) from error
    if hashlib.sha256(plain).hexdigest() != digest:
        message = f"document {digest[:12]} does not fit its digest"
        raise DamagedRunError(message)
    return Document.from_dict(json.loads(plain))


def newest_base() -> DirectoryVersion | None:
    """Return the version that every process learns from, or None before there is one."""
    query = select(DirectoryVersion).where(DirectoryVersion.base_since.is_not(None))
    return session.scalar(query.order_by(DirectoryVersion.base_since.desc()).limit(1))


def newest_base_digest() -> str | None:
    """Return the digest of the version that every process learns from, or None; asked at each ranking."""
    return session.scalar(_NEWEST_DIGEST)

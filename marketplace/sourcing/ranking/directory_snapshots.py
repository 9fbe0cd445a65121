"""Content-addressed snapshots of the directory: each document is stored once under its SHA-256.

A version lists the digests of its documents. Writes run in the caller's transaction; two processes that save the same
version at the same time store it once.
"""

import hashlib
import json
import zlib
from collections.abc import Sequence
from functools import cache

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import insert_missing, prepared, session
from marketplace.matching import Document
from marketplace.matching.documents import document_bytes, document_digest
from marketplace.sourcing.models import DirectoryVersion, RankedDocument
from marketplace.sourcing.ranking.run_storage import DamagedRunError
from marketplace.suppliers.glossary import glossary_digest

FORMULA_VERSION = "13"
"""Increase with every change after which the same inputs give other scores or other words in explanations."""
DIGEST_BYTES = 32
_BATCH_SIZE = 500
NEWEST_BASE_DIGEST = prepared(
    select(DirectoryVersion.digest)
    .where(DirectoryVersion.base_since.is_not(None))
    .order_by(DirectoryVersion.base_since.desc())
    .limit(1)
    .scalar_subquery()
)


@cache
def matcher_digest() -> str:
    """Return the digest of the formulas and the glossary: everything that scores depend on besides the inputs."""
    return hashlib.sha256(f"{FORMULA_VERSION} {glossary_digest()}".encode()).hexdigest()


def directory_digest(documents: Sequence[Document]) -> str:
    """Return the digest of a version that consists of these documents."""
    return _digest([document_digest(document) for document in documents])


def _digest(digests: Sequence[str]) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def find_version(digest: str) -> DirectoryVersion | None:
    """Return the version with a digest, or None."""
    return session.scalar(select(DirectoryVersion).where(DirectoryVersion.digest == digest))


def save_version(documents: Sequence[Document]) -> DirectoryVersion:
    """Return the version that consists of these documents, inserting it if it does not exist."""
    digests = [document_digest(document) for document in documents]
    digest = _digest(digests)
    existing = find_version(digest)
    if existing is not None:
        return existing
    known = _stored_digests(digests)
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


def _stored_digests(digests: Sequence[str]) -> set[str]:
    stored: set[str] = set()
    for start in range(0, len(digests), _BATCH_SIZE):
        batch = digests[start : start + _BATCH_SIZE]
        stored.update(session.scalars(select(RankedDocument.digest).where(RankedDocument.digest.in_(batch))))
    return stored


def load_digests(version: DirectoryVersion) -> list[str]:
    """Return the digests of a version's documents. Raises DamagedRunError if they do not match its checksum."""
    try:
        raw = zlib.decompress(version.members)
    except zlib.error as error:
        message = f"directory version {version.id} cannot be decompressed"
        raise DamagedRunError(message) from error
    digests = [raw[start : start + DIGEST_BYTES].hex() for start in range(0, len(raw), DIGEST_BYTES)]
    if _digest(digests) != version.digest:
        message = f"directory version {version.id} does not match its checksum"
        raise DamagedRunError(message)
    return digests


def load_documents(version: DirectoryVersion) -> list[Document]:
    """Return a version's documents. Raises DamagedRunError if one is missing or does not match its checksum."""
    digests = load_digests(version)
    packed: dict[str, bytes] = {}
    for start in range(0, len(digests), _BATCH_SIZE):
        batch = digests[start : start + _BATCH_SIZE]
        query = select(RankedDocument.digest, RankedDocument.packed).where(RankedDocument.digest.in_(batch))
        packed.update({row.digest: row.packed for row in session.execute(query)})
    return [_load_document(digest, packed.get(digest)) for digest in digests]


def _load_document(digest: str, packed: bytes | None) -> Document:
    if packed is None:
        message = f"document {digest[:12]} is missing"
        raise DamagedRunError(message)
    try:
        plain = zlib.decompress(packed)
    except zlib.error as error:
        message = f"document {digest[:12]} cannot be decompressed"
        raise DamagedRunError(message) from error
    if hashlib.sha256(plain).hexdigest() != digest:
        message = f"document {digest[:12]} does not match its checksum"
        raise DamagedRunError(message)
    return Document.from_dict(json.loads(plain))


def newest_base_version() -> DirectoryVersion | None:
    """Return the version that every process fits its index on, or None before the first."""
    query = select(DirectoryVersion).where(DirectoryVersion.base_since.is_not(None))
    return session.scalar(query.order_by(DirectoryVersion.base_since.desc()).limit(1))


def newest_base_digest() -> str | None:
    """Return the digest of the version that every process fits its index on, or None before the first."""
    return session.scalar(select(NEWEST_BASE_DIGEST))

"""Database model of the directory's revision, which caches of the directory are validated by."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base


class DirectoryRevision(Base):
    """A random number that triggers replace whenever a supplier, organisation or vetting changes.

    The directory's revision is the sum of all rows, of which there are as many as transactions have changed it at the
    same time: each replaces the number of a row that no other has locked, so that none waits. The numbers are random,
    because a counter would repeat a revision after a rollback.
    """

    __tablename__ = "directory_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)

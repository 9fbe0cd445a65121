"""Database models of the directory's revision, which validates its caches, and of searches without a result."""

import datetime as dt

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base, Entity


class DirectoryRevision(Entity):
    """A random number that triggers replace whenever a supplier, organisation or vetting changes.

    The directory's revision is the sum of all rows. Each transaction replaces the number of a row that no other
    transaction has locked, or adds a row if all are locked, so that no transaction waits for another. The numbers are
    random, because a counter would repeat a revision after a rollback.
    """

    __tablename__ = "directory_revision"

    number: Mapped[int] = mapped_column(BigInteger)


UNKNOWN_SERVICE = "unknown"


class UnansweredSearch(Base):
    """Number of searches without a result in a week, by service or kind of service and by municipality.

    Neither the words nor the person is stored. `week` is the Monday; `place` is empty for searches in no municipality.
    `code` is `UNKNOWN_SERVICE` for words that name no service of the taxonomy.
    """

    __tablename__ = "unanswered_search"

    week: Mapped[dt.date] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[str] = mapped_column(String(4), primary_key=True)
    number: Mapped[int]

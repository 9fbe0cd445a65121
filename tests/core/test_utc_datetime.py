"""Datetimes in the database: stored in UTC, refused without a time zone."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy.exc import StatementError

from marketplace.accounts.models import User
from marketplace.core.database import session
from tests import factories


def test_aware_datetime_is_stored_in_utc(app: Flask) -> None:
    east = dt.timezone(dt.timedelta(hours=2))
    person = factories.user(email_verified_at=dt.datetime(2026, 11, 23, 10, 0, tzinfo=east))
    session.commit()
    session.expire_all()
    read = session.get_one(User, person.id).email_verified_at
    assert read == dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
    assert read.utcoffset() == dt.timedelta()


def test_naive_datetime_is_refused_and_row_not_stored(app: Flask) -> None:
    with pytest.raises(StatementError, match="A moment without a time zone cannot be stored"):
        factories.user(email_verified_at=dt.datetime(2026, 11, 23, 10, 0))  # noqa: DTZ001 because the naive datetime is tested
    session.rollback()
    assert session.query(User).count() == 0

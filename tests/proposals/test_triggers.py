"""Database constraints and triggers: unique offers and awards, and immutable opened offers."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from marketplace.core.database import db, session
from marketplace.database import migrate, triggers
from marketplace.proposals import use_cases
from marketplace.proposals.models.offers import Award, Proposal
from tests.factories.market import Market

pytestmark = pytest.mark.both_databases


def do(statement: str, **values: Any) -> int:
    """Run one SQL statement outside the application and commit. Returns the number of rows changed."""
    session.commit()
    try:
        count = session.execute(text(statement), values).rowcount
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return int(count)


def copy_of(row: Any, **changes: Any) -> None:
    """Copy a row under another id with plain SQL."""
    table = row.__table__
    values = {column.name: getattr(row, column.name) for column in table.columns} | changes
    session.commit()
    try:
        session.execute(table.insert().values(**values))
        session.commit()
    finally:
        session.rollback()


def test_database_rejects_second_offer_of_supplier(market: Market) -> None:
    market.send("kvistverk")
    with pytest.raises(IntegrityError):
        copy_of(market.proposal("kvistverk"), id=7)


def test_database_rejects_second_award_of_brief(opened: Market, choose: Any) -> None:
    choose(opened, "kvistverk")
    award = session.scalars(select(Award)).one()
    with pytest.raises(IntegrityError):
        copy_of(award, id=award.id + 1, proposal_id=opened.proposal("myrull").id)


SENT = ("sealed_content", "sealed_submission", "submitted_at", "opened_at", "supplier_id", "brief_id")


@pytest.mark.parametrize("column", SENT)
def test_database_rejects_change_of_opened_offer(opened: Market, column: str) -> None:
    use_cases.open_due()
    assert opened.proposal("kvistverk").opened_at is not None
    with pytest.raises(DBAPIError, match="opened offer"):
        do(f"UPDATE proposal SET {column} = NULL")


def test_database_rejects_deletion_of_opened_offer(opened: Market) -> None:
    use_cases.open_due()
    for statement in (
        "DELETE FROM proposal",
        "DELETE FROM proposal_revision",
        "UPDATE proposal_revision SET sealed_content = 'x'",
        "UPDATE proposal_revision SET number = 9",
    ):
        with pytest.raises(DBAPIError, match=r"opened offer|sent version of an offer"):
            do(statement)


def test_unopened_offer_and_later_state_can_change(market: Market, at_noon: Any) -> None:
    market.send("kvistverk")
    assert do("UPDATE proposal SET submitted_at = submitted_at, sealed_content = sealed_content || ''") == 1
    at_noon.shift(20 * 24 * 3600)
    use_cases.open_due()
    assert do("UPDATE proposal SET state = 'not_selected', outcome_text = 'Takk'") == 1


def test_first_decision_freezes_offers_without_worker(opened: Market, choose: Any) -> None:
    assert opened.proposal("myrull").opened_at is None
    choose(opened, "kvistverk")
    assert all(session.scalars(select(Proposal.opened_at)))


def test_all_triggers_exist_after_migration(app: Any) -> None:
    with db.engine.connect() as connection:
        expected = {
            guard.name
            for guard in triggers.TRIGGERS
            if guard.operation != "TRUNCATE" or connection.dialect.name == "postgresql"
        }
        assert triggers.installed(connection) == expected


def test_offers_survive_downgrade_and_upgrade(opened: Market, app: Any) -> None:
    """Downgrading decrypts the offers and upgrading encrypts them again without loss."""
    use_cases.open_due()
    sent = opened.proposal("kvistverk").submitted_content
    number = opened.proposal("kvistverk").id
    session.remove()
    engine = db.engine
    migrate.downgrade(engine, "0004")
    with engine.connect() as connection:
        plain = connection.execute(
            text("SELECT content FROM proposal WHERE id = :id"), {"id": number}
        ).scalar_one()
        assert "Ane og Trygve" in str(plain)
        assert triggers.installed(connection) == set()
    migrate.upgrade(engine)
    assert opened.proposal("kvistverk").submitted_content == sent
    assert opened.proposal("kvistverk").opened_at is not None
    with pytest.raises(DBAPIError, match="opened offer"):
        do("DELETE FROM proposal")

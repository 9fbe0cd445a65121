"""Export of a user's own data, and complete erasure on request."""

import email
import email.policy
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from marketplace.accounts.models import User
from marketplace.audit import queries as audit
from marketplace.briefs.models import Brief
from marketplace.core.database import Base, db, session
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.viewer import ANONYMOUS
from marketplace.organisations.models import Company
from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import OutboxMail
from marketplace.privacy import use_cases
from marketplace.privacy.anonymization import EXEMPT_TABLES
from marketplace.privacy.queries import user_references
from marketplace.proposals.models.offers import Proposal, ProposalRevision
from tests.factories.market import Market
from tests.proposals.conftest import at_noon, choose, market, opened, replies

__all__ = ["at_noon", "choose", "market", "opened", "replies"]
NAME, ADDRESS = "Eldbjørg Kvannås", "eldbjorg@kvistverk.example"


@pytest.fixture
def person(opened: Market, choose: Any) -> Market:
    """A market after the award, where Kvistverk has an owner with a unique name, and a second owner."""
    user = session.get_one(User, opened.kvistverk.user_id)
    user.name, user.email = NAME, ADDRESS
    session.commit()
    choose(opened, "kvistverk")
    company = type("OrganisationStub", (), {"id": opened.kvistverk.organisation_id})
    opened.person("colleague", company, "owner")
    session.commit()
    opened.people["kvistverk"] = type(opened.kvistverk)(
        user_id=user.id, name=NAME, email=ADDRESS, organisation_id=opened.kvistverk.organisation_id,
        organisation_kind="supplier", role="owner",
    )  # fmt: skip
    return opened


def all_texts() -> str:
    """Return all texts in the database."""
    texts = []
    for table in Base.metadata.sorted_tables:
        texts += [
            json.dumps([str(value) for value in row], ensure_ascii=False)
            for row in session.execute(select(table))
        ]
    return "\n".join(texts)


def test_every_user_column_is_exported_or_exempt(app: Flask) -> None:
    handled = {f"{model.__table__.name}.{column}" for model, column, _ in user_references()}
    references = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "user_account"
    }
    assert references - handled == set(), "add the column to __export__ of its model"


def test_export_holds_only_the_users_own_data(person: Market, app: Flask) -> None:
    browser: Any = app.test_client().sign_in(person.kvistverk.user_id)
    answer = browser.get("/account/data/export")
    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    export = json.loads(answer.data)
    assert (export["account"]["name"], export["account"]["email"]) == (NAME, ADDRESS)
    assert export["acts_for"] == [
        {"organisation": "Kvistverk", "role": "owner", "since": export["acts_for"][0]["since"]}
    ]
    assert export["offers_begun"]
    assert export["offers_sent"]
    assert export["messages"]
    assert export["log_ins"]
    assert {act["action"] for act in export["acts"]} >= {"proposal.submit", "account.sign_in"}
    text_ = answer.get_data(as_text=True)
    for other in ("myrull", "skogsfjord", "owner@torget", "colleague@", "password", "hash", "$argon2"):
        assert other.lower() not in text_.lower(), other


def test_erasure_removes_the_person_from_tables_and_mail(person: Market, app: Flask) -> None:
    settings = app.config["SETTINGS"]
    while deliver_due(settings):
        pass
    folder = Path(app.instance_path) / "mail"
    supplier = session.execute(
        text("UPDATE supplier SET contact_name = :name, contact_email = :address WHERE id = :id"),
        {"name": NAME, "address": ADDRESS, "id": person.kvistverk.organisation_id},
    )
    assert supplier.rowcount == 1  # type: ignore[attr-defined]  # because an UPDATE gives a result with a count
    session.commit()
    assert NAME in all_texts()
    assert any(ADDRESS.encode() in file.read_bytes() for file in folder.glob("*.eml"))
    before = session.scalar(text("SELECT count(*) FROM proposal"))
    browser: Any = app.test_client().sign_in(person.kvistverk.user_id)
    assert browser.post("/account/data/erase", data={}).status_code == 422
    assert browser.post("/account/data/erase", data={"sure": "y"}).status_code == 303
    remaining = all_texts()
    assert NAME not in remaining
    assert ADDRESS not in remaining
    for file in folder.glob("*.eml"):
        assert ADDRESS.encode() not in file.read_bytes()
    user = session.get_one(User, person.kvistverk.user_id)
    assert user.name == f"Person {user.id}"
    assert session.scalar(text("SELECT count(*) FROM proposal")) == before
    assert session.scalars(select(ProposalRevision.submitted_by_id)).all()
    assert session.scalars(select(Proposal.created_by_id).where(Proposal.created_by_id == user.id)).all()
    assert browser.get("/account").status_code == 303
    if db.engine.dialect.name == "sqlite":
        assert session.execute(text("PRAGMA foreign_key_check")).first() is None
    assert audit.verify()[1] is None


@pytest.mark.both_databases
def test_erasure_finds_a_name_and_an_address_in_any_case_in_answers(person: Market, app: Flask) -> None:
    brief = session.scalars(select(Brief).order_by(Brief.id)).first()
    assert brief is not None
    # In columns of their own: a row that is found because of one word loses the others too.
    brief.answers = {"goal": f"{NAME} spør.", "list": ["Uten navn", NAME], "year": 2026}
    brief.versions[0].answers = {"goal": f"Svar til {ADDRESS.upper()}."}
    session.commit()
    use_cases.erase_own_account(person.kvistverk, Path(app.instance_path) / "mail")
    session.expire_all()
    user_id = person.kvistverk.user_id
    name = f"Person {user_id}"
    assert brief.answers == {"goal": f"{name} spør.", "list": ["Uten navn", name], "year": 2026}
    assert brief.versions[0].answers == {"goal": f"Svar til person-{user_id}@erased.invalid."}


def test_erasure_anonymizes_mail_to_others(person: Market, app: Flask) -> None:
    settings = app.config["SETTINGS"]
    texts = {
        "subject": (f"Spørsmål fra {NAME}", "Se briefen."),
        "body": ("Et spørsmål", f"{NAME} ({ADDRESS}) spør om kassa."),
        "neither": ("Et spørsmål", "Noen spør om kassa."),
    }
    for name, (subject, body) in texts.items():
        session.add(
            OutboxMail(
                recipient=f"{name}@bjorkvollen.example", locale="nb", subject=subject, body=body,
                message_id=f"<{name}@torget.example>",
            )
        )  # fmt: skip
    session.commit()
    while deliver_due(settings):
        pass
    folder = Path(app.instance_path) / "mail"

    def sent() -> dict[str, tuple[bytes, EmailMessage]]:
        messages = {}
        for file in folder.glob("*.eml"):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            messages[str(message["To"]).split("@", maxsplit=1)[0]] = (file.read_bytes(), message)
        return messages

    before = sent()
    use_cases.erase_own_account(person.kvistverk, folder)
    after, placeholder = sent(), f"Person {person.kvistverk.user_id}"
    assert set(after) == set(before) - {"eldbjorg"}
    assert after["subject"][1]["Subject"] == f"Spørsmål fra {placeholder}"
    assert [part.get_content_type() for part in after["body"][1].iter_parts()] == ["text/plain", "text/html"]
    for part in after["body"][1].iter_parts():
        text = part.get_content()
        assert f"{placeholder} (person-{person.kvistverk.user_id}@erased.invalid) spør om kassa." in text
        assert NAME not in text
    assert after["neither"][0] == before["neither"][0]
    assert list(folder.glob("*.part")) == []


def test_erasure_keeps_a_name_shared_with_another_user(person: Market, app: Flask) -> None:
    namesake = person.person("namesake", None, "")
    session.get_one(User, namesake.user_id).name = NAME
    note = OutboxMail(
        recipient="post@bjorkvollen.example", locale="nb", subject=f"Fra {NAME}", body=f"Svar til {ADDRESS}.",
        message_id="<note@torget.example>",
    )  # fmt: skip
    session.add(note)
    session.commit()
    use_cases.erase_own_account(person.kvistverk, Path(app.instance_path) / "mail")
    session.expire_all()
    user_id = person.kvistverk.user_id
    assert session.get_one(User, user_id).name == f"Person {user_id}"
    assert session.get_one(User, namesake.user_id).name == NAME
    assert note.subject == f"Fra {NAME}"
    assert note.body == f"Svar til person-{user_id}@erased.invalid."


def test_anonymous_viewer_cannot_be_erased(market: Market, app: Flask) -> None:
    before = all_texts()
    with pytest.raises(Forbidden):
        use_cases.erase_own_account(ANONYMOUS, Path(app.instance_path) / "mail")
    assert all_texts() == before


@pytest.mark.both_databases
def test_erased_user_row_cannot_be_changed(person: Market, app: Flask) -> None:
    use_cases.erase_own_account(person.kvistverk, Path(app.instance_path) / "mail")
    for statement in ("UPDATE user_account SET is_active = true", "UPDATE user_account SET name = 'x'"):
        with pytest.raises(DBAPIError, match="stays erased"):
            session.execute(text(statement))
        session.rollback()


def test_last_owner_and_administrator_cannot_be_erased(market: Market, app: Flask) -> None:
    folder = Path(app.instance_path) / "mail"
    with pytest.raises(RuleBroken, match="Bjørkvollen ysteri"):
        use_cases.erase_own_account(market.owner, folder)
    with pytest.raises(RuleBroken, match="administrator"):
        use_cases.erase_own_account(market.admin, folder)
    use_cases.erase_own_account(market.member, folder)
    assert session.get_one(User, market.member.user_id).erased_at is not None


def test_exempt_tables_exist_and_give_a_reason() -> None:
    assert set(EXEMPT_TABLES) <= {table.name for table in Base.metadata.sorted_tables}
    assert all(EXEMPT_TABLES.values())


@pytest.mark.parametrize("name", ["en", "er en", "Er En", "Kari Nord", "kari", "Kari", "Ås Gård"])
def test_erasure_changes_no_other_words_and_names(person: Market, app: Flask, name: str) -> None:
    body = "Dette er en brief fra Ås Gårdsmat AS. Skriv til Kari Nordmann, kari@nordmann.example."
    note = OutboxMail(
        recipient="post@bjorkvollen.example", locale="nb", subject="Ny brief", body=body,
        message_id="<note@torget.example>",
    )  # fmt: skip
    session.add(note)
    user = session.get_one(User, person.kvistverk.user_id)
    user.name, user.email = name, "ari@nordmann.example"
    session.commit()
    use_cases.erase_own_account(person.kvistverk, Path(app.instance_path) / "mail")
    session.expire_all()
    assert note.body == body


def test_erasure_keeps_the_name_of_an_organisation(person: Market, app: Flask) -> None:
    session.get_one(User, person.kvistverk.user_id).name = "Bjørkvollen Ysteri"
    company = session.scalars(select(Company).where(Company.name == "Bjørkvollen ysteri")).one()
    company.name = "Bjørkvollen Ysteri"
    session.commit()
    use_cases.erase_own_account(person.kvistverk, Path(app.instance_path) / "mail")
    session.refresh(company)
    assert company.name == "Bjørkvollen Ysteri"

"""Replacing an erased person's name and address in all stored texts, in tables and in mail files."""

import email
import email.policy
import json
import re
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    String,
    Table,
    Text,
    cast,
    false,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from marketplace.core.atomic_files import write_atomically
from marketplace.core.database import Base, session
from marketplace.core.email_address import ascii_email

EXEMPT_TABLES = {
    "audit_event": "holds ids and no names, and is never changed",
    "broken_glass": "the reasons for emergency access are permanent",
    "user_account": "the person's own row is cleared separately",
    "ranking_run": "rankings stay identical until erase_closed_briefs erases their texts",
    "taken_form": "holds hashes only",
}
EXEMPT_COLUMN_PREFIXES = ("data_key", "sealed_", "_hash", "hash")
_FULL_NAME = re.compile(r"[^\W\d_][\w.'\u2019-]*( [\w.'\u2019-]+){1,4}")


def is_distinctive_name(name: str) -> bool:
    """Return True for a full name of two to five words, of which the first and last begin with a capital letter.

    Anybody can register with a name such as "en" or "for oss". Replacing those would damage the texts of others.
    """
    words = name.split(" ")
    return bool(_FULL_NAME.fullmatch(name)) and words[0][0].isupper() and words[-1][0].isupper()


def anonymize_tables(words: Mapping[str, str]) -> None:
    """Replace words in every text of every table, except in `EXEMPT_TABLES` and sealed columns."""
    for table in Base.metadata.sorted_tables:
        if table.name not in EXEMPT_TABLES:
            _anonymize_table(table, words)


def _anonymize_table(table: Table, words: Mapping[str, str]) -> None:
    columns = [
        column
        for column in table.columns
        if isinstance(column.type, String | JSON)
        and not column.name.startswith(EXEMPT_COLUMN_PREFIXES)
        and not column.primary_key
    ]
    for column in columns:
        fitting = [word for word in words if len(word) <= (getattr(column.type, "length", None) or len(word))]
        condition = or_(false(), *(_may_contain(column, word) for word in fitting))
        key = list(table.primary_key.columns)
        for row in session.execute(select(*key, column).where(condition)).all():
            value, cleaned = row[-1], replace_words(row[-1], words)
            if cleaned != value:
                same_row = [column == row[index] for index, column in enumerate(key)]
                session.execute(
                    update(table).where(*same_row).values({column: type_coerce(cleaned, column.type)})
                )


def _may_contain(column: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    """Return a condition that all rows with the word meet, so that few rows are loaded.

    Addresses are found in any case, as `_pattern` matches them. SQLite's LIKE ignores the case of A to Z, and its lower() is
    a Python function, which takes seconds for the texts of all queued e-mail. Stored JSON escapes other letters.
    """
    is_json, is_address = isinstance(column.type, JSON), "@" in word
    if is_json and is_address and not word.isascii():
        return column.is_not(None)
    searched = cast(column, Text) if is_json else column
    spellings = {word, json.dumps(word)[1:-1]} if is_json else {word}
    found = [searched.contains(spelling, autoescape=True) for spelling in spellings]
    if is_address and not (word.isascii() and session.get_bind().dialect.name == "sqlite"):
        found.append(func.lower(searched).contains(word.lower(), autoescape=True))
    return or_(*found)


def replace_words(value: Any, words: Mapping[str, str]) -> Any:
    """Return a value with whole words and addresses replaced, in nested lists and dictionaries as well."""
    if isinstance(value, str):
        for word, replacement in words.items():
            value = _pattern(word).sub(replacement, value)
        return value
    if isinstance(value, list):
        return [replace_words(item, words) for item in value]
    if isinstance(value, dict):
        return {key: replace_words(item, words) for key, item in value.items()}
    return value


def _pattern(word: str) -> re.Pattern[str]:
    """Match a name as it is written, but not within a longer one, or an e-mail address in any case."""
    if "@" in word:
        return re.compile(rf"(?<![\w.+-]){re.escape(word)}(?![\w-]|\.\w)", re.IGNORECASE)
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")


def anonymize_mail_files(folder: Path, address: str, words: Mapping[str, str]) -> None:
    """Delete the mail files sent to an address, and replace words in all others."""
    for file in folder.glob("*.eml"):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        if ascii_email(address) in str(message["To"]).lower():
            file.unlink()
        elif isinstance(message, EmailMessage):
            _anonymize_message(file, message, words)


def _anonymize_message(file: Path, message: EmailMessage, words: Mapping[str, str]) -> None:
    changed = False
    subject = str(message["Subject"])
    if replace_words(subject, words) != subject:
        message.replace_header("Subject", replace_words(subject, words))
        changed = True
    for part in message.walk():
        if part.get_content_maintype() == "text" and isinstance(part, EmailMessage):
            text = part.get_content()
            if replace_words(text, words) != text:
                part.set_content(replace_words(text, words), subtype=part.get_content_subtype())
                changed = True
    if changed:
        write_atomically(file, bytes(message), private=True)

"""Collation of Norwegian and Sami names: folding of letters for comparison, and alphabetical order, in Python and in SQL.

The order in SQL is the same on SQLite and PostgreSQL. It does not use ICU collations, because PostgreSQL may be built
without ICU.
"""

import re
import sqlite3
import unicodedata
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, String, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from marketplace.core.text import name_key

_BASE_LETTERS = dict(zip("áàâãčçđðéèêëíìîïŋńñóòôõšŧúùûüýžł", "aaaaccddeeeeiiiinnnoooostuuuyyzl", strict=True))
_LAST_LETTERS = {"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"}
"""Characters after z in ASCII stand for the last three letters of the alphabet."""


def _both_cases(letters: dict[str, str]) -> dict[str, str]:
    return letters | {letter.upper(): other for letter, other in letters.items()}


_ORDER = _both_cases(_BASE_LETTERS | _LAST_LETTERS)
_FOLDED = _both_cases(_BASE_LETTERS | {"ø": "o", "ö": "o", "å": "a"})
_AE = ("æ", "Æ", "ä", "Ä")
_ORDER_TABLE, _FOLDED_TABLE = str.maketrans(_ORDER), str.maketrans(_FOLDED | dict.fromkeys(_AE, "ae"))
_OE, _LONG_A = re.compile("oe+"), re.compile("aa+")
_LEGAL_FORM = re.compile(r"\s+(?:asa?|a/s|a\.s\.?|enk|ans|da|sa|ba|ks|nuf|sus|stiftelse|ab|ltd)\.?$")


@lru_cache(maxsize=20_000)
def fold_letters(text: str) -> str:
    """Return a text in lower case with one spelling of each letter: "Snøfonn" and "Snoefonn" become "snofonn".

    æ, ä and ae are the same, and so are ø, ö, oe and o, and å, aa and a. Other letters lose their accents. Compare
    folded words in addition to the written ones, because folding also merges different words (får, far).
    """
    plain = unicodedata.normalize("NFC", text).translate(_FOLDED_TABLE).lower()
    return _LONG_A.sub("a", _OE.sub("o", plain))


def similar_name_key(name: str) -> str:
    """Return a key that is equal for names that differ in spelling of letters, punctuation or legal form.

    "Fjøs-Foto AS", "Fjøs Foto" and "Fjoes foto" have the same key.
    """
    key = unicodedata.normalize("NFKC", name_key(name)).replace("&", " og ")
    return fold_letters("".join(char for char in _LEGAL_FORM.sub("", key) if char.isalnum()) or key)


@lru_cache(maxsize=20_000)
def sort_key(text: str) -> str:
    """Return a key for Norwegian alphabetical order: æ, ø and å last, "aa" as å, Sami letters as their base letter."""
    return unicodedata.normalize("NFC", text).translate(_ORDER_TABLE).lower().replace("aa", "}")


class norwegian_order(FunctionElement[str]):  # noqa: N801 because it is used like a function
    """SQL: `sort_key` of a text column, to order by."""

    type = String()
    inherit_cache = True
    name = "norwegian_order"


@compiles(norwegian_order, "postgresql")
def _order_on_postgresql(element: norwegian_order, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    translated = f"translate({text}, '{''.join(_ORDER)}', '{''.join(_ORDER.values())}')"
    return f"(replace(lower({translated}), 'aa', '}}') COLLATE \"C\")"


@compiles(norwegian_order, "sqlite")
def _order_on_sqlite(element: norwegian_order, compiler: Any, **options: Any) -> str:
    return f"norwegian_order({compiler.process(element.clauses, **options)})"


@event.listens_for(Engine, "connect")
def _create_sqlite_functions(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("norwegian_order", 1, _of_text(sort_key), deterministic=True)


def _of_text(function: Any) -> Any:
    # Cached without a Python function in between: ordering 1,000 rows by name calls it for each of them.
    return lru_cache(maxsize=20_000)(lambda value: function(value) if isinstance(value, str) else value)

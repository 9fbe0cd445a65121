"""Reader of evaluation sets: documents, queries and relevance judgments (qrels), validated before anything is run.

Two formats: a supplier set (suppliers.jsonl, briefs.jsonl, qrels.tsv) and a text set (corpus.jsonl, queries.jsonl,
qrels.tsv). Reading stops at the first error and reports its file and line.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..analysis.stop_words import LANGUAGES

Row = dict[str, Any]
KnownCodes = Mapping[str, Collection[str]]
"""The valid codes per field of a supplier or brief."""
QRELS_COLUMNS = 3
MAX_NOK = 10**12
_GRADE = re.compile("[0-9]{1,3}")


class EvaluationFileError(Exception):
    """A missing or malformed file of an evaluation set."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        self.path = path
        self.line = line
        self.problem = problem
        super().__init__(f"{path}{f', line {line}' if line else ''}: {problem}")


@dataclass(frozen=True)
class EvaluationSet:
    """An evaluation set. `judgments` maps each query to its judged documents and their grades, 1 to 3."""

    kind: str
    documents: tuple[Row, ...]
    queries: tuple[Row, ...]
    judgments: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class _Schema:
    """The required and optional fields of a row, each with its validator."""

    id: str
    required: Mapping[str, Callable[[Any], bool]]
    optional: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)


def _is_text(value: Any) -> bool:
    """Return True for a string that can be encoded: JSON can contain lone surrogates, UTF-8 cannot."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def _is_identifier(value: Any) -> bool:
    return _is_text(value) and bool(value.strip())


def _is_language(value: Any) -> bool:
    return value in LANGUAGES


def _is_money(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (is_number and 0 <= value <= MAX_NOK)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_code_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(code, str) for code in value)


def _is_optional_text(value: Any) -> bool:
    return value is None or _is_text(value)


_SUPPLIER = _Schema(
    "id",
    {
        "id": _is_identifier,
        "name": _is_text,
        "lang": _is_language,
        "text": _is_text,
        "services": _is_code_list,
    },
    {
        "municipality": _is_optional_text,
        "place": _is_optional_text,
        "remote": _is_bool,
        "price_from_nok": _is_money,
        "sectors": _is_code_list,
    },
)
_BRIEF = _Schema(
    "id",
    {"id": _is_identifier, "lang": _is_language, "title": _is_text, "text": _is_text},
    {
        "municipality": _is_optional_text,
        "place": _is_optional_text,
        "sector": _is_optional_text,
        "budget_nok": _is_money,
        "on_site": _is_bool,
        "confirmed_services": _is_code_list,
        "excluded_services": _is_code_list,
    },
)
_CORPUS = _Schema("_id", {"_id": _is_identifier, "text": _is_text}, {"title": _is_optional_text})
_QUERY = _Schema("_id", {"_id": _is_identifier, "text": _is_text})


def read_set(directory: Path, known_codes: KnownCodes | None = None) -> EvaluationSet:
    """Read an evaluation set from a directory. Raises EvaluationFileError for the first error.

    `known_codes` gives the valid codes per field; any other code is an error, because it would match nothing.
    """
    known_codes = known_codes or {}
    if (directory / "suppliers.jsonl").is_file() or (directory / "briefs.jsonl").is_file():
        kind, names, schemas = "suppliers", ("suppliers.jsonl", "briefs.jsonl"), (_SUPPLIER, _BRIEF)
    elif (directory / "corpus.jsonl").is_file() or (directory / "queries.jsonl").is_file():
        kind, names, schemas = "texts", ("corpus.jsonl", "queries.jsonl"), (_CORPUS, _QUERY)
    else:
        raise EvaluationFileError(
            directory, None, "there is neither a suppliers.jsonl nor a corpus.jsonl here"
        )
    documents = _read_rows(directory / names[0], schemas[0], known_codes)
    queries = _read_rows(directory / names[1], schemas[1], known_codes)
    judgments = _read_judgments(
        directory / "qrels.tsv",
        {row[schemas[1].id] for row in queries},
        {row[schemas[0].id] for row in documents},
    )
    return EvaluationSet(kind, tuple(documents), tuple(queries), judgments)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the non-empty lines of a UTF-8 file with their numbers, from 1."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EvaluationFileError(path, None, f"cannot be read ({error.strerror})") from error
    for line_number, raw in enumerate(content.split(b"\n"), 1):
        try:
            line = raw.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            raise EvaluationFileError(path, line_number, "is not UTF-8 text") from error
        if line_number == 1:
            line = line.removeprefix("\ufeff")
        if line.strip():
            yield line_number, line


def _read_rows(path: Path, schema: _Schema, known_codes: KnownCodes) -> list[Row]:
    rows: list[Row] = []
    seen: set[str] = set()
    for line_number, line in _lines(path):
        row = _read_row(path, line_number, line, schema)
        _check_codes(path, line_number, row, known_codes)
        if row[schema.id] in seen:
            raise EvaluationFileError(path, line_number, f'"{schema.id}" {row[schema.id]!r} is used twice')
        seen.add(row[schema.id])
        rows.append(row)
    if not rows:
        raise EvaluationFileError(path, None, "is empty")
    return rows


def _read_row(path: Path, line_number: int, line: str, schema: _Schema) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:  # a number with thousands of digits raises plain ValueError
        raise EvaluationFileError(path, line_number, f"is not one JSON object ({error})") from error
    if not isinstance(row, dict):
        raise EvaluationFileError(path, line_number, "is not one JSON object")
    for name, is_valid in schema.required.items():
        if name not in row:
            raise EvaluationFileError(path, line_number, f'the field "{name}" is missing')
        if not is_valid(row[name]):
            raise EvaluationFileError(path, line_number, f'the field "{name}" cannot be {row[name]!r}')
    for name, is_valid in schema.optional.items():
        if name in row and not is_valid(row[name]):
            raise EvaluationFileError(path, line_number, f'the field "{name}" cannot be {row[name]!r}')
    return row


def _check_codes(path: Path, line_number: int, row: Row, known_codes: KnownCodes) -> None:
    for name in known_codes.keys() & row.keys():
        codes = row[name] if isinstance(row[name], list) else [row[name]]
        for code in codes:
            if code and code not in known_codes[name]:
                raise EvaluationFileError(
                    path, line_number, f'the field "{name}" has the unknown code {code!r}'
                )


def _read_judgments(
    path: Path, queries: Collection[str], documents: Collection[str]
) -> dict[str, dict[str, int]]:
    judgments: dict[str, dict[str, int]] = {}
    for count, (line_number, line) in enumerate(_lines(path)):
        cells = line.split("\t")
        if len(cells) != QRELS_COLUMNS:
            raise EvaluationFileError(
                path, line_number, "needs three columns with tabs between: query, document, grade"
            )
        if count == 0 and not cells[2].strip().isdigit():
            continue
        query, document, grade = (cell.strip() for cell in cells)
        if query not in queries:
            raise EvaluationFileError(path, line_number, f"there is no query {query!r}")
        if document not in documents:
            raise EvaluationFileError(path, line_number, f"there is no document {document!r}")
        if not _GRADE.fullmatch(grade):
            raise EvaluationFileError(path, line_number, f"the grade cannot be {grade!r}")
        if judgments.setdefault(query, {}).setdefault(document, int(grade)) != int(grade):
            raise EvaluationFileError(path, line_number, f"{document!r} is judged in two ways for {query!r}")
    if not judgments:
        raise EvaluationFileError(path, None, "has no judgment")
    return judgments

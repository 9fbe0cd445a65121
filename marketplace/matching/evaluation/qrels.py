"""Reading evaluation sets: documents, queries and people's judgments, checked before anything is run.

Two formats: a supplier set (suppliers.jsonl, briefs.jsonl, qrels.tsv) and a text set (corpus.jsonl, queries.jsonl,
qrels.tsv). The first fault stops the reading, with the file and the line.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketplace.matching.analysis.stop_words import LANGUAGES

Row = dict[str, Any]
Known = Mapping[str, Collection[str]]
"""What a field of a supplier or a brief may hold, for fields that hold codes."""
QRELS_COLUMNS = 3
MOST_NOK = 10**12
_GRADE = re.compile("[0-9]{1,3}")


class EvaluationFileError(Exception):
    """A file of an evaluation set is missing or malformed."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        self.path = path
        self.line = line
        self.problem = problem
        super().__init__(f"{path}{f', line {line}' if line else ''}: {problem}")


@dataclass(frozen=True)
class EvaluationSet:
    """What was read. `judgments` gives each query's documents and their grades, 1 to 3."""

    kind: str
    documents: tuple[Row, ...]
    queries: tuple[Row, ...]
    judgments: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class _Shape:
    """The fields of a row: those that must be there and those that may, with what each must be."""

    id: str
    required: Mapping[str, Callable[[Any], bool]]
    optional: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)


def _text(value: Any) -> bool:
    """Say whether a value is text that can be written: JSON can spell half a character, UTF-8 cannot."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def _identifier(value: Any) -> bool:
    return _text(value) and bool(value.strip())


def _language(value: Any) -> bool:
    return value in LANGUAGES


def _money(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (number and 0 <= value <= MOST_NOK)


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _codes(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(code, str) for code in value)


def _text_or_none(value: Any) -> bool:
    return value is None or _text(value)


_SUPPLIER = _Shape(
    "id",
    {"id": _identifier, "name": _text, "lang": _language, "text": _text, "services": _codes},
    {
        "municipality": _text_or_none,
        "place": _text_or_none,
        "remote": _truth,
        "price_from_nok": _money,
        "sectors": _codes,
    },
)
_BRIEF = _Shape(
    "id",
    {"id": _identifier, "lang": _language, "title": _text, "text": _text},
    {
        "municipality": _text_or_none,
        "place": _text_or_none,
        "sector": _text_or_none,
        "budget_nok": _money,
        "on_site": _truth,
        "confirmed_services": _codes,
    },
)
_CORPUS = _Shape("_id", {"_id": _identifier, "text": _text}, {"title": _text_or_none})
_QUERY = _Shape("_id", {"_id": _identifier, "text": _text})


def read_set(directory: Path, known: Known | None = None) -> EvaluationSet:
    """Read an evaluation set from a directory. Raises EvaluationFileError for the first fault.

    `known` gives the codes that a field may hold; a code that nobody knows is a fault, for it would match nothing.
    """
    known = known or {}
    if (directory / "suppliers.jsonl").is_file() or (directory / "briefs.jsonl").is_file():
        kind, names, shapes = "suppliers", ("suppliers.jsonl", "briefs.jsonl"), (_SUPPLIER, _BRIEF)
    elif (directory / "corpus.jsonl").is_file() or (directory / "queries.jsonl").is_file():
        kind, names, shapes = "texts", ("corpus.jsonl", "queries.jsonl"), (_CORPUS, _QUERY)
    else:
        raise EvaluationFileError(
            directory, None, "there is neither a suppliers.jsonl nor a corpus.jsonl here"
        )
    documents = _read_rows(directory / names[0], shapes[0], known)
    queries = _read_rows(directory / names[1], shapes[1], known)
    judgments = _read_judgments(
        directory / "qrels.tsv",
        {row[shapes[1].id] for row in queries},
        {row[shapes[0].id] for row in documents},
    )
    return EvaluationSet(kind, tuple(documents), tuple(queries), judgments)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Return the lines of a UTF-8 file with their numbers, from 1, without empty ones."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EvaluationFileError(path, None, f"cannot be read ({error.strerror})") from error
    for number, raw in enumerate(content.split(b"\n"), 1):
        try:
            line = raw.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            raise EvaluationFileError(path, number, "is not UTF-8 text") from error
        if number == 1:
            line = line.removeprefix("\ufeff")
        if line.strip():
            yield number, line


def _read_rows(path: Path, shape: _Shape, known: Known) -> list[Row]:
    rows: list[Row] = []
    seen: set[str] = set()
    for number, line in _lines(path):
        row = _read_row(path, number, line, shape)
        _check_codes(path, number, row, known)
        if row[shape.id] in seen:
            raise EvaluationFileError(path, number, f'"{shape.id}" {row[shape.id]!r} is used twice')
        seen.add(row[shape.id])
        rows.append(row)
    if not rows:
        raise EvaluationFileError(path, None, "is empty")
    return rows


def _read_row(path: Path, number: int, line: str, shape: _Shape) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no JSONDecodeError
        raise EvaluationFileError(path, number, f"is not one JSON object ({error})") from error
    if not isinstance(row, dict):
        raise EvaluationFileError(path, number, "is not one JSON object")
    for name, fits in shape.required.items():
        if name not in row:
            raise EvaluationFileError(path, number, f'the field "{name}" is missing')
        if not fits(row[name]):
            raise EvaluationFileError(path, number, f'the field "{name}" cannot be {row[name]!r}')
    for name, fits in shape.optional.items():
        if name in row and not fits(row[name]):
            raise EvaluationFileError(path, number, f'the field "{name}" cannot be {row[name]!r}')
    return row


def _check_codes(path: Path, number: int, row: Row, known: Known) -> None:
    for name in known.keys() & row.keys():
        held = row[name] if isinstance(row[name], list) else [row[name]]
        for code in held:
            if code and code not in known[name]:
                raise EvaluationFileError(path, number, f'the field "{name}" has the unknown code {code!r}')


def _read_judgments(
    path: Path, queries: Collection[str], documents: Collection[str]
) -> dict[str, dict[str, int]]:
    judgments: dict[str, dict[str, int]] = {}
    for count, (number, line) in enumerate(_lines(path)):
        cells = line.split("\t")
        if len(cells) != QRELS_COLUMNS:
            raise EvaluationFileError(
                path, number, "needs three columns with tabs between: query, document, grade"
            )
        if count == 0 and not cells[2].strip().isdigit():
            continue
        query, document, grade = (cell.strip() for cell in cells)
        if query not in queries:
            raise EvaluationFileError(path, number, f"there is no query {query!r}")
        if document not in documents:
            raise EvaluationFileError(path, number, f"there is no document {document!r}")
        if not _GRADE.fullmatch(grade):
            raise EvaluationFileError(path, number, f"the grade cannot be {grade!r}")
        if judgments.setdefault(query, {}).setdefault(document, int(grade)) != int(grade):
            raise EvaluationFileError(path, number, f"{document!r} is judged in two ways for {query!r}")
    if not judgments:
        raise EvaluationFileError(path, None, "has no judgment")
    return judgments

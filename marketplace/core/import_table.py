"""Read a table from CSV by its headings. Each fault names its line, its column and a remedy."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.core.collation import fold_letters
from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import current_locale, gettext as _
from marketplace.core.organisation_number import parse_organisation_number
from marketplace.core.places import municipalities_named
from marketplace.core.region import current_region
from marketplace.core.table_file import MAX_TITLE_LINES
from marketplace.core.text import clean_line, clean_text, remove_invisible

_ERROR_VALUE = re.compile(r"#(N/A|I/T|[A-ZÆØÅ]+(/0)?[!?])")
"""Cell of Excel whose formula fails, in English and Norwegian."""
_CELL_BREAK = re.compile("[\u000b\u000c\u0085\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class TableFormat:
    """Columns of a kind of table with their accepted headings: the English one, the Norwegian one, and others.

    Cells of the `multiline` columns keep their line breaks.
    """

    columns: Mapping[str, Sequence[str]]
    required: Sequence[str]
    max_rows: int
    multiline: frozenset[str] = frozenset()

    def heading_of(self, column: str) -> str:
        """Return the heading of a column to suggest to the user; a heading that is not known is returned as it is."""
        names = self.columns.get(column, (column, column))
        return names[0] if current_locale() == "en" else names[1]

    def headings(self) -> dict[str, str]:
        """Return the heading to suggest for each column."""
        return {column: self.heading_of(column) for column in self.columns}


@dataclass(frozen=True, slots=True)
class TableProblem:
    """A fault in a cell, or in a whole line if the column is empty, and its remedy."""

    line: int
    column: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of a table with its cells by column."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TableRows:
    """The lines of a table, or its faults. `text` is the table as CSV."""

    text: str
    rows: list[TableRow] = field(default_factory=list)
    faults: list[TableProblem] = field(default_factory=list)


def read_rows(text: str, table: TableFormat) -> TableRows:
    """Return the lines of a table in CSV with semicolons, commas or tabs. Faults are collected, not raised."""
    # Line separators of Word would end a row; in a cell they are spaces.
    text = remove_invisible(_CELL_BREAK.sub(" ", text))
    found = TableRows(text)
    lines = list(_lines(text, found.faults))
    if not lines:
        found.faults.append(TableProblem(0, "", _("There are no lines."), _("Paste a table with headings.")))
        return found
    known = {fold_letters(name): column for column, names in table.columns.items() for name in names}
    lines = lines[_title_lines(lines, known, table) :]
    columns = _columns(lines[0][1], known)
    found.faults.extend(_heading_faults(lines[0], columns, table))
    if len(lines) - 1 > table.max_rows:
        remedy = _("Import at most %(num)s lines at a time.", num=table.max_rows)
        found.faults.append(TableProblem(lines[0][0], "", _("The table has too many lines."), remedy))
    elif len(lines) == 1:
        remedy = _("Fill in the lines below the headings.")
        found.faults.append(TableProblem(lines[0][0], "", _("There are only headings."), remedy))
    if not found.faults:
        found.rows.extend(TableRow(line, _values(columns, cells, table)) for line, cells in lines[1:])
    return found


def _columns(headings: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """Return the column of each heading, or an empty text for one that is not known."""
    return [known.get(fold_letters(heading.strip()), "") for heading in headings]


def _title_lines(
    lines: Sequence[tuple[int, Sequence[str]]], known: Mapping[str, str], table: TableFormat
) -> int:
    """Return the number of lines above the headings; 0 if no line near the top has the required ones."""
    for index, (_line, cells) in enumerate(lines[:MAX_TITLE_LINES]):
        if set(table.required) <= set(_columns(cells, known)):
            return index
    return 0


def _error_values(row: TableRow) -> Iterator[TableProblem]:
    for column, text in row.values.items():
        if _ERROR_VALUE.fullmatch(text):
            problem = _("The cell shows the error %(text)s of a formula.", text=text)
            yield TableProblem(row.line, column, problem, _("Write the value, or leave the cell empty."))


def _values(columns: Sequence[str], cells: Sequence[str], table: TableFormat) -> dict[str, str]:
    return {
        column: (clean_text(cell) if column in table.multiline else clean_line(cell)) or ""
        for column, cell in zip(columns, cells, strict=False)
        if column
    }


def _lines(text: str, faults: list[TableProblem]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the line number and the cells of each row that is not empty, up to a row that cannot be read."""
    first = text.lstrip("\ufeff \r\n").split("\n", 1)[0]
    delimiter = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error:
        problem = _("A quotation mark is not closed or is inside a text, or a text is too long.")
        remedy = _("Write « and » instead of the quotation marks.")
        faults.append(TableProblem(start, "", problem, remedy))


def _heading_faults(
    heading: tuple[int, Sequence[str]], columns: Sequence[str], table: TableFormat
) -> Iterator[TableProblem]:
    line, names = heading
    for name, column in zip(names, columns, strict=True):
        if not column and name.strip():
            remedy = _("Use these headings: %(names)s.", names=", ".join(table.headings().values()))
            yield TableProblem(line, name.strip()[:60], _("The heading is unknown."), remedy)
        elif column and list(columns).count(column) > 1:
            yield TableProblem(
                line, name.strip(), _("The heading occurs twice."), _("Keep one of the columns.")
            )
    for required in table.required:
        if required not in columns:
            remedy = _("Add a column with the heading %(name)s.", name=table.heading_of(required))
            yield TableProblem(line, required, _("The column is missing."), remedy)


class RowReader:
    """Reads the cells of one line and collects their faults."""

    def __init__(self, row: TableRow) -> None:
        self.line = row.line
        self.values = row.values
        self.faults: list[TableProblem] = list(_error_values(row))

    def add_fault(self, column: str, problem: str, remedy: str) -> None:
        """Add a fault in a cell of the line, unless the cell already has one."""
        if all(fault.column != column for fault in self.faults):
            self.faults.append(TableProblem(self.line, column, problem, remedy))

    def text(self, column: str, low: int, high: int) -> str:
        """Return the text of a cell. Adds a fault if its number of characters is not between two limits."""
        text = self.values.get(column, "")
        if not low <= len(text) <= high:
            remedy = _("Write %(low)s to %(high)s characters.", low=low, high=high)
            self.add_fault(column, _("Missing or too long."), remedy)
        return text

    def municipality(self, column: str = "municipality") -> str | None:
        """Return the number of a municipality given by name or number, or None for an empty cell."""
        text = self.values.get(column, "")
        if not text:
            return None
        named = municipalities_named(text)
        if len(named) != 1:
            problem = _("Unknown municipality: %(name)s.", name=text[:40])
            example = current_region().example
            remedy = _(
                "Write a name such as %(name)s, or a number such as %(number)s.",
                name=example.name,
                number=example.number,
            )
            self.add_fault(column, problem, remedy)
            return None
        return named[0].number

    def organisation_number(self) -> str | None:
        """Return an organisation number, or None for an empty cell."""
        text = self.values.get("organisation_number", "")
        if not text:
            return None
        try:
            return parse_organisation_number(text, allow_test_numbers=True)
        except UnreadableInputError as error:
            self.add_fault("organisation_number", _("Not an organisation number."), error.message)
            return None

    def codes(self, column: str, known: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
        """Return codes given by code or label, separated by commas. `known` has the labels of each code."""
        by_label = {fold_letters(label): code for code, labels in known.items() for label in labels.values()}
        codes = []
        for part in self.values.get(column, "").replace("|", ",").replace(";", ",").split(","):
            text = part.strip()
            code = text if text in known else by_label.get(fold_letters(text))
            if code:
                codes.append(code)
            elif text:
                remedy = _("Use a name or code from the list, such as %(name)s.", name=next(iter(known)))
                self.add_fault(column, _("Unknown: %(name)s.", name=text[:60]), remedy)
        return tuple(dict.fromkeys(codes))


class DuplicateFinder:
    """Finds lines that repeat an identifying value of an earlier line, such as an organisation number."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], int] = {}

    def check(self, reader: RowReader, column: str, key: str | None) -> None:
        """Add a fault if the key of a column occurs on an earlier line. Empty keys are ignored."""
        if not key:
            return
        first = self._lines.setdefault((column, key), reader.line)
        if first != reader.line:
            problem = _("The same as on line %(line)s.", line=first)
            reader.add_fault(column, problem, _("Keep one of the lines."))

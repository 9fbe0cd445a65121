"""Parse and validate a table of suppliers from CSV or a spreadsheet. Each fault names its line, column and a remedy."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.core import taxonomy
from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import current_locale
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import parse_organisation_number
from marketplace.core.letters import fold_letters
from marketplace.core.money import parse_nok
from marketplace.core.places import find_municipality, municipalities_by_number
from marketplace.core.text import clean_line, clean_text, name_key, remove_invisible
from marketplace.core.web_address import parse_web_address
from marketplace.suppliers.import_file import ImportedSupplier
from marketplace.suppliers.limits import ABOUT_LENGTH, MAX_IMPORT_ROWS, NAME_LENGTH

MAX_UNPACKED_BYTES = 50_000_000
COLUMNS = {
    "name": ("name", "navn", "namn", "leverandør"),
    "organisation_number": ("organisation_number", "organisasjonsnummer", "orgnr", "org.nr."),
    "text": ("text", "tekst", "beskrivelse", "skildring", "om"),
    "language": ("lang", "språk", "language"),
    "municipality": ("municipality", "kommune"),
    "remote": ("remote", "på nett", "fjernarbeid"),
    "price_from": ("price_from_nok", "pris fra", "pris frå", "price_from"),
    "services": ("services", "tjenester", "tenester"),
    "sectors": ("sectors", "bransjer", "bransjar"),
    "website": ("website", "nettsted", "nettstad", "nettside", "hjemmeside", "heimeside"),
}
"""Accepted headings of each column. Only the name and the text are required."""
LANGUAGES = {
    "": "nb",
    "nb": "nb",
    "nn": "nn",
    "en": "en",
    "bokmål": "nb",
    "nynorsk": "nn",
    "engelsk": "en",
    "english": "en",
}
YES = ("", "ja", "yes", "true", "1", "x")
NO = ("nei", "no", "false", "0")
_HEADINGS = {fold_letters(name): column for column, names in COLUMNS.items() for name in names}
_CELL_BREAK = re.compile("[\u000b\u000c\u0085\u2028\u2029]")
Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class TableProblem:
    """A fault in a cell, or in a whole line if the column is empty, and its remedy."""

    line: int
    column: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ReadTable:
    """The valid suppliers of a table and all faults. `text` is the table as CSV.

    `inferred` are the lines whose services were found in the text; `warnings` do not prevent an import.
    """

    text: str = ""
    suppliers: list[ImportedSupplier] = field(default_factory=list)
    faults: list[TableProblem] = field(default_factory=list)
    inferred: set[int] = field(default_factory=set)
    warnings: list[TableProblem] = field(default_factory=list)


def heading_of(column: str) -> str:
    """Return the heading of a column to suggest to the user; a heading that is not known is returned as it is."""
    names = COLUMNS.get(column, (column, column))
    return names[0] if current_locale() == "en" else names[1]


class UnreadableTableError(Exception):
    """The file is not a table. The message says what to do."""


def table_text(name: str, data: bytes) -> str:
    """Return an uploaded CSV file or the first sheet of an XLSX workbook as CSV. Raises UnreadableTableError."""
    if data.startswith(b"PK"):
        return _workbook_text(data)
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableTableError(
        _("%(name)s is neither CSV nor XLSX. Save the table as one of them.", name=name)
    )


def _workbook_text(data: bytes) -> str:
    from openpyxl import load_workbook  # noqa: PLC0415 because few requests need it

    unreadable = _("The workbook cannot be read. Save it again as XLSX or CSV.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableTableError(unreadable) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableTableError(_("The workbook is too large. Split it into several files."))
    try:
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        written = io.StringIO()
        writer = csv.writer(written, delimiter=";")
        for cells in sheet.iter_rows(max_row=MAX_IMPORT_ROWS + 2, max_col=40, values_only=True):
            writer.writerow(["" if cell is None else _cell_text(cell) for cell in cells])
    except Exception as error:
        raise UnreadableTableError(unreadable) from error
    return written.getvalue()


def _cell_text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def read_table(text: str) -> ReadTable:
    """Validate a table in CSV with semicolons, commas or tabs. Faults are collected, not raised."""
    # Line separators of Word would end a row; in a cell they are spaces.
    text = remove_invisible(_CELL_BREAK.sub(" ", text))
    rows = list(_rows(text))
    found = ReadTable(text)
    if not rows:
        found.faults.append(TableProblem(0, "", _("There are no lines."), _("Paste a table with headings.")))
        return found
    columns = [_HEADINGS.get(fold_letters(heading.strip()), "") for heading in rows[0][1]]
    found.faults.extend(_heading_faults(rows[0], columns))
    if len(rows) - 1 > MAX_IMPORT_ROWS:
        remedy = _("Import at most %(num)s suppliers at a time.", num=MAX_IMPORT_ROWS)
        found.faults.append(TableProblem(rows[0][0], "", _("The table has too many lines."), remedy))
    elif len(rows) == 1:
        remedy = _("Write one supplier on each line below the headings.")
        found.faults.append(TableProblem(rows[0][0], "", _("There are only headings."), remedy))
    if found.faults:
        return found
    seen: dict[str, int] = {}
    for line, cells in rows[1:]:
        values = {
            column: (clean_text(cell) if column == "text" else clean_line(cell)) or ""
            for column, cell in zip(columns, cells, strict=False)
            if column
        }
        reader = _RowReader(line, values)
        supplier = reader.supplier()
        for column, key in (
            ("name", name_key(supplier.name)),
            ("organisation_number", supplier.organisation_number),
        ):
            if key and key in seen:
                problem = _("The same as on line %(line)s.", line=seen[key])
                reader.faults.append(TableProblem(line, column, problem, _("Keep one of the lines.")))
            elif key:
                seen[key] = line
        found.faults.extend(reader.faults)
        if not reader.faults:
            found.suppliers.append(supplier)
    return found


def _rows(text: str) -> Iterator[tuple[int, Row]]:
    """Yield the line number and the cells of each row that is not empty."""
    first = text.lstrip("\ufeff \r\n").split("\n", 1)[0]
    delimiter = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error:
        return


def _heading_faults(heading: tuple[int, Row], columns: Sequence[str]) -> Iterator[TableProblem]:
    line, names = heading
    for name, column in zip(names, columns, strict=True):
        if not column and name.strip():
            remedy = _(
                "Use these headings: %(names)s.", names=", ".join(heading_of(column) for column in COLUMNS)
            )
            yield TableProblem(line, name.strip()[:60], _("The heading is unknown."), remedy)
        elif column and list(columns).count(column) > 1:
            yield TableProblem(
                line, name.strip(), _("The heading occurs twice."), _("Keep one of the columns.")
            )
    for required in ("name", "text"):
        if required not in columns:
            remedy = _("Add a column with the heading %(name)s.", name=heading_of(required))
            yield TableProblem(line, required, _("The column is missing."), remedy)


class _RowReader:
    """Reads the cells of one line and collects their faults."""

    def __init__(self, line: int, values: Mapping[str, str]) -> None:
        self.line = line
        self.values = values
        self.faults: list[TableProblem] = []

    def _fault(self, column: str, problem: str, remedy: str) -> None:
        self.faults.append(TableProblem(self.line, column, problem, remedy))

    def supplier(self) -> ImportedSupplier:
        """Return the supplier. It is only valid if there are no faults afterwards."""
        return ImportedSupplier(
            line=self.line,
            name=self._text("name", NAME_LENGTH),
            text=self._text("text", (1, ABOUT_LENGTH[1])),
            lang=self._language(),
            municipality=self._municipality(),
            remote=self._remote(),
            price_from_nok=self._price(),
            services=self._codes("services", {code: one.labels for code, one in taxonomy.services().items()}),
            sectors=self._codes("sectors", {code: one.labels for code, one in taxonomy.sectors().items()}),
            organisation_number=self._organisation_number(),
            website=self._website(),
        )

    def _text(self, column: str, limits: tuple[int, int]) -> str:
        text = self.values.get(column, "")
        if not limits[0] <= len(text) <= limits[1]:
            remedy = _("Write %(low)s to %(high)s characters.", low=limits[0], high=limits[1])
            self._fault(column, _("Missing or too long."), remedy)
        return text

    def _language(self) -> str:
        known = LANGUAGES.get(self.values.get("language", "").lower())
        if known is None:
            self._fault("language", _("Unknown language."), _("Write nb, nn or en."))
        return known or "nb"

    def _municipality(self) -> str | None:
        text = self.values.get("municipality", "")
        if not text:
            return None
        number = text.zfill(4) if text.isdigit() else _municipality_names().get(fold_letters(text), "")
        if find_municipality(number) is None:
            self._fault(
                "municipality", _("Unknown municipality: %(name)s.", name=text[:40]), _("Write a name such as Oppdal, or a number such as 5021.")
            )  # fmt: skip
        return number

    def _remote(self) -> bool:
        text = self.values.get("remote", "").lower()
        if text not in YES + NO:
            self._fault("remote", _("Neither yes nor no."), _("Write yes or no."))
        return text not in NO

    def _price(self) -> int | None:
        text = self.values.get("price_from", "")
        if not text:
            return None
        try:
            return parse_nok(text)
        except UnreadableInputError as error:
            self._fault("price_from", _("Not an amount."), error.message)
            return None

    def _organisation_number(self) -> str | None:
        text = self.values.get("organisation_number", "")
        if not text:
            return None
        try:
            return parse_organisation_number(text, allow_test_numbers=True)
        except UnreadableInputError as error:
            self._fault("organisation_number", _("Not an organisation number."), error.message)
            return None

    def _website(self) -> str:
        text = self.values.get("website", "")
        try:
            return parse_web_address(text) if text else ""
        except UnreadableInputError as error:
            self._fault("website", _("Not a web address."), error.message)
            return ""

    def _codes(self, column: str, known: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
        by_label = {fold_letters(label): code for code, labels in known.items() for label in labels.values()}
        codes = []
        for part in self.values.get(column, "").replace("|", ",").replace(";", ",").split(","):
            text = part.strip()
            code = text if text in known else by_label.get(fold_letters(text))
            if code:
                codes.append(code)
            elif text:
                remedy = _("Use a name or code from the list, such as %(name)s.", name=next(iter(known)))
                self._fault(column, _("Unknown: %(name)s.", name=text[:60]), remedy)
        return tuple(dict.fromkeys(codes))


def _municipality_names() -> dict[str, str]:
    return {
        fold_letters(name): number
        for number, municipality in municipalities_by_number().items()
        for name in municipality.names
    }

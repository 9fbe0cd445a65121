"""Read an uploaded CSV file or workbook as CSV."""

import csv
import io
import re
import zipfile

from marketplace.core.i18n import gettext as _, ngettext

MAX_UNPACKED_BYTES = 10_000_000
"""Reading a million bytes of a workbook takes up to 0.2 seconds and 25 MB of memory, and it is read twice."""
MAX_COLUMNS = 40
MAX_NAMED_CELLS = 5
MAX_LINES_PER_ROW = 20
"""Limit of the lines in a file for each row that is allowed, because a cell may have several lines."""
MAX_TITLE_LINES = 10
"""Lines that may stand above the headings: a title, or the separator that Excel reads ("sep=;")."""
_STORED_TEXT = "str"
"""Type of a cell whose formula has a text as its stored value; an empty text is read as no value."""
_NOT_A_TABLE = (b"%PDF-", b"{\\rtf", b"<")
_BINARY = re.compile("[\x00-\x08\x0e-\x1f]")


class UnreadableTableError(Exception):
    """The file is not a table. The message says what to do."""


def table_text(name: str, data: bytes, max_rows: int) -> str:
    """Return an uploaded CSV file or the first sheet of an XLSX workbook as CSV. Raises UnreadableTableError.

    Formulas are read as their stored values, and refused without one. Reading a workbook stops once it has more lines
    than are allowed.
    """
    if data.startswith(b"PK"):
        return _workbook_text(data, max_rows)
    encodings = ("utf-8-sig", "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "cp1252")
    for encoding in () if data.startswith(_NOT_A_TABLE) else encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _BINARY.search(text, 0, 1000):
            _require_readable_length(text, max_rows)
            return text
    raise UnreadableTableError(
        _("%(name)s is neither CSV nor XLSX. Save the table as one of them.", name=name)
    )


def _require_readable_length(text: str, max_rows: int) -> None:
    """Refuse a file that is too long to be shown on a page with its faults. Raises UnreadableTableError."""
    if text.count("\n") > MAX_LINES_PER_ROW * max_rows:
        parts = _("The table has too many lines."), _("Import at most %(num)s lines at a time.", num=max_rows)
        raise UnreadableTableError(" ".join(parts))


def _workbook_text(data: bytes, max_rows: int) -> str:
    from openpyxl import load_workbook  # noqa: PLC0415 because few requests need it
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 because few requests need it

    unreadable = _("The workbook cannot be read. Save it again as XLSX or CSV.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableTableError(unreadable) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableTableError(_("The workbook is too large. Split it into several files."))
    without_value: list[str] = []
    try:
        # The first copy has the stored values of the cells, the second one their formulas.
        sheets = [
            load_workbook(io.BytesIO(data), read_only=True, data_only=is_value).worksheets[0]
            for is_value in (True, False)
        ]
        last = max_rows + MAX_TITLE_LINES + 2
        rows = [sheet.iter_rows(max_row=last, max_col=MAX_COLUMNS) for sheet in sheets]
        written = io.StringIO()
        writer = csv.writer(written, delimiter=";")
        for number, (cells, formulas) in enumerate(zip(*rows, strict=True), 1):
            without_value += [
                f"{get_column_letter(column)}{number}"
                for column, (cell, formula) in enumerate(zip(cells, formulas, strict=True), 1)
                if cell.value is None and formula.value is not None and cell.data_type != _STORED_TEXT
            ]
            row = ["" if cell.value is None else _cell_text(cell.value) for cell in cells]
            while row and not row[-1]:
                row.pop()
            writer.writerow(row)
    except Exception as error:
        raise UnreadableTableError(unreadable) from error
    if without_value:
        raise UnreadableTableError(
            ngettext(
                "A formula has no stored value: cell %(cells)s.",
                "%(num)s formulas have no stored value: cells %(cells)s.",
                len(without_value),
                cells=", ".join(without_value[:MAX_NAMED_CELLS]),
            )
            + " "
            + _("Open the workbook in a spreadsheet program and save it, or write the value in the cell.")
        )
    return written.getvalue()


def _cell_text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

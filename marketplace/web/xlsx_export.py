"""Lists as XLSX workbooks, with the same cells as in the CSV files."""

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence

from werkzeug.wrappers import Response

from marketplace.core import clock
from marketplace.core.i18n import current_locale
from marketplace.core.identifiers import make_slug
from marketplace.web.csv_export import Month, safe_cell
from marketplace.web.uploads import file_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_WIDTH, MAX_NUMERIC_WIDTH = 60, 20
MAX_SHEET_NAME = 31
"""Longest name of a sheet that Excel accepts."""
_NOT_IN_SHEET_NAME = re.compile(r"[\\\[\]:*?/]")
_DATE_FORMATS = {"nb": "dd.mm.yyyy", "nn": "dd.mm.yyyy", "en": "d mmm yyyy"}
_LANGUAGE_CODES = {"nb": "414", "nn": "814", "en": "809"}
"""Windows language codes, so that months are named in the reader's language on every computer."""


def xlsx_response(
    name: str, sheet_name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> Response:
    """Return a download of a workbook with one sheet. Numbers and dates keep their type; all other cells are text."""
    from openpyxl import Workbook  # noqa: PLC0415 because few requests need the library, which is slow to import
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 because openpyxl is slow to import
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 because openpyxl is slow to import
    from openpyxl.styles import Font  # noqa: PLC0415 because openpyxl is slow to import
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 because openpyxl is slow to import

    lines = [list(row) for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NOT_IN_SHEET_NAME.sub(" ", sheet_name)[:MAX_SHEET_NAME])
    sheet.freeze_panes = "A2"
    for index, title in enumerate(header):
        width = _width(title, [line[index] for line in lines])
        sheet.column_dimensions[get_column_letter(index + 1)].width = width
    headings = [WriteOnlyCell(sheet, title) for title in header]
    for cell in headings:
        cell.font = Font(bold=True)
    sheet.append(headings)
    for line in lines:
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet, _typed(value, ILLEGAL_CHARACTERS_RE))
            if isinstance(value, dt.date):
                cell.number_format = _date_format(value)
            cells.append(cell)
        sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return file_response(f"{make_slug(name)}-{clock.today().isoformat()}.xlsx", XLSX, written.getvalue())


def _width(title: str, values: Sequence[object]) -> int:
    """Return the width of a column. A long text in a column of numbers runs over the empty cells beside it."""
    is_numeric = any(isinstance(value, int | float) for value in values)
    longest = max(len(title), *(len(str(value)) for value in values if value is not None), 0)
    return min(longest + 2, MAX_NUMERIC_WIDTH if is_numeric else MAX_WIDTH)


def _typed(value: object, illegal: re.Pattern[str]) -> object:
    if value is None:
        return None
    if isinstance(value, dt.date):
        return dt.date(value.year, value.month, value.day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return illegal.sub("", safe_cell(value))


def _date_format(day: dt.date) -> str:
    locale = current_locale()
    shown = "mmmm yyyy" if isinstance(day, Month) else _DATE_FORMATS[locale]
    return f"[$-{_LANGUAGE_CODES[locale]}]{shown}"

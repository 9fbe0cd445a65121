"""Lists as XLSX workbooks, with the same cells as in the CSV files."""

import io
import re
from collections.abc import Iterable, Sequence

from werkzeug.wrappers import Response

from marketplace.core import clock
from marketplace.web.csv_export import safe_cell
from marketplace.web.uploads import file_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_WIDTH = 60


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return a download of a workbook with one sheet. Numbers stay numbers; all other cells are text."""
    from openpyxl import Workbook  # noqa: PLC0415 because few requests need the library, which is slow to import
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 because of the same
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 because of the same
    from openpyxl.styles import Font  # noqa: PLC0415 because of the same

    lines = [list(row) for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for index, title in enumerate(header):
        longest = max([len(title), *(len(str(line[index] or "")) for line in lines)])
        sheet.column_dimensions[chr(ord("A") + index)].width = min(longest + 2, MAX_WIDTH)
    headings = [WriteOnlyCell(sheet, title) for title in header]
    for cell in headings:
        cell.font = Font(bold=True)
    sheet.append(headings)
    for line in lines:
        sheet.append([_cell(value, ILLEGAL_CHARACTERS_RE) for value in line])
    written = io.BytesIO()
    book.save(written)
    return file_response(f"{name}-{clock.today().isoformat()}.xlsx", XLSX, written.getvalue())


def _cell(value: object, illegal: re.Pattern[str]) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return illegal.sub("", safe_cell(value))

"""Lists as CSV files for spreadsheets.

Norwegian Excel expects semicolons, and reads UTF-8 only after a byte order mark.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import stream_with_context
from werkzeug.wrappers import Response

from marketplace.core import clock
from marketplace.core.i18n import format_month_and_year
from marketplace.core.identifiers import make_slug

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"
MAX_CHUNK = 32_768


class Month(dt.date):
    """First day of a month, shown as the month."""

    def __str__(self) -> str:
        return format_month_and_year(self)

    @classmethod
    def of(cls, day: dt.date) -> "Month":
        """Return the month of a day."""
        return cls(day.year, day.month, 1)


def safe_cell(value: object) -> str:
    """Return a cell as text. A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if value is None:
        return ""
    text = str(value)
    is_formula = not isinstance(value, int | float) and text.lstrip(" \u00a0").startswith(FORMULA_STARTS)
    return f"'{text}" if is_formula else text


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return a download that is streamed while the rows are read."""
    response = Response(stream_with_context(_encode(header, rows)), mimetype="text/csv")
    response.headers["Cache-Control"] = "private, no-store"
    filename = f"{make_slug(name)}-{clock.today().isoformat()}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def _encode(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow([safe_cell(cell) for cell in header])
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        if buffer.tell() >= MAX_CHUNK:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()

"""The table of an import form: an uploaded file, or pasted text."""

from flask import request

from marketplace.core.table_file import table_text

MAX_SHOWN_FAULTS = 200


def submitted_table(max_rows: int) -> str:
    """Return the uploaded table as CSV, or the pasted one. Raises UnreadableTableError."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return table_text(file.filename[:100], file.stream.read(), max_rows)
    return request.form.get("table", "")

"""Confirmation page of a destructive action."""

from collections.abc import Mapping, Sequence

from flask import render_template


def confirmation_page(
    title: str,
    consequences: Sequence[str | tuple[str, Sequence[str]]],
    label: str,
    back: str,
    values: Mapping[str, str] | None = None,
) -> str:
    """Return a page that names what will happen, with a button that submits `values` to the same URL.

    A consequence can have a list of the objects that it is about.
    """
    return render_template(
        "confirm.html", title=title, consequences=consequences, label=label, back=back, values=values or {}
    )

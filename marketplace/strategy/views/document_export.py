"""A strategy as a page for printing, and as a Markdown, JSON or PDF file; the whole plan as a JSON file."""

import json
from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from marketplace.core.errors import NotFound
from marketplace.strategy.document_export.markdown import to_markdown
from marketplace.strategy.document_export.outline import Outline
from marketplace.strategy.queries import document_export as queries
from marketplace.strategy.queries.plan_export import exported_plan
from marketplace.strategy.queries.sharing import readable_strategy
from marketplace.strategy.views.base import blueprint
from marketplace.web import access
from marketplace.web.query_args import query_arg
from marketplace.web.uploads import file_response
from marketplace.web.viewer import current_viewer

MAX_DIGITS = 6


@blueprint.get("/plan/print")
@access.company
def print_strategy() -> str:
    """Show a version of the company's own strategy for printing."""
    return _print_page(None)


@blueprint.get("/companies/<int:company_id>/plan/print")
@access.garden
def print_shared_strategy(company_id: int) -> str:
    """Show a version of a shared strategy for printing."""
    return _print_page(company_id)


@blueprint.get("/plan/strategy.md")
@access.company
def markdown_file() -> Response:
    """Download a version of the company's own strategy as Markdown."""
    outline = _outline(None, is_printed=False)
    return file_response(outline.file_name("md"), "text/markdown", to_markdown(outline).encode())


@blueprint.get("/plan/strategy.json")
@access.company
def json_file() -> Response:
    """Download a version of the company's own strategy as JSON."""
    version = queries.exported_json(readable_strategy(current_viewer()), _version_number())
    return _json_response("strategy.json", version)


@blueprint.get("/plan/plan.json")
@access.company
def whole_plan_file() -> Response:
    """Download all of the company's own plan as JSON: self-assessments, strategy, objectives, measurements, actions and tools."""
    return _json_response("plan.json", exported_plan(current_viewer()))


@blueprint.get("/plan/strategy.pdf")
@access.company
def pdf_file() -> Response:
    """Download a version of the company's own strategy as PDF."""
    return _pdf(None)


@blueprint.get("/companies/<int:company_id>/plan/strategy.pdf")
@access.garden
def shared_pdf_file(company_id: int) -> Response:
    """Download a version of a shared strategy as PDF."""
    return _pdf(company_id)


def _json_response(name: str, values: dict[str, Any]) -> Response:
    text = json.dumps(values, ensure_ascii=False, indent=2)
    return file_response(name, "application/json", text.encode())


def _version_number() -> int | None:
    """Return the number of the version in the query string, or None for the newest version. Raises NotFound."""
    number = query_arg("version", MAX_DIGITS)
    if number and not (number.isascii() and number.isdigit()):
        raise NotFound
    return int(number) if number else None


def _outline(company_id: int | None, *, is_printed: bool = True) -> Outline:
    strategy = readable_strategy(current_viewer(), company_id)
    version = queries.exported_version(strategy, _version_number())
    return queries.outline_of_version(version, is_printed=is_printed)


def _print_page(company_id: int | None) -> str:
    return render_template("strategy/print.html", outline=_outline(company_id), company_id=company_id)


def _pdf(company_id: int | None) -> Response:
    outline = _outline(company_id)
    from marketplace.strategy.document_export.pdf import to_pdf  # noqa: PLC0415 because few requests need the typesetter

    return file_response(outline.file_name("pdf"), "application/pdf", to_pdf(outline))

"""Commands that read files: measuring the ranking, and bringing suppliers in."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from marketplace import matching
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.places import municipalities_by_number
from marketplace.matching import TRACKS, EvaluationFileError, Position
from marketplace.sourcing.replaying import replay
from marketplace.suppliers.importing import ReadFile, read_suppliers
from marketplace.suppliers.use_cases import importing
from marketplace.suppliers.words import glossary


@click.command("evaluate")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--track", "tracks", multiple=True, type=click.Choice(TRACKS), help="Only this track; may be repeated."
)
@click.option("--lang", default="nb", type=click.Choice(["nb", "nn", "en"]), help="Language of a text set.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--no-title", is_flag=True, help="Leave out the briefs' titles.")
def evaluate(*, directory: Path, tracks: tuple[str, ...], lang: str, as_json: bool, no_title: bool) -> None:
    """Measure the ranking on the judged briefs in DIRECTORY.

    Reads a supplier set (suppliers.jsonl, briefs.jsonl, qrels.tsv) or a text set (corpus.jsonl, queries.jsonl,
    qrels.tsv).
    """
    positions = {number: Position(m.lat, m.lon) for number, m in municipalities_by_number().items()}
    try:
        figures = matching.evaluate_directory(
            directory,
            matching.Evaluator(glossary(), positions),
            tracks=tracks or TRACKS,
            lang=lang,
            title=not no_title,
        )
    except EvaluationFileError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(figures))
    else:
        _print(figures)


def _print(figures: dict[str, Any]) -> None:
    by_track = figures.get("tracks", {"text": figures})
    for track, by_language in by_track.items():
        names = list(next(iter(by_language.values()), {}))
        table = Table("", *names, title=track)
        for language, measured in by_language.items():
            table.add_row(language, *(f"{measured[name]:.3f}" for name in names))
        Console().print(table)


def import_file(path: Path, *, commit: bool, approve_by: str | None) -> str:
    """Read a file of suppliers and, with `commit`, bring them in; return what to say. Raises ClickException."""
    read: ReadFile = read_suppliers(path)
    try:
        curator = importing.curator_by_email(approve_by) if approve_by else None
        faults = sorted([*read.faults, *importing.already_here(read.suppliers)], key=lambda fault: fault.line)
        if faults:
            listed = "\n".join(f"  {fault}" for fault in faults)
            message = f"Nothing was imported. {len(faults)} to mend in {path}:\n{listed}"
            raise click.ClickException(message)
        suppliers = [importing.read_between_the_lines(supplier) for supplier in read.suppliers]
        for before, after in zip(read.suppliers, suppliers, strict=True):
            if before != after:
                click.echo(
                    f"  line {before.line}: {before.name} names no services; its words speak of {', '.join(after.services)}."
                )
        for supplier in suppliers:
            if not supplier.services:
                message = f"line {supplier.line}: {supplier.name} names no services, and its words speak of none. Name one."
                raise click.ClickException(message)
        if not commit:
            return f"{len(read.suppliers)} suppliers can be imported. Nothing was changed: add --commit to bring them in."
        count = importing.import_suppliers(suppliers, curator)
    except RuleBroken as error:
        raise click.ClickException(error.message) from error
    if curator:
        return f"{count} suppliers are imported and approved by {curator.name}, {curator.organisation_name}."
    return f"{count} suppliers are imported and wait for approval."


def replay_run(run: int) -> str:
    """Make a kept ranking again and return what to say. Raises ClickException."""
    try:
        return replay(run)
    except NotFound as error:
        message = f"There is no run {run}."
        raise click.ClickException(message) from error
    except ValueError as error:
        message = f"Run {run}: {error}."
        raise click.ClickException(message) from error

"""`marketplace evaluate`: measure the ranking on judged briefs."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from marketplace import matching
from marketplace.core.places import municipalities_by_number
from marketplace.data import data_path
from marketplace.matching.documents import Position
from marketplace.matching.evaluation.measures import TRACKS
from marketplace.suppliers.glossary import glossary

if TYPE_CHECKING:
    from marketplace.matching import Evaluator


def make_evaluator() -> "Evaluator":
    """Return an evaluator with our glossary and the positions of all municipalities."""
    positions = {number: Position(m.lat, m.lon) for number, m in municipalities_by_number().items()}
    return matching.Evaluator(glossary(), positions)


def describe_set(directory: Path, max_briefs: int | None = None) -> dict[str, Any]:
    """Describe a test set for the record: its name, its size and today's date."""
    test_set, path = matching.read_set(directory), directory.resolve()
    return {
        "name": f"{path.parent.name}/{path.name}",
        "briefs": len(test_set.queries[:max_briefs]),
        "suppliers": len(test_set.documents),
        "day": date.today().isoformat(),  # noqa: DTZ011 because the day is where the command is run
    }


def save_figures(name: str, figures: Any, on: dict[str, Any]) -> None:
    """Save figures and the description of their test set in the file that the page "How we rank" reads.

    Figures with other names are kept.
    """
    path = data_path("quality.json")
    saved = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    saved[name] = figures
    saved.setdefault("measured", {})[name] = on
    path.write_text(json.dumps(saved, indent=1, sort_keys=True) + "\n", encoding="utf-8")


@click.command("evaluate")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--track", "tracks", multiple=True, type=click.Choice(TRACKS), help="Only this track; may be repeated."
)
@click.option("--lang", default="nb", type=click.Choice(["nb", "nn", "en"]), help="Language of a text set.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--no-title", is_flag=True, help="Leave out the briefs' titles.")
@click.option("--keep", "keep", is_flag=True, help='Save the figures for the page "How we rank".')
def evaluate(  # noqa: PLR0913 because each is an option of its own
    *, directory: Path, tracks: tuple[str, ...], lang: str, as_json: bool, no_title: bool, keep: bool
) -> None:
    """Measure the ranking on the judged briefs in DIRECTORY.

    Reads a supplier set (suppliers.jsonl, briefs.jsonl, qrels.tsv) or a text set (corpus.jsonl, queries.jsonl,
    qrels.tsv).
    """
    try:
        figures = matching.evaluate_directory(
            directory, make_evaluator(), tracks=tracks or TRACKS, lang=lang, title=not no_title
        )
    except matching.EvaluationFileError as error:
        raise click.ClickException(str(error)) from error
    if keep:
        save_figures("quality", rounded(figures), describe_set(directory))
    if as_json:
        click.echo(json.dumps(figures))
    else:
        _print(figures)


def rounded(figures: Any) -> Any:
    """Round every number in nested dictionaries to three decimals."""
    if isinstance(figures, dict):
        return {name: rounded(value) for name, value in figures.items()}
    return round(figures, 3)


def _print(figures: dict[str, Any]) -> None:
    by_track = figures.get("tracks", {"text": figures})
    for track, by_language in by_track.items():
        names = list(dict.fromkeys(name for measured in by_language.values() for name in measured))
        table = Table("", *names, title=track)
        for language, measured in by_language.items():
            table.add_row(language, *(f"{measured[name]:.3f}" if name in measured else "" for name in names))
        Console().print(table)

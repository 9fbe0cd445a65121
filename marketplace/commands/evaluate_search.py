"""`marketplace evaluate-search`: measure the search on judged phrases."""

import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from marketplace.directory.search.evaluation import SETS, SearchFigures, evaluate_search


@click.command("evaluate-search")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--failures", is_flag=True, help="List the phrases with a wrong answer.")
def evaluate_search_command(*, as_json: bool, failures: bool) -> None:
    """Measure the search on judged phrases: top-3 hit rate and abstention, tuning and held-out sets, company names."""
    figures = {name: evaluate_search(name) for name in SETS}
    if as_json:
        click.echo(json.dumps({name: asdict(figure) for name, figure in figures.items()}, ensure_ascii=False))
        return
    table = Table("", "phrases", "top-3 hit rate", "abstention precision", "abstention recall")
    for name, figure in figures.items():
        table.add_row(name, str(figure.phrases), *_rates(figure))
    Console().print(table)
    if failures:
        for name, figure in figures.items():
            for phrase, answer in figure.failures.items():
                click.echo(f"{name}: {phrase} -> {', '.join(answer) or 'nothing'}")


def _rates(figure: SearchFigures) -> list[str]:
    return [
        f"{rate:.3f}"
        for rate in (figure.top_3_hit_rate, figure.abstention_precision, figure.abstention_recall)
    ]

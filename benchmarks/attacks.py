"""How hard it is to cheat: made-up ways of lifting a profile, tried on an evaluation set.

Each attack changes one supplier's profile as somebody would who wants to stand first for one brief. It is tried with
a supplier that is irrelevant for the brief (may it come among the first three?) and with a relevant one that stands
in the middle (how many places does it win?). Honest variations of a text must change nothing.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from marketplace.commands.evaluate import describe_set, make_evaluator, rounded, save_figures
from marketplace.matching.analysis.glossary import Glossary
from marketplace.matching.documents import Document, Query
from marketplace.matching.evaluation.measures import MIN_RELEVANT_GRADE
from marketplace.matching.evaluation.qrels import EvaluationFileError, Row, read_set
from marketplace.matching.evaluation.runner import Evaluator
from marketplace.matching.index.index import Index
from marketplace.matching.spam import flags

TOP = 3
FIRST_PLACES = 5
MODES = ("confirmed", "fields", "text")
Attack = Callable[[Document, Row, Glossary], Document]


def _words_of(brief: Row, glossary: Glossary) -> list[str]:
    wanted = set(brief.get("confirmed_services", ()))
    return [p.text for p in glossary.phrases if wanted & set(p.services) and len(p.text.split()) <= 3]


def _label(brief: Row, glossary: Glossary) -> str:
    code = next(iter(brief.get("confirmed_services", ())), glossary.services[0])
    return glossary.labels[code].get(brief["lang"], glossary.labels[code]["nb"])


def _add(document: Document, words: str) -> Document:
    return replace(document, text=f"{document.text} {words}")


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


_LOOK_ALIKE = str.maketrans("aeopcxy", "аеорсху")

ATTACKS: dict[str, Attack] = {
    "one word 50 times": lambda d, b, g: _add(d, f"{_label(b, g)} " * 50),
    "the kind's words 20 times": lambda d, b, g: _add(d, (" ".join(_words_of(b, g)) + " ") * 20),
    "all service names": lambda d, _b, g: _add(d, ", ".join(label["nb"] for label in g.labels.values())),
    "every service ticked": lambda d, _b, g: replace(d, services=g.services),
    "the brief copied in": lambda d, b, _g: _add(d, f"{b['title']} {b['text']}"),
    "the brief instead of the profile": lambda d, b, _g: replace(d, text=f"{b['title']}. {b['text']}"),
    "zero-width letters": lambda d, b, g: _add(d, "\u200b".join(f"{_label(b, g)} " * 20)),
    "look-alike letters": lambda d, b, g: _add(d, (f"{_label(b, g)} " * 20).translate(_LOOK_ALIKE)),
    "full-width letters": lambda d, b, g: _add(d, _wide(f"{_label(b, g)} " * 20)),
}
HONEST: dict[str, Callable[[str], str]] = {
    "soft hyphens": lambda text: "".join(c + "\u00ad" if i % 4 == 3 else c for i, c in enumerate(text)),
    "decomposed letters (NFD)": lambda text: unicodedata.normalize("NFD", text),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "capital letters": str.upper,
}


@dataclass(frozen=True, slots=True)
class AttackFigures:
    """What an attack did: shares 0 to 1; `places_won` is the median over relevant attackers, NaN-free."""

    name: str
    irrelevant_in_top: float
    places_won: float
    flagged: float


@dataclass(frozen=True, slots=True)
class AttackReport:
    """All attacks in one mode, how often honest variations change the first five, and how many honest are flagged.

    `twins_in_first` is the mean number of the first five places that one profile under five names takes.
    """

    mode: str
    attacks: tuple[AttackFigures, ...]
    honest_changes: dict[str, float]
    honest_flagged: float
    twins_in_first: float

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {
            "attacks": {
                a.name: {
                    "irrelevant_in_top_3": a.irrelevant_in_top,
                    "places_won": a.places_won,
                    "flagged": a.flagged,
                }
                for a in self.attacks
            },
            "honest_changes": self.honest_changes,
            "honest_flagged": self.honest_flagged,
            "twins_in_first_5": self.twins_in_first,
        }


def evaluate_attacks(
    path: Path, evaluator: Evaluator, mode: str = "confirmed", most_briefs: int | None = None
) -> AttackReport:
    """Try all attacks on a supplier set. `mode` is what the ranking may know (a track). Raises EvaluationFileError."""
    evaluation_set = read_set(path, evaluator.known_codes)
    if evaluation_set.kind != "suppliers":
        raise EvaluationFileError(path, None, "is a set of texts, and only suppliers can cheat")
    documents = evaluator.documents(evaluation_set.documents)
    if mode == "text":
        documents = [
            replace(d, services=(), sectors=(), price_from_nok=None, position=None, municipality=None)
            for d in documents
        ]
    honest = Index.build(
        documents,
        evaluator.glossary,
        evaluator.settings,
        training=evaluator.documents(evaluation_set.documents),
    )
    briefs = evaluation_set.queries[:most_briefs]
    trials = [
        _Trial(
            honest,
            brief,
            evaluator.query(brief, mode, title=True),
            evaluation_set.judgments.get(brief["id"], {}),
        )
        for brief in briefs
    ]
    return AttackReport(
        mode,
        tuple(_try(name, attack, trials, evaluator.glossary) for name, attack in ATTACKS.items()),
        {name: _changes(honest, change, trials) for name, change in HONEST.items()},
        sum(bool(flags(document)) for document in documents) / len(documents),
        _mean([trial.twins_in_first() for trial in trials]),
    )


class _Trial:
    """One brief with its honest ranking."""

    def __init__(self, honest: Index, brief: Row, query: Query, judged: dict[str, int] | Any) -> None:
        self.honest, self.brief, self.query, self.judged = honest, brief, query, judged
        self.places = _places(honest, query)
        self.order = sorted(self.places, key=lambda key: self.places[key])

    def irrelevant(self) -> Document:
        """Return the supplier without a grade that stands lowest, or was left out."""
        graded = [d for d in self.honest.documents if not self.judged.get(d.id)]
        return max(graded, key=lambda d: (self.places.get(d.id, 10**6), d.id))

    def relevant(self) -> Document | None:
        """Return the relevant supplier in the middle of the relevant ones that stand in the list."""
        found = [key for key in self.order if self.judged.get(key, 0) >= MIN_RELEVANT_GRADE]
        return next((d for d in self.honest.documents if found and d.id == found[len(found) // 2]), None)

    def with_changed(self, changed: Document) -> dict[str, int]:
        """Return the places when one supplier has changed its profile."""
        documents = [changed if d.id == changed.id else d for d in self.honest.documents]
        return _places(self.honest.updated(documents), self.query)

    def twins_in_first(self) -> int:
        """Count how many of the first five places the first supplier takes when it comes under five names."""
        first = next(d for d in self.honest.documents if d.id == self.order[0])
        copies = [replace(first, id=f"{first.id}-{i}", name=f"{first.name} {'ABCD'[i]}") for i in range(4)]
        places = _places(self.honest.updated([*self.honest.documents, *copies]), self.query)
        return sum(places.get(d.id, 10**6) <= FIRST_PLACES for d in (first, *copies))


def _places(index: Index, query: Query) -> dict[str, int]:
    return {match.document_id: match.place for match in index.rank(query, explain=0).matches}


def _try(name: str, attack: Attack, trials: Sequence[_Trial], glossary: Glossary) -> AttackFigures:
    in_top, won, flagged = [], [], []
    for trial in trials:
        bad = attack(trial.irrelevant(), trial.brief, glossary)
        in_top.append(trial.with_changed(bad).get(bad.id, 10**6) <= TOP)
        flagged.append(bool(flags(bad, [f"{trial.brief['title']} {trial.brief['text']}"])))
        good = trial.relevant()
        if good is not None:
            after = trial.with_changed(attack(good, trial.brief, glossary))
            won.append(trial.places[good.id] - after.get(good.id, len(trial.places) + 1))
    return AttackFigures(name, _mean(in_top), float(median(won)) if won else 0.0, _mean(flagged))


def _changes(honest: Index, change: Callable[[str], str], trials: Sequence[_Trial]) -> float:
    """Return for how many briefs the first five differ when every text is written another honest way."""
    written = honest.updated([replace(d, name=change(d.name), text=change(d.text)) for d in honest.documents])
    return _mean(list(_differs(written, trials)))


def _differs(written: Index, trials: Sequence[_Trial]) -> Iterator[bool]:
    for trial in trials:
        places = _places(written, trial.query)
        yield sorted(places, key=lambda key: places[key])[:FIRST_PLACES] != trial.order[:FIRST_PLACES]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


OWN_SET = Path("tests/data/market/dev")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), default=OWN_SET)
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="What the ranking may know.")
@click.option("--briefs", type=click.IntRange(min=1), help="Only the first so many briefs.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--keep", "kept", is_flag=True, help="Keep the figures for the page How we rank.")
def main(*, directory: Path, modes: tuple[str, ...], briefs: int | None, as_json: bool, kept: bool) -> None:
    """Measure how far each attack lifts a supplier on the judged briefs in DIRECTORY."""
    try:
        reports = [evaluate_attacks(directory, make_evaluator(), mode, briefs) for mode in modes or MODES]
    except EvaluationFileError as error:
        raise click.ClickException(str(error)) from error
    figures = {report.mode: report.to_dict() for report in reports}
    if kept:
        save_figures("attacks", rounded(figures), describe_set(directory, briefs))
    if as_json:
        click.echo(json.dumps(figures))
        return
    for report in reports:
        _print_attacks(report)


def _print_attacks(report: AttackReport) -> None:
    table = Table("", "irrelevant in top 3", "ranks gained", "flagged", title=report.mode)
    for attack in report.attacks:
        table.add_row(
            attack.name,
            f"{attack.irrelevant_in_top:.1%}",
            f"{attack.places_won:+.1f}",
            f"{attack.flagged:.0%}",
        )
    table.add_section()
    for name, changed in report.honest_changes.items():
        table.add_row(f"honest: {name}", "", f"top 5 changes {changed:.0%}", "")
    table.add_row("honest: as they are", "", "", f"{report.honest_flagged:.1%}")
    table.add_row("one profile, five names", "", f"{report.twins_in_first:.1f} of first 5", "")
    Console().print(table)


if __name__ == "__main__":
    main()

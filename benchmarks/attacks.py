"""Robustness benchmark: attempts to manipulate the ranking, tried on an evaluation set.

Each attack changes one supplier's profile in order to rank first for one brief. It is tried with a supplier that is
irrelevant for the brief (does it reach the top three?) and with a relevant one in the middle of the list (how many
ranks does it gain?). Honest variations of a text must change nothing.
"""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
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
from marketplace.matching.spam import spam_flags

TOP_IRRELEVANT = 3
TOP_RANKS = 5
TICKS = (3, 5, 8, 12, 20, 40)
"""Numbers of services that an attacker ticks."""
MODES = ("confirmed", "fields", "text")
Attack = Callable[[Document, Row, Glossary], Document]


def _service_phrases(brief: Row, glossary: Glossary) -> list[str]:
    services = set(brief.get("confirmed_services", ()))
    return [p.text for p in glossary.phrases if services & set(p.services) and len(p.text.split()) <= 3]


def _label(brief: Row, glossary: Glossary) -> str:
    code = next(iter(brief.get("confirmed_services", ())), glossary.services[0])
    return glossary.labels[code].get(brief["lang"], glossary.labels[code]["nb"])


def _add(document: Document, words: str) -> Document:
    return replace(document, text=f"{document.text} {words}")


def _tick(document: Document, brief: Row, glossary: Glossary, number: int) -> Document:
    """Tick the services that the brief needs, then others, until a number of services are ticked."""
    needed = brief.get("confirmed_services", ())
    others = sorted(set(glossary.services).difference(needed, document.services), key=_shuffled(brief["id"]))
    services = dict.fromkeys((*document.services, *needed, *others))
    return replace(document, services=tuple(services)[: max(number, len({*document.services, *needed}))])


def _shuffled(seed: str) -> Callable[[str], bytes]:
    return lambda code: hashlib.blake2b(f"{seed} {code}".encode()).digest()


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


_HOMOGLYPHS = str.maketrans("aeopcxy", "аеорсху")

ATTACKS: dict[str, Attack] = {
    "one word 50 times": lambda d, b, g: _add(d, f"{_label(b, g)} " * 50),
    "the kind's words 20 times": lambda d, b, g: _add(d, (" ".join(_service_phrases(b, g)) + " ") * 20),
    "all service names": lambda d, _b, g: _add(d, ", ".join(label["nb"] for label in g.labels.values())),
    **{f"{number} services ticked": partial(_tick, number=number) for number in (1, *TICKS)},
    "every service ticked": lambda d, _b, g: replace(d, services=g.services),
    "the brief copied in": lambda d, b, _g: _add(d, f"{b['title']} {b['text']}"),
    "the brief instead of the profile": lambda d, b, _g: replace(d, text=f"{b['title']}. {b['text']}"),
    "zero-width letters": lambda d, b, g: _add(d, "\u200b".join(f"{_label(b, g)} " * 20)),
    "look-alike letters": lambda d, b, g: _add(d, (f"{_label(b, g)} " * 20).translate(_HOMOGLYPHS)),
    "full-width letters": lambda d, b, g: _add(d, _full_width(f"{_label(b, g)} " * 20)),
}
HONEST: dict[str, Callable[[str], str]] = {
    "soft hyphens": lambda text: "".join(c + "\u00ad" if i % 4 == 3 else c for i, c in enumerate(text)),
    "decomposed letters (NFD)": lambda text: unicodedata.normalize("NFD", text),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "capital letters": str.upper,
}


@dataclass(frozen=True, slots=True)
class AttackFigures:
    """The effect of one attack: shares from 0 to 1, and the median of the ranks gained by relevant attackers."""

    name: str
    irrelevant_in_top: float
    ranks_won: float
    flagged: float


@dataclass(frozen=True, slots=True)
class AttackReport:
    """The effects of all attacks in one mode, how often honest variations change the top five, and false positives.

    `duplicates_in_top` is the mean number of top five ranks taken by one profile published under five names.
    """

    mode: str
    attacks: tuple[AttackFigures, ...]
    honest_changes: dict[str, float]
    honest_flagged: float
    duplicates_in_top: float

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {
            "attacks": {
                a.name: {
                    "irrelevant_in_top_3": a.irrelevant_in_top,
                    "places_won": a.ranks_won,
                    "flagged": a.flagged,
                }
                for a in self.attacks
            },
            "honest_changes": self.honest_changes,
            "honest_flagged": self.honest_flagged,
            "twins_in_first_5": self.duplicates_in_top,
        }


def evaluate_attacks(
    path: Path, evaluator: Evaluator, mode: str = "confirmed", max_briefs: int | None = None
) -> AttackReport:
    """Try all attacks on a supplier set. `mode` is the evaluation track. Raises EvaluationFileError."""
    evaluation_set = read_set(path, evaluator.known_codes)
    if evaluation_set.kind != "suppliers":
        raise EvaluationFileError(path, None, "is a set of texts, but only suppliers can be attacked")
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
    rows = evaluation_set.queries[:max_briefs]
    trials = [
        _BriefTrial(
            honest,
            brief,
            evaluator.query(brief, mode, title=True),
            evaluation_set.judgments.get(brief["id"], {}),
        )
        for brief in rows
    ]
    return AttackReport(
        mode,
        tuple(_measure(name, attack, trials, evaluator.glossary) for name, attack in ATTACKS.items()),
        {name: _share_changed(honest, change, trials) for name, change in HONEST.items()},
        sum(bool(spam_flags(document)) for document in documents) / len(documents),
        _mean([trial.duplicates_in_top() for trial in trials]),
    )


class _BriefTrial:
    """One brief with its ranking of honest profiles."""

    def __init__(self, honest: Index, brief: Row, query: Query, judged: dict[str, int] | Any) -> None:
        self.honest, self.brief, self.query, self.judged = honest, brief, query, judged
        self.ranks = _ranks(honest, query)
        self.order = sorted(self.ranks, key=lambda key: self.ranks[key])

    def irrelevant(self) -> Document:
        """Return the ungraded supplier that ranks lowest or is excluded."""
        graded = [d for d in self.honest.documents if not self.judged.get(d.id)]
        return max(graded, key=lambda d: (self.ranks.get(d.id, 10**6), d.id))

    def relevant(self) -> Document | None:
        """Return the relevant supplier in the middle of the list."""
        relevant_ids = [key for key in self.order if self.judged.get(key, 0) >= MIN_RELEVANT_GRADE]
        return next(
            (
                d
                for d in self.honest.documents
                if relevant_ids and d.id == relevant_ids[len(relevant_ids) // 2]
            ),
            None,
        )

    def with_changed(self, changed: Document) -> dict[str, int]:
        """Return the ranks after one supplier has changed its profile."""
        documents = [changed if d.id == changed.id else d for d in self.honest.documents]
        return _ranks(self.honest.updated(documents), self.query)

    def duplicates_in_top(self) -> int:
        """Count the top five ranks that the first supplier takes if it is published under five names, slightly edited."""
        first = next(d for d in self.honest.documents if d.id == self.order[0])
        copies = [
            replace(
                first, id=f"{first.id}-{i}", name=f"{name} {first.name[::-1]}", text=f"{first.text} {name}."
            )
            for i, name in enumerate(("Nord", "Fjell", "Dal", "Vik"))
        ]
        ranks = _ranks(self.honest.updated([*self.honest.documents, *copies]), self.query)
        return sum(ranks.get(d.id, 10**6) <= TOP_RANKS for d in (first, *copies))


def _ranks(index: Index, query: Query) -> dict[str, int]:
    return {match.document_id: match.rank for match in index.rank(query, explain=0).matches}


def _measure(name: str, attack: Attack, trials: Sequence[_BriefTrial], glossary: Glossary) -> AttackFigures:
    in_top, ranks_gained, flagged = [], [], []
    for trial in trials:
        attacked = attack(trial.irrelevant(), trial.brief, glossary)
        in_top.append(trial.with_changed(attacked).get(attacked.id, 10**6) <= TOP_IRRELEVANT)
        flagged.append(bool(spam_flags(attacked, [f"{trial.brief['title']} {trial.brief['text']}"])))
        relevant = trial.relevant()
        if relevant is not None:
            after = trial.with_changed(attack(relevant, trial.brief, glossary))
            ranks_gained.append(trial.ranks[relevant.id] - after.get(relevant.id, len(trial.ranks) + 1))
    return AttackFigures(
        name, _mean(in_top), float(median(ranks_gained)) if ranks_gained else 0.0, _mean(flagged)
    )


def _share_changed(honest: Index, vary: Callable[[str], str], trials: Sequence[_BriefTrial]) -> float:
    """Return the share of briefs whose top five change when every text is varied in an honest way."""
    variant = honest.updated([replace(d, name=vary(d.name), text=vary(d.text)) for d in honest.documents])
    return _mean(list(_top_ranks_differ(variant, trials)))


def _top_ranks_differ(variant: Index, trials: Sequence[_BriefTrial]) -> Iterator[bool]:
    for trial in trials:
        ranks = _ranks(variant, trial.query)
        yield sorted(ranks, key=lambda key: ranks[key])[:TOP_RANKS] != trial.order[:TOP_RANKS]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


DEFAULT_SET = Path("tests/data/market/dev")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), default=DEFAULT_SET)
@click.option(
    "--mode",
    "modes",
    multiple=True,
    type=click.Choice(MODES),
    help="Evaluation track that decides which fields the ranking may use.",
)
@click.option("--briefs", type=click.IntRange(min=1), help="Number of briefs to use. [default: all]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--keep", "save", is_flag=True, help="Save the figures for the page How we rank.")
def main(*, directory: Path, modes: tuple[str, ...], briefs: int | None, as_json: bool, save: bool) -> None:
    """Measure how far each attack lifts a supplier on the judged briefs in DIRECTORY."""
    try:
        reports = [evaluate_attacks(directory, make_evaluator(), mode, briefs) for mode in modes or MODES]
    except EvaluationFileError as error:
        raise click.ClickException(str(error)) from error
    figures = {report.mode: report.to_dict() for report in reports}
    if save:
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
            f"{attack.ranks_won:+.1f}",
            f"{attack.flagged:.0%}",
        )
    table.add_section()
    for name, changed in report.honest_changes.items():
        table.add_row(f"honest: {name}", "", f"top 5 changes {changed:.0%}", "")
    table.add_row("honest: as they are", "", "", f"{report.honest_flagged:.1%}")
    table.add_row("one profile, five names", "", f"{report.duplicates_in_top:.1f} of first 5", "")
    Console().print(table)


if __name__ == "__main__":
    main()

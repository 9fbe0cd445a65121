"""Share of the shown reasons that two readers accept, on the evaluation sets: `python -m benchmarks.reasons`.

Reads the labels from reasons.tsv. A version of the matcher that shows other words shows unlabelled reasons, which
`--unlabelled` prints as rows to label. Rules are tried on the briefs of one half, and checked on those of the other.
"""

import csv
import zlib
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import click

from marketplace.commands.evaluate import make_evaluator
from marketplace.matching import Evaluator, Index, read_set

DATA = Path(__file__).parents[1] / "tests" / "data"
HALVES = {"tuning": ("judged/tuning", "market/dev", "devset"), "checking": ("judged/heldout", "market/test")}
LABELS = ("label", "label_2")
SUGGESTIONS, MATCHES = 2, 3
PARTS = ("services", "words")


class Reason(NamedTuple):
    """The words shown for a service, or for a word that brief and profile share (`service` is "words")."""

    brief: str
    service: str
    words: str


class Acceptance(NamedTuple):
    """Number of reasons that are labelled, number of those that are accepted, and the reasons without a label."""

    labelled: int
    accepted: int
    unlabelled: tuple[Reason, ...]

    @property
    def share(self) -> float:
        """The share of the labelled reasons that are accepted."""
        return self.accepted / self.labelled if self.labelled else 0.0


def shown_reasons(evaluator: Evaluator, half: str) -> list[Reason]:
    """Return the reasons shown for the briefs of a half: of the first suggestions, and the strongest of the first matches."""
    return list(dict.fromkeys(reason for name in HALVES[half] for reason in _of_set(DATA / name, evaluator)))


def _of_set(directory: Path, evaluator: Evaluator) -> Iterator[Reason]:
    rows = read_set(directory, evaluator.known_codes)
    index = Index.build(evaluator.documents(rows.documents), evaluator.glossary, evaluator.settings)
    for row in rows.queries:
        for need in index.suggest_needs(row["text"], row["lang"], title=row["title"])[:SUGGESTIONS]:
            if need.reasons:
                yield Reason(row["id"], need.service, ", ".join(need.reasons))
        is_confirmed = row["confirmed_services"] and zlib.crc32(row["id"].encode()) % 2
        query = evaluator.query(row, "confirmed" if is_confirmed else "fields", title=True)
        for match in index.rank(query, MATCHES, verify_terms=True).matches:
            for part in PARTS:
                terms = [term for term in match.explanation.terms if term.part == part]
                term = max(terms, key=lambda term: term.value, default=None)
                if term and term.query_words and term.document_words:
                    words = f"{', '.join(term.query_words)} > {', '.join(term.document_words)}"
                    yield Reason(row["id"], term.term if part == "services" else "words", words)


def read_labels(column: str = "label") -> dict[Reason, str]:
    """Return the labels of one reader, "accept" or "reject"."""
    with (DATA / "judged" / "reasons.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {
            Reason(row["brief"], row["service"], row["words"]): row[column] for row in rows if row[column]
        }


def acceptance(reasons: list[Reason], labels: Mapping[Reason, str]) -> Acceptance:
    """Compare reasons with their labels."""
    known = [labels[reason] for reason in reasons if reason in labels]
    unlabelled = tuple(reason for reason in reasons if reason not in labels)
    return Acceptance(len(known), known.count("accept"), unlabelled)


@click.command()
@click.option("--unlabelled", is_flag=True, help="Print the reasons without a label, separated by tabs.")
def main(*, unlabelled: bool) -> None:
    """Print the share of the shown reasons that each of two readers accepts."""
    evaluator = make_evaluator()
    shown = {half: shown_reasons(evaluator, half) for half in HALVES}
    if unlabelled:
        for reason in acceptance([*chain(*shown.values())], read_labels()).unlabelled:
            click.echo("\t".join(reason))
        return
    for half, reasons in shown.items():
        for column in LABELS:
            result = acceptance(reasons, read_labels(column))
            click.echo(
                f"{half}, {column}: {result.share:.3f} of {result.labelled} accepted,"
                f" {len(result.unlabelled)} without a label"
            )


if __name__ == "__main__":
    main()

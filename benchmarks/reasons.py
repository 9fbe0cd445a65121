"""Share of the shown reasons that two readers accept, on the judged set: `python -m benchmarks.reasons`.

Reads the labels from reasons.tsv. A version of the matcher that shows other words shows unlabelled reasons, which
`--unlabelled` prints as rows to label.
"""

import csv
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import click

from marketplace.commands.evaluate import make_evaluator
from marketplace.matching import Evaluator, Index, read_set

JUDGED = Path(__file__).parents[1] / "tests" / "data" / "judged"
HALVES = ("tuning", "heldout")
SUGGESTIONS, MATCHES = 2, (0, 2)
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


def shown_reasons(evaluator: Evaluator) -> list[Reason]:
    """Return the reasons shown for all briefs: those of the first two suggestions, and the strongest of two matches."""
    return list(dict.fromkeys(reason for half in HALVES for reason in _of_half(JUDGED / half, evaluator)))


def _of_half(directory: Path, evaluator: Evaluator) -> Iterator[Reason]:
    rows = read_set(directory, evaluator.known_codes)
    index = Index.build(evaluator.documents(rows.documents), evaluator.glossary, evaluator.settings)
    for row in rows.queries:
        for need in index.suggest_needs(row["text"], row["lang"], title=row["title"])[:SUGGESTIONS]:
            if need.words:
                yield Reason(row["id"], need.service, ", ".join(need.words))
        is_confirmed = row["confirmed_services"] and zlib.crc32(row["id"].encode()) % 2
        query = evaluator.query(row, "confirmed" if is_confirmed else "fields", title=True)
        matches = index.rank(query, max(MATCHES) + 1, verify_terms=True).matches
        for match in (matches[rank] for rank in MATCHES if rank < len(matches)):
            for part in PARTS:
                terms = [term for term in match.explanation.terms if term.part == part]
                term = max(terms, key=lambda term: term.value, default=None)
                if term and term.query_words and term.document_words:
                    words = f"{', '.join(term.query_words)} > {', '.join(term.document_words)}"
                    yield Reason(row["id"], term.term if part == "services" else "words", words)


def read_labels(column: str = "label") -> dict[Reason, str]:
    """Return the labels of one reader, "accept" or "reject"."""
    with (JUDGED / "reasons.tsv").open(encoding="utf-8", newline="") as file:
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
    reasons = shown_reasons(make_evaluator())
    result = acceptance(reasons, read_labels())
    if unlabelled:
        for reason in result.unlabelled:
            click.echo("\t".join(reason))
        return
    for column in ("label", "label_2"):
        result = acceptance(reasons, read_labels(column))
        click.echo(
            f"{column}: {result.share:.3f} of {result.labelled} accepted, {len(result.unlabelled)} without a label"
        )


if __name__ == "__main__":
    main()

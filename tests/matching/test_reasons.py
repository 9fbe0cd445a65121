"""Words shown as reasons: the share that a reader accepts."""

import pytest

from benchmarks.reasons import HALVES, LABELS, Reason, acceptance, read_labels, shown_reasons
from marketplace.matching import Evaluator, Glossary, Position


def test_acceptance_counts_labelled_reasons_only() -> None:
    known, rejected, unknown = Reason("b", "s", "x"), Reason("b", "s", "y"), Reason("b", "words", "z > z")
    result = acceptance([known, rejected, unknown], {known: "accept", rejected: "reject"})
    assert (result.labelled, result.accepted, result.unlabelled) == (2, 1, (unknown,))
    assert result.share == 0.5
    assert acceptance([], {}).share == 0.0


def test_labels_are_accept_or_reject() -> None:
    labels = read_labels()
    assert len(labels) >= 300
    assert set(labels.values()) == {"accept", "reject"}


@pytest.mark.exhaustive
@pytest.mark.parametrize("half", HALVES)
def test_most_shown_reasons_are_accepted(
    half: str, glossary: Glossary, positions: dict[str, Position]
) -> None:
    shown = shown_reasons(Evaluator(glossary, positions), half)
    for column in LABELS:
        result = acceptance(shown, read_labels(column))
        assert result.labelled > len(result.unlabelled), "label the reasons that are shown now"
        assert result.share >= 0.95

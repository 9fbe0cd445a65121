"""Cheating does not pay: the floor under what `evaluate-attacks` measures."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.attacks import ATTACKS, AttackReport, evaluate_attacks, main
from marketplace.matching import (
    EvaluationFileError,
    Evaluator,
    Glossary,
    Position,
)
from tests.matching.conftest import DEVSET, MARKET

BRIEFS = 5


@pytest.fixture(scope="module")
def report(glossary: Glossary, positions: dict[str, Position]) -> AttackReport:
    """Return what all attacks gave on a few briefs."""
    return evaluate_attacks(MARKET / "test", Evaluator(glossary, positions), "confirmed", BRIEFS)


def test_no_attack_lifts_an_irrelevant_supplier_to_the_top(report: AttackReport) -> None:
    assert {attack.name for attack in report.attacks} == set(ATTACKS)
    assert {attack.name: attack.irrelevant_in_top for attack in report.attacks} == dict.fromkeys(ATTACKS, 0.0)


def test_no_attack_wins_a_relevant_supplier_more_than_a_place(report: AttackReport) -> None:
    assert [attack.name for attack in report.attacks if attack.places_won > 1] == []


def test_attacks_are_flagged_and_honest_profiles_are_not(report: AttackReport) -> None:
    assert min(attack.flagged for attack in report.attacks) >= 0.95
    assert report.honest_flagged <= 0.02


def test_honest_ways_of_writing_change_nothing(report: AttackReport) -> None:
    assert set(report.honest_changes.values()) == {0.0}


def test_five_names_take_little_more_than_one_place(report: AttackReport) -> None:
    assert report.twins_in_first <= 2.5


def test_the_command_prints_what_was_measured() -> None:
    run = CliRunner().invoke(main, [str(MARKET / "dev"), "--mode", "fields", "--briefs", "1", "--json"])
    assert run.exit_code == 0, run.output
    assert set(json.loads(run.output)["fields"]["attacks"]) == set(ATTACKS)


def test_texts_alone_cannot_be_attacked(glossary: Glossary, tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"_id": "a", "text": "ost"}\n', encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "ost"}\n', encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("q\ta\t1\n", encoding="utf-8")
    with pytest.raises(EvaluationFileError, match="only suppliers"):
        evaluate_attacks(tmp_path, Evaluator(glossary))


def test_a_brief_that_nobody_fits_well_wins_nobody_a_place(
    glossary: Glossary, positions: dict[str, Position], tmp_path: Path
) -> None:
    for name in ("suppliers.jsonl", "briefs.jsonl"):
        (tmp_path / name).write_text((DEVSET / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("d01\tds19\t1\n", encoding="utf-8")
    report = evaluate_attacks(tmp_path, Evaluator(glossary, positions), "text", 1)
    assert {attack.places_won for attack in report.attacks} == {0.0}

"""Attacks on the ranking must not pay off: minimum standards for what `benchmarks.attacks` measures."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.attacks import ATTACKS, TICKS, AttackReport, evaluate_attacks, main
from marketplace.matching import (
    EvaluationFileError,
    Evaluator,
    Glossary,
    Position,
)
from tests.matching.conftest import DEVSET, MARKET

BRIEFS = 5
FEW_TICKS = [f"{number} services ticked" for number in (1, 3, 5, 8)]
"""Approval, not the ranking, keeps a supplier from stating a few services that it does not offer."""


@pytest.fixture(scope="module")
def report(glossary: Glossary, positions: dict[str, Position]) -> AttackReport:
    """The results of all attacks on a few briefs."""
    return evaluate_attacks(MARKET / "test", Evaluator(glossary, positions), "confirmed", BRIEFS)


def test_no_attack_lifts_irrelevant_supplier_to_top(report: AttackReport) -> None:
    assert {attack.name for attack in report.attacks} == set(ATTACKS)
    in_top = {attack.name: attack.irrelevant_in_top for attack in report.attacks}
    few_ticks = {name: in_top.pop(name) for name in FEW_TICKS}
    assert in_top == dict.fromkeys(in_top, 0.0)
    assert [*few_ticks.values()] == sorted(few_ticks.values(), reverse=True)
    assert max(few_ticks.values()) <= 0.2


def test_no_attack_gains_relevant_supplier_more_than_one_rank(report: AttackReport) -> None:
    assert [attack.name for attack in report.attacks if attack.ranks_won > 1] == []


def test_attacks_are_flagged_and_honest_profiles_not(report: AttackReport) -> None:
    ticks = {f"{number} services ticked" for number in (1, *TICKS)}
    assert min(attack.flagged for attack in report.attacks if attack.name not in ticks) >= 0.95
    assert report.honest_flagged <= 0.005


def test_honest_variations_change_no_top_rank(report: AttackReport) -> None:
    assert set(report.honest_changes.values()) == {0.0}


def test_five_duplicates_take_few_top_ranks(report: AttackReport) -> None:
    assert report.duplicates_in_top <= 1.2


def test_command_prints_json() -> None:
    run = CliRunner().invoke(main, [str(MARKET / "dev"), "--mode", "fields", "--briefs", "1", "--json"])
    assert run.exit_code == 0, run.output
    assert set(json.loads(run.output)["fields"]["attacks"]) == set(ATTACKS)


def test_text_set_is_refused(glossary: Glossary, tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"_id": "a", "text": "ost"}\n', encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "ost"}\n', encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("q\ta\t1\n", encoding="utf-8")
    with pytest.raises(EvaluationFileError, match="only suppliers"):
        evaluate_attacks(tmp_path, Evaluator(glossary))


def test_brief_without_relevant_supplier_gains_no_rank(
    glossary: Glossary, positions: dict[str, Position], tmp_path: Path
) -> None:
    for name in ("suppliers.jsonl", "briefs.jsonl"):
        (tmp_path / name).write_text((DEVSET / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("d01\tds19\t1\n", encoding="utf-8")
    report = evaluate_attacks(tmp_path, Evaluator(glossary, positions), "text", 1)
    assert {attack.ranks_won for attack in report.attacks} == {0.0}

"""`marketplace evaluate`: measure ranking quality on a judged data set."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner

from marketplace.commands import evaluate

DEVSET = Path(__file__).parent.parent / "data" / "devset"


def test_evaluate_json_prints_only_json():
    answer = CliRunner().invoke(evaluate.evaluate, [str(DEVSET), "--json", "--track", "suggest"])
    assert answer.exit_code == 0
    assert set(json.loads(answer.stdout)["tracks"]["suggest"]["overall"]) == {"recall@5", "recall@8"}


def test_evaluate_prints_a_table():
    answer = CliRunner().invoke(evaluate.evaluate, [str(DEVSET), "--track", "text"])
    assert answer.exit_code == 0
    assert "ndcg@10" in answer.stdout


def test_evaluate_reports_briefs_without_need(tmp_path):
    folder = tmp_path / "set"
    shutil.copytree(DEVSET, folder)
    brief = {"id": "none", "lang": "en", "title": "", "text": "", "excluded_services": ["web.site"]}
    with (folder / "briefs.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(brief) + "\n")
    answer = CliRunner().invoke(evaluate.evaluate, [str(folder), "--track", "suggest"])
    assert answer.exit_code == 0
    assert all(name in answer.stdout for name in ("abstention_recall", "abstention_precision", "excluded@8"))


def test_evaluate_invalid_row_reports_file_and_line(tmp_path):
    folder = tmp_path / "set"
    shutil.copytree(DEVSET, folder)
    (folder / "briefs.jsonl").write_text("{}\n", encoding="utf-8")
    answer = CliRunner().invoke(evaluate.evaluate, [str(folder), "--json"])
    assert answer.exit_code == 1
    assert "briefs.jsonl, line 1" in answer.output
    assert answer.stdout == ""

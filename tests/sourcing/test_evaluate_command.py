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
    brief = {"id": "none", "lang": "nb", "title": "", "text": "", "excluded_services": ["web.site"]}
    with (folder / "briefs.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(brief) + "\n")
    suggest = ["--track", "suggest"]
    answer = CliRunner().invoke(evaluate.evaluate, [str(folder), "--json", *suggest])
    figures = json.loads(answer.stdout)["tracks"]["suggest"]
    assert figures["nb"]["abstention_recall"] == figures["nb"]["abstention_precision"] == 1.0
    assert figures["nb"]["excluded@8"] == 0.0
    assert set(figures["en"]) == {"recall@5", "recall@8"}
    assert CliRunner().invoke(evaluate.evaluate, [str(folder), *suggest]).exit_code == 0


def test_evaluate_invalid_row_reports_file_and_line(tmp_path):
    folder = tmp_path / "set"
    shutil.copytree(DEVSET, folder)
    (folder / "briefs.jsonl").write_text("{}\n", encoding="utf-8")
    answer = CliRunner().invoke(evaluate.evaluate, [str(folder), "--json"])
    assert answer.exit_code == 1
    assert "briefs.jsonl, line 1" in answer.output
    assert answer.stdout == ""

"""Bringing suppliers in from a file, and measuring, from the command line."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from marketplace import commands
from marketplace.core.database import session
from marketplace.suppliers.importing import read_suppliers
from marketplace.suppliers.models import Supplier, Vetting
from tests import factories

DEVSET = Path(__file__).parent.parent / "data" / "devset"
FILE = DEVSET / "suppliers.jsonl"


def _count():
    return session.scalar(select(func.count(Supplier.id)))


def test_a_dry_run_changes_nothing(app):
    factories.garden()
    session.commit()
    assert "40 suppliers can be imported" in commands.import_file(FILE, commit=False, approve_by=None)
    assert _count() == 0


def test_all_arrive_as_applications_or_approved_by_a_named_curator(app):
    garden = factories.garden()
    curator = factories.member(garden, "curator", name="Eli Rise")
    session.commit()
    said = commands.import_file(FILE, commit=True, approve_by=curator.email)
    assert "40 suppliers are imported and approved by Eli Rise" in said
    assert _count() == 40
    assert set(session.scalars(select(Vetting.state))) == {"approved"}
    assert not any(supplier.areas for supplier in session.scalars(select(Supplier)))
    with pytest.raises(commands.click.ClickException, match="is registered already"):
        commands.import_file(FILE, commit=True, approve_by=None)


def test_without_a_curator_they_wait(app):
    factories.garden()
    session.commit()
    commands.import_file(FILE, commit=True, approve_by=None)
    assert set(session.scalars(select(Vetting.state))) == {"submitted"}


def test_every_fault_is_named_and_nothing_is_imported(app, tmp_path):
    factories.garden()
    session.commit()
    good = FILE.read_text(encoding="utf-8").splitlines()[0]
    bad = [
        good,
        "{not json}",
        json.dumps({"name": "X Y", "text": "Noe", "services": ["no.such"], "municipality": "9999"}),
        json.dumps({"name": "Z Z", "text": "", "services": [], "price_from_nok": -1, "lang": "de"}),
        good,
    ]
    path = tmp_path / "suppliers.jsonl"
    path.write_text("\n".join(bad), encoding="utf-8")
    with pytest.raises(commands.click.ClickException) as caught:
        commands.import_file(path, commit=True, approve_by=None)
    for word in ("line 2", "line 3", "no.such", "9999", "line 4", "de", "-1", "line 5"):
        assert word in caught.value.message
    assert _count() == 0
    assert len(read_suppliers(path).suppliers) == 1


def test_only_a_curator_can_vouch(app):
    garden = factories.garden()
    adviser = factories.member(garden, "adviser")
    session.commit()
    with pytest.raises(commands.click.ClickException, match="is not a curator"):
        commands.import_file(FILE, commit=True, approve_by=adviser.email)
    assert _count() == 0


def test_evaluate_prints_json_and_nothing_else():
    answer = CliRunner().invoke(commands.evaluate, [str(DEVSET), "--json", "--track", "suggest"])
    assert answer.exit_code == 0
    assert set(json.loads(answer.stdout)["tracks"]["suggest"]["overall"]) == {"recall@5", "recall@8"}


def test_evaluate_prints_a_table():
    answer = CliRunner().invoke(commands.evaluate, [str(DEVSET), "--track", "text"])
    assert answer.exit_code == 0
    assert "ndcg@10" in answer.stdout


def test_evaluate_names_the_file_and_line(tmp_path):
    folder = tmp_path / "set"
    shutil.copytree(DEVSET, folder)
    (folder / "briefs.jsonl").write_text("{}\n", encoding="utf-8")
    answer = CliRunner().invoke(commands.evaluate, [str(folder), "--json"])
    assert answer.exit_code == 1
    assert "briefs.jsonl, line 1" in answer.output
    assert answer.stdout == ""

"""`marketplace import suppliers`: all or nothing, and every error reported with its line and a remedy."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from marketplace.audit.models import AuditEvent
from marketplace.commands import suppliers
from marketplace.core.database import session
from marketplace.outbox.models import OutboxMail
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.suppliers import import_json_lines
from marketplace.suppliers.import_json_lines import read_suppliers
from marketplace.suppliers.models import Supplier
from marketplace.vetting.models import Vetting
from tests import factories

FILE = Path(__file__).parent.parent / "data" / "devset" / "suppliers.jsonl"
GOOD = {"name": "Fjordnett", "text": "Vi lager nettbutikk for gårder.", "services": ["ecm.shop"]}


@pytest.fixture
def garden(app):
    made = factories.garden()
    session.commit()
    return made


@pytest.fixture
def write(tmp_path):
    """Write a file of lines: objects, text or bytes."""

    def do(*lines, end=b"\n"):
        raw = [
            line
            if isinstance(line, bytes)
            else (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)).encode()
            for line in lines
        ]
        path = tmp_path / "suppliers.jsonl"
        path.write_bytes(end.join(raw))
        return path

    return do


def _count():
    return session.scalar(select(func.count(Supplier.id)))


def _refused(path, **options):
    with pytest.raises(suppliers.click.ClickException) as caught:
        suppliers.import_file(path, **({"commit": True, "approve_by": None} | options))
    assert _count() == 0
    return caught.value.message


def test_dry_run_changes_nothing(garden):
    assert "40 suppliers can be imported" in suppliers.import_file(FILE, commit=False, approve_by=None)
    assert _count() == 0


def test_dry_run_is_the_default(garden, command, write):
    words = ("import", "suppliers", str(write(GOOD)))
    said = command(*words)
    assert (said.exit_code, _count()) == (0, 0)
    assert "add --commit" in said.output
    assert (command(*words, "--commit").exit_code, _count()) == (0, 1)
    said = command(*words, "--commit")
    assert (said.exit_code, _count()) == (1, 1)
    assert "Fjordnett is already registered" in said.output


def test_import_with_curator_approves_all_suppliers(garden):
    curator = factories.member(garden, "curator", name="Eli Rise")
    session.commit()
    said = suppliers.import_file(FILE, commit=True, approve_by=curator.email)
    assert "40 suppliers have been imported and approved by Eli Rise" in said
    assert _count() == 40
    assert set(session.scalars(select(Vetting.state))) == {"approved"}
    assert not any(supplier.areas for supplier in session.scalars(select(Supplier)))
    assert set(session.scalars(select(Supplier.garden_id))) == {garden.id}
    assert len(corpus().documents) == 40, "approved, so they can be found at once"
    by = session.scalars(select(AuditEvent.actor_id).where(AuditEvent.action == "supplier.apply")).all()
    assert set(by) == {curator.user_id}
    assert not session.scalars(select(OutboxMail)).all(), "nobody is mailed"
    with pytest.raises(suppliers.click.ClickException, match="is already registered"):
        suppliers.import_file(FILE, commit=True, approve_by=None)


def test_import_without_curator_creates_applications(garden):
    suppliers.import_file(FILE, commit=True, approve_by=None)
    assert set(session.scalars(select(Vetting.state))) == {"submitted"}
    assert len(corpus().documents) == 0


def test_approver_must_be_a_curator(garden):
    adviser = factories.member(garden, "adviser")
    session.commit()
    for email in (adviser.email, "nobody@nowhere.example", "no address"):
        assert "is not a curator" in _refused(FILE, approve_by=email)


@pytest.mark.parametrize(
    ("line", "problem", "remedy"),
    [
        ("{not json}", "not JSON", "Write one whole JSON object"),
        ("[1, 2]", "not a JSON object", "Write {"),
        ('{"name": ' + "9" * 5000 + "}", "not JSON", "Write one whole JSON object"),
        ("[" * 100_000, "not JSON", "Write one whole JSON object"),
        (b'{"name": "Bl\xe5fjell"}', "not UTF-8", "Save the file as UTF-8"),
        (json.dumps(GOOD).encode("utf-16"), "not UTF-8", "Save the file as UTF-8"),
        (GOOD | {"name": "X"}, "name is missing", "2 to 120"),
        (GOOD | {"name": None}, "name is missing", "2 to 120"),
        (GOOD | {"name": "Navn " * 30}, "too long", "2 to 120"),
        (GOOD | {"name": "Fjord\x00nett"}, "control character", "Remove invisible"),
        (json.dumps(GOOD | {"name": "Fjord\ud800"}), "control character", "Remove invisible"),
        (GOOD | {"text": " "}, "text is missing", "at most 4000"),
        (GOOD | {"text": "x" * 4001}, "too long", "at most 4000"),
        (GOOD | {"text": ["Vi"]}, "text is missing", "at most 4000"),
        (GOOD | {"servces": ["ecm.shop"]}, "'servces' is unknown", "Did you mean 'services'"),
        (GOOD | {"telefon": "91234567"}, "'telefon' is unknown", "price_from_nok"),
        (GOOD | {"lang": "de"}, "lang 'de'", "nb, nn or en"),
        (GOOD | {"lang": {}}, "lang {}", "nb, nn or en"),
        (GOOD | {"municipality": "9999"}, "'9999' is unknown", "5021"),
        (GOOD | {"municipality": 5021}, "5021 is unknown", "5021"),
        (GOOD | {"remote": "yes"}, "'yes' is not true or false", "true or false"),
        (GOOD | {"price_from_nok": -1}, "-1 is not an amount", "whole kroner"),
        (GOOD | {"price_from_nok": True}, "True is not an amount", "whole kroner"),
        ('{"name": "Fj", "text": "Vi", "price_from_nok": NaN}', "nan is not an amount", "whole kroner"),
        (GOOD | {"price_from_nok": 10**30}, "is not an amount", "whole kroner"),
        (GOOD | {"price_from_nok": 12500.5}, "12500.5 is not an amount", "whole kroner"),
        (GOOD | {"organisation_number": "123"}, "'123' cannot be read", "nine digits"),
        (GOOD | {"website": ["x"]}, "cannot be read", "https://example.no"),
        (GOOD | {"services": "ecm.shop"}, "services is not a list", "as a list"),
        (GOOD | {"services": [1]}, "services is not a list", "as a list"),
        (GOOD | {"services": ["no.such"]}, "'no.such'", "taxonomy.yaml"),
        (GOOD | {"sectors": ["no.such"]}, "'no.such'", "taxonomy.yaml"),
    ],
    ids=lambda value: str(value)[:30].replace("\x00", "0") if not isinstance(value, bytes) else "bytes",
)
def test_error_is_reported_with_line_and_remedy(garden, write, line, problem, remedy):
    message = _refused(write(GOOD | {"name": "Den første"}, "", line))
    assert "line 3: " in message
    assert problem in message
    assert remedy in message
    assert "Nothing was imported" in message


def test_all_errors_are_reported_and_nothing_is_imported(garden, write):
    good = FILE.read_text(encoding="utf-8").splitlines()[0]
    path = write(
        good,
        "{not json}",
        {"name": "X Y", "text": "Noe", "services": ["no.such"], "municipality": "9999"},
        {"name": "Z Z", "text": "", "services": [], "price_from_nok": -1, "lang": "de"},
        good,
    )
    message = _refused(path)
    for word in ("line 2", "line 3", "no.such", "9999", "line 4", "de", "-1", "line 5", "is also on line 1"):
        assert word in message
    assert len(read_suppliers(path).suppliers) == 1


def test_one_bad_line_among_many_prevents_import(garden, write):
    lines = [GOOD | {"name": f"Byrå {number}"} for number in range(300)]
    message = _refused(write(*lines[:200], "{}", *lines[200:]))
    assert "line 201" in message


def test_names_that_differ_only_in_case_are_duplicates(garden, write):
    message = _refused(write(GOOD, GOOD | {"name": "  FJORDNETT "}))
    assert "line 2: the name is also on line 1" in message


SAME = ("Fjøs Foto", "Fjøs  Foto ", "Fjøs\u00a0Foto", "FJØS FOTO", "Fjøs\u200b Foto", "\u202aFjøs Foto\u202c", "Fjøs\u2009Foto",
        "Fj\u00f8s\tFoto", "\ufeffFjøs Foto", "Fjøs\u2028Foto")  # fmt: skip


@pytest.mark.parametrize("name", SAME[1:])
def test_names_are_cleaned_before_they_are_compared(garden, write, name):
    assert "line 2: the name is also on line 1" in _refused(
        write(GOOD | {"name": "Fjøs Foto"}, GOOD | {"name": name})
    )


def test_composed_and_decomposed_names_are_duplicates(garden, write):
    names = ("Blåhagen", "Bla\u030ahagen")
    assert "line 2: the name is also" in _refused(write(*(GOOD | {"name": name} for name in names)))


@pytest.mark.parametrize(
    "name", ["Fjøs Foto AS", "Fjøs-Foto", "FJØS FOTO A/S", "Fjoes Foto", "Fjøsfoto", "Fjøs Foto, AS."]
)
def test_similar_names_are_imported_with_a_warning(garden, write, capsys, name):
    path = write(GOOD | {"name": "Fjøs Foto"}, GOOD | {"name": name})
    suppliers.import_file(path, commit=False, approve_by=None)
    assert "line 2: the name is almost the same as on line 1" in capsys.readouterr().out
    suppliers.import_file(write(GOOD | {"name": "Fjøs Foto"}), commit=True, approve_by=None)
    suppliers.import_file(write(GOOD | {"name": name}), commit=True, approve_by=None)
    assert "is almost the same as Fjøs Foto, which is registered" in capsys.readouterr().out
    assert _count() == 2


def test_same_website_is_imported_with_a_warning(garden, write, capsys):
    first = GOOD | {"name": "Fjøs Foto", "website": "https://www.fjosfoto.example/om"}
    other = GOOD | {"name": "Låvebilder", "website": "Fjosfoto.example"}
    path = write(first, other, GOOD | {"name": "Annet", "website": "facebook.com/annet"})
    suppliers.import_file(path, commit=False, approve_by=None)
    assert capsys.readouterr().out.count("Warning") == 1
    suppliers.import_file(write(first), commit=True, approve_by=None)
    suppliers.import_file(write(other), commit=True, approve_by=None)
    assert "Låvebilder has the same website as Fjøs Foto, which is registered" in capsys.readouterr().out


def test_same_organisation_number_is_an_error(garden, write):
    first, other = (
        GOOD | {"name": name, "organisation_number": "310 000 019"} for name in ("En to", "To tre")
    )
    assert "line 2: the organisation number is also on line 1" in _refused(write(first, other))
    suppliers.import_file(write(first), commit=True, approve_by=None)
    with pytest.raises(suppliers.click.ClickException, match="line 1: To tre is already registered"):
        suppliers.import_file(write(other), commit=True, approve_by=None)


def test_registered_name_is_reported_in_any_case(garden, write):
    suppliers.import_file(write(GOOD | {"name": "Østafjells"}), commit=True, approve_by=None)
    with pytest.raises(suppliers.click.ClickException, match="line 1: ØSTAFJELLS is already registered"):
        suppliers.import_file(write(GOOD | {"name": "ØSTAFJELLS"}), commit=True, approve_by=None)
    assert _count() == 1


def test_file_with_bom_and_crlf_is_read(garden, write):
    path = write(b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), GOOD | {"name": "Linje 2"}, b"", end=b"\r\n")
    assert "2 suppliers have been imported" in suppliers.import_file(path, commit=True, approve_by=None)


def test_unicode_line_separators_do_not_end_a_line(garden, write):
    path = write(GOOD | {"text": "Vi lager\u2028nettbutikk\x85for gårder."}, "{}")
    assert "line 2" in _refused(path)


def test_missing_services_are_inferred_from_text(garden, write, capsys):
    path = write({"name": "Ordlaus", "text": "Vi lager nettbutikk for gårdsutsalg."})
    suppliers.import_file(path, commit=True, approve_by=None)
    said = capsys.readouterr().out
    assert "line 1: Ordlaus names no services" in said
    assert "ecm.shop" in said
    assert _count() == 1


def test_text_that_indicates_no_service_is_an_error(garden, write):
    assert "line 1" in _refused(write({"name": "Taus", "text": "zzzz qqqq"}))


@pytest.mark.parametrize("what", ["missing", "folder", "empty"])
def test_missing_or_empty_file_is_reported(garden, write, tmp_path, what):
    path = {"missing": tmp_path / "none", "folder": tmp_path, "empty": write(b"\n\n")}[what]
    assert str(path) in _refused(path)


def test_file_above_size_limit_is_not_read(garden, tmp_path):
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as file:
        file.truncate(import_json_lines.MAX_BYTES + 1)
    assert "Split it" in _refused(path)


def test_two_thousand_suppliers_are_checked(garden, write):
    path = write(*(GOOD | {"name": f"Byrå {number}"} for number in range(2000)))
    assert "2000 suppliers can be imported" in suppliers.import_file(path, commit=False, approve_by=None)
    assert _count() == 0


def test_import_without_garden_fails(app, write):
    assert "Ingen næringshage" in _refused(write(GOOD))

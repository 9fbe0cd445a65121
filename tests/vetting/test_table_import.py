"""Importing suppliers from a table in the browser: checked first, all or none."""

import io
import zipfile

import pytest
from sqlalchemy import func, select

from marketplace.core.database import session
from marketplace.core.table_file import MAX_UNPACKED_BYTES, UnreadableTableError, table_text as any_table_text
from marketplace.suppliers.import_table import SUPPLIER_TABLE, read_table
from marketplace.suppliers.models import Supplier
from marketplace.vetting.models import Vetting
from tests import factories
from tests.factories.suppliers import supplier
from tests.support.browser import Browser

GOOD = "Navn;Orgnr;Tekst;Kommune;Pris fra;Tjenester\nFjordnett;310000019;Vi lager nettbutikk;Oppdal;12 500,-;Nettbutikk\n"


def workbook(*rows: tuple[object, ...]) -> bytes:
    from openpyxl import Workbook

    book, written = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(written)
    return written.getvalue()


def table_text(name: str, data: bytes) -> str:
    return any_table_text(name, data, SUPPLIER_TABLE.max_rows)


def test_workbook_that_unpacks_to_very_much_is_refused() -> None:
    bomb = io.BytesIO(workbook(("Navn", "Tekst")))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * MAX_UNPACKED_BYTES)
    assert len(bomb.getvalue()) < 50_000
    with pytest.raises(UnreadableTableError, match="for stor"):
        table_text("liste.xlsx", bomb.getvalue())


def problems(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in read_table(text).faults]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_table_is_read_with_norwegian_headings_and_names(separator: str) -> None:
    text = separator.join(["navn", "tekst", "kommune", "tjenester"]) + "\n"
    text += separator.join(["Ås  Nett", "Vi lager nettbutikk", "oppdal", "ecm.shop"])
    read = read_table(text)
    assert read.faults == []
    assert (read.suppliers[0].name, read.suppliers[0].municipality) == ("Ås Nett", "5021")
    assert read.suppliers[0].services == ("ecm.shop",)


def test_problems_name_line_and_column() -> None:
    head = "navn;tekst;kommune;pris fra;tjenester;orgnr\n"
    rows = [
        "A;;Narnia;mye;trolldom;123",
        "Fjøs Foto;Bilder;;;;310000019",
        "Fjøs  Foto ;Bilder;;;;310 000 019",
    ]
    columns = ["name", "text", "municipality", "price_from", "services", "organisation_number"]
    assert set(problems(head + "\n".join(rows))) == {
        *((2, column) for column in columns), (4, "name"), (4, "organisation_number"),
    }  # fmt: skip
    assert problems("navn;tekst;farge\nA b;c;rød") == [(1, "farge")]
    assert problems("navn\nFjordnett") == [(1, "text")]
    assert problems("") == [(0, "")]


@pytest.mark.parametrize("cell", ['"Nett og film', '"Nett" og film', "x" * 140_000])
def test_row_that_cannot_be_read_is_reported(cell: str) -> None:
    lines = ["navn;tjenester;tekst", "Fjordnett;ecm.shop;Nettbutikk", f"Ås Nett;ecm.shop;{cell}"]
    assert problems("\n".join([*lines, "Bre Nett;ecm.shop;Nettbutikk"])) == [(3, "")]


def test_workbook_is_read_and_other_files_are_refused() -> None:
    data = workbook(
        ("Navn", "Orgnr", "Tekst", "Tjenester"), ("Fjordnett", 310000019, "Vi lager nettbutikk", "ecm.shop")
    )
    read = read_table(table_text("a.xlsx", data))
    assert read.faults == []
    assert read.suppliers[0].organisation_number == "310000019"
    assert read_table(table_text("a.csv", "navn;tekst\nÅse;Ø".encode("cp1252"))).suppliers[0].name == "Åse"
    for bad in (b"PK\x03\x04nothing", data[:200], b"\x00\x01\x02"):
        with pytest.raises(UnreadableTableError):
            table_text("a.xlsx", bad)


def test_curator_checks_then_imports_all_or_none(client: Browser) -> None:
    garden = factories.garden()
    client.sign_in(factories.member(garden, "curator").user_id or 0)
    supplier("Gammel Kjenning", of=garden)
    before = session.scalar(select(func.count(Supplier.id)))
    refused = client.post(
        "/vetting/import", data={"table": GOOD + "gammel  kjenning;;Nett;;;ecm.shop\n", "act": "import"}
    )
    assert refused.status_code == 422
    assert "gammel  kjenning" in refused.text, "the table is kept"
    checked = client.post("/vetting/import", data={"file": (io.BytesIO(GOOD.encode("utf-8-sig")), "ny.csv")})
    assert checked.status_code == 200
    assert "Fjordnett" in checked.text
    assert session.scalar(select(func.count(Supplier.id))) == before, "a check changes nothing"
    done = client.post("/vetting/import", data={"table": GOOD, "act": "import", "approve": "yes"})
    assert done.status_code == 303
    added = session.scalars(select(Supplier).where(Supplier.name == "Fjordnett")).one()
    assert (added.garden_id, added.organisation_number, added.price_from_nok) == (
        garden.id,
        "310000019",
        12_500,
    )
    assert session.scalars(select(Vetting.state).where(Vetting.supplier_id == added.id)).all() == ["approved"]
    assert client.post("/vetting/import", data={"table": GOOD, "act": "import"}).status_code == 422


def test_check_warns_of_similar_suppliers_and_imports_them_anyway(client: Browser) -> None:
    garden = factories.garden()
    client.sign_in(factories.member(garden, "curator").user_id or 0)
    client.set_cookie("locale", "en")
    supplier("Fjøs Foto AS", of=garden)
    supplier("Kvistverk", of=garden).website = "https://kvist.example"
    session.commit()
    table = (
        "navn;tekst;tjenester;nettsted\nFjoes-foto;Nett;ecm.shop;\n"
        "Annet verk;Nett;ecm.shop;www.kvist.example/om\nUlik;Nett;ecm.shop;ulik.example\n"
        "Lik;Nett;ecm.shop;https://ulik.example\n"
    )
    page = client.post("/vetting/import", data={"table": table}).text
    for warning in (
        "Fjoes-foto has almost the same name as Fjøs Foto AS, which is registered already",
        "Annet verk has the same website as Kvistverk, which is registered already",
        "Lik has the same website as line 4, Ulik",
    ):
        assert warning in page
    assert page.count("has almost the same name") + page.count("has the same website") == 3
    assert client.post("/vetting/import", data={"table": table, "act": "import"}).status_code == 303


def test_administrator_imports_applications_for_the_responsible_garden(client: Browser) -> None:
    garden = factories.garden()
    client.sign_in(factories.administrator().user_id or 0)
    answer = client.post("/admin/import", data={"table": GOOD, "act": "import", "approve": "yes"})
    assert answer.status_code == 303
    added = session.scalars(select(Supplier).where(Supplier.name == "Fjordnett")).one()
    assert added.garden_id == garden.id
    item = session.scalars(select(Vetting).where(Vetting.supplier_id == added.id)).one()
    assert (item.state, item.decisions[0].text) == ("submitted", "Importert fra en fil.")

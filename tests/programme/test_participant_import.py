"""Importing companies into a project from a table: checked first, all or none, without duplicates."""

import io
import zipfile

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from marketplace.core.database import session
from marketplace.core.table_file import UnreadableTableError, table_text
from marketplace.core.viewer import Viewer
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project, ProjectGarden
from marketplace.programme.participant_import_table import read_companies
from marketplace.programme.use_cases.participant_import import check_companies, import_companies
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser
from tests.support.sql_capture import captured_sql


def rewritten(book: bytes, old: bytes, new: bytes) -> bytes:
    """Replace a part of the first sheet of a workbook."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as archive, zipfile.ZipFile(written, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name).replace(old, new))
    return written.getvalue()


NUMBER, OTHER_NUMBER = "310000388", "310000752"
HEAD = "Bedrift;Orgnr;Kommune;Bransje;Ansatte;Kontaktperson;E-post;Telefon\n"


def problems(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in read_companies(text).faults]


def test_table_faults_name_line_and_column() -> None:
    lines = [
        "A;123;Narnia;trolldom;mange;Kari;kari@;12",
        f"Berg bygg;{NUMBER};Oppdal;;3;;;",
        f"Berg bygg AS;{NUMBER[:3]} {NUMBER[3:]};;;;;;",
        "Fjellheim;;;;;;;",
        "fjellheim;;;;;;;",
    ]
    columns = [
        "company_name", "organisation_number", "municipality", "sector", "employees", "contact_email", "contact_phone",
    ]  # fmt: skip
    assert set(problems(HEAD + "\n".join(lines))) == {
        *((2, column) for column in columns),
        (4, "organisation_number"),
        (6, "company_name"),
    }
    assert problems("Bedrift;Favorittfarge\nBerg;rød") == [(1, "Favorittfarge")]
    assert problems("Orgnr\n310000388") == [(1, "company_name")]


def test_excel_file_in_windows_1252_and_workbook_formulas_are_read() -> None:
    data = f"{HEAD}Åse Bø Ørsta AS;{NUMBER};Orkland;;4;Åse;ase@orsta.example;00 00 00 00\n".encode("cp1252")
    company = read_companies(table_text("fra-excel.csv", data, 1000)).companies[0]
    assert (company.company_name, company.municipality_number, company.employees) == (
        "Åse Bø Ørsta AS",
        "5059",
        4,
    )
    book, written = Workbook(), io.BytesIO()
    book.worksheets[0].append(["Bedrift", "Orgnr", "Telefon"])
    book.worksheets[0].append(["Berg bygg", float(NUMBER), "=1+1"])
    book.save(written)
    with pytest.raises(UnreadableTableError, match=r"C2.*lagre"):
        table_text("a.xlsx", written.getvalue(), 1000)
    # A spreadsheet program stores the value beside the formula, also an empty one.
    for stored, phone in (
        (b' t="str"><f>1+1</f><v>00000000</v>', "00000000"),
        (b' t="str"><f>1+1</f><v/>', ""),
    ):
        book = rewritten(written.getvalue(), b"><f>1+1</f><v />", stored)
        company = read_companies(table_text("a.xlsx", book, 1000)).companies[0]
        assert (company.organisation_number, company.contact_phone) == (NUMBER, phone)


def test_lines_above_the_headings_are_skipped_and_failed_formulas_are_faults() -> None:
    for title in ("Deltakere vår 2027;;\n;;\n", "sep=;\n"):
        read = read_companies(f"{title}Bedrift;Orgnr;Telefon\nBerg bygg;{NUMBER};00 00 00 00\n")
        assert [one.company_name for one in read.companies] == ["Berg bygg"]
    assert problems("Bedrift;Ansatte\n#I/T;3\nBerg;#DIV/0!\n#1 Bygg;2\n")[:2] == [
        (2, "company_name"),
        (3, "employees"),
    ]
    for data in (b"%PDF-1.7 1 0 obj", b"<html><table>", b"{\\rtf1", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(UnreadableTableError):
            table_text("liste.csv", data, 1000)


def test_100_000_rows_are_refused_with_a_remedy() -> None:
    text = "Bedrift\n" + "".join(f"Bedrift {index}\n" for index in range(100_000))
    read = read_companies(text)
    assert [(fault.problem, fault.line) for fault in read.faults] == [("Tabellen har for mange linjer.", 1)]
    assert read.companies == []
    with pytest.raises(UnreadableTableError):
        table_text("stor.csv", text.encode(), 1000)


def test_cell_has_one_fault_and_faults_come_by_line(adviser: Viewer, project: Project) -> None:
    text = f"Bedrift;Orgnr\nA;#I/T\nBerg bygg;#DIV/0!\nBerg;{NUMBER}\nBerg to;{NUMBER}\n"
    faults = check_companies(adviser, project.slug, text).faults
    assert [(fault.line, fault.column) for fault in faults] == [
        (2, "organisation_number"),
        (2, "company_name"),
        (3, "organisation_number"),
        (5, "organisation_number"),
    ]


def test_nothing_is_imported_until_all_lines_are_right(browser: Browser, project: Project) -> None:
    path = f"/programme/{project.slug}/companies/import"
    refused = browser.post(path, data={"table": HEAD + "Berg bygg;;;;;;;\nX;1;;;;;;\n", "act": "import"})
    assert refused.status_code == 422
    assert "Berg bygg" in refused.text, "the table is kept"
    good = HEAD + f"Berg bygg;{NUMBER};Oppdal;;;;berg@bygg.example;\n"
    checked = browser.post(path, data={"file": (io.BytesIO(good.encode("utf-8-sig")), "liste.csv")})
    assert checked.status_code == 200
    assert session.query(Participation).count() == 0, "a check changes nothing"
    assert browser.post(path, data={"table": good, "act": "import"}).status_code == 303
    added = session.query(Participation).one()
    assert (added.state, added.source, added.contact_email) == ("lead", "import", "berg@bygg.example")


def test_known_company_is_filled_in_and_not_overwritten(adviser: Viewer, project: Project) -> None:
    known = programme.participation(
        project, "Berg bygg", organisation_number=NUMBER, contact_phone="", contact_email="berg@bygg.example"
    )
    unnumbered = programme.participation(project, "Fjellheim hytter")
    session.commit()
    table = (
        HEAD
        + f"Berg & bygg;{NUMBER};;;;;ny@bygg.example;11 22 33 44\nFjellheim hytter;{OTHER_NUMBER};;;;;;\n"
    )
    read = check_companies(adviser, project.slug, table)
    assert (read.known, read.faults) == ({2, 3}, [])
    assert import_companies(adviser, project.slug, table) == (0, 2)
    session.expire_all()
    assert (known.company_name, known.contact_email) == ("Berg bygg", "berg@bygg.example")
    assert (known.contact_phone, unnumbered.organisation_number) == ("11 22 33 44", OTHER_NUMBER)


def test_similar_name_is_a_warning(adviser: Viewer, project: Project) -> None:
    programme.participation(project, "Fjøs Foto AS", organisation_number=NUMBER)
    session.commit()
    read = check_companies(adviser, project.slug, HEAD + f"Fjoes-foto;{OTHER_NUMBER};;;;;;\n")
    assert [(one.line, one.column) for one in read.warnings] == [(2, "company_name")]
    assert read.faults == []


def test_import_sends_few_statements_for_each_row(adviser: Viewer, project: Project) -> None:
    """An import of 1,000 rows stays fast as long as the statements for a row do not grow with the project."""
    text = HEAD + "".join(f"Bedrift {index};;Oppdal;;2;Kari;a{index}@b.example;\n" for index in range(50))
    with captured_sql() as statements:
        assert import_companies(adviser, project.slug, text) == (50, 0)
    assert len(statements) <= 50 * 4, len(statements)


def test_number_of_a_company_at_another_garden_is_a_fault_also_for_a_known_name(
    adviser: Viewer, project: Project
) -> None:
    partner_garden = factories.garden("Kysten næringshage", covered_municipalities=["5059"])
    session.add(ProjectGarden(project_id=project.id, garden_id=partner_garden.id))
    partner = factories.member(partner_garden, "adviser")
    place = programme.place(project, "Orkland", garden_id=partner_garden.id)
    programme.participation(programme.cohort(place), "Berg bygg")
    programme.participation(project, "Berg bygg AS", organisation_number=NUMBER)
    session.commit()
    read = check_companies(partner, project.slug, f"{HEAD}Berg bygg;{NUMBER};;;;;;")
    assert [(fault.line, fault.column) for fault in read.faults] == [(2, "organisation_number")]


def test_second_number_with_the_name_of_a_known_company_is_another_company(
    adviser: Viewer, project: Project
) -> None:
    known = programme.participation(project, "Moen rør")
    session.commit()
    table = f"{HEAD}Moen rør;{NUMBER};;;;;;\nMoen rør;{OTHER_NUMBER};;;;;;\n"
    assert import_companies(adviser, project.slug, table) == (1, 1)
    assert known.organisation_number == NUMBER
    numbers = session.scalars(select(Participation.organisation_number))
    assert set(numbers) == {NUMBER, OTHER_NUMBER}


def test_check_names_the_registered_company_that_a_number_belongs_to(
    adviser: Viewer, project: Project
) -> None:
    factories.company("Bjørkvollen ysteri", organisation_number=NUMBER)
    session.commit()
    table = f"{HEAD}Annen bedrift;{NUMBER};;;;;;\nUten konto;{OTHER_NUMBER};;;;;;\n"
    assert check_companies(adviser, project.slug, table).accounts == {2: "Bjørkvollen ysteri"}
    same_name = f"{HEAD}bjørkvollen ysteri;{NUMBER};;;;;;"
    assert check_companies(adviser, project.slug, same_name).accounts == {}

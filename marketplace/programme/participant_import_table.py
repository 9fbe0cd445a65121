"""Validation of a table of companies to recruit. Each fault states its line, its column and a remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from marketplace.core import taxonomy
from marketplace.core.collation import fold_letters
from marketplace.core.email_address import NonAsciiLocalPartError, parse_email
from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import gettext as _
from marketplace.core.import_table import DuplicateFinder, RowReader, TableFormat, TableProblem, read_rows
from marketplace.core.numbers import parse_whole_number
from marketplace.core.telephone import has_number
from marketplace.core.text import name_key
from marketplace.programme.lifecycle import SOURCES

MAX_EMPLOYEES = 100_000
PARTICIPANT_TABLE = TableFormat(
    {
        "company_name": ("company", "bedrift", "bedriftsnavn", "firma", "navn", "namn", "name", "selskap"),
        "organisation_number": ("organisation number", "organisasjonsnummer", "orgnr", "org.nr.", "org nr"),
        "municipality": ("municipality", "kommune"),
        "sector": ("sector", "bransje"),
        "employees": ("employees", "ansatte", "tilsette", "antall ansatte"),
        "contact_name": ("contact person", "kontaktperson", "kontakt", "contact", "daglig leder"),
        "contact_email": ("e-mail address", "e-postadresse", "e-post", "epost", "email", "e-mail", "mail"),
        "contact_phone": ("telephone", "telefon", "tlf", "tlf.", "mobil", "phone"),
        "source": ("source", "kilde", "kjelde"),
    },
    required=("company_name",),
    max_rows=1000,
)


@dataclass(frozen=True, slots=True)
class ImportedCompany:
    """A company on a line of the table. An empty cell is an empty text or None."""

    line: int
    company_name: str
    organisation_number: str | None
    municipality_number: str
    sector_code: str
    employees: int | None
    contact_name: str
    contact_email: str
    contact_phone: str
    source: str


@dataclass(frozen=True, slots=True)
class ParsedCompanies:
    """Result of reading a table: its valid companies and all faults.

    `text` is the table as CSV. Warnings do not prevent an import. `known` are the numbers of the lines with companies that
    are in the project already. `accounts` are the names of registered companies with the number but not the name of a line.
    """

    text: str = ""
    companies: list[ImportedCompany] = field(default_factory=list)
    faults: list[TableProblem] = field(default_factory=list)
    warnings: list[TableProblem] = field(default_factory=list)
    known: set[int] = field(default_factory=set)
    accounts: dict[int, str] = field(default_factory=dict)


def read_companies(text: str) -> ParsedCompanies:
    """Validate a table of companies. Faults are collected, not raised."""
    table = read_rows(text, PARTICIPANT_TABLE)
    found = ParsedCompanies(table.text, faults=table.faults)
    sectors = {code: one.labels for code, one in taxonomy.sectors().items()}
    duplicates = DuplicateFinder()
    for row in table.rows:
        reader = _CompanyReader(row)
        company = reader.company(sectors)
        duplicates.check(reader, "organisation_number", company.organisation_number)
        if company.organisation_number is None:
            duplicates.check(reader, "company_name", name_key(company.company_name))
        found.faults.extend(reader.faults)
        if not reader.faults:
            found.companies.append(company)
    return found


class _CompanyReader(RowReader):
    """Reader of the company on one line."""

    def company(self, sectors: Mapping[str, Mapping[str, str]]) -> ImportedCompany:
        """Return the company. Its values are only valid if the reader has no faults afterwards."""
        codes = self.codes("sector", sectors)
        if len(codes) > 1:
            self.add_fault("sector", _("The cell names several sectors."), _("Name the most important one."))
        return ImportedCompany(
            line=self.line,
            company_name=self.text("company_name", 2, 120),
            organisation_number=self.organisation_number(),
            municipality_number=self.municipality() or "",
            sector_code=codes[0] if codes else "",
            employees=self._employees(),
            contact_name=self.text("contact_name", 0, 120),
            contact_email=self._email(),
            contact_phone=self._phone(),
            source=self._source(),
        )

    def _employees(self) -> int | None:
        text = self.values.get("employees", "")
        try:
            return parse_whole_number(text, 0, MAX_EMPLOYEES) if text else None
        except (UnreadableInputError, ValueError) as error:
            self.add_fault("employees", _("Not a number."), str(error))
            return None

    def _phone(self) -> str:
        text = self.text("contact_phone", 0, 40)
        if text and not has_number(text):
            self.add_fault(
                "contact_phone",
                _("Not a telephone number."),
                _("Write the number in digits, or leave the cell empty."),
            )
        return text

    def _email(self) -> str:
        text = self.values.get("contact_email", "")
        try:
            return parse_email(text) if text else ""
        except (NonAsciiLocalPartError, ValueError):
            self.add_fault(
                "contact_email", _("Not an e-mail address."), _("Write an address like kari@bedrift.no.")
            )
            return ""

    def _source(self) -> str:
        text = self.values.get("source", "")
        by_label = {fold_letters(str(label)): code for code, label in SOURCES.items()}
        return text if text in SOURCES else by_label.get(fold_letters(text), "import")

"""Validate a table of suppliers. Each fault names its line, column and a remedy."""

from dataclasses import dataclass, field

from marketplace.core import taxonomy
from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import default_locale, gettext as _
from marketplace.core.import_table import DuplicateFinder, RowReader, TableFormat, TableProblem, read_rows
from marketplace.core.money import parse_nok
from marketplace.core.text import name_key
from marketplace.core.web_address import parse_web_address
from marketplace.suppliers.import_json_lines import ImportedSupplier
from marketplace.suppliers.limits import ABOUT_LENGTH, MAX_IMPORT_ROWS, NAME_LENGTH

SUPPLIER_TABLE = TableFormat(
    {
        "name": ("name", "navn", "namn", "leverandør"),
        "organisation_number": ("organisation_number", "organisasjonsnummer", "orgnr", "org.nr."),
        "text": ("text", "tekst", "beskrivelse", "skildring", "om"),
        "language": ("lang", "språk", "language"),
        "municipality": ("municipality", "kommune"),
        "remote": ("remote", "på nett", "fjernarbeid"),
        "price_from": ("price_from_nok", "pris fra", "pris frå", "price_from"),
        "services": ("services", "tjenester", "tenester"),
        "sectors": ("sectors", "bransjer", "bransjar"),
        "website": ("website", "nettsted", "nettstad", "nettside", "hjemmeside", "heimeside"),
    },
    required=("name", "text"),
    max_rows=MAX_IMPORT_ROWS,
    multiline=frozenset({"text"}),
)
LANGUAGES = {
    "nb": "nb",
    "nn": "nn",
    "en": "en",
    "bokmål": "nb",
    "nynorsk": "nn",
    "engelsk": "en",
    "english": "en",
}
YES = ("", "ja", "yes", "true", "1", "x")
NO = ("nei", "no", "false", "0")


@dataclass(frozen=True, slots=True)
class ReadTable:
    """The valid suppliers of a table and all faults. `text` is the table as CSV.

    `inferred` are the lines whose services were found in the text; `warnings` do not prevent an import.
    """

    text: str = ""
    suppliers: list[ImportedSupplier] = field(default_factory=list)
    faults: list[TableProblem] = field(default_factory=list)
    inferred: set[int] = field(default_factory=set)
    warnings: list[TableProblem] = field(default_factory=list)


def read_table(text: str) -> ReadTable:
    """Validate a table in CSV with semicolons, commas or tabs. Faults are collected, not raised."""
    table = read_rows(text, SUPPLIER_TABLE)
    found = ReadTable(table.text, faults=table.faults)
    duplicates = DuplicateFinder()
    for row in table.rows:
        reader = _SupplierReader(row)
        supplier = reader.supplier()
        duplicates.check(reader, "name", name_key(supplier.name))
        duplicates.check(reader, "organisation_number", supplier.organisation_number)
        found.faults.extend(reader.faults)
        if not reader.faults:
            found.suppliers.append(supplier)
    return found


class _SupplierReader(RowReader):
    """Reads the supplier on one line."""

    def supplier(self) -> ImportedSupplier:
        """Return the supplier. It is only valid if there are no faults afterwards."""
        return ImportedSupplier(
            line=self.line,
            name=self.text("name", *NAME_LENGTH),
            text=self.text("text", 1, ABOUT_LENGTH[1]),
            lang=self._language(),
            municipality=self.municipality(),
            remote=self._remote(),
            price_from_nok=self._price(),
            services=self.codes("services", {code: one.labels for code, one in taxonomy.services().items()}),
            sectors=self.codes("sectors", {code: one.labels for code, one in taxonomy.sectors().items()}),
            organisation_number=self.organisation_number(),
            website=self._website(),
        )

    def _language(self) -> str:
        text = self.values.get("language", "").lower()
        known = LANGUAGES.get(text) if text else default_locale()
        if known is None:
            self.add_fault("language", _("Unknown language."), _("Write nb, nn or en."))
        return known or default_locale()

    def _remote(self) -> bool:
        text = self.values.get("remote", "").lower()
        if text not in YES + NO:
            self.add_fault("remote", _("Neither yes nor no."), _("Write yes or no."))
        return text not in NO

    def _price(self) -> int | None:
        text = self.values.get("price_from", "")
        if not text:
            return None
        try:
            return parse_nok(text)
        except UnreadableInputError as error:
            self.add_fault("price_from", _("Not an amount."), error.message)
            return None

    def _website(self) -> str:
        text = self.values.get("website", "")
        try:
            return parse_web_address(text) if text else ""
        except UnreadableInputError as error:
            self.add_fault("website", _("Not a web address."), error.message)
            return ""

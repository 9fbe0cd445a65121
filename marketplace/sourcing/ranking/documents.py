"""Conversion of suppliers to documents and of briefs to queries, as the matching library expects them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marketplace.core.money import budget_band
from marketplace.core.places import find_municipality
from marketplace.directory.queries import MatchableSupplier
from marketplace.matching import CaseText, Document, Position, Query
from marketplace.suppliers.glossary import glossary
from marketplace.vetting.spam_review import is_reviewed

NO_AREA = ("-",)
"""The area of a supplier that works online only: stated, but without any municipality."""


@dataclass(frozen=True)
class Listing:
    """Supplier details that a ranking shows beside the match, as of the time when the index was built."""

    name: str
    slug: str
    place: str
    approvals: tuple[tuple[str, str], ...]
    """Business garden and date (ISO) of each approval, newest first."""

    def to_dict(self) -> dict[str, Any]:
        """Return the listing as JSON values."""
        return {
            "name": self.name,
            "slug": self.slug,
            "place": self.place,
            "approvals": [list(a) for a in self.approvals],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Listing":
        """Read a listing from JSON values."""
        approvals = tuple((garden, date) for garden, date in values["approvals"])
        return cls(values["name"], values["slug"], values["place"], approvals)


def listing_of(item: MatchableSupplier) -> Listing:
    """Return the details of a supplier for a ranking."""
    approvals = sorted(
        {
            (vetting.garden.name, vetting.approved_at.date().isoformat())
            for vetting in item.vettings
            if vetting.approved_at
        },
        key=lambda approval: approval[1],
        reverse=True,
    )
    return Listing(item.supplier.name, item.supplier.slug, item.supplier.place, tuple(approvals))


def _position(municipality_number: str | None) -> Position | None:
    municipality = find_municipality(municipality_number)
    return Position(municipality.lat, municipality.lon) if municipality else None


def effective_document(item: MatchableSupplier) -> Document:
    """Return the document that ranking uses: the profile as it was before a change that awaits a curator's review."""
    current, held = profile_document(item), item.supplier.held
    if held is None:
        return current
    before = Document.from_dict({"id": current.id, **held.before})
    services = tuple(code for code in before.services if code in item.services)
    return replace(
        current,
        name=before.name,
        text=before.text,
        lang=before.lang,
        services=services,
        sectors=before.sectors,
        cases=before.cases,
    )


def profile_document(item: MatchableSupplier) -> Document:
    """Return a document of the current profile, limited to the services that the supplier is approved for."""
    supplier = item.supplier
    return Document(
        id=str(supplier.id),
        name=supplier.name,
        text=supplier.about,
        lang=supplier.text_locale,
        services=item.services,
        sectors=tuple(row.code for row in supplier.sectors),
        position=_position(supplier.municipality_number),
        municipality=supplier.municipality_number,
        area=tuple(row.municipality_number for row in supplier.areas) if supplier.on_site else NO_AREA,
        remote=supplier.remote,
        price_from_nok=supplier.price_from_nok,
        languages=tuple(row.code for row in supplier.languages),
        next_start=supplier.next_start,
        cases=tuple(
            CaseText(
                "\n".join(part for part in (case.title, case.text, case.result) if part),
                (case.service_code,) if case.service_code else (),
                case.sector_code,
            )
            for case in supplier.cases
        ),
        looked_at=is_reviewed(supplier, item.vettings),
    )


TEXT_QUESTIONS = ("problem", "goal", "current_state", "audience_text")
LIST_QUESTIONS = ("deliverables", "must_have", "nice_to_have")


def query_of(reference: str, answers: Mapping[str, Any], sector: str) -> Query:
    """Return a brief's answers as a query in the language they are written in. Missing answers are unknown."""
    texts = [str(answers.get(code) or "") for code in TEXT_QUESTIONS]
    texts += [str(item) for code in LIST_QUESTIONS for item in answers.get(code) or ()]
    band = budget_band(answers["budget_band"]) if answers.get("budget_band") else None
    municipality = answers.get("municipality")
    title, text = str(answers.get("title") or ""), "\n".join(text for text in texts if text)
    return Query(
        id=reference,
        title=title,
        text=text,
        lang=glossary().analyzer.language_of(f"{title} {text}"),
        needs=tuple(answers.get("services") or ()),
        sector=sector,
        municipality=municipality,
        position=_position(municipality),
        presence=answers.get("presence") or "remote",
        budget_min_nok=band.low if band else None,
        budget_max_nok=band.high if band else None,
        languages=tuple(answers.get("languages") or ()),
        start_from=_parse_date(answers.get("start_from")),
        finish_by=_parse_date(answers.get("finish_by")),
        must_haves=tuple(answers.get("must_have") or ()),
    )


def _parse_date(text: object) -> dt.date | None:
    return dt.date.fromisoformat(text) if isinstance(text, str) and text else None

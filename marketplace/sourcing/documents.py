"""Where tables meet vectors: suppliers become documents, and a brief becomes a query."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marketplace.core.money import budget_band
from marketplace.core.places import find_municipality
from marketplace.directory.queries import Matchable
from marketplace.matching import CaseText, Document, Position, Query
from marketplace.suppliers.glossary import glossary
from marketplace.vetting.spam_review import looked_at

NOWHERE = ("-",)
"""The area of a supplier that meets its customers on screen only: stated, and without any municipality."""


@dataclass(frozen=True)
class Listing:
    """What a list shows of a supplier beside its match, as it stood when the index was built."""

    name: str
    slug: str
    place: str
    approvals: tuple[tuple[str, str], ...]
    """Business garden and day (ISO) of each approval, the newest first."""

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
        approvals = tuple((garden, day) for garden, day in values["approvals"])
        return cls(values["name"], values["slug"], values["place"], approvals)


def listing_of(item: Matchable) -> Listing:
    """Return what a list shows of a supplier."""
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


def _position(number: str | None) -> Position | None:
    place = find_municipality(number)
    return Position(place.lat, place.lon) if place else None


def document_of(item: Matchable) -> Document:
    """Return a supplier as it counts: where its last change waits for a curator, by what it told before that."""
    written, held = written_document(item), item.supplier.held
    if held is None:
        return written
    before = Document.from_dict({"id": written.id, **held.before})
    services = tuple(code for code in before.services if code in item.services)
    return replace(
        written,
        name=before.name,
        text=before.text,
        lang=before.lang,
        services=services,
        sectors=before.sectors,
        cases=before.cases,
    )


def written_document(item: Matchable) -> Document:
    """Return a supplier as it tells of itself now, with the services it is approved for."""
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
        area=tuple(row.municipality_number for row in supplier.areas) if supplier.on_site else NOWHERE,
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
        looked_at=looked_at(supplier, item.vettings),
    )


TEXT_QUESTIONS = ("problem", "goal", "current_state", "audience_text")
LIST_QUESTIONS = ("deliverables", "must_have", "nice_to_have")


def query_of(reference: str, answers: Mapping[str, Any], sector: str) -> Query:
    """Return a brief's answers as the matcher reads them, in the language that they are written in.

    Answers that are not given yet are unknown.
    """
    texts = [str(answers.get(code) or "") for code in TEXT_QUESTIONS]
    texts += [str(item) for code in LIST_QUESTIONS for item in answers.get(code) or ()]
    band = budget_band(answers["budget_band"]) if answers.get("budget_band") else None
    number = answers.get("municipality")
    title, text = str(answers.get("title") or ""), "\n".join(text for text in texts if text)
    return Query(
        id=reference,
        title=title,
        text=text,
        lang=glossary().analyzer.language_of(f"{title} {text}"),
        needs=tuple(answers.get("services") or ()),
        sector=sector,
        municipality=number,
        position=_position(number),
        presence=answers.get("presence") or "remote",
        budget_min_nok=band.low if band else None,
        budget_max_nok=band.high if band else None,
        languages=tuple(answers.get("languages") or ()),
        start_from=_day(answers.get("start_from")),
        finish_by=_day(answers.get("finish_by")),
        must_haves=tuple(answers.get("must_have") or ()),
    )


def _day(text: object) -> dt.date | None:
    return dt.date.fromisoformat(text) if isinstance(text, str) and text else None

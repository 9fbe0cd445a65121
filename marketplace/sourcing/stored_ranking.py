"""A kept run opened for reading: its matches in words, made once for each language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from marketplace.core.i18n import current_locale
from marketplace.matching import Document, Match, Query
from marketplace.sourcing import match_explanation
from marketplace.sourcing.documents import Listing
from marketplace.sourcing.match_explanation import Piece
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.run_storage import unpack

MOST_OPEN = 16
"""A list is read page by page by the few who choose from it, so few are kept open."""


@dataclass(frozen=True)
class Told:
    """A supplier in the list, with why it stands there, in the reader's language."""

    supplier_id: int
    listing: Listing
    match: Match
    why: str
    you_wrote: Sequence[Piece]
    they_write: Sequence[Piece]
    lacks: Sequence[str]


@dataclass(frozen=True)
class LeftOut:
    """Those left out for one reason."""

    reason: str
    listings: Sequence[Listing]


class KeptList:
    """The inputs and the result of a run. Immutable, as the run is."""

    def __init__(self, result: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        self.matches: Sequence[Mapping[str, Any]] = result["ranking"]["matches"]
        self.excluded: Sequence[Mapping[str, Any]] = result["ranking"]["excluded"]
        self.fits = int(result["fits"])
        self._listings: Mapping[str, Mapping[str, Any]] = result["listings"]
        self._query = Query.from_dict(inputs["query"])
        self._documents: Mapping[str, Mapping[str, Any]] = {item["id"]: item for item in inputs["documents"]}
        self._told: dict[tuple[str, str], Told] = {}

    def places(self) -> dict[int, int]:
        """Return the place of each supplier, by the supplier's id."""
        return {int(match["document_id"]): int(match["place"]) for match in self.matches}

    @property
    def query(self) -> Query:
        """Return what the brief asked for."""
        return self._query

    def document(self, document_id: str) -> Document:
        """Return a supplier in the list as it stood when it was ranked."""
        return Document.from_dict(self._documents[document_id])

    def tell(self, stored: Mapping[str, Any]) -> Told:
        """Return one of `matches` in the reader's language."""
        key = (str(stored["document_id"]), current_locale())
        if key not in self._told:
            self._told[key] = self._tell(stored)
        return self._told[key]

    def _tell(self, stored: Mapping[str, Any]) -> Told:
        match = Match.from_dict(stored)
        document = Document.from_dict(self._documents[match.document_id])
        terms, query = match.explanation.terms, self._query
        theirs = " ".join([document.text, *(case.text for case in document.cases)])
        return Told(
            int(match.document_id),
            Listing.from_dict(self._listings[match.document_id]),
            match,
            match_explanation.why(match.explanation),
            match_explanation.met(terms, f"{query.title}.\n{query.text}", of_query=True),
            match_explanation.met(terms, theirs, of_query=False),
            match_explanation.lacks(match.explanation),
        )

    def left_out(self) -> list[LeftOut]:
        """Return those left out by a requirement, by reason. Who sells something else was never a candidate."""
        groups: dict[str, list[Listing]] = {}
        for exclusion in self.excluded:
            if exclusion["reason"] != "services":
                sentence = match_explanation.exclusion_sentence(exclusion["reason"], exclusion["params"])
                listing = Listing.from_dict(self._listings[exclusion["document_id"]])
                groups.setdefault(sentence, []).append(listing)
        return [LeftOut(reason, found) for reason, found in groups.items()]


@lru_cache(maxsize=MOST_OPEN)
def _open(result: bytes, result_digest: str, inputs: bytes, inputs_digest: str) -> KeptList:
    return KeptList(unpack(result, result_digest), unpack(inputs, inputs_digest))


def open_run(run: RankingRun) -> KeptList:
    """Return a run opened for reading. Raises DamagedRunError when it is not what was stored."""
    return _open(run.result, run.result_digest, run.inputs, run.inputs_digest)

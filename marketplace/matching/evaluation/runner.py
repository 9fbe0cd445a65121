"""Evaluation of the matcher on an evaluation set, track by track.

- text: title and text of briefs against name and text of suppliers; ticked services only train the need model
- fields: also services, price, place and sector
- confirmed: also the services that the company confirmed
- suggest: recall of the confirmed services among the services suggested from the text alone; how often nothing is
  suggested for briefs that need no service, and how often services that a brief explicitly does not want are suggested

Ties are not rotated (`ranking.rotate_ties`): documents are ordered by score.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..analysis.glossary import Glossary
from ..analysis.stop_words import LANGUAGES
from ..documents import Document, Position, Query
from ..index.index import Index
from ..index.lexical import LexicalIndex, query_tokens
from ..settings import MatchingSettings
from .measures import (
    MIN_RELEVANT_GRADE,
    TRACKS,
    mean,
    measures,
    suggestion_measures,
)
from .qrels import EvaluationSet, KnownCodes, Row, read_set

Figures = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Evaluator:
    """Inputs of an evaluation besides the data set: glossary, settings and the positions of municipalities."""

    glossary: Glossary
    positions: Mapping[str, Position] = field(default_factory=dict)
    settings: MatchingSettings = field(default_factory=MatchingSettings)

    @property
    def known_codes(self) -> KnownCodes:
        """The valid codes in a supplier set; without known positions, any municipality is valid."""
        services, sectors = self.glossary.codes, self.glossary.sector_terms.keys()
        known_codes: dict[str, Collection[str]] = {
            "services": services,
            "confirmed_services": services,
            "excluded_services": services,
            "sectors": sectors,
            "sector": sectors,
        }
        return known_codes | ({"municipality": self.positions.keys()} if self.positions else {})

    def documents(self, rows: Sequence[Row]) -> list[Document]:
        """Return the suppliers of a set with all their fields."""
        return [
            Document(
                id=row["id"],
                name=row["name"],
                text=row["text"],
                lang=row["lang"],
                services=tuple(row["services"]),
                sectors=tuple(row.get("sectors", ())),
                municipality=row.get("municipality"),
                position=self.positions.get(row.get("municipality") or ""),
                remote=row.get("remote", True),
                price_from_nok=_to_int(row.get("price_from_nok")),
            )
            for row in rows
        ]

    def query(self, row: Row, track: str, *, title: bool) -> Query:
        """Return a brief of a set with the fields that a track may use."""
        text_fields = {
            "id": row["id"],
            "title": row["title"] if title else "",
            "text": row["text"],
            "lang": row["lang"],
        }
        if track == "text":
            return Query(**text_fields)
        return Query(
            **text_fields,
            needs=tuple(row.get("confirmed_services", ())) if track == "confirmed" else (),
            sector=row.get("sector") or "",
            municipality=row.get("municipality"),
            position=self.positions.get(row.get("municipality") or ""),
            presence="must" if row.get("on_site") else "remote",
            budget_max_nok=_to_int(row.get("budget_nok")),
        )


def evaluate_directory(
    path: Path, evaluator: Evaluator, *, tracks: Sequence[str] = TRACKS, lang: str = "nb", title: bool = True
) -> dict[str, Any]:
    """Evaluate a directory in either format; return the measures as `--json` prints them.

    `lang` is the language of a text set; a supplier set states it per row. Raises EvaluationFileError.
    """
    evaluation_set = read_set(path, evaluator.known_codes)
    if evaluation_set.kind == "texts":
        return {"overall": _evaluate_texts(evaluation_set, evaluator, lang)}
    figures = {}
    for track in tracks:
        run = _suggest_track if track == "suggest" else _rank_track
        figures[track] = run(evaluation_set, evaluator, track, title)
    return {"tracks": figures}


def _by_language(rows: Sequence[Row], per_row: Sequence[Mapping[str, float | None]]) -> Figures:
    """Return the mean of each measure over all rows, and over those of each language.

    A measure that applies to no row of a group is left out of it.
    """
    groups = {"overall": list(per_row)}
    for language in LANGUAGES:
        members = [measured for row, measured in zip(rows, per_row, strict=True) if row["lang"] == language]
        if members:
            groups[language] = members
    return {group: _means(members) for group, members in groups.items()}


def _means(per_row: Sequence[Mapping[str, float | None]]) -> dict[str, float]:
    names = dict.fromkeys(name for measured in per_row for name in measured)
    return {name: mean([measured[name] for measured in per_row if name in measured]) for name in names}


def _rank_track(evaluation_set: EvaluationSet, evaluator: Evaluator, track: str, title: bool) -> Figures:  # noqa: FBT001 because both track functions have this signature
    full = evaluator.documents(evaluation_set.documents)
    documents = full
    if track == "text":
        documents = [Document(id=d.id, name=d.name, text=d.text, lang=d.lang) for d in full]
    index = Index.build(documents, evaluator.glossary, evaluator.settings, training=full)
    per_row = []
    for row in evaluation_set.queries:
        ranking = index.rank(evaluator.query(row, track, title=title), 100, explain=0)
        judged = evaluation_set.judgments.get(row["id"], {})
        grades = [judged.get(match.document_id, 0) for match in ranking.matches]
        per_row.append({name: measure(grades, list(judged.values())) for name, measure in measures().items()})
    return _by_language(evaluation_set.queries, per_row)


def _suggest_track(evaluation_set: EvaluationSet, evaluator: Evaluator, track: str, title: bool) -> Figures:  # noqa: FBT001 because both track functions have this signature
    del track
    full = evaluator.documents(evaluation_set.documents)
    index = Index.build((), evaluator.glossary, evaluator.settings, training=full)
    per_row: list[dict[str, float | None]] = []
    for row in evaluation_set.queries:
        suggestions = index.suggest_needs(row["text"], row["lang"], title=row["title"] if title else "")
        codes = [suggestion.service for suggestion in suggestions]
        per_row.append(
            suggestion_measures(codes, row.get("confirmed_services", []), row.get("excluded_services", []))
        )
    return _by_language(evaluation_set.queries, per_row)


def _evaluate_texts(evaluation_set: EvaluationSet, evaluator: Evaluator, lang: str) -> dict[str, float]:
    """Evaluate the lexical index alone, with the title as the name field."""
    documents, settings = evaluation_set.documents, evaluator.settings
    words_in: Callable[[str], list[str]] = evaluator.glossary.analyzer.words
    words = (word for row in documents for word in words_in(f"{row.get('title') or ''} {row['text']}"))
    analyzer = evaluator.glossary.analyzer.with_splitter(evaluator.glossary.splitter_for(words))
    index = LexicalIndex.of(
        (
            {
                "name": analyzer.tokens(row.get("title") or "", lang),
                "text": analyzer.tokens(row["text"], lang),
            }
            for row in documents
        ),
        {"name": settings.weight_name, "text": settings.weight_text},
        settings,
    )
    ids = [row["_id"] for row in documents]
    graded = {grade for judged in evaluation_set.judgments.values() for grade in judged.values()}
    min_grade = MIN_RELEVANT_GRADE if max(graded) >= MIN_RELEVANT_GRADE else 1
    measures_by_name = measures(min_grade)
    per_query = []
    for row in evaluation_set.queries:
        judged = evaluation_set.judgments.get(row["_id"], {})
        scores = index.scores(index.query(query_tokens(analyzer, "", row["text"], lang, settings)))
        order = [i for i in (-scores).argsort(kind="stable")[:100] if scores[i] > 0]
        grades = [judged.get(ids[i], 0) for i in order]
        per_query.append(
            {name: measure(grades, list(judged.values())) for name, measure in measures_by_name.items()}
        )
    return {name: mean([figures[name] for figures in per_query]) for name in measures_by_name}


def _to_int(value: float | None) -> int | None:
    return None if value is None else int(value)

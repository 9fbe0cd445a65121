"""Running an evaluation set through the matcher, track by track.

- text: title and text against name and text; ticked services teach the need model only
- fields: also services, price, place and sector
- confirmed: also the services that the company confirmed
- suggest: the share of confirmed services among the first needs suggested from the words alone

Whose turn it is among equals (`ranking.in_turn`) is no part of what is measured: the order is that of the scores.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketplace.matching.analysis.glossary import Glossary
from marketplace.matching.analysis.stop_words import LANGUAGES
from marketplace.matching.documents import Document, Position, Query
from marketplace.matching.evaluation.measures import RELEVANT, TRACKS, mean, measures, share_found
from marketplace.matching.evaluation.qrels import EvaluationSet, Known, Row, read_set
from marketplace.matching.index.index import Index
from marketplace.matching.index.lexical import LexicalIndex, query_tokens
from marketplace.matching.settings import Settings

Figures = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Evaluator:
    """What an evaluation needs beside the set: glossary, settings and where municipalities lie."""

    glossary: Glossary
    positions: Mapping[str, Position] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)

    @property
    def known(self) -> Known:
        """Return the codes that a supplier set may hold; any municipality where it is not known how they lie."""
        services, sectors = self.glossary.codes, self.glossary.sector_terms.keys()
        known: dict[str, Collection[str]] = {
            "services": services,
            "confirmed_services": services,
            "sectors": sectors,
            "sector": sectors,
        }
        return known | ({"municipality": self.positions.keys()} if self.positions else {})

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
                price_from_nok=_whole(row.get("price_from_nok")),
            )
            for row in rows
        ]

    def query(self, row: Row, track: str, *, title: bool) -> Query:
        """Return a brief of a set with what a track may know of it."""
        words = {
            "id": row["id"],
            "title": row["title"] if title else "",
            "text": row["text"],
            "lang": row["lang"],
        }
        if track == "text":
            return Query(**words)
        return Query(
            **words,
            needs=tuple(row.get("confirmed_services", ())) if track == "confirmed" else (),
            sector=row.get("sector") or "",
            municipality=row.get("municipality"),
            position=self.positions.get(row.get("municipality") or ""),
            presence="must" if row.get("on_site") else "remote",
            budget_max_nok=_whole(row.get("budget_nok")),
        )


def evaluate_directory(
    path: Path, evaluator: Evaluator, *, tracks: Sequence[str] = TRACKS, lang: str = "nb", title: bool = True
) -> dict[str, Any]:
    """Evaluate a directory in either format; return the figures as `--json` prints them.

    `lang` is the language of a text set; a supplier set says it per row. Raises EvaluationFileError.
    """
    evaluation_set = read_set(path, evaluator.known)
    if evaluation_set.kind == "texts":
        return {"overall": _evaluate_texts(evaluation_set, evaluator, lang)}
    figures = {}
    for track in tracks:
        run = _suggest_track if track == "suggest" else _rank_track
        figures[track] = run(evaluation_set, evaluator, track, title)
    return {"tracks": figures}


def _by_language(rows: Sequence[Row], per_row: Sequence[Mapping[str, float | None]]) -> Figures:
    """Return the mean of each measure over all rows and over those of each language."""
    names = list(per_row[0])
    groups = {"overall": list(range(len(rows)))}
    for language in LANGUAGES:
        members = [i for i, row in enumerate(rows) if row["lang"] == language]
        if members:
            groups[language] = members
    return {
        group: {name: mean([per_row[i][name] for i in members]) for name in names}
        for group, members in groups.items()
    }


def _rank_track(evaluation_set: EvaluationSet, evaluator: Evaluator, track: str, title: bool) -> Figures:  # noqa: FBT001 because both track functions share this shape
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


def _suggest_track(evaluation_set: EvaluationSet, evaluator: Evaluator, track: str, title: bool) -> Figures:  # noqa: FBT001 because both track functions share this shape
    del track
    full = evaluator.documents(evaluation_set.documents)
    index = Index.build((), evaluator.glossary, evaluator.settings, training=full)
    per_row = []
    for row in evaluation_set.queries:
        found = index.suggest_needs(row["text"], row["lang"], title=row["title"] if title else "")
        services = [suggestion.service for suggestion in found]
        wanted = row.get("confirmed_services", [])
        per_row.append({f"recall@{cutoff}": share_found(services, wanted, cutoff) for cutoff in (5, 8)})
    return _by_language(evaluation_set.queries, per_row)


def _evaluate_texts(evaluation_set: EvaluationSet, evaluator: Evaluator, lang: str) -> dict[str, float]:
    """Evaluate the lexical part alone: the title is the name field."""
    documents, settings = evaluation_set.documents, evaluator.settings
    plain: Callable[[str], list[str]] = evaluator.glossary.analyzer.words
    words = (word for row in documents for word in plain(f"{row.get('title') or ''} {row['text']}"))
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
    least = RELEVANT if max(graded) >= RELEVANT else 1
    names = measures(least)
    per_query = []
    for row in evaluation_set.queries:
        judged = evaluation_set.judgments.get(row["_id"], {})
        scores = index.scores(index.query(query_tokens(analyzer, "", row["text"], lang, settings)))
        order = [i for i in (-scores).argsort(kind="stable")[:100] if scores[i] > 0]
        grades = [judged.get(ids[i], 0) for i in order]
        per_query.append({name: measure(grades, list(judged.values())) for name, measure in names.items()})
    return {name: mean([figures[name] for figures in per_query]) for name in names}


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)

"""A directory, and its ranking for a brief: six parts for each supplier, and the words on both sides."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from marketplace.matching import Document, Glossary, Query, Settings, flags
from tests.matching.reference import criteria
from tests.matching.reference.needs import Needs
from tests.matching.reference.term_weights import FieldedBM25, LookAlikes, Vector, dot, unit
from tests.matching.reference.tokenizer import Tokenizer, Word, clean, plain_words

Notes = list[tuple[str, Any]]


@dataclass
class Placed:
    """A supplier in the list."""

    id: str
    parts: dict[str, float]
    facts: Notes
    lacks: Notes
    words: dict[str, tuple[tuple[str, ...], tuple[str, ...], float]] = field(default_factory=dict)
    services: dict[str, tuple[dict[str, float], dict[str, float], float]] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return sum(self.parts.values())


def draw(query_id: str, document_id: str) -> bytes:
    """Return the lot that a supplier draws for a brief."""
    return hashlib.blake2b(f"{query_id}\x1f{document_id}".encode(), digest_size=8).digest()


class Directory:
    """Suppliers, read and weighed."""

    def __init__(
        self,
        documents: Sequence[Document],
        glossary: Glossary,
        settings: Settings,
        training: Sequence[Document] | None = None,
    ) -> None:
        self.documents, self.glossary, self.settings = list(documents), glossary, settings
        training = self.documents if training is None else training
        self.tokenizer = read = Tokenizer(glossary.resources, self._corpus({*documents, *training}))
        self.fields = [
            {
                "name": read.words(d.name, d.lang),
                "services": [
                    word
                    for code in d.services
                    for lang in ("nb", "nn", "en")
                    if code in glossary.labels
                    for word in read.words(glossary.labels[code][lang], lang)
                ],
                "text": read.words(d.text, d.lang),
                "cases": read.words(" . ".join(case.text for case in d.cases), d.lang),
            }
            for d in documents
        ]
        terms = [
            {name: [word.term for word in words] for name, words in own.items()}
            | {"parts": [part for words in own.values() for word in words for part in word.parts]}
            for own in self.fields
        ]
        weights = {
            name: getattr(settings, f"weight_{name}")
            for name in ("name", "services", "text", "cases", "parts")
        }
        self.bm25 = FieldedBM25(terms, weights, settings.k1, settings.b)
        self.alike = LookAlikes(self.bm25.idf)
        self.needs = Needs(
            glossary.services,
            glossary.related,
            ((read.words(p.text, p.lang), p.services) for p in glossary.phrases),
            (
                (read.words(f"{d.name} . {d.text}", d.lang), d.services)
                for d in sorted(training, key=lambda d: d.id)
            ),
            settings.weight_parts,
        )
        self.flags = [() if d.looked_at else flags(d) for d in documents]
        self.shown = [self._shown(row) for row in range(len(self.documents))]

    def _corpus(self, documents: set[Document]) -> list[str]:
        texts = [p.text for p in self.glossary.phrases if p.lang != "en"]
        for by_language in self.glossary.sector_terms.values():
            texts += [*by_language["nb"], *by_language["nn"]]
        for d in documents:
            if d.lang != "en":
                texts += [d.name, d.text, *(case.text for case in d.cases)]
        return [word for text in texts for word in plain_words(text)]

    def _shown(self, row: int) -> dict[str, Vector]:
        """Return what a supplier shows of each service."""
        s, document, codes = self.settings, self.documents[row], self.glossary.services
        found = [code for code, _ in self.flags[row]]
        own = [(self.fields[row][name], 1.0) for name in ("name", "text", "cases")]
        spoken, likely = self.needs.topic_vectors(own, s.document_sharpness), self.needs.probabilities(own)
        if found:
            spoken = likely = dict.fromkeys(codes, 0.0)
        ticks = [c for c in document.services if c in codes and "too_many_services" not in found]
        tick = min(1.0, (s.many_services / max(len(ticks), 1)) ** 0.5)
        ticked = {c: tick if c in ticks else 0.0 for c in codes}
        done = {c: float(any(c in case.services for case in document.cases)) for c in codes}
        stated = unit({c: ticked[c] + s.worth_done * done[c] for c in codes})
        vouched = {
            c: max(s.worth_done, s.worth_ticked * ticked[c] + 1 - s.worth_ticked)
            if done[c]
            else s.worth_ticked * ticked[c]
            for c in codes
        }
        spoken, t = unit(spoken), s.ticked_share
        return {
            "stated": stated,
            "mix": unit({c: t * stated[c] + (1 - t) * spoken[c] for c in codes}),
            "vouched": vouched,
            "evidence": {c: max(vouched[c], s.worth_spoken * likely[c]) for c in codes},
            "beside": {
                c: s.worth_beside if any(vouched[o] and (o, c) in self.needs.near for o in codes) else 0.0
                for c in codes
            },
        }

    @cached_property
    def same(self) -> list[int]:
        """Return for each supplier the first one whose texts say the same: four fifths of their words, at least 8."""
        said = [frozenset(w.term for name in ("text", "cases") for w in own[name]) for own in self.fields]
        first: list[int] = []
        for row, words in enumerate(said):
            alike = (
                first[other]
                for other in range(row)
                if min(len(words), len(said[other])) >= 8
                and len(words & said[other]) >= self.settings.alike_floor * len(words | said[other])
            )
            first.append(next(alike, row))
        return first

    def rank(self, query: Query) -> tuple[list[Placed], list[tuple[str, str]]]:
        """Return those in the list, best first, and those left out as (reason, supplier)."""
        return _Comparison(self, query).rank()


class _Comparison:
    def __init__(self, directory: Directory, query: Query) -> None:
        self.d, self.query, self.s = directory, query, directory.settings
        read = directory.tokenizer
        self.texts: list[tuple[list[Word], float]] = [
            (read.words(query.title, query.lang), self.s.weight_title),
            (read.words(query.text, query.lang), 1.0),
        ]
        self.asked: Vector = {}
        self.said: dict[str, list[str]] = {}
        self.bound = 0.0
        for words, weight in self.texts:
            for word in words:
                stands_for = self._stands_for(word)
                self.bound += weight * max(
                    (share * directory.bm25.idf[term] for term, share in stands_for), default=0.0
                )
                for term, share in stands_for:
                    self.asked[term] = self.asked.get(term, 0.0) + weight * share
                    if word.surface not in self.said.setdefault(term, []):
                        self.said[term].append(word.surface)
        self.wanted = [code for code in query.needs if code in directory.glossary.labels]
        self.own_terms = {word.term for words, _ in self.texts for word in words}

    def _stands_for(self, word: Word) -> list[tuple[str, float]]:
        idf, s = self.d.bm25.idf, self.s
        parts = [(part, s.weight_parts) for part in word.parts if part in idf]
        if word.term in idf:
            return [(word.term, 1.0), *parts]
        alike = self.d.alike.of(word.term, s.fuzzy_terms, s.fuzzy_floor)
        return parts + [(term, s.fuzzy_weight * similarity) for term, similarity in alike]

    def _covered(self, row: int) -> float:
        raw = dot(self.asked, self.d.bm25.rows[row])
        return raw / self.bound if self.bound else raw

    def _repeats(self, row: int) -> bool:
        """Say whether a supplier's texts repeat the brief: most of its words, or a third of its runs of three."""
        different, document = len(self.own_terms), self.d.documents[row]
        if different < 4 or document.looked_at or self._covered(row) < self.s.copied_floor / 4:
            return False
        held = len(self.own_terms & self.d.bm25.rows[row].keys()) / different
        most = max(self.s.copied_floor, self.s.copied_short - different / 60)
        if held >= most:
            return True
        brief = _runs(f"{self.query.title} {self.query.text}")
        own = _runs(" ".join([document.text, *(case.text for case in document.cases)]))
        return held >= 0.3 and len(brief) >= 3 and len(brief & own) >= 0.3 * len(brief)

    def _services(self, row: int, *, repeats: bool) -> Vector:
        """Return the points of each service."""
        shown, s, codes = self.d.shown[row], self.s, self.d.glossary.services
        mix = shown["stated" if repeats else "mix"]
        evidence = shown["vouched" if repeats else "evidence"]
        if not self.wanted:
            asked = unit(self.d.needs.asked(self.texts, s.query_sharpness))
            return {c: s.max_services * mix[c] * asked[c] for c in codes}
        different = set(self.wanted)
        return {
            c: s.max_services
            * (
                (1 - s.focus_share) * max(evidence[c], shown["beside"][c]) / len(self.wanted)
                + s.focus_share * mix[c] / len(different) ** 0.5
            )
            for c in different
        }

    def rank(self) -> tuple[list[Placed], list[tuple[str, str]]]:
        placed: dict[int, Placed] = {}
        left_out = []
        for row, document in enumerate(self.d.documents):
            repeats = self._repeats(row)
            shown = self.d.shown[row]
            own = max((shown["vouched" if repeats else "evidence"][c] for c in self.wanted), default=1.0)
            best = max([own, *(shown["beside"][c] for c in self.wanted)])
            if reason := criteria.left_out(self.query, document, best, self.s):
                left_out.append((reason, document.id))
            else:
                placed[row] = self._place(row, repeats=repeats, beside=own < self.s.shown_floor)
        self._discount_twins(placed)
        order = sorted(placed.values(), key=lambda p: (-round(p.score, 9), draw(self.query.id, p.id), p.id))
        return order, sorted(left_out)

    def _place(self, row: int, *, repeats: bool, beside: bool) -> Placed:
        s, query, document, found = self.s, self.query, self.d.documents[row], self.d.flags[row]
        worth = s.flagged_worth if repeats or found else 1.0
        covered = self._covered(row)
        services = {c: worth * v for c, v in self._services(row, repeats=repeats).items()}
        judged = {
            "sector": criteria.sector(query, document, s, writes_of_it=self._writes_of_the_trade(row)),
            "place": criteria.place(query, document, s),
            "budget": criteria.budget(query, document, s),
            "availability": criteria.availability(query, document, s),
        }
        parts = {
            "words": s.max_words * worth * covered / (covered + s.words_half),
            "services": sum(services.values()),
        } | {code: s.maximum(code) * share for code, (share, _, _) in judged.items()}
        facts, lacks = self._about_services(document, beside=beside)
        if repeats:
            lacks = [("repeats_the_brief", {}), *lacks]
        elif found:
            lacks = [("text_to_look_at", {"flags": [code for code, _ in found]}), *lacks]
        for _, more, less in judged.values():
            facts, lacks = facts + more, lacks + less
        result = Placed(document.id, parts, facts, lacks + criteria.languages(query, document))
        self._name_the_words(result, row, services)
        return result

    def _writes_of_the_trade(self, row: int) -> bool:
        terms = self.d.glossary.sector_terms.get(self.query.sector, {})
        stems = {
            word.term
            for lang, texts in terms.items()
            for text in texts
            for word in self.d.tokenizer.words(text, lang)
        }
        return any(len(term) > 2 and term in self.d.bm25.rows[row] for term in stems)

    def _about_services(self, document: Document, *, beside: bool) -> tuple[Notes, Notes]:
        if not self.wanted:
            return [], []
        if beside:
            return [], [("services_beside", {"services": self.wanted})]
        offered = [code for code in self.wanted if code in document.services]
        missing = [code for code in self.wanted if code not in document.services]
        return (
            [("services_in_common", {"services": offered})] if offered else [],
            [("services_not_stated", {"services": missing})] if missing else [],
        )

    def _name_the_words(self, result: Placed, row: int, services: Vector) -> None:
        own = self.d.fields[row]
        weights = self.d.bm25.rows[row]
        gives = {term: weight * weights[term] for term, weight in self.asked.items() if term in weights}
        for term, value in gives.items():
            surfaces = [
                word.surface
                for name in ("name", "text", "cases", "services")
                for word in own[name]
                if term in (word.term, *word.parts)
            ]
            points = result.parts["words"] * value / sum(gives.values())
            result.words[term] = tuple(self.said[term]), tuple(dict.fromkeys(surfaces)), points
        asked, told = [w for words, _ in self.texts for w in words], own["text"] + own["cases"]
        fillers = self.d.glossary.analyzer.stop_words.fillers
        for code in sorted(services, key=lambda c: -services[c])[:5]:
            if services[code] >= 0.05 * self.s.max_services:
                words = (self.d.needs.words_for(text, code, fillers) for text in (asked, told))
                result.services[code] = (*words, services[code])

    def _discount_twins(self, placed: dict[int, Placed]) -> None:
        """Let all but one of those that say the same count a tenth; which one is drawn by the brief."""
        groups: dict[int, list[int]] = {}
        for row in placed:
            groups.setdefault(self.d.same[row], []).append(row)
        for rows in groups.values():
            first = min(rows, key=lambda row: draw(self.query.id, placed[row].id))
            for row in rows:
                if row != first:
                    self._discount(placed[row], self.d.documents[first].name)

    def _discount(self, twin: Placed, same_as: str) -> None:
        worth = self.s.twin_worth
        twin.parts = {code: value * worth for code, value in twin.parts.items()}
        twin.words = {term: (*sides, value * worth) for term, (*sides, value) in twin.words.items()}  # type: ignore[misc] # because a starred tuple loses its length
        floor = 0.05 * self.s.max_services
        twin.services = {
            code: (*sides, value * worth)  # type: ignore[misc] # because as above
            for code, (*sides, value) in twin.services.items()
            if value * worth >= floor
        }
        at = len([code for code, _ in twin.lacks[:1] if code in {"repeats_the_brief", "text_to_look_at"}])
        twin.lacks.insert(at, ("says_the_same", {"name": same_as}))


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return a text's runs of three words, without numbers."""
    words = "".join(c if c.isalnum() and not c.isdecimal() else " " for c in clean(text)).lower().split()
    return set(zip(words, words[1:], words[2:], strict=False))

"""A directory of suppliers and its ranking for a brief: six parts per supplier, and the matching words."""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from marketplace.matching import Document, Glossary, MatchingSettings, Query, spam_flags
from tests.matching.reference import criteria
from tests.matching.reference.needs import Needs, Section, TextClassifier
from tests.matching.reference.reasons import Reasons
from tests.matching.reference.term_weights import FieldedBM25, SimilarTerms, Vector, dot, packed, unit
from tests.matching.reference.tokenizer import Tokenizer, Word, clean, plain_words

Notes = list[tuple[str, Any]]


@dataclass
class RankedSupplier:
    """A supplier in the ranked list."""

    id: str
    parts: dict[str, float]
    facts: Notes
    lacks: Notes
    words: dict[str, tuple[tuple[str, ...], tuple[str, ...], float]] = field(default_factory=dict)
    services: dict[str, tuple[dict[str, float], dict[str, float], float]] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return sum(self.parts.values())


def tie_break(query_id: str, document_id: str) -> bytes:
    """Return the hash that orders equal scores for a brief."""
    return hashlib.blake2b(f"{query_id}\x1f{document_id}".encode(), digest_size=8).digest()


class Directory:
    """Suppliers with their tokens, term weights and service features."""

    def __init__(
        self,
        documents: Sequence[Document],
        glossary: Glossary,
        settings: MatchingSettings,
        training: Sequence[Document] | None = None,
    ) -> None:
        self.documents, self.glossary, self.settings = list(documents), glossary, settings
        training = self.documents if training is None else training
        self.tokenizer = tokenizer = Tokenizer(glossary.resources, self._corpus({*documents, *training}))
        self.fields = [
            {
                "name": tokenizer.words(d.name, d.lang),
                "services": [
                    word
                    for code in d.services
                    for lang in ("nb", "nn", "en")
                    if code in glossary.labels and len({*d.services}) <= settings.labelled_services
                    for word in tokenizer.words(glossary.labels[code][lang], lang)
                ],
                "text": tokenizer.words(d.text, d.lang),
                "cases": tokenizer.words(" . ".join(case.text for case in d.cases), d.lang),
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
        self.similar = SimilarTerms(self.bm25.idf)
        self.needs = Needs(
            glossary.services,
            glossary.related,
            ((tokenizer.words(p.text, p.lang), p.services) for p in glossary.phrases),
            (
                (tokenizer.words(f"{d.name} . {d.text}", d.lang), d.services)
                for d in sorted(training, key=lambda d: d.id)
            ),
            settings.weight_parts,
            TextClassifier(
                glossary.services,
                ((p.text, p.lang, p.services) for p in glossary.phrases),
                glossary.texts_without_need,
            ),
        )
        self.reasons = Reasons(glossary, tokenizer)
        self.flags = [() if d.looked_at else spam_flags(d) for d in documents]
        self.features = [self._features(row) for row in range(len(self.documents))]

    def _corpus(self, documents: set[Document]) -> list[str]:
        texts = [p.text for p in self.glossary.phrases if p.lang != "en"]
        for by_language in self.glossary.sector_terms.values():
            texts += [*by_language["nb"], *by_language["nn"]]
        for d in documents:
            if d.lang != "en":
                texts += [d.name, d.text, *(case.text for case in d.cases)]
        return [word for text in texts for word in plain_words(text)]

    def _features(self, row: int) -> dict[str, Vector]:
        """Return the service features of a supplier."""
        s, document, codes = self.settings, self.documents[row], self.glossary.services
        flag_codes = [code for code, _ in self.flags[row]]
        own = [(self.fields[row][name], 1.0) for name in ("name", "text", "cases")]
        text_topics = self.needs.topic_vector(own, s.document_sharpness)
        spoken = {
            c: 1 / (1 + math.exp(s.spoken_slope * (s.spoken_half - cosine))) if cosine > 0 else 0.0
            for c, cosine in self.needs.topic_vector(own, 1.0).items()
        }
        if flag_codes:
            text_topics = spoken = dict.fromkeys(codes, 0.0)
        declared, declared_evidence = self._declared(document, flag_codes, spoken)
        text_topics, share = unit(text_topics), s.ticked_share
        own_topics = dict.fromkeys(codes, 0.0)
        if any(declared_evidence.values()):
            own_topics = unit({c: max(declared[c], s.spoken_topics * spoken[c]) for c in codes}, 1.0)
        mixed = {c: share * own_topics[c] + (1 - share) * text_topics[c] for c in codes}
        copied_topics, copied_evidence = self._declared(document, flag_codes, dict.fromkeys(codes, 0.0))
        return {
            "ticked": dict.fromkeys(self._ticked_services(document, flag_codes), 1.0),
            "declared_topics": copied_topics,
            "topics": packed(unit(mixed, min(share, 1 - share))),
            "declared_evidence": copied_evidence,
            "evidence": packed({c: max(declared_evidence[c], s.worth_spoken * spoken[c]) for c in codes}),
            "declared_related": self._related(copied_evidence, {}),
            "related": self._related(declared_evidence, spoken),
        }

    def _ticked_services(self, document: Document, flag_codes: list[str]) -> set[str]:
        """Return the ticked services, or none if so many are ticked that the ticks are ignored."""
        if "too_many_services" in flag_codes:
            return set()
        return {c for c in document.services if c in self.glossary.services}

    def _declared(self, document: Document, flag_codes: list[str], support: Vector) -> tuple[Vector, Vector]:
        """Return topics and evidence from ticked services and cases; `support` is how clearly texts name each."""
        s, codes = self.settings, self.glossary.services
        ticked_services = self._ticked_services(document, flag_codes)
        few = min(1.0, s.many_services / max(len(ticked_services), 1)) ** s.tick_decay
        ticked = {
            c: max(few, support[c]) * (s.worth_unsupported + (1 - s.worth_unsupported) * support[c])
            if c in ticked_services
            else 0.0
            for c in codes
        }
        has_case = {c: float(any(c in case.services for case in document.cases)) for c in codes}
        topics = unit({c: ticked[c] + s.worth_done * has_case[c] for c in codes}, 1.0)
        return topics, {
            c: max(s.worth_done, s.worth_ticked * ticked[c] + 1 - s.worth_ticked)
            if has_case[c]
            else s.worth_ticked * ticked[c]
            for c in codes
        }

    def _related(self, evidence: Vector, spoken: Vector) -> Vector:
        s, codes = self.settings, self.glossary.services
        offered = {c for c in codes if evidence[c] >= s.offered_floor or spoken.get(c, 0.0) >= s.spoken_floor}
        return {
            c: s.worth_beside if any((o, c) in self.needs.relatedness for o in offered) else 0.0
            for c in codes
        }

    @cached_property
    def first_duplicate(self) -> list[int]:
        """The first near-duplicate of each supplier: at least 8 terms each, and a Jaccard similarity of 80 %."""
        term_sets = [
            frozenset(w.term for name in ("text", "cases") for w in own[name]) for own in self.fields
        ]
        first_of: list[int] = []
        for row, words in enumerate(term_sets):
            earlier = (
                first_of[other]
                for other in range(row)
                if min(len(words), len(term_sets[other])) >= 8
                and len(words & term_sets[other]) >= self.settings.alike_floor * len(words | term_sets[other])
            )
            first_of.append(next(earlier, row))
        return first_of

    def rank(self, query: Query) -> tuple[list[RankedSupplier], list[tuple[str, str]]]:
        """Return the ranked suppliers, best first, and the excluded ones as (reason, supplier)."""
        return _Comparison(self, query).rank()


class _Comparison:
    def __init__(self, directory: Directory, query: Query) -> None:
        self.d, self.query, self.s = directory, query, directory.settings
        tokenizer = directory.tokenizer
        self.texts: list[tuple[list[Word], float]] = [
            (tokenizer.words(query.title, query.lang), self.s.weight_title),
            (tokenizer.words(query.text, query.lang), 1.0),
        ]
        title, text = (directory.glossary.negation.split(part) for part in (query.title, query.text))
        self.wanted = [
            (tokenizer.words(title.wanted, query.lang), self.s.weight_title),
            (tokenizer.words(text.wanted, query.lang), 1.0),
        ]
        self.sections = (
            Section(self.wanted, f"{title.wanted} . {text.wanted}"),
            [
                Section([(tokenizer.words(part, query.lang), 1.0)], part)
                for part in (*title.unwanted, *text.unwanted)
            ],
        )
        self.query_vector: Vector = {}
        self.query_words: dict[str, list[str]] = {}
        self.max_weight = 0.0
        all_terms = {word.term for words, _ in self.texts for word in words}
        unknown = sum(term not in directory.bm25.idf for term in all_terms)
        is_foreign = unknown >= self.s.foreign_share * len(all_terms)
        for words, weight in self.texts:
            for word in words:
                matching_terms = self._matching_terms(word)
                weights = [share * directory.bm25.idf[term] for term, share in matching_terms]
                if is_foreign and not matching_terms:
                    matching_terms = self._similar_terms(word, self.s.foreign_terms, self.s.foreign_floor)
                    weights = [directory.bm25.idf[term] for term, _ in matching_terms]
                self.max_weight += weight * max(weights, default=0.0)
                for term, share in matching_terms:
                    self.query_vector[term] = self.query_vector.get(term, 0.0) + weight * share
                    surfaces = self.query_words.setdefault(term, [])
                    if word.surface not in surfaces and self._is_reason(word, term, share):
                        surfaces.append(word.surface)
        self.needs = [code for code in query.needs if code in directory.glossary.labels]
        self.own_terms = {word.term for words, _ in self.texts for word in words}
        self.written_floor = self.s.worth_spoken * self.s.spoken_floor

    def _matching_terms(self, word: Word) -> list[tuple[str, float]]:
        idf, s = self.d.bm25.idf, self.s
        parts = [(part, s.weight_parts) for part in word.parts if part in idf]
        if word.term in idf:
            return [(word.term, 1.0), *parts]
        return parts + self._similar_terms(word, s.fuzzy_terms, s.fuzzy_floor)

    def _similar_terms(self, word: Word, count: int, floor: float) -> list[tuple[str, float]]:
        similar = self.d.similar.of(word.term, count, floor)
        return [(term, self.s.fuzzy_weight * similarity) for term, similarity in similar]

    def _is_reason(self, word: Word, term: str, share: float) -> bool:
        """Return False for a term that only vaguely resembles a word."""
        is_own = word.term in self.d.bm25.idf or term in word.parts
        return is_own or (share >= 0.6 * self.s.fuzzy_weight and term[:4] == word.term[:4])

    def _coverage(self, row: int) -> float:
        raw = dot(self.query_vector, self.d.bm25.rows[row])
        return raw / self.max_weight if self.max_weight else raw

    def _copies_brief(self, row: int) -> bool:
        """Return True if a supplier's texts copy the brief: most of its terms, or a third of its trigrams."""
        distinct_terms, document = len(self.own_terms), self.d.documents[row]
        if distinct_terms < 4 or document.looked_at or self._coverage(row) < self.s.copied_floor / 4:
            return False
        shared = len(self.own_terms & self.d.bm25.rows[row].keys()) / distinct_terms
        min_share = max(self.s.copied_floor, self.s.copied_short - distinct_terms / 60)
        if distinct_terms >= 10 and shared >= min_share:
            return True
        brief = _word_trigrams(f"{self.query.title} {self.query.text}")
        own = _word_trigrams(" ".join([document.text, *(case.text for case in document.cases)]))
        return shared >= 0.3 and len(brief & own) >= max(6, 0.3 * len(brief))

    def _services(self, row: int, *, is_copy: bool) -> Vector:
        """Return the points of each service."""
        features, s, codes = self.d.features[row], self.s, self.d.glossary.services
        topics = features["declared_topics" if is_copy else "topics"]
        evidence = features["declared_evidence" if is_copy else "evidence"]
        related = features["declared_related" if is_copy else "related"]
        if not self.needs:
            query_vector = unit(self.d.needs.query_vector(*self.sections, s.query_sharpness))
            return {c: s.max_services * topics[c] * query_vector[c] for c in codes}
        distinct = set(self.needs)
        return {
            c: s.max_services
            * (
                (1 - s.focus_share) * max(evidence[c], related[c]) / len(self.needs)
                + s.focus_share * topics[c] / len(distinct) ** 0.5
            )
            for c in distinct
        }

    def rank(self) -> tuple[list[RankedSupplier], list[tuple[str, str]]]:
        ranked: dict[int, RankedSupplier] = {}
        exclusions = []
        for row, document in enumerate(self.d.documents):
            is_copy = self._copies_brief(row)
            features = self.d.features[row]
            evidence = features["declared_evidence" if is_copy else "evidence"]
            related = features["declared_related" if is_copy else "related"]
            best = max((max(evidence[c], related[c]) for c in self.needs), default=1.0)
            if reason := criteria.exclusion_reason(self.query, document, best, self.s):
                exclusions.append((reason, document.id))
            else:
                offers = any(c in features["ticked"] or evidence[c] >= self.written_floor for c in self.needs)
                related_only = bool(self.needs) and not offers
                ranked[row] = self._rank(row, is_copy=is_copy, related_only=related_only)
        self._demote_duplicates(ranked)
        order = sorted(
            ranked.values(), key=lambda p: (-round(p.score, 9), tie_break(self.query.id, p.id), p.id)
        )
        return order, sorted(exclusions)

    def _rank(self, row: int, *, is_copy: bool, related_only: bool) -> RankedSupplier:
        s, query, document, flag_notes = self.s, self.query, self.d.documents[row], self.d.flags[row]
        factor = s.flagged_worth if is_copy or flag_notes else 1.0
        coverage = self._coverage(row)
        services = {c: factor * v for c, v in self._services(row, is_copy=is_copy).items()}
        results = {
            "sector": criteria.sector(query, document, s, writes_of_it=self._mentions_sector(row)),
            "place": criteria.place(query, document, s),
            "budget": criteria.budget(query, document, s),
            "availability": criteria.availability(query, document, s),
        }
        parts = {
            "words": s.max_words * factor * coverage / (coverage + s.words_half),
            "services": sum(services.values()),
        } | {code: s.maximum(code) * share for code, (share, _, _) in results.items()}
        facts, lacks = self._service_notes(row, is_copy=is_copy, related_only=related_only)
        if is_copy:
            lacks = [("repeats_the_brief", {}), *lacks]
        elif flag_notes:
            lacks = [("text_to_look_at", {"flags": [code for code, _ in flag_notes]}), *lacks]
        for _, more, less in results.values():
            facts, lacks = facts + more, lacks + less
        result = RankedSupplier(document.id, parts, facts, lacks + criteria.languages(query, document))
        self._add_words(result, row, services)
        return result

    def _mentions_sector(self, row: int) -> bool:
        return any(term in self.d.bm25.rows[row] for term in self._sector_stems)

    @cached_property
    def _sector_stems(self) -> set[str]:
        terms = self.d.glossary.sector_terms.get(self.query.sector, {})
        words = (
            word
            for lang, texts in terms.items()
            for text in texts
            for word in self.d.tokenizer.words(text, lang)
        )
        return {word.term for word in words if len(word.term) > 2}

    @cached_property
    def _explained(self) -> set[str]:
        """The services that words are shown for: the confirmed ones, or those that are at least 90 % probable."""
        probable = () if self.needs else self.d.needs.wanted_probabilities(*self.sections).items()
        return {*self.needs, *(code for code, probability in probable if probability >= 0.9)}

    def _shown(self, words: Iterable[str], term: str) -> tuple[str, ...]:
        explained = self.d.needs.explained_services(term, self.d.reasons)
        near = {other for code in self._explained for other in self.d.glossary.neighbours[code]}
        is_needed = bool(explained & (self._explained | near))
        if not self._explained or (explained and not is_needed):
            return ()
        return self.d.reasons.shown(words, term, is_known=is_needed or term in self._sector_stems)

    def _service_notes(self, row: int, *, is_copy: bool, related_only: bool) -> tuple[Notes, Notes]:
        if not self.needs:
            return [], []
        if related_only:
            return [], [("services_beside", {"services": self.needs})]
        ticked = self.d.documents[row].services
        evidence = self.d.features[row]["declared_evidence" if is_copy else "evidence"]
        groups: dict[str, list[str]] = {}
        for code in self.needs:
            note = "services_not_stated"
            if code in ticked:
                note = "services_in_common"
            elif evidence[code] >= self.written_floor:
                note = "writes_of_services"
            groups.setdefault(note, []).append(code)
        facts = ("services_in_common", "writes_of_services")
        return (
            [(note, {"services": groups[note]}) for note in facts if note in groups],
            [(note, {"services": codes}) for note, codes in groups.items() if note not in facts],
        )

    def _add_words(self, result: RankedSupplier, row: int, services: Vector) -> None:
        own = self.d.fields[row]
        weights = self.d.bm25.rows[row]
        contributions = {
            term: weight * weights[term] for term, weight in self.query_vector.items() if term in weights
        }
        for term, value in contributions.items():
            surfaces = [
                word.surface
                for name in ("name", "text", "cases", "services")
                for word in own[name]
                if term in (word.term, *word.parts)
            ]
            points = result.parts["words"] * value / sum(contributions.values())
            wanted = {word.surface for words, _ in self.wanted for word in words}
            shown = self._shown([one for one in self.query_words[term] if one in wanted], term)
            document_words = self._shown(dict.fromkeys(surfaces), term)
            is_shown = bool(shown and document_words)
            result.words[term] = (shown if is_shown else (), document_words if is_shown else (), points)
        brief_words, document_words = (
            [w for words, _ in self.wanted for w in words],
            own["text"] + own["cases"],
        )
        for code in sorted(services, key=lambda c: -services[c])[:5]:
            if services[code] >= 0.05 * self.s.max_services:
                words = (
                    self.d.needs.words_for_service(text, code, self.d.reasons)
                    if code in self._explained
                    else {}
                    for text in (brief_words, document_words)
                )
                result.services[code] = (*words, services[code])

    def _demote_duplicates(self, ranked: dict[int, RankedSupplier]) -> None:
        """Let all but one of each group of near-duplicates count a tenth; the brief's tie break chooses."""
        groups: dict[int, list[int]] = {}
        for row in ranked:
            groups.setdefault(self.d.first_duplicate[row], []).append(row)
        for rows in groups.values():
            first = min(rows, key=lambda row: tie_break(self.query.id, ranked[row].id))
            for row in rows:
                if row != first:
                    self._demote(ranked[row], self.d.documents[first].name)

    def _demote(self, duplicate: RankedSupplier, same_as: str) -> None:
        factor = self.s.twin_worth
        duplicate.parts = {code: value * factor for code, value in duplicate.parts.items()}
        duplicate.words = {
            term: (*sides, value * factor) for term, (*sides, value) in duplicate.words.items()
        }  # type: ignore[misc] # because a starred tuple loses its length
        floor = 0.05 * self.s.max_services
        duplicate.services = {
            code: (*sides, value * factor)  # type: ignore[misc] # because a starred tuple loses its length
            for code, (*sides, value) in duplicate.services.items()
            if value * factor >= floor
        }
        at = len(
            [code for code, _ in duplicate.lacks[:1] if code in {"repeats_the_brief", "text_to_look_at"}]
        )
        duplicate.lacks.insert(at, ("says_the_same", {"name": same_as}))


def _word_trigrams(text: str) -> set[tuple[str, ...]]:
    """Return the runs of three words in a text, without numbers."""
    words = "".join(c if c.isalnum() and not c.isdecimal() else " " for c in clean(text)).lower().split()
    return set(zip(words, words[1:], words[2:], strict=False))

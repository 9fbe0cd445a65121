"""Need model: one TF-IDF vector per service, cosines, and the probabilities derived from them."""

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from tests.matching.reference.reasons import Reasons
from tests.matching.reference.term_weights import SimilarTerms, Vector, dot, unit
from tests.matching.reference.tokenizer import Word, plain_words

WeightedWords = Sequence[tuple[Sequence[Word], float]]


class Section(NamedTuple):
    """A part of a brief: its words, and the same text as written."""

    words: WeightedWords
    text: str


class TextClassifier:
    """Linear classifier of whole texts, with scikit-learn's own vectorizer."""

    def __init__(
        self,
        services: Sequence[str],
        texts: Iterable[tuple[str, str, Sequence[str]]],
        without_need: Mapping[str, Sequence[str]],
    ) -> None:
        samples = []
        for text, lang, codes in texts:
            variants, asides, number = [text], without_need.get(lang, ()), zlib.crc32(text.encode())
            if asides and number % 2 == 1 and len(text.split()) > 4:
                variants.append(f"{asides[number // 2 % len(asides)]} {text}")
            samples += [(variant, tuple(codes)) for variant in variants]
        samples += [
            (text, ("",)) for text in ("", *(text for texts in without_need.values() for text in texts))
        ]
        self.vectorizer = TfidfVectorizer(analyzer=_features, sublinear_tf=True)
        rows: Any = self.vectorizer.fit_transform([text for text, _ in samples])
        self.machines = {}
        for code in (*services, ""):
            labels = [code in codes for _, codes in samples]
            if any(labels) and not all(labels):
                self.machines[code] = LinearSVC(C=0.6, tol=1e-3, random_state=0).fit(rows, labels)

    def margins(self, text: str) -> Vector:
        """Return how far inside each class a text is; an empty code stands for no service."""
        row = self.vectorizer.transform([text])
        values = {code: float(machine.decision_function(row)[0]) for code, machine in self.machines.items()}
        return {"": -1.0} | values


def _features(text: str) -> list[str]:
    found = []
    for word in plain_words(text):
        padded = f" {word} "
        found += [word + "  ", *(padded[i : i + 4] for i in range(max(1, len(padded) - 3)))]
    return found


class Needs:
    """Services, and the words that point to each."""

    def __init__(
        self,
        services: Sequence[str],
        related: Mapping[str, Sequence[str]],
        phrases: Iterable[tuple[Sequence[Word], Sequence[str]]],
        profiles: Iterable[tuple[Sequence[Word], Sequence[str]]],
        parts_weight: float,
        classifier: TextClassifier,
    ) -> None:
        self.classifier = classifier
        self.services = services
        self.parts_weight = parts_weight
        term_counts: dict[str, Vector] = {code: {} for code in services}
        profile_count: Counter[str] = Counter()
        samples = [(words, codes) for words, codes in phrases]
        for words, ticks in profiles:
            labels = [code for code in ticks if code in term_counts and profile_count[code] < 20]
            if len(ticks) <= 3:
                profile_count.update(labels)
                samples.append((words, labels))
        for words, codes in samples:
            for code in codes:
                for term, weight in self._weights(words).items():
                    term_counts[code][term] = term_counts[code].get(term, 0.0) + weight
        document_frequency = Counter(term for text in term_counts.values() for term in text)
        self.idf = {t: math.log((1 + len(services)) / (1 + n)) + 1 for t, n in document_frequency.items()}
        self.vectors = {code: self._vector(text) for code, text in term_counts.items()}
        self.max_weight: Vector = {}
        for vector in self.vectors.values():
            for term, value in vector.items():
                self.max_weight[term] = max(value, self.max_weight.get(term, 0.0))
        self.similar = SimilarTerms(self.idf)
        self.relatedness = {
            (a, b): 1.0 if a == b else 0.1
            for a in services
            for b in services
            if a == b or b in related.get(a, ()) or a in related.get(b, ())
        }

    def _weights(self, words: Sequence[Word]) -> Vector:
        weights: Vector = {}
        for word in words:
            weights[word.term] = weights.get(word.term, 0.0) + 1
            for part in word.parts:
                weights[part] = weights.get(part, 0.0) + self.parts_weight
        return {term: min(weight, 3.0) for term, weight in weights.items()}

    def _vector(self, weights: Vector) -> Vector:
        return unit({t: math.sqrt(w) * self.idf[t] for t, w in weights.items() if t in self.idf})

    def cosines(self, text: WeightedWords) -> Vector:
        """Return the cosine of a text with each service."""
        total: Vector = {}
        for words, weight in text:
            for term, value in self._weights(words).items():
                total[term] = total.get(term, 0.0) + weight * value
        weight = self._vector(total)
        return {code: dot(weight, vector) for code, vector in self.vectors.items()}

    def topic_vector(self, text: WeightedWords, sharpness: float) -> Vector:
        """Return the topic vector of a text."""
        cosines = self.cosines(text)
        has_topic = max(cosines.values()) >= 0.04
        return {code: cosine**sharpness if has_topic else 0.0 for code, cosine in cosines.items()}

    def query_vector(self, wanted: Section, unwanted: Sequence[Section], sharpness: float) -> Vector:
        """Return the topic vector of a brief."""
        wanted, *unwanted = map(self._corrected, (wanted, *unwanted))
        chance = self.probabilities(wanted)
        by_words, by_chance = unit(self.topic_vector(wanted.words, sharpness)), unit(chance)
        refused = [self.probabilities(part) for part in unwanted]
        return {
            b: sum(
                (by_words.get(a, 0.0) + by_chance.get(a, 0.0)) * self.relatedness.get((a, b), 0.0)
                for a in self.services
            )
            * self._wanted_share(b, chance, refused)
            for b in self.services
        }

    def wanted_probabilities(self, wanted: Section, unwanted: Sequence[Section]) -> Vector:
        """Return the probability that a brief asks for each service."""
        chance, *refused = (self.probabilities(self._corrected(part)) for part in (wanted, *unwanted))
        return {code: p * self._wanted_share(code, chance, refused) for code, p in chance.items()}

    def _corrected(self, part: Section) -> Section:
        """Return a part of a brief with unknown words replaced by similarly spelled ones."""
        words = [([self._nearest(word) for word in words], weight) for words, weight in part.words]
        return Section(words, part.text)

    def _wanted_share(self, service: str, wanted: Vector, refused: Sequence[Vector]) -> float:
        odds = wanted[service] / max(1 - wanted[service], 1e-9)
        for part in refused:
            value = part[service]
            is_named = value >= 0.5 or (value >= 0.1 and value == max(part.values()))
            if is_named and odds < 3 * value / max(1 - value, 1e-9):
                return 0.0
        return 1 - max((part[service] for part in refused), default=0.0) * (1 - wanted[service])

    def _nearest(self, word: Word) -> Word:
        if word.term in self.idf or any(part in self.idf for part in word.parts):
            return word
        similar = self.similar.of(word.term, 1, 0.5)
        return word._replace(term=similar[0][0]) if similar else word

    def probabilities(self, part: Section) -> Vector:
        """Return the probability that a text is about each service."""
        cosines, margins = self.cosines(part.words), self.classifier.margins(part.text)
        top = max(cosines.values())
        if top < 0.04:
            return dict.fromkeys(cosines, 0.0)
        return {
            code: 1
            / (1 + math.exp(3.52 - 4.94 * cosine / top - 4.95 * margins.get(code, -1.0) + 1.31 * margins[""]))
            for code, cosine in cosines.items()
        }

    def words_for_service(self, words: Sequence[Word], service: str, reasons: Reasons) -> dict[str, float]:
        """Return up to four words that point most strongly to a service, with their strengths."""
        strengths: Vector = {}
        for word in words:
            terms = [term for term in (word.term, *word.parts) if self._strength(term, service) > 0]
            minima = reasons.min_strength(word, terms, service)
            value = self._word_strength(word, service)
            strongest = max(self._word_strength(word, code) for code in self.services)
            if minima is not None and value > 0 and value >= minima * strongest:
                strengths[word.surface] = max(value, strengths.get(word.surface, 0.0))
        chosen = sorted(strengths, key=lambda surface: -strengths[surface])[:4]
        return {
            surface: strengths[surface]
            for surface in chosen
            if strengths[surface] >= strengths[chosen[0]] / 3
        }

    def explained_services(self, term: str, reasons: Reasons) -> set[str]:
        """Return the services that a term is a reason for."""
        word = Word(term, term, ())
        strongest = max(self._strength(term, code) for code in self.services)
        minima = {code: reasons.min_strength(word, [term], code) for code in self.services}
        return {
            code
            for code, minimum in minima.items()
            if minimum is not None and 0 < self._strength(term, code) >= minimum * strongest
        }

    def _word_strength(self, word: Word, service: str) -> float:
        terms = [(word.term, 1.0), *((part, self.parts_weight) for part in word.parts)]
        return sum(share * self._strength(term, service) for term, share in terms)

    def _strength(self, term: str, service: str) -> float:
        """Return how strongly a term points to a service; 0 if another service has more than twice that."""
        weight = self.vectors[service].get(term, 0.0)
        return weight * self.idf[term] if weight > 0 and 2 * weight >= self.max_weight[term] else 0.0

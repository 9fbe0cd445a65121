"""Words to services: one TF-IDF vector per service, cosines, and what they say of a text."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tests.matching.reference.term_weights import LookAlikes, Vector, dot, unit
from tests.matching.reference.tokenizer import Word

Weighted = Sequence[tuple[Sequence[Word], float]]


class Needs:
    """What services there are, and which words speak of each."""

    def __init__(
        self,
        services: Sequence[str],
        related: Mapping[str, Sequence[str]],
        phrases: Iterable[tuple[Sequence[Word], Sequence[str]]],
        profiles: Iterable[tuple[Sequence[Word], Sequence[str]]],
        parts_weight: float,
    ) -> None:
        self.services = services
        self.parts_weight = parts_weight
        long_texts: dict[str, Vector] = {code: {} for code in services}
        train: Counter[str] = Counter()
        learns = [(words, codes) for words, codes in phrases]
        for words, ticks in profiles:
            room = [code for code in ticks if code in long_texts and train[code] < 20]
            if len(ticks) <= 3:
                train.update(room)
                learns.append((words, room))
        for words, codes in learns:
            for code in codes:
                for term, weight in self._weights(words).items():
                    long_texts[code][term] = long_texts[code].get(term, 0.0) + weight
        found_in = Counter(term for text in long_texts.values() for term in text)
        self.idf = {t: math.log((1 + len(services)) / (1 + n)) + 1 for t, n in found_in.items()}
        self.vectors = {code: self._vector(text) for code, text in long_texts.items()}
        self.most: Vector = {}
        for vector in self.vectors.values():
            for term, value in vector.items():
                self.most[term] = max(value, self.most.get(term, 0.0))
        self.alike = LookAlikes(self.idf)
        self.near = {
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

    def cosines(self, text: Weighted) -> Vector:
        """Return how alike a text's words are to each service's."""
        total: Vector = {}
        for words, weight in text:
            for term, value in self._weights(words).items():
                total[term] = total.get(term, 0.0) + weight * value
        own = self._vector(total)
        return {code: dot(own, vector) for code, vector in self.vectors.items()}

    def topic_vectors(self, text: Weighted, sharpness: float) -> Vector:
        """Return what a text is about."""
        cosines = self.cosines(text)
        speaks = max(cosines.values()) >= 0.04
        return {code: cosine**sharpness if speaks else 0.0 for code, cosine in cosines.items()}

    def asked(self, text: Weighted, sharpness: float) -> Vector:
        """Return what a brief asks for, with unknown words read as those they look like."""
        read = [([self._nearest(word) for word in words], weight) for words, weight in text]
        topic_vectors = self.topic_vectors(read, sharpness)
        return {
            b: sum(topic_vectors[a] * self.near.get((a, b), 0.0) for a in self.services)
            for b in self.services
        }

    def _nearest(self, word: Word) -> Word:
        if word.term in self.idf or any(part in self.idf for part in word.parts):
            return word
        alike = self.alike.of(word.term, 1, 0.5)
        return word._replace(term=alike[0][0]) if alike else word

    def probabilities(self, text: Weighted) -> Vector:
        """Return how likely it is that a text speaks of each service."""
        cosines = self.cosines(text)
        top = max(cosines.values())
        if top < 0.04:
            return dict.fromkeys(cosines, 0.0)
        return {code: 1 / (1 + math.exp(7.0 - 22.6 * c - 4.3 * c / top)) for code, c in cosines.items()}

    def words_for(self, words: Sequence[Word], service: str, fillers: Iterable[str]) -> dict[str, float]:
        """Return the up to four words that speak loudest for a service, with how loud."""
        loud: Vector = {}
        for word in words:
            terms = [(word.term, 1.0), *((part, self.parts_weight) for part in word.parts)]
            value = sum(share * self._says(term, service) for term, share in terms)
            if value > 0 and word.surface.lower() not in fillers:
                loud[word.surface] = max(value, loud.get(word.surface, 0.0))
        first = sorted(loud, key=lambda surface: -loud[surface])[:4]
        return {surface: loud[surface] for surface in first if loud[surface] >= loud[first[0]] / 3}

    def _says(self, term: str, service: str) -> float:
        """Return how loud a term speaks for a service; nothing where another hears it more than twice as loud."""
        own = self.vectors[service].get(term, 0.0)
        return own * self.idf[term] if own > 0 and 2 * own >= self.most[term] else 0.0

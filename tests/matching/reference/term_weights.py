"""Term weights: BM25F, similarly spelled terms, and TF-IDF vectors, each directly from its formula."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

Vector = dict[str, float]


def unit(vector: Mapping[str, float], min_length: float = 0.0) -> Vector:
    """Return a vector divided by its length, or by a minimum length if it is shorter; a zero vector is unchanged."""
    length = max(math.sqrt(sum(value * value for value in vector.values())), min_length)
    return {key: value / length if length else 0.0 for key, value in vector.items()}


def packed(vector: Mapping[str, float]) -> Vector:
    """Return a vector with each value rounded to a fraction of 60,000, as the index stores it."""
    return {key: round(value * 60_000) / 60_000 for key, value in vector.items()}


def dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the dot product."""
    return sum(value * other[key] for key, value in one.items() if key in other)


class FieldedBM25:
    """BM25F weights of terms in documents with several fields (S. Robertson and H. Zaragoza, 2009, section 3.6)."""

    def __init__(
        self,
        documents: Sequence[Mapping[str, Sequence[str]]],
        fields: Mapping[str, float],
        k1: float,
        b: float,
    ) -> None:
        counts = [{f: {t: min(n, 3) for t, n in Counter(d[f]).items()} for f in fields} for d in documents]
        size = len(documents)
        document_frequency = Counter(
            t for count in counts for t in {t for of_field in count.values() for t in of_field}
        )
        self.idf = {t: math.log(1 + (size - n + 0.5) / (n + 0.5)) for t, n in document_frequency.items()}
        mean = {}
        for f in fields:
            lengths = [sum(count[f].values()) for count in counts if count[f]]
            mean[f] = sum(lengths) / len(lengths) if lengths else 1.0
        self.rows: list[Vector] = []
        for count in counts:
            frequency: Vector = {}
            for f, weight in fields.items():
                norm = 1 - b + b * sum(count[f].values()) / mean[f]
                for t, n in count[f].items():
                    frequency[t] = frequency.get(t, 0.0) + weight * n / norm
            self.rows.append({t: self.idf[t] * tf * (k1 + 1) / (tf + k1) for t, tf in frequency.items()})


def ngrams(word: str) -> Counter[str]:
    """Return the counts of character 2- to 4-grams in a word padded with a space on either side."""
    padded = f" {word} "
    return Counter(
        padded[i : i + n] for n in (2, 3, 4) if n <= len(padded) for i in range(len(padded) - n + 1)
    )


class SimilarTerms:
    """Similarity of terms: the cosine of their TF-IDF weighted n-grams."""

    def __init__(self, terms: Iterable[str]) -> None:
        self.terms = sorted(terms)
        counted = [ngrams(term) for term in self.terms]
        document_frequency = Counter(gram for count in counted for gram in count)
        self.idf = {g: math.log((1 + len(self.terms)) / (1 + n)) + 1 for g, n in document_frequency.items()}
        self.vectors = [unit({g: n * self.idf[g] for g, n in count.items()}) for count in counted]
        self.cache: dict[str, list[tuple[float, str]]] = {}

    def of(self, word: str, count: int, floor: float) -> list[tuple[str, float]]:
        """Return the terms that are most similar to a word."""
        if len(word) < 4:
            return []
        if word not in self.cache:
            unknown_idf = math.log(1 + len(self.terms)) + 1
            word_vector = unit({g: n * self.idf.get(g, unknown_idf) for g, n in ngrams(word).items()})
            pairs = zip(self.terms, self.vectors, strict=True)
            self.cache[word] = sorted((-dot(word_vector, vector), term) for term, vector in pairs)
        return [(term, -negative) for negative, term in self.cache[word][:count] if -negative >= floor]

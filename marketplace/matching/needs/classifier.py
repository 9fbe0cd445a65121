"""Linear classifier of texts by service, on words and character 4-grams.

Support vector machines, one per service against all others, on TF-IDF weights (T. Joachims, "Text categorization with
support vector machines", 1998; scikit-learn's `LinearSVC`). Character n-grams see what the need model's stems do not:
inflections, compounds, dialect and misspellings. One more class contains sentences that ask for no service.

There are two, each trained on the glossary alone, in about a second, always with the same result. The one that ranks
reads the phrases of the glossary. The one that suggests services also reads its `owner_texts`: they teach it to
recognise more needs, but make single words weigh less, so that the two written forms of Norwegian would rank
suppliers differently.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Self
from zlib import crc32

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.svm import LinearSVC

from ..analysis.analyzer import words_of
from ..analysis.glossary import Glossary, Phrase
from ..storage.string_table import Vocabulary, memory_map
from ..storage.types import Vector, Weights
from .term_vectors import log_counts, term_matrix, tfidf_vectors

GRAM_LENGTH = 4
REGULARISATION = 0.6
"""Parameter `C` of the support vector machines: smaller values prefer simpler classifiers."""
SOLVER_BYTES_PER_VALUE = 32
"""Upper limit of the memory that the solver uses for each value of the data and for each weight."""
UNKNOWN_MARGIN = -1.0
"""Margin of a class without training texts: that of a text far away from the class."""

MIN_DESCRIPTION_WORDS = 5
"""Phrases with fewer words are names of services."""


class NeedClassifier(BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Classifies texts by service. `services` are the service codes."""

    def __init__(self, services: Sequence[str]) -> None:
        self.services = services

    def fit(self, texts: Iterable[tuple[str, Sequence[str]]], without_need: Iterable[str] = ()) -> Self:
        """Fit the classifiers to texts labelled with services, and to sentences that ask for no service."""
        column = {code: i for i, code in enumerate(self.services)}
        samples = [(text, [column[code] for code in codes]) for text, codes in texts]
        samples += [(text, [len(column)]) for text in ("", *without_need)]
        counts = [Counter(features(text)) for text, _ in samples]
        vocabulary = Vocabulary.of(sorted({feature for count in counts for feature in count}) or [""])
        raw = term_matrix(vocabulary, counts)
        idf = TfidfTransformer().fit(raw).idf_
        weights = np.zeros((len(vocabulary), len(column) + 1), dtype=np.float32)
        intercepts = np.full(len(column) + 1, UNKNOWN_MARGIN)
        is_about = np.zeros((len(samples), len(column) + 1), dtype=bool)
        for number, (_, labels) in enumerate(samples):
            is_about[number, labels] = True
        # The solver crashes where memory runs out; this raises MemoryError instead.
        np.empty(SOLVER_BYTES_PER_VALUE * (raw.nnz + weights.size), dtype=np.uint8)
        machine = LinearSVC(C=REGULARISATION, tol=1e-3, random_state=0)
        rows = tfidf_vectors(log_counts(raw), idf)
        rows.indices, rows.indptr = rows.indices.astype(np.int32), rows.indptr.astype(np.int32)
        for label in np.flatnonzero(is_about.any(axis=0) & ~is_about.all(axis=0)).tolist():
            machine.fit(rows, is_about[:, label])
            weights[:, label], intercepts[label] = machine.coef_[0], machine.intercept_[0]
        return self.restore(vocabulary, idf, weights, intercepts)

    def restore(self, vocabulary: Vocabulary, idf: Vector, weights: Weights, intercepts: Vector) -> Self:
        """Set the fitted state, as computed by `fit` or loaded from disk; the last class asks for no service."""
        self.vocabulary_ = vocabulary
        self.idf_ = idf
        self.weights_ = weights
        self.intercepts_ = intercepts
        return self

    def save(self, folder: Path) -> None:
        """Write the fitted state into a folder."""
        self.vocabulary_.save(folder, "features")
        np.save(folder / "feature-idf.npy", self.idf_)
        np.save(folder / "feature-weights.npy", self.weights_)
        np.save(folder / "intercepts.npy", self.intercepts_)

    @classmethod
    def open(cls, folder: Path, services: Sequence[str]) -> Self:
        """Memory-map the files that `save` wrote."""
        arrays = (
            memory_map(folder / f"{name}.npy") for name in ("feature-idf", "feature-weights", "intercepts")
        )
        return cls(services).restore(Vocabulary.open(folder, "features"), *arrays)

    def decision_function(self, texts: Sequence[str]) -> Vector:
        """Return how far inside each class the texts are: texts by services, and a last column for no service.

        Positive values are inside.
        """
        counts = term_matrix(self.vocabulary_, [Counter(features(text)) for text in texts])
        vectors = tfidf_vectors(log_counts(counts), self.idf_)
        # The weights of the texts' own features only: a product with all of them would first convert all to 64 bits.
        used, columns = np.unique(vectors.indices, return_inverse=True)
        own = sparse.csr_array((vectors.data, columns, vectors.indptr), (len(texts), len(used)))
        margins: Vector = np.asarray(own @ self.weights_[used]) + self.intercepts_
        return margins


def features(text: str) -> list[str]:
    """Return the words of a text, which end in a space, and their character n-grams with a space at each end."""
    found: list[str] = []
    for word in words_of(text):
        padded = f" {word} "
        found.append(f"{word}  ")
        found += [
            padded[start : start + GRAM_LENGTH] for start in range(max(len(padded) - GRAM_LENGTH, 0) + 1)
        ]
    return found


def training_texts(
    phrases: Iterable[Phrase],
    asides: Mapping[str, Sequence[str]],
    requests: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield phrases with their services, and half of the descriptions again after an aside.

    Asides are sentences, by language, that ask for no service. Briefs contain them, so the classifier has to tell a
    brief with an aside from an aside alone. With `requests`, such as "we need", half of the names of services follow
    again after one, as they also begin texts that ask for something else. Checksums choose them, so that a new phrase
    changes no other one.
    """
    for phrase in phrases:
        yield phrase.text, phrase.services
        number = crc32(phrase.text.encode())
        is_description = len(phrase.text.split()) >= MIN_DESCRIPTION_WORDS
        openings = (asides if is_description else requests or {}).get(phrase.lang, ())
        if openings and number % 2:
            yield f"{openings[number // 2 % len(openings)]} {phrase.text}", phrase.services


@lru_cache(maxsize=2)
def classifier_of(glossary: Glossary) -> NeedClassifier:
    """Return the classifier that ranks, cached because it takes half a second and does not depend on documents."""
    asides = glossary.texts_without_need
    texts = training_texts(glossary.phrases, asides)
    return NeedClassifier(glossary.services).fit(texts, chain(*asides.values()))


@lru_cache(maxsize=2)
def suggesting_classifier_of(glossary: Glossary) -> NeedClassifier:
    """Return the classifier that suggests services, cached because it takes a second."""
    owner_texts = glossary.owner_texts
    without_need = [phrase.text for phrase in owner_texts if not phrase.services]
    with_need = [phrase for phrase in owner_texts if phrase.services]
    asides = glossary.texts_without_need
    texts = training_texts([*glossary.phrases, *with_need], asides, glossary.resources.get("requests"))
    return NeedClassifier(glossary.services).fit(texts, [*chain(*asides.values()), *without_need])

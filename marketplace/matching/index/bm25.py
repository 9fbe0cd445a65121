"""Fielded BM25 on scikit-learn's counts: TF-IDF that saturates, so that repeating a word gains little.

For a term t in a document d with fields f:

    tf(t, d)  = sum over f of  w_f * min(count(t, d, f), most) / (1 - b + b * length(d, f) / mean_length(f))
    idf(t)    = ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5))
    weight    = idf(t) * tf * (k1 + 1) / (tf + k1)

S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and Trends in
Information Retrieval 3 (2009), section 3.6 (fields, "BM25F") and 3.4; the idf is the one that cannot be negative.
That a word counts `most` times in a field, also for its length, is our own, against stuffing: saying a word once
more never takes from that word.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer


class FieldedBM25Transformer(TransformerMixin, BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Weights a mapping of field name to count matrix (documents by terms), all over one vocabulary.

    Without `weights` there is one field, and what is given is its matrix itself, as a `CountVectorizer` makes it.
    """

    def __init__(
        self, weights: Mapping[str, float] | None = None, k1: float = 1.2, b: float = 0.75, most: int = 3
    ) -> None:
        self.weights = weights
        self.k1 = k1
        self.b = b
        self.most = most

    def _by_field(self, counts: Any) -> dict[str, tuple[float, Any]]:
        """Return each field's weight and counts."""
        if self.weights is None:
            return {"": (1.0, sparse.csr_array(counts))}
        return {field: (weight, counts[field]) for field, weight in self.weights.items()}

    def fit(self, counts: Any, y: object = None) -> Self:
        """Learn how rare each term is (`idf_`) and how long each field is on average (`mean_length_`)."""
        del y
        fields = self._by_field(counts)
        present = sum((matrix for _, matrix in fields.values()), start=_empty_like(fields)).tocsr()
        documents = present.shape[0]
        found_in = np.bincount(present.indices, minlength=present.shape[1])
        self.idf_ = np.log1p((documents - found_in + 0.5) / (found_in + 0.5))
        self.mean_length_ = {}
        for field, (_, matrix) in fields.items():
            lengths = np.asarray(matrix.minimum(self.most).sum(axis=1)).ravel()
            self.mean_length_[field] = float(lengths[lengths > 0].mean()) if lengths.any() else 1.0
        return self

    def transform(self, counts: Any) -> Any:
        """Return the weights as a sparse matrix (CSR, documents by terms)."""
        fields = self._by_field(counts)
        frequency = _empty_like(fields)
        for field, (weight, given) in fields.items():
            matrix = given.minimum(self.most)
            lengths = np.asarray(matrix.sum(axis=1)).ravel()
            norm = 1.0 - self.b + self.b * lengths / self.mean_length_[field]
            scale = sparse.diags_array(weight / np.maximum(norm, 1e-9))
            frequency = frequency + scale @ matrix
        weights = sparse.csr_array(frequency, dtype=np.float64)
        weights.data = weights.data * (self.k1 + 1.0) / (weights.data + self.k1)
        weights.data *= self.idf_[weights.indices]
        weights.sort_indices()
        return weights


def _empty_like(fields: Mapping[str, tuple[float, Any]]) -> Any:
    return sparse.csr_array(next(iter(fields.values()))[1].shape, dtype=np.float64)


def count_fields(
    documents: Iterable[Mapping[str, Sequence[str]]], fields: Sequence[str]
) -> tuple[list[str], dict[str, Any]]:
    """Count the terms of documents, each a mapping of field name to terms, read once and not kept.

    Returns all terms in alphabetical order, at least the empty one, and for each field its counts (CSR, documents by
    terms).
    """
    counter = CountVectorizer(analyzer=_as_they_are)
    texts = (document[field] for document in documents for field in fields)
    counts = sparse.csr_array(counter.fit_transform(chain([("",)], texts)))
    terms = sorted(counter.vocabulary_)
    if len(terms) > 1:
        terms, counts = terms[1:], counts[:, 1:]
    return terms, {field: counts[1 + place :: len(fields)] for place, field in enumerate(fields)}


def _as_they_are(terms: Sequence[str]) -> Sequence[str]:
    return terms

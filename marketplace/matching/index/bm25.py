"""BM25F: term weights for documents with several fields, computed from scikit-learn count matrices.

For a term t in a document d with fields f:

    tf(t, d)  = sum over f of  w_f * min(count(t, d, f), max_count) / (1 - b + b * length(d, f) / mean_length(f))
    idf(t)    = ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5))
    weight    = idf(t) * tf * (k1 + 1) / (tf + k1)

S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and Trends in
Information Retrieval 3 (2009), section 3.6 (BM25F) and section 3.4; the idf is the variant that cannot be negative.
Capping counts at `max_count`, also in the field length, is our own addition against keyword stuffing: one more
occurrence of a word never lowers that word's weight.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer


class FieldedBM25Transformer(TransformerMixin, BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Weights count matrices (documents by terms), given as a mapping of field name to matrix over one vocabulary.

    Without `weights` there is a single field, and the input is its matrix, as a `CountVectorizer` returns it.
    """

    def __init__(
        self, weights: Mapping[str, float] | None = None, k1: float = 1.2, b: float = 0.75, max_count: int = 3
    ) -> None:
        self.weights = weights
        self.k1 = k1
        self.b = b
        self.max_count = max_count

    def _by_field(self, counts: Any) -> dict[str, tuple[float, Any]]:
        """Return the weight and the counts of each field."""
        if self.weights is None:
            return {"": (1.0, sparse.csr_array(counts))}
        return {field: (weight, counts[field]) for field, weight in self.weights.items()}

    def fit(self, counts: Any, y: object = None) -> Self:
        """Compute the idf of each term (`idf_`) and the mean length of each field (`mean_length_`)."""
        del y
        fields = self._by_field(counts)
        present = sum((matrix for _, matrix in fields.values()), start=_empty_like(fields)).tocsr()
        documents = present.shape[0]
        document_frequency = np.bincount(present.indices, minlength=present.shape[1])
        self.idf_ = np.log1p((documents - document_frequency + 0.5) / (document_frequency + 0.5))
        self.mean_length_ = {}
        for field, (_, matrix) in fields.items():
            lengths = np.asarray(matrix.minimum(self.max_count).sum(axis=1)).ravel()
            self.mean_length_[field] = float(lengths[lengths > 0].mean()) if lengths.any() else 1.0
        return self

    def transform(self, counts: Any) -> Any:
        """Return the weights as a sparse matrix (CSR, documents by terms)."""
        fields = self._by_field(counts)
        frequency = _empty_like(fields)
        for field, (weight, field_counts) in fields.items():
            matrix = field_counts.minimum(self.max_count)
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
    """Count terms per field of documents, each a mapping of field name to terms; documents are iterated over once.

    Returns the distinct terms in alphabetical order (the empty string if there are none), and the counts per field
    (CSR, documents by terms).
    """
    counter = CountVectorizer(analyzer=_identity)
    texts = (document[field] for document in documents for field in fields)
    counts = sparse.csr_array(counter.fit_transform(chain([("",)], texts)))
    terms = sorted(counter.vocabulary_)
    if len(terms) > 1:
        terms, counts = terms[1:], counts[:, 1:]
    return terms, {field: counts[1 + i :: len(fields)] for i, field in enumerate(fields)}


def _identity(terms: Sequence[str]) -> Sequence[str]:
    return terms

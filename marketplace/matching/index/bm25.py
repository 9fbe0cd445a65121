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

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

BATCH_SIZE = 1_000
"""How many documents are counted and weighted at a time, to bound the memory used while building."""
MAX_STORED = 255
"""Counts are stored in a byte."""


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
        return self.fit_batches([counts])

    def fit_batches(self, batches: Sequence[Any]) -> Self:
        """Fit to batches of documents, each as in `fit`, over one vocabulary. There is at least one batch."""
        lengths: dict[str, list[Any]] = {}
        for counts in batches:
            for field, (_, matrix) in self._by_field(counts).items():
                lengths.setdefault(field, []).append(self._lengths(matrix.minimum(self.max_count)))
        documents = sum(map(len, next(iter(lengths.values()))))
        frequency = self.document_frequency(batches)
        self.idf_ = np.log1p((documents - frequency + 0.5) / (frequency + 0.5))
        self.mean_length_ = {}
        for field, by_batch in lengths.items():
            known = np.concatenate(by_batch)
            known = known[known > 0]
            self.mean_length_[field] = float(known.mean()) if len(known) else 1.0
        return self

    def document_frequency(self, batches: Sequence[Any]) -> Any:
        """Return how many documents contain each term in any field."""
        total: Any = 0
        for counts in batches:
            fields = self._by_field(counts)
            present = sum((matrix for _, matrix in fields.values()), start=_empty_like(fields)).tocsr()
            total = total + np.bincount(present.indices, minlength=present.shape[1])
        return total

    @staticmethod
    def _lengths(matrix: Any) -> Any:
        return np.asarray(matrix.sum(axis=1)).ravel()

    def transform(self, counts: Any) -> Any:
        """Return the weights as a sparse matrix (CSR, documents by terms)."""
        fields = self._by_field(counts)
        frequency = _empty_like(fields)
        for field, (weight, field_counts) in fields.items():
            matrix = field_counts.minimum(self.max_count)
            norm = 1.0 - self.b + self.b * self._lengths(matrix) / self.mean_length_[field]
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
) -> tuple[list[str], list[dict[str, Any]]]:
    """Count terms per field of documents, each a mapping of field name to terms; documents are iterated over once.

    Returns the distinct terms in alphabetical order (the empty string if there are none), and at least one batch of
    counts per field (CSR, documents by terms).
    """
    positions: dict[str, int] = {}
    counted = [
        {field: _count((document[field] for document in batch), positions) for field in fields}
        for batch in _batches(documents)
    ]
    terms = sorted(positions)
    columns = np.empty(len(terms), dtype=np.int32)
    columns[[positions[term] for term in terms]] = np.arange(len(terms), dtype=np.int32)
    for batch in counted:
        for field, (counts, indices, ends) in batch.items():
            shape = (len(ends) - 1, max(len(terms), 1))
            batch[field] = sparse.csr_array((counts, columns[indices], ends), shape)
    return terms or [""], counted


def _batches(documents: Iterable[Mapping[str, Sequence[str]]]) -> Iterator[list[Mapping[str, Sequence[str]]]]:
    """Yield documents in batches; at least one, which may be empty."""
    remaining = iter(documents)
    batch = list(islice(remaining, BATCH_SIZE))
    yield batch
    while batch := list(islice(remaining, BATCH_SIZE)):
        yield batch


def _count(texts: Iterable[Sequence[str]], positions: dict[str, int]) -> tuple[Any, Any, Any]:
    """Return the counts, positions and ends of the texts' terms; new terms are added to `positions`."""
    counted = [Counter(terms) for terms in texts]
    counts = [min(count, MAX_STORED) for terms in counted for count in terms.values()]
    indices = [positions.setdefault(term, len(positions)) for terms in counted for term in terms]
    ends = np.cumsum([0, *map(len, counted)], dtype=np.int32)
    return np.array(counts, dtype=np.uint8), np.array(indices, dtype=np.int32), ends

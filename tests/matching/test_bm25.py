"""The BM25F transformer follows scikit-learn's conventions."""

import pickle

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone

from marketplace.matching import Document, Glossary, Index
from marketplace.matching.index import bm25
from marketplace.matching.index.bm25 import FieldedBM25Transformer

COUNTS = {
    "name": sparse.csr_array(np.array([[1, 0, 0], [0, 1, 0]])),
    "text": sparse.csr_array(np.array([[2, 1, 0], [0, 50, 1]])),
}


def test_transformer_can_be_cloned_and_pickled() -> None:
    weighting = FieldedBM25Transformer({"name": 2.0, "text": 1.0}, k1=1.5)
    assert weighting.get_params() == {
        "weights": {"name": 2.0, "text": 1.0},
        "k1": 1.5,
        "b": 0.75,
        "max_count": 3,
    }
    weights = weighting.fit_transform(COUNTS).toarray()
    copied = clone(weighting)
    assert not hasattr(copied, "idf_")
    assert copied.fit_transform(COUNTS).toarray().tolist() == weights.tolist()
    assert pickle.loads(pickle.dumps(weighting)).transform(COUNTS).toarray().tolist() == weights.tolist()


def test_fifty_occurrences_count_as_three() -> None:
    weighting = FieldedBM25Transformer({"text": 1.0}).fit(COUNTS)
    three = {"text": sparse.csr_array(np.array([[2, 1, 0], [0, 3, 1]]))}
    assert weighting.transform(three).toarray().tolist() == weighting.transform(COUNTS).toarray().tolist()


def test_batches_give_the_same_postings_as_one(
    suppliers: list[Document], glossary: Glossary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def postings() -> list[list[float]]:
        (part,) = Index.build(suppliers, glossary)._store.lexical.slices
        return [array.tolist() for array in (part.postings.indptr, part.postings.rows, part.postings.weights)]

    expected = postings()
    monkeypatch.setattr(bm25, "BATCH_SIZE", 2)
    assert postings() == expected

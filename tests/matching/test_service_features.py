"""Packed service features: values, their sums, and the size of an index."""

import numpy as np
import pytest

from marketplace.matching import Document, Glossary, Index
from marketplace.matching.index.service_features import (
    BLOCK_SIZE,
    SCALE,
    PackedFeatures,
    ServiceFeatures,
    pack,
)

SERVICES = 5


def _features(documents: int) -> ServiceFeatures:
    rng = np.random.default_rng(1)
    topics, evidence = rng.random((2, SERVICES, documents))
    related, ticked = rng.random((2, SERVICES, documents)) > 0.5
    return ServiceFeatures(topics, evidence, related, ticked)


@pytest.mark.parametrize("sizes", [(0,), (1,), (3, 0, 9), (BLOCK_SIZE, 7)])
def test_packed_features_are_those_of_all_batches(sizes: tuple[int, ...]) -> None:
    batches = [_features(size) for size in sizes]
    packed = PackedFeatures.of([pack(batch) for batch in batches])
    size, weights = sum(sizes), np.array([0.5, 0.0, 0.1, 0.2, 0.3])
    assert packed.size == size
    for name in ServiceFeatures._fields:
        expected = np.concatenate([getattr(batch, name) for batch in batches], axis=1)
        by_service = np.array([packed.of_service(name, service) for service in range(SERVICES)])
        np.testing.assert_allclose(by_service, expected, rtol=0, atol=0.5 / SCALE)
        for row in {0, size - 1} & set(range(size)):
            assert (packed.of_document(name, row) == by_service[:, row]).all()
        if name == "topics":
            np.testing.assert_allclose(packed.weighted_topics(weights), weights @ by_service, rtol=1e-6)


def test_round_values_are_exact() -> None:
    values = np.array([[0.0, 0.1, 0.15, 0.25, 1 / 3, 0.5, 0.85, 0.9, 1.0]])
    packed = PackedFeatures.of([pack(ServiceFeatures(values, values, values > 0, values > 0))])
    assert packed.of_service("evidence", 0).tolist() == values[0].tolist()


def test_service_features_take_under_five_bytes_per_service_and_document(
    glossary: Glossary, suppliers: list[Document]
) -> None:
    features = Index.build(suppliers, glossary)._store.base.features
    size = sum(getattr(features, name).nbytes for name in PackedFeatures.FILES)
    assert size < 5 * len(glossary.services) * len(suppliers)

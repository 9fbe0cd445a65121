"""BoundedCache: lookup, eviction order and use from several threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.core.cache import BoundedCache

pytestmark = pytest.mark.once


def test_get_returns_stored_value_or_default() -> None:
    cache: BoundedCache[str, int | None] = BoundedCache(2)
    cache.put("a", None)
    assert cache.get("a", "missing") is None
    assert cache.get("b", "missing") == "missing"


def test_put_beyond_max_size_evicts_least_recently_used() -> None:
    cache: BoundedCache[str, int] = BoundedCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("a", None)
    cache.put("c", 3)
    assert [cache.get(key, None) for key in "abc"] == [1, None, 3]
    assert len(cache) == 2


def test_put_of_existing_key_replaces_value_and_evicts_nothing() -> None:
    cache: BoundedCache[str, int] = BoundedCache(2)
    for key, value in (("a", 1), ("b", 2), ("a", 3)):
        cache.put(key, value)
    assert [cache.get(key, None) for key in "ab"] == [3, 2]


def test_get_or_create_creates_each_value_once() -> None:
    cache: BoundedCache[int, int] = BoundedCache(4)
    created: list[int] = []
    for key in (1, 2, 1, 2):
        assert cache.get_or_create(key, lambda key=key: created.append(key) or -key) == -key  # type: ignore[func-returns-value]  # because append returns None
    assert created == [1, 2]


def test_get_or_create_stores_nothing_when_creation_fails() -> None:
    cache: BoundedCache[int, float] = BoundedCache(4)
    with pytest.raises(ZeroDivisionError):
        cache.get_or_create(0, lambda: 1 / 0)
    assert len(cache) == 0


def test_clear_removes_all_entries() -> None:
    cache: BoundedCache[int, int] = BoundedCache(4)
    cache.put(1, 1)
    cache.clear()
    assert (len(cache), cache.get(1, None)) == (0, None)


def test_concurrent_use_stays_within_max_size_and_returns_right_values() -> None:
    cache: BoundedCache[int, int] = BoundedCache(8)

    def use(start: int) -> bool:
        keys = [(start * 7 + step) % 20 for step in range(500)]
        return all(cache.get_or_create(key, lambda key=key: key * 10) == key * 10 for key in keys)  # type: ignore[misc]  # because the default binds the key

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(8)))
    assert len(cache) <= 8

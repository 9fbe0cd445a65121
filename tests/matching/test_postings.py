"""Posting lists give the same results as a plain matrix product, by every code path."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import sparse

from marketplace.matching.storage import postings as module
from marketplace.matching.storage.postings import DamagedPostingsError, Postings

pytestmark = pytest.mark.once

TERMS = 6
# Few distinct weights, so that ties are frequent; their sums are exact in any order.
weight = st.sampled_from([0.0, 0.0, 0.0, 0.25, 0.5, 1.0, 7.0])
documents = st.lists(st.lists(weight, min_size=TERMS, max_size=TERMS), max_size=60)
queries = st.lists(st.tuples(st.integers(-2, TERMS + 2), st.sampled_from([0.0, 0.5, 1.0, 3.0])), max_size=8)


def _matrix(rows: list[list[float]]) -> np.ndarray:
    return np.array(rows, dtype=np.float32).reshape(-1, TERMS)


def _split(query: list[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [column for column, _ in query], [weight for _, weight in query]


def _exact_scores(matrix: np.ndarray, query: list[tuple[int, float]]) -> np.ndarray:
    """Return the exact scores, added up in the order of the query."""
    parts = [
        matrix[:, column].astype(np.float64) * weight if 0 <= column < TERMS else np.zeros(len(matrix))
        for column, weight in query
    ]
    return np.ascontiguousarray(np.array(parts).reshape(len(query), len(matrix)).T).sum(axis=1)


@given(rows=documents, query=queries)
def test_scores_equal_matrix_product(rows, query):
    matrix = _matrix(rows)
    scores = Postings.of(sparse.csr_array(matrix)).scores(*_split(query))
    assert scores.dtype == np.float32
    assert scores == pytest.approx(_exact_scores(matrix, query), rel=1e-5)


@pytest.mark.parametrize(("name", "value"), [("_csc_matvec", None), ("MAX_INT32", 0)])
def test_sparsetools_scores_equal_numpy_scores(name, value):
    """NumPy is the fallback if SciPy lacks the routine or the lists are too long for it."""

    @given(rows=documents, query=queries)
    def property_holds(rows, query):
        postings = Postings.of(sparse.csr_array(_matrix(rows)))
        fast = postings.scores(*_split(query))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, name, value)
            slow = postings.scores(*_split(query))
        # Not bit-identical: on some processors SciPy's routine uses fused multiply-add.
        assert fast == pytest.approx(slow, rel=1e-6)

    property_holds()


@pytest.mark.parametrize(("name", "value"), [("_csr_sample_values", None), ("MAX_INT32", 0)])
def test_sparsetools_lookup_equals_numpy_lookup(name, value):
    @given(rows=documents, query=queries, wanted=st.lists(st.integers(-3, 70), max_size=9))
    def property_holds(rows, query, wanted):
        postings = Postings.of(sparse.csr_array(_matrix(rows)))
        fast = postings.contributions(*_split(query), wanted)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, name, value)
            slow = postings.contributions(*_split(query), wanted)
        assert fast.tolist() == slow.tolist()
        outside = [at for at, row in enumerate(wanted) if not 0 <= row < len(rows)]
        assert not fast[outside].any()

    property_holds()


def test_sparsetools_routines_are_available():
    assert module._csc_matvec is not None
    assert module._csr_sample_values is not None


@given(rows=documents, query=queries)
def test_contributions_add_up_to_exact_score(rows, query):
    matrix = _matrix(rows)
    every = np.arange(len(matrix))
    postings = Postings.of(sparse.csr_array(matrix))
    parts = postings.contributions(*_split(query), every)
    assert parts.shape == (len(matrix), len(query))
    assert parts.sum(axis=1).tolist() == _exact_scores(matrix, query).tolist()
    for row in every:
        alone = postings.contributions(*_split(query), [row])
        assert alone.sum(axis=1).tolist() == parts[[row]].sum(axis=1).tolist()
    for at, (column, weight) in enumerate(query):
        known = 0 <= column < TERMS
        assert parts[:, at].tolist() == (
            (matrix[:, column].astype(np.float64) * weight).tolist() if known else [0.0] * len(matrix)
        )


def _assert_top(postings, exact, query, count, margin=0.0):
    """Compare the top rows, exactly scored, with the head of all sorted scores."""
    rows, scores = postings.top(*_split(query), count, margin=margin)
    assert scores.tolist() == postings.scores(*_split(query))[rows].tolist()
    assert list(zip(-scores, rows, strict=True)) == sorted(zip(-scores, rows, strict=True))
    last = np.sort(exact)[-count] - margin if 0 < count <= len(exact) else 0.0
    expected = np.flatnonzero((exact > 0) & (exact >= last)) if count else []
    assert set(expected) <= set(rows.tolist())
    assert all(exact[row] >= last * (1 - 1e-5) - 1e-12 for row in rows)


@pytest.mark.parametrize("max_list", [0, 4_000])
def test_top_contains_highest_exact_scores(max_list):
    """For single lists that are partitioned or not, and for several lists."""

    @given(rows=documents, query=queries | queries.map(lambda query: query[:1]), data=st.data())
    def property_holds(rows, query, data):
        matrix = _matrix(rows)
        count = data.draw(st.integers(0, 70) | st.integers(1, 3), label="count")
        margin = data.draw(st.sampled_from([0.0, 0.25, 5.0]), label="margin")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "MAX_LIST_TO_PARTITION", max_list)
            postings = Postings.of(sparse.csr_array(matrix))
            _assert_top(postings, _exact_scores(matrix, query), query, count, margin)

    property_holds()


@pytest.mark.parametrize("count", [1, 20, 1000])
def test_top_of_many_rows_equals_head_of_sorted_scores(count):
    """Some lists are long and of low weight, as those of common words."""
    rng = np.random.default_rng(count)
    frequencies = 0.9 / (1 + np.arange(40))
    matrix = sparse.csr_array(
        (rng.random((50_003, 40)) < frequencies) * -np.log(frequencies) * rng.random((50_003, 40))
    )
    matrix = matrix.astype(np.float32)
    for size in (1, 40):
        query = list(zip(range(size), 0.5 + rng.random(size), strict=True))
        exact = matrix[:, :size].astype(np.float64) @ np.array([weight for _, weight in query])
        _assert_top(Postings.of(matrix), exact, query, count)


def test_equal_scores_are_all_returned_in_row_order():
    postings = Postings.of(sparse.csr_array(np.ones((1050, 2), dtype=np.float32)))
    for columns in ([0], [0, 1]):
        rows, scores = postings.top(columns, [0.1] * len(columns), 5)
        assert rows.tolist() == list(range(1050))
        assert set(scores.tolist()) == set(postings.scores(columns, [0.1] * len(columns)).tolist())


def test_float32_rounding_hides_no_row():
    """2^24 + 1 is 2^24 in float32, but the exact scores differ."""
    matrix = np.array([[2.0**24, 0.5], [2.0**24, 1.0], [1.0, 0.0]], dtype=np.float32)
    rows, _ = Postings.of(sparse.csr_array(matrix)).top([0, 1], [1.0, 1.0], 1)
    assert rows.tolist() == [0, 1]


@given(rows=documents, query=queries)
def test_opened_postings_are_identical(tmp_path_factory, rows, query):
    folder = tmp_path_factory.mktemp("postings") / "new"
    original = Postings.of(sparse.csr_array(_matrix(rows)))
    original.save(folder)
    opened = Postings.open(folder)
    opened.check()
    assert (opened.size, opened.terms, opened.nbytes) == (original.size, TERMS, original.nbytes)
    for name in ("indptr", "rows", "weights"):
        assert getattr(opened, name).tobytes() == getattr(original, name).tobytes()
        assert getattr(opened, name).dtype == getattr(original, name).dtype
    assert opened.scores(*_split(query)).tobytes() == original.scores(*_split(query)).tobytes()


@given(rows=documents)
def test_lists_contain_matrix_columns(rows):
    matrix = _matrix(rows)
    postings = Postings.of(sparse.coo_array(matrix))
    for column in range(TERMS):
        holders = np.flatnonzero(matrix[:, column])
        assert postings.rows_of(column).tolist() == holders.tolist()
    for unknown in (-1, TERMS):
        assert postings.rows_of(unknown).size == 0
    assert postings.nbytes == 8 * np.count_nonzero(matrix) + 8 * (TERMS + 1)


def test_matrix_is_not_modified():
    matrix = sparse.csc_array(([1.0, 2.0, 0.0], [1, 1, 0], [0, 3]), shape=(2, 1))
    postings = Postings.of(matrix)
    assert matrix.nnz == 3
    assert (postings.rows.tolist(), postings.weights.tolist()) == ([1], [3.0])


@pytest.mark.parametrize("name", ["indptr", "rows", "weights"])
def test_postings_are_read_only(tmp_path, name):
    original = Postings.of(sparse.csr_array(np.eye(3)))
    original.save(tmp_path)
    for postings in (original, Postings.open(tmp_path)):
        with pytest.raises(ValueError, match="read-only"):
            getattr(postings, name)[0] = 1


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, 1e300])
def test_invalid_weight_is_refused(bad):
    with pytest.raises(ValueError, match="finite"), np.errstate(over="ignore"):
        Postings.of(sparse.csr_array([[bad]]))


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_INT32", 2)
    with pytest.raises(ValueError, match="32 bits"):
        Postings.of(sparse.csr_array(np.eye(3)))


@pytest.mark.parametrize(
    ("columns", "weights"),
    [([0], [np.nan]), ([0], [np.inf]), ([0], [1e300]), ([0, 1], [1.0]), ([[0]], [[1.0]])],
)
def test_invalid_query_is_refused(columns, weights):
    with pytest.raises(ValueError, match="query"):
        Postings.of(sparse.csr_array(np.eye(2))).scores(columns, weights)


def test_top_refuses_negative_query_weights():
    postings = Postings.of(sparse.csr_array(np.eye(2)))
    assert postings.scores([0], [-1.0]).tolist() == [-1.0, 0.0]
    with pytest.raises(ValueError, match="from 0 up"):
        postings.top([0], [-1.0], 1)


def _cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4])


def _other_type(file: Path) -> None:
    np.save(file, np.load(file).astype(np.int16))


def _one_item_less(file: Path) -> None:
    np.save(file, np.atleast_1d(np.load(file))[:-1])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [_cut_short, _other_type, _one_item_less, _empty])
@pytest.mark.parametrize("name", ["indptr", "rows", "weights", "size"])
def test_damaged_files_are_refused(tmp_path, name, damage):
    Postings.of(sparse.csr_array(np.eye(3))).save(tmp_path)
    damage(tmp_path / f"{name}.npy")
    with pytest.raises(DamagedPostingsError):
        Postings.open(tmp_path)


def test_missing_file_is_named(tmp_path):
    Postings.of(sparse.csr_array(np.eye(3))).save(tmp_path)
    (tmp_path / "rows.npy").unlink()
    with pytest.raises(FileNotFoundError, match=r"rows\.npy"):
        Postings.open(tmp_path)


@pytest.mark.parametrize("pointers", [[1, 1, 2, 3], [0, 3, 2, 3], [0, 1, 2, 4], [0, 1, 2, 2]])
def test_invalid_pointers_are_refused(tmp_path, pointers):
    Postings.of(sparse.csr_array(np.eye(3))).save(tmp_path)
    np.save(tmp_path / "indptr.npy", np.array(pointers))
    with pytest.raises(DamagedPostingsError, match="as long as"):
        Postings.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("rows", [0, 1, 9]),
        ("rows", [-1, 1, 2]),
        ("rows", [1, 1, 2]),
        ("rows", [1, 0, 2]),
        ("weights", [1, np.nan, 1]),
        ("weights", [1, 1, -1]),
    ],
)
def test_check_detects_damage_inside_lists(tmp_path, name, values):
    good = Postings.of(sparse.csr_array([[1.0, 0, 0], [1.0, 0, 0], [0, 0, 1.0]]))
    good.check()
    good.save(tmp_path)
    np.save(tmp_path / f"{name}.npy", np.array(values, dtype=getattr(good, name).dtype))
    with pytest.raises(DamagedPostingsError):
        Postings.open(tmp_path).check()


def test_empty_postings_return_nothing(tmp_path):
    for shape in ((0, 0), (0, 3), (3, 0)):
        postings = Postings.of(sparse.csr_array(shape))
        postings.check()
        postings.save(tmp_path)
        opened = Postings.open(tmp_path)
        assert opened.scores([0, 1], [1.0, 1.0]).tolist() == [0.0] * shape[0]
        assert opened.top([0], [1.0], 5)[0].size == 0
        assert opened.contributions([0], [1.0], range(shape[0])).tolist() == [[0.0]] * shape[0]

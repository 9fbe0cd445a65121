"""Postings give what a plain product of matrix and query gives, whichever way they are walked, kept or cut off."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from marketplace.matching.storage import maxscore
from marketplace.matching.storage import postings as module
from marketplace.matching.storage.postings import DamagedPostingsError, Postings

pytestmark = pytest.mark.once

TERMS = 6
# Few different weights, so that scores are often equal; their sums are exact in whatever order.
weight = st.sampled_from([0.0, 0.0, 0.0, 0.25, 0.5, 1.0, 7.0])
documents = st.lists(st.lists(weight, min_size=TERMS, max_size=TERMS), max_size=60)
asked = st.lists(st.tuples(st.integers(-2, TERMS + 2), st.sampled_from([0.0, 0.5, 1.0, 3.0])), max_size=8)
quickly = settings(max_examples=150)


def _matrix(rows: list[list[float]]) -> np.ndarray:
    return np.array(rows, dtype=np.float32).reshape(-1, TERMS)


def _split(query: list[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [column for column, _ in query], [weight for _, weight in query]


def _plainly(matrix: np.ndarray, query: list[tuple[int, float]]) -> np.ndarray:
    """Return the exact scores, added up in the query's order."""
    parts = [
        matrix[:, column].astype(np.float64) * weight if 0 <= column < TERMS else np.zeros(len(matrix))
        for column, weight in query
    ]
    return np.ascontiguousarray(np.array(parts).reshape(len(query), len(matrix)).T).sum(axis=1)


@quickly
@given(rows=documents, query=asked)
def test_scores_are_the_product_of_matrix_and_query(rows, query):
    matrix = _matrix(rows)
    scores = Postings.of(sparse.csr_array(matrix)).scores(*_split(query))
    assert scores.dtype == np.float32
    assert scores == pytest.approx(_plainly(matrix, query), rel=1e-5)


@pytest.mark.parametrize(("name", "value"), [("_csc_matvec", None), ("MAX_INT32", 0)])
def test_the_quick_way_is_the_slow_way(name, value):
    """It is taken when SciPy has no such routine, or when the lists are too long for it."""

    @quickly
    @given(rows=documents, query=asked)
    def holds(rows, query):
        postings = Postings.of(sparse.csr_array(_matrix(rows)))
        quick = postings.scores(*_split(query))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, name, value)
            slow = postings.scores(*_split(query))
        # Not to the bit: on some processors SciPy's routine multiplies and adds with one rounding.
        assert quick == pytest.approx(slow, rel=1e-6)

    holds()


@pytest.mark.parametrize(("name", "value"), [("_csr_sample_values", None), ("MAX_INT32", 0)])
def test_looking_up_quickly_is_looking_up_slowly(name, value):
    @quickly
    @given(rows=documents, query=asked, wanted=st.lists(st.integers(-3, 70), max_size=9))
    def holds(rows, query, wanted):
        postings = Postings.of(sparse.csr_array(_matrix(rows)))
        quick = postings.contributions(*_split(query), wanted)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, name, value)
            slow = postings.contributions(*_split(query), wanted)
        assert quick.tolist() == slow.tolist()
        outside = [at for at, row in enumerate(wanted) if not 0 <= row < len(rows)]
        assert not quick[outside].any()

    holds()


def test_the_quick_ways_are_there():
    assert module._csc_matvec is not None
    assert module._csr_sample_values is not None


@quickly
@given(rows=documents, query=asked)
def test_contributions_add_up_to_the_exact_score(rows, query):
    matrix = _matrix(rows)
    every = np.arange(len(matrix))
    postings = Postings.of(sparse.csr_array(matrix))
    parts = postings.contributions(*_split(query), every)
    assert parts.shape == (len(matrix), len(query))
    assert parts.sum(axis=1).tolist() == _plainly(matrix, query).tolist()
    for row in every:
        alone = postings.contributions(*_split(query), [row])
        assert alone.sum(axis=1).tolist() == parts[[row]].sum(axis=1).tolist()
    for at, (column, weight) in enumerate(query):
        known = 0 <= column < TERMS
        assert parts[:, at].tolist() == (
            (matrix[:, column].astype(np.float64) * weight).tolist() if known else [0.0] * len(matrix)
        )


@pytest.mark.parametrize(
    "ways",
    [
        {},
        {"MAX_FORWARD_INDEX": -1},
        {"MIN_POSTINGS_TO_PRUNE": 0},
        {"MIN_POSTINGS_TO_PRUNE": 0, "MAX_LOOKUPS": 2},
    ],
)
def test_the_top_is_the_head_of_all_sorted(ways):
    """Whether rows are looked up in what each document holds or in the lists, or the long ones of little weight are skipped, or that turns out not to pay."""

    @quickly
    @given(rows=documents, query=asked, data=st.data())
    def holds(rows, query, data):
        matrix = _matrix(rows)
        count = data.draw(st.integers(0, 70) | st.integers(1, 3), label="count")
        margin = data.draw(st.sampled_from([0.0, 0.25, 5.0]), label="margin")
        some = st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))
        alive = data.draw(st.none() | some, label="alive")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "MAX_FORWARD_INDEX", -1 if ways else module.MAX_FORWARD_INDEX)
            for name, value in ways.items():
                patch.setattr(maxscore if hasattr(maxscore, name) else module, name, value)
            found, scores = Postings.of(sparse.csr_array(matrix)).top(
                *_split(query),
                count,
                margin=margin,
                alive=None if alive is None else np.array(alive, dtype=bool),
            )
        exact = _plainly(matrix, query)
        those = [row for row in range(len(rows)) if exact[row] > 0 and (alive is None or alive[row])]
        those.sort(key=lambda row: (-exact[row], row))
        if count < len(those):
            last = exact[those[count - 1]] - margin if count else np.inf
            those = [row for row in those if exact[row] >= last]
        assert found.tolist() == those
        assert scores.tolist() == exact[those].tolist()

    holds()


@pytest.mark.parametrize(("by_row", "worth"), [(10**9, 0), (0, 10**9), (0, 0)])
@pytest.mark.parametrize("count", [1, 20, 1000])
def test_the_top_of_many_is_the_head_of_all_sorted(monkeypatch, count, by_row, worth):
    """Some lists are long and give little, as common words do."""
    monkeypatch.setattr(module, "MAX_FORWARD_INDEX", by_row)
    monkeypatch.setattr(maxscore, "MIN_POSTINGS_TO_PRUNE", worth)
    chance = np.random.default_rng(count)
    held = 0.9 / (1 + np.arange(40))
    matrix = sparse.csr_array(
        (chance.random((50_003, 40)) < held) * -np.log(held) * chance.random((50_003, 40))
    )
    matrix = matrix.astype(np.float32)
    columns, weights = np.arange(40), 0.5 + chance.random(40)
    found, scores = Postings.of(matrix).top(columns, weights, count)
    exact = matrix.astype(np.float64) @ weights
    order = np.lexsort((np.arange(50_003), -exact))[:count]
    assert found.tolist() == order.tolist()
    assert scores == pytest.approx(exact[order], rel=1e-12)


@pytest.mark.parametrize(("looked_up", "lists"), [(20_000, [[1]]), (0, [[1], [0]])])
def test_long_lists_of_little_weight_are_not_read(monkeypatch, looked_up, lists):
    """Those that hold the rare word are looked up in what each document says, unless they are too many."""
    monkeypatch.setattr(maxscore, "MAX_LOOKUPS", looked_up)
    monkeypatch.setattr(module, "MAX_FORWARD_INDEX", 0)
    monkeypatch.setattr(maxscore, "MIN_POSTINGS_TO_PRUNE", 0)
    matrix = np.zeros((1000, 2), dtype=np.float32)
    matrix[:, 0], matrix[[7, 70, 700], 1] = 0.1, [5.0, 6.0, 5.5]
    postings = Postings.of(sparse.csr_array(matrix))
    read = []
    add = Postings.add
    monkeypatch.setattr(
        Postings,
        "add",
        lambda self, scores, *lists: read.append(lists[0].tolist()) or add(self, scores, *lists),
    )
    assert postings.top([0, 1], [1.0, 1.0], 2)[0].tolist() == [70, 700]
    assert read == lists


@pytest.mark.parametrize("by_row", [0, 10_000])
def test_what_all_hold_alike_comes_whole_and_in_order(monkeypatch, by_row):
    monkeypatch.setattr(module, "MAX_FORWARD_INDEX", by_row)
    monkeypatch.setattr(module, "LOOKUP_BATCH", 100)
    found, scores = Postings.of(sparse.csr_array(np.ones((1050, 1), dtype=np.float32))).top([0], [0.1], 5)
    assert found.tolist() == list(range(1050))
    assert set(scores.tolist()) == {0.1}


@pytest.mark.parametrize("by_row", [0, 10])
def test_rounding_hides_nobody(monkeypatch, by_row):
    """Sixteen million and one is sixteen million in float32: the last of the two rows is the higher one."""
    monkeypatch.setattr(module, "MAX_FORWARD_INDEX", by_row)
    matrix = np.array([[2.0**24, 0.5], [2.0**24, 1.0], [1.0, 0.0]], dtype=np.float32)
    found, scores = Postings.of(sparse.csr_array(matrix)).top([0, 1], [1.0, 1.0], 1)
    assert (found.tolist(), scores.tolist()) == ([1], [2.0**24 + 1])


@quickly
@given(rows=documents, query=asked)
def test_what_is_saved_and_opened_is_the_same_to_the_bit(tmp_path_factory, rows, query):
    folder = tmp_path_factory.mktemp("postings") / "new"
    made = Postings.of(sparse.csr_array(_matrix(rows)))
    made.save(folder)
    opened = Postings.open(folder)
    opened.check()
    assert (opened.size, opened.terms, opened.nbytes) == (made.size, TERMS, made.nbytes)
    for name in ("indptr", "rows", "weights", "max_weights"):
        assert getattr(opened, name).tobytes() == getattr(made, name).tobytes()
        assert getattr(opened, name).dtype == getattr(made, name).dtype
    assert opened.scores(*_split(query)).tobytes() == made.scores(*_split(query)).tobytes()


@quickly
@given(rows=documents)
def test_lists_hold_what_the_matrix_does(rows):
    matrix = _matrix(rows)
    postings = Postings.of(sparse.coo_array(matrix))
    for column in range(TERMS):
        holders = np.flatnonzero(matrix[:, column])
        assert postings.rows_of(column).tolist() == holders.tolist()
        assert postings.weights_of(column).tolist() == matrix[holders, column].tolist()
        every = np.arange(len(matrix), dtype=np.int32)
        assert postings.weights_at(column, every).tolist() == matrix[:, column].tolist()
    for unknown in (-1, TERMS):
        assert postings.rows_of(unknown).size == postings.weights_of(unknown).size == 0
    assert postings.max_weights.tolist() == [
        max(postings.weights_of(column), default=0.0) for column in range(TERMS)
    ]
    assert postings.nbytes == 8 * np.count_nonzero(matrix) + 8 * (TERMS + 1) + 4 * TERMS


def test_the_matrix_stays_as_it_was():
    matrix = sparse.csc_array(([1.0, 2.0, 0.0], [1, 1, 0], [0, 3]), shape=(2, 1))
    postings = Postings.of(matrix)
    assert matrix.nnz == 3
    assert (postings.rows_of(0).tolist(), postings.weights_of(0).tolist()) == ([1], [3.0])


@pytest.mark.parametrize("name", ["indptr", "rows", "weights", "max_weights"])
def test_nothing_can_be_written_into_postings(tmp_path, name):
    made = Postings.of(sparse.csr_array(np.eye(3)))
    made.save(tmp_path)
    for postings in (made, Postings.open(tmp_path)):
        with pytest.raises(ValueError, match="read-only"):
            getattr(postings, name)[0] = 1


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, 1e300])
def test_a_weight_that_is_none_is_refused(bad):
    with pytest.raises(ValueError, match="finite"), np.errstate(over="ignore"):
        Postings.of(sparse.csr_array([[bad]]))


def test_more_rows_than_numbers_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_INT32", 2)
    with pytest.raises(ValueError, match="32 bits"):
        Postings.of(sparse.csr_array(np.eye(3)))


@pytest.mark.parametrize(
    ("columns", "weights"),
    [([0], [np.nan]), ([0], [np.inf]), ([0], [1e300]), ([0, 1], [1.0]), ([[0]], [[1.0]])],
)
def test_a_query_that_is_none_is_refused(columns, weights):
    with pytest.raises(ValueError, match="query"):
        Postings.of(sparse.csr_array(np.eye(2))).scores(columns, weights)


def test_scores_below_0_have_no_top():
    postings = Postings.of(sparse.csr_array(np.eye(2)))
    assert postings.scores([0], [-1.0]).tolist() == [-1.0, 0.0]
    with pytest.raises(ValueError, match="from 0 up"):
        postings.top([0], [-1.0], 1)


def _cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4])


def _other_kind(file: Path) -> None:
    np.save(file, np.load(file).astype(np.int16))


def _shorter(file: Path) -> None:
    np.save(file, np.atleast_1d(np.load(file))[:-1])


def _emptied(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [_cut_short, _other_kind, _shorter, _emptied])
@pytest.mark.parametrize("name", ["indptr", "rows", "weights", "max_weights", "size"])
def test_damaged_files_are_refused(tmp_path, name, damage):
    Postings.of(sparse.csr_array(np.eye(3))).save(tmp_path)
    damage(tmp_path / f"{name}.npy")
    with pytest.raises(DamagedPostingsError):
        Postings.open(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    Postings.of(sparse.csr_array(np.eye(3))).save(tmp_path)
    (tmp_path / "rows.npy").unlink()
    with pytest.raises(FileNotFoundError, match=r"rows\.npy"):
        Postings.open(tmp_path)


@pytest.mark.parametrize("pointers", [[1, 1, 2, 3], [0, 3, 2, 3], [0, 1, 2, 4], [0, 1, 2, 2]])
def test_pointers_that_cannot_be_are_refused(tmp_path, pointers):
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
        ("max_weights", [1, 0, 0.5]),
    ],
)
def test_a_check_reads_what_opening_does_not(tmp_path, name, values):
    good = Postings.of(sparse.csr_array([[1.0, 0, 0], [1.0, 0, 0], [0, 0, 1.0]]))
    good.check()
    good.save(tmp_path)
    np.save(tmp_path / f"{name}.npy", np.array(values, dtype=getattr(good, name).dtype))
    with pytest.raises(DamagedPostingsError):
        Postings.open(tmp_path).check()


def test_no_documents_and_no_terms_give_nothing(tmp_path):
    for shape in ((0, 0), (0, 3), (3, 0)):
        postings = Postings.of(sparse.csr_array(shape))
        postings.check()
        postings.save(tmp_path)
        opened = Postings.open(tmp_path)
        assert opened.scores([0, 1], [1.0, 1.0]).tolist() == [0.0] * shape[0]
        assert opened.top([0], [1.0], 5)[0].size == 0
        assert opened.contributions([0], [1.0], range(shape[0])).tolist() == [[0.0]] * shape[0]

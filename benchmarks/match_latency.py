"""Match latency: services suggested, suppliers ranked, the top twenty explained. Run by `make bench-match`.

Writes benchmarks/MATCH_LATENCY.md. One process, one thread. 1,000 profiles are combined from sentences of the evaluation
sets; 100,000 consist of words drawn from a Zipf distribution.
"""

import csv
import datetime as dt
import json
import multiprocessing as mp
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engines.children import memory, settle
from benchmarks.engines.texts import GeneratedTexts
from marketplace.data import data_path
from marketplace.matching import Document, Index, Position, Query
from marketplace.suppliers.glossary import glossary

ROOT = Path(__file__).parents[1]
SETS = ("devset", "market/dev", "market/test")
SMALL, LARGE = 1_000, 100_000
SMALL_WORDS = ("og", "i", "på", "for", "med", "som", "til", "vi", "er", "en")
LISTED, VARIANTS, WORKERS, ROUNDS = 20, 30, 2, 3
CHANGED = Document(
    id="new", name="Ny", text="Vi lager nettbutikk og tar bilder fra lufta.", services=("ecm.shop",)
)


def rows(name: str, sets: tuple[str, ...] = SETS) -> list[dict[str, Any]]:
    """Return the rows of a file in the evaluation sets."""
    paths = [ROOT / "tests" / "data" / one / name for one in sets]
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def positions() -> dict[str, Position]:
    """Return the positions of municipalities."""
    with data_path("municipalities.csv").open(encoding="utf-8", newline="") as file:
        return {row["number"]: Position(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}


def realistic_suppliers(count: int) -> list[Document]:
    """Return suppliers whose texts combine sentences of two real profiles and a dozen words of others."""
    chance, known = random.Random(1), rows("suppliers.jsonl", SETS[:2])
    places = positions()
    sentences = [[s for s in row["text"].replace("!", ".").split(".") if s.strip()] for row in known]
    words = [word for row in known for word in row["text"].split()]
    made = []
    for number in range(count):
        one, two = chance.randrange(len(known)), chance.randrange(len(known))
        text = [chance.choice(sentences[one]) for _ in range(3)] + [
            chance.choice(sentences[two]) for _ in range(2)
        ]
        row, home = known[one], known[two].get("municipality")
        made.append(
            Document(
                id=str(number),
                name=f"{row['name']} {number}",
                text=". ".join([*text, " ".join(chance.sample(words, 12))]),
                lang=row["lang"],
                services=tuple(row["services"]),
                sectors=tuple(row.get("sectors", ())),
                municipality=home,
                position=places.get(home or ""),
                remote=row.get("remote", True),
                price_from_nok=row.get("price_from_nok"),
            )
        )
    return made


def briefs(*, confirmed: bool) -> list[Query]:
    """Return the briefs of the evaluation sets."""
    places = positions()
    return [
        Query(
            id=row["id"],
            title=row["title"],
            text=row["text"],
            lang=row["lang"],
            needs=tuple(row["confirmed_services"]) if confirmed else (),
            sector=row.get("sector") or "",
            municipality=row.get("municipality"),
            position=places.get(row.get("municipality") or ""),
            presence="must" if row.get("on_site") else "remote",
            budget_max_nok=row.get("budget_nok"),
        )
        for row in rows("briefs.jsonl")
    ]


def timed(what: Callable[[], object]) -> float:
    """Return the CPU time of a call in milliseconds, which other processes on the machine change less."""
    started = time.process_time()
    what()
    return (time.process_time() - started) * 1000


def match(index: Index, query: Query) -> None:
    """Run the steps of the ranking page for a brief."""
    index.suggest_needs(query.text, query.lang, title=query.title)
    index.rank(query, LISTED)


def table_row(name: str, times: list[float]) -> str:
    """Return a row of the table in the report."""
    low, middle, high = np.percentile(times, [10, 50, 95])
    return f"| {name} | {low:.1f} | {middle:.1f} | {high:.1f} | {len(times)} |"


def small(folder: Path) -> list[str]:
    """Measure with a directory of regional size."""
    built = Index.build(realistic_suppliers(SMALL), glossary())
    built.save(folder / "small")
    index = Index.open(folder / "small", glossary())
    index.prepare()  # as each process does in the background
    lines = []
    for name, confirmed in (("services inferred", False), ("services confirmed", True)):
        asked = briefs(confirmed=confirmed)
        times = [timed(lambda query=query: match(index, query)) for _ in range(ROUNDS) for query in asked]
        lines.append(table_row(f"match, {name}", times))
        for label, explained in ((f"top {LISTED} without words", 0), (f"top {LISTED} explained", LISTED)):
            times = [timed(lambda q=query, e=explained: index.rank(q, LISTED, explain=e)) for query in asked]
            lines.append(table_row(f"{label}, {name}", times))
    asked = briefs(confirmed=True)
    budgets = [5_000 * (number + 1) for number in range(VARIANTS)]
    variants = [[_with_budget(query, budget) for budget in budgets] for query in asked]
    lines.append(
        table_row(f"{VARIANTS} variants of a brief", [timed(lambda v=v: index.fits(v)) for v in variants])
    )
    lines.append(table_row("update of one supplier and ranking", changes(index, asked)))
    lines.append(
        table_row("open", [timed(lambda: Index.open(folder / "small", glossary())) for _ in range(10)])
    )
    return lines


def _with_budget(query: Query, budget: int) -> Query:
    return Query(**{**{name: getattr(query, name) for name in query.__slots__}, "budget_max_nok": budget})


def changes(index: Index, asked: list[Query]) -> list[float]:
    """Return the times from a profile change to the next ranking, with one supplier added and one removed each time."""
    return [
        timed(lambda n=n, q=query: index.changed([CHANGED], removed=[str(n)]).rank(q, LISTED, explain=0))
        for n, query in enumerate(asked[:20])
    ]


def _with_small_words(text: str) -> str:
    """Insert function words into a text, because a text of content words only is penalised as a keyword list."""
    words = text.split()
    return " ".join(f"{word} {SMALL_WORDS[place % len(SMALL_WORDS)]}" for place, word in enumerate(words))


def _work(folder: Path, barrier: Any, pipe: Connection) -> None:
    asked, known = briefs(confirmed=True), glossary()
    Index.build((), known).suggest_needs("nettside")  # part of every process, so excluded from the growth
    settle()
    before = memory()
    index = Index.open(folder, known)
    for query in asked[:50]:
        index.fit(query)
        index.rank(query, LISTED)
    settle()
    barrier.wait()  # pages count as private until the other processes have read them
    after = memory()
    barrier.wait()
    pipe.send({key: after[key] - before[key] for key in after})


def large(folder: Path) -> list[str]:
    """Measure the private memory of workers, and the cost of a change, with a very large directory."""
    texts, known = GeneratedTexts(3), realistic_suppliers(1_000)
    documents = [
        Document(
            id=str(number),
            name=f"Byrå {number}",
            text=_with_small_words(text),
            services=known[number % 1_000].services,
            municipality=known[number % 1_000].municipality,
            price_from_nok=known[number % 1_000].price_from_nok,
        )
        for number, text in enumerate(texts.profiles(LARGE))
    ]
    started = time.process_time()
    Index.build(documents, glossary(), training=documents[:2_000]).save(folder / "large")
    seconds = time.process_time() - started
    size = sum(path.stat().st_size for path in (folder / "large").rglob("*") if path.is_file()) / LARGE
    lines = [f"Building and saving the index took {seconds:.0f} s; it has {size / 1000:.1f} kB per supplier."]
    context = mp.get_context("spawn")
    barrier, pipes = context.Barrier(WORKERS), [context.Pipe() for _ in range(WORKERS)]
    workers = [context.Process(target=_work, args=(folder / "large", barrier, there)) for _, there in pipes]
    for worker in workers:
        worker.start()
    grown = [here.recv() for here, _ in pipes]
    for worker in workers:
        worker.join()
    private = ", ".join(f"{one['private'] / 1e6:.1f}" for one in grown)
    lines.append(f"After 50 briefs, the private memory of {WORKERS} workers has grown by {private} MB.")
    index = Index.open(folder / "large", glossary())
    times = changes(index, briefs(confirmed=True))
    lines.append(f"A changed supplier is in the next ranking after {np.percentile(times, 50):.0f} ms (p50).")
    return lines


def main() -> None:
    """Measure and write the report."""
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table, prose = small(folder), [] if "--small" in sys.argv else large(folder)
    lines = [
        "# Match latency",
        "",
        f"Written by `make bench-match` on {dt.date.today().isoformat()}: CPU time of one thread.",  # noqa: DTZ011 because the day is for people who read it here
        f"{SMALL:,} suppliers, {LISTED} of them listed and explained, {len(briefs(confirmed=True))} briefs.",
        "",
        "| what | p10 ms | p50 ms | p95 ms | times |",
        "|---|---|---|---|---|",
        *table,
        *(["", f"## {LARGE:,} suppliers", "", *prose] if prose else []),
    ]
    text = "\n".join(lines) + "\n"
    (ROOT / "benchmarks" / "MATCH_LATENCY.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()

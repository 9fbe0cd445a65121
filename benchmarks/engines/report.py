"""The table of what was measured, as Markdown."""

import datetime as dt
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.engines.children import Child

RESULTS = Path(__file__).parents[1] / "RESULTS.md"
PACKAGES = ("numpy", "scipy", "scikit-learn", "bm25s", "numba", "tantivy")
TARGETS_MS = {10_000: 0.3, 100_000: 1.2, 1_000_000: 8.0}
MEGABYTE = 1e6
HEAD = """# The matcher's scan beside other engines

Written by `make bench-engines` on {date}: {cpu}, {cores} cores, Python {python}, {packages}.

Made-up suppliers with 60 to 100 words each out of 60,000 (as common as by a flattened Zipf's law, words that say
nothing left out) and briefs of 100 different words. Each engine runs in a process of its own with one thread, indexes
the same texts, and is asked the same briefs by turns, so that what disturbs the machine disturbs all; a quick engine
first answers the three briefs before once more, untimed. Time is from words to the first 20 suppliers. A machine is
quicker at one hour than at another: compare within a table, not between runs. p10 shows what the undisturbed tenth took.

*Index* is the processor's time from texts to an index that answers (of PostgreSQL, the clock's); *change* until the next answer knows one supplier's new text (bm25s
cannot, and indexes anew); *memory* is what the process grew by, in brackets without what it maps from files and the
system can share or drop; *bytes* are those of the index for each pair of a supplier and a word it holds; *same* is how
much of the first 20 is ours too: the others count words more coarsely, or by another formula.
"""


@dataclass
class Size:
    """What was measured at one size."""

    suppliers: int
    postings: int
    children: Sequence[Child]
    limits: dict[str, list[float]]
    touched: Sequence[int]
    shared: list[dict[str, int]] | None


def _ms(times: Sequence[float], share: float) -> float:
    return 1e3 * float(np.quantile(times, share))


def _row(child: Child, size: Size) -> str:
    ours = size.children[0]
    p10, p50, p95 = (_ms(child.times, share) for share in (0.1, 0.5, 0.95))
    change, kept, memory = child.measured["change"], child.measured["bytes"], child.measured["memory"]
    asked = len(child.times)
    same = np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(child.answers, ours.answers, strict=False)])
    ratio = _ms(ours.times[:asked], 0.5) / p50
    cells = [
        child.name,
        f"{p10:.2f}",
        f"{p50:.2f}",
        f"{p95:.2f}",
        "" if child is ours else f"{ratio:.3f}",
        "not told" if child.measured["index"] is None else f"{child.measured['index']:.1f}",
        "anew" if change is None else f"{1e3 * change:.1f}",
        "a server's"
        if child.name == "PostgreSQL"
        else f"{memory['resident'] / MEGABYTE:.0f} ({memory['own'] / MEGABYTE:.0f})",
        f"{kept / size.postings:.2f}",
        f"{same:.0%}",
        str(asked),
    ]
    return f"| {' | '.join(cells)} |"


def _section(size: Size) -> str:
    ours = size.children[0]
    best = min(size.children[1:], key=lambda child: _ms(child.times, 0.5))
    p50 = _ms(ours.times, 0.5)
    lines = [
        f"\n## {size.suppliers:,} suppliers, {size.postings:,} postings\n",
        "| engine | p10 ms | p50 ms | p95 ms | ours / it, p50 | index s | change ms | memory MB | bytes | same | briefs |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *(_row(child, size) for child in size.children),
        "",
    ]
    ratio = p50 / _ms(best.times, 0.5)
    target = TARGETS_MS.get(size.suppliers)
    if target is not None:
        lines.append(f"- Ours takes {p50:.2f} ms (p50); the target is {target} ms.")
    lines.append(f"- To the best of the others, {best.name}: {ratio:.2f}.")
    stream, total = size.limits["stream"], size.limits["stream_sum"]
    touched = np.median(size.touched) / MEGABYTE
    lines.append(
        f"- A brief's lists hold {touched:.1f} MB (median). NumPy reads as much from memory in {_ms(stream, 0.5):.2f} ms"
        f" (`max`) or {_ms(total, 0.5):.2f} ms (`sum`): ours takes {p50 / _ms(stream, 0.5):.1f} and"
        f" {p50 / _ms(total, 0.5):.1f} times that; undisturbed (p10 of both)"
        f" {_ms(ours.times, 0.1) / _ms(stream, 0.1):.1f} and {_ms(ours.times, 0.1) / _ms(total, 0.1):.1f} times."
    )
    lines.append(
        f"- Scores of all suppliers, with no list skipped and no first 20: {_ms(size.limits['scan'], 0.5):.2f} ms (p50),"
        f" {_ms(size.limits['scan'], 0.1):.2f} ms (p10)."
    )
    if size.shared:
        grown = ", ".join(f"{worker['private'] / MEGABYTE:.1f} MB" for worker in size.shared)
        lines.append(
            f"- {len(size.shared)} processes open the same saved index of {ours.measured['bytes'] / MEGABYTE:.0f} MB and"
            f" answer 50 briefs each: their private memory grows by {grown}."
        )
    return "\n".join(lines) + "\n"


def _cpu() -> str:
    found = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return found[0] if found else platform.machine()


def write(sizes: Sequence[Size]) -> str:
    """Write the results and return what was added."""
    head = HEAD.format(
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        cpu=_cpu(),
        cores=os.cpu_count(),
        python=platform.python_version(),
        packages=", ".join(f"{name} {version(name)}" for name in PACKAGES),
    )
    sections = [_section(size) for size in sorted(sizes, key=lambda size: size.suppliers)]
    RESULTS.write_text((head + "".join(sections)).rstrip() + "\n", encoding="utf-8")
    return _section(sizes[-1])

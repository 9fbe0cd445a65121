"""Format the measurements as Markdown."""

import datetime as dt
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.engines.children import EngineProcess

RESULTS = Path(__file__).parents[1] / "RESULTS.md"
PACKAGES = ("numpy", "scipy", "scikit-learn", "bm25s", "numba", "tantivy")
TARGETS_MS = {10_000: 0.3, 100_000: 1.2, 1_000_000: 8.0}
MEGABYTE = 1e6
HEAD = """# Posting lists compared with other search engines

Written by `make bench-engines` on {date}: {cpu}, {cores} cores, Python {python}, {packages}.

Synthetic suppliers of 60 to 100 words out of 60,000 (Zipf-distributed without stop words), and briefs of 100 distinct
words. Each engine runs with one thread in a process of its own, indexes the same texts, and is asked the same briefs in
rotation, so that disturbances of the machine affect all engines alike; a fast engine first repeats the three briefs
before, untimed. Times are from words to the top 20 suppliers. The machine's speed varies by the hour: compare within a
table, not between runs. p10 is the time of the undisturbed tenth.

*Index* is the processor time from texts to a searchable index (wall-clock time for PostgreSQL). *Change* is the time
until the next query finds a supplier's new text (bm25s has to rebuild the index). *Memory* is the growth of the process,
in brackets without file mappings, which the system can share or drop. *Bytes* are those of the index per posting. *Same*
is the share of the top 20 that is also in ours: the other engines quantise counts or use another formula.
"""


@dataclass
class SizeResult:
    """The measurements at one size."""

    suppliers: int
    postings: int
    children: Sequence[EngineProcess]
    limits: dict[str, list[float]]
    touched_bytes: Sequence[int]
    memory_growth: list[dict[str, int]] | None


def _ms(times: Sequence[float], share: float) -> float:
    return 1e3 * float(np.quantile(times, share))


def _row(child: EngineProcess, size: SizeResult) -> str:
    ours = size.children[0]
    p10, p50, p95 = (_ms(child.times, share) for share in (0.1, 0.5, 0.95))
    change, index_bytes, memory = child.measured["change"], child.measured["bytes"], child.measured["memory"]
    brief_count = len(child.times)
    same = np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(child.answers, ours.answers, strict=False)])
    ratio = _ms(ours.times[:brief_count], 0.5) / p50
    cells = [
        child.name,
        f"{p10:.2f}",
        f"{p50:.2f}",
        f"{p95:.2f}",
        "" if child is ours else f"{ratio:.3f}",
        "not measured" if child.measured["index"] is None else f"{child.measured['index']:.1f}",
        "rebuild" if change is None else f"{1e3 * change:.1f}",
        "(server)"
        if child.name == "PostgreSQL"
        else f"{memory['resident'] / MEGABYTE:.0f} ({memory['own'] / MEGABYTE:.0f})",
        f"{index_bytes / size.postings:.2f}",
        f"{same:.0%}",
        str(brief_count),
    ]
    return f"| {' | '.join(cells)} |"


def _section(size: SizeResult) -> str:
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
    lines.append(f"- Ratio to the fastest other engine, {best.name}: {ratio:.2f}.")
    stream, total = size.limits["stream"], size.limits["stream_sum"]
    touched_bytes = np.median(size.touched_bytes) / MEGABYTE
    lines.append(
        f"- A brief's posting lists take {touched_bytes:.1f} MB (median). NumPy reads this much memory in {_ms(stream, 0.5):.2f} ms"
        f" (`max`) or {_ms(total, 0.5):.2f} ms (`sum`): ours takes {p50 / _ms(stream, 0.5):.1f} and"
        f" {p50 / _ms(total, 0.5):.1f} times that; undisturbed (p10 of both)"
        f" {_ms(ours.times, 0.1) / _ms(stream, 0.1):.1f} and {_ms(ours.times, 0.1) / _ms(total, 0.1):.1f} times."
    )
    lines.append(
        f"- Scoring all suppliers, without selection: {_ms(size.limits['scan'], 0.5):.2f} ms (p50),"
        f" {_ms(size.limits['scan'], 0.1):.2f} ms (p10)."
    )
    if size.memory_growth:
        grown = ", ".join(f"{worker['private'] / MEGABYTE:.1f} MB" for worker in size.memory_growth)
        lines.append(
            f"- {len(size.memory_growth)} processes map the same saved index of {ours.measured['bytes'] / MEGABYTE:.0f} MB and"
            f" answer 50 briefs each; their private memory grows by {grown}."
        )
    return "\n".join(lines) + "\n"


def _cpu() -> str:
    models = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return models[0] if models else platform.machine()


def write(sizes: Sequence[SizeResult]) -> str:
    """Write the report and return the section added last."""
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

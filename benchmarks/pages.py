"""What the main pages cost with 1,000 suppliers and 500 briefs, beside a bare Flask page in the same run.

Run by `make bench`. Uses its own temporary database, or the one in DATABASE_URL, which must be empty.
"""

import sys
import tempfile
import time

from benchmarks.servers import Timing, measure, serve
from benchmarks.world import LIMITS, seeded

LIMIT = 15.0
READY_SECONDS = 6.0
"""After the address answers, the words that explain are read beside the first pages."""


def main() -> int:
    """Seed, measure, print the table; return 1 when a page costs more than the limit."""
    with tempfile.TemporaryDirectory() as folder:
        world = seeded(folder)
        with serve("benchmarks.bare:app", {}) as bare, serve("marketplace.app:create_app()", LIMITS) as port:
            measure(port, "/suppliers")
            time.sleep(READY_SECONDS)
            measure(bare, "/")
            rows = [("bare Flask page", measure(bare, "/", rounds=300))]
            for role, path in world.pages:
                rows.append((f"{role} {path}", measure(port, path, headers=world.headers(role))))
            rows.append(("bare Flask page, again", measure(bare, "/", rounds=300)))
    return report(rows)


def report(rows: list[tuple[str, Timing]]) -> int:
    """Print the table and return the exit status."""
    base = max(rows[0][1].p95, rows[-1][1].p95)
    sys.stdout.write(f"{'page':60} {'p50 ms':>8} {'p95 ms':>8} {'kB':>7} {'x bare':>7}\n")
    worst = 0.0
    for name, timing in rows:
        ratio = timing.p95 / base
        worst = max(worst, ratio)
        sys.stdout.write(
            f"{name[:60]:60} {timing.p50:8.2f} {timing.p95:8.2f} {timing.bytes / 1000:7.1f} {ratio:7.1f}\n"
        )
    sys.stdout.write(f"Dearest page: {worst:.1f} x a bare page (limit {LIMIT:.0f}).\n")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())

"""Response times of the main pages with 1,000 suppliers and 500 briefs, relative to a bare Flask page. Run by `make bench`.

Includes the report of a project of 100 companies, 24 sessions, 600 marks, 300 objectives and 2,000 measurements. Uses a temporary database, or the empty one in DATABASE_URL.
"""

import sys
import tempfile
import time

from benchmarks.seeded_site import LIMITS, seed_site
from benchmarks.servers import Timing, measure, serve

LIMIT = 15.0
REPORT_LIMIT_MS = 1000.0
"""Limit of the pages that compute a report: they count a year of a project, or a whole garden, at each request."""
WARM_UP_SECONDS = 6.0
"""Time for the server to warm its caches in the background after it starts to answer."""


def main() -> int:
    """Seed, measure and print the table. Return 1 if a page exceeds the limit."""
    with tempfile.TemporaryDirectory() as folder:
        site = seed_site(folder)
        with (
            serve("benchmarks.baseline_app:app", {}) as bare,
            serve("marketplace.app:create_app()", LIMITS) as port,
        ):
            measure(port, "/suppliers")
            time.sleep(WARM_UP_SECONDS)
            measure(bare, "/")
            rows = [("bare Flask page", measure(bare, "/", rounds=300))]
            for role, path in site.pages:
                rows.append((f"{role} {path}", measure(port, path, headers=site.headers(role))))
            rows.append(("bare Flask page, again", measure(bare, "/", rounds=300)))
    return report(rows)


def report(rows: list[tuple[str, Timing]]) -> int:
    """Print the table and return the exit status: 1 if a page exceeds its limit by the 95th percentile."""
    base = max(rows[0][1].p95, rows[-1][1].p95)
    sys.stdout.write(f"{'page':60} {'p50 ms':>8} {'p95 ms':>8} {'kB':>7} {'x bare':>7}\n")
    worst = slowest_report = 0.0
    for name, timing in rows:
        ratio = timing.p95 / base
        if name.endswith("/report"):
            slowest_report = max(slowest_report, timing.p95)
        else:
            worst = max(worst, ratio)
        sys.stdout.write(
            f"{name[:60]:60} {timing.p50:8.2f} {timing.p95:8.2f} {timing.bytes / 1000:7.1f} {ratio:7.1f}\n"
        )
    sys.stdout.write(f"Slowest page: {worst:.1f} x a bare page (limit {LIMIT:.0f}).\n")
    sys.stdout.write(f"Slowest report: {slowest_report:.0f} ms (limit {REPORT_LIMIT_MS:.0f}).\n")
    return int(worst > LIMIT or slowest_report > REPORT_LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())

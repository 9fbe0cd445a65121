"""Response times of the main pages with 1,000 suppliers and 500 briefs, relative to a bare Flask page. Run by `make bench`.

Includes the report of a project of 100 companies, 24 sessions, 600 marks, 300 objectives and 2,000 measurements. Uses a temporary database, or the empty one in DATABASE_URL.
"""

import sys
import tempfile
import time
from collections.abc import Mapping

from benchmarks.seeded_site import LIMITS, SeededSite, seed_site
from benchmarks.servers import WARM_UP_REQUESTS, Timing, measure, serve

LIMIT = 15.0
REPORT_LIMIT_MS = 1000.0
"""Limit of the pages that compute a report: they count a year of a project, or a whole garden, at each request."""
WARM_UP_SECONDS = 6.0
"""Time for the server to warm its caches in the background after it starts to answer."""
ROUNDS, REQUESTS, BARE_REQUESTS = 6, 20, 10
"""Number of rounds over all pages, and of the requests in a round to each page and to the bare page before it.

A disturbance of the machine lasts for seconds. Within one block of requests it would decide the 95th percentile of a
page alone; in rounds it reaches a few requests of many pages, and of the bare page.
"""


def main() -> int:
    """Seed, measure and print the table. Return 1 if a page exceeds the limit."""
    with tempfile.TemporaryDirectory() as folder:
        site = seed_site(folder)
        with (
            serve("benchmarks.baseline_app:app", {}) as bare,
            serve("marketplace.app:create_app()", LIMITS) as port,
        ):
            measure(port, "/suppliers", REQUESTS)
            time.sleep(WARM_UP_SECONDS)
            return report(*measure_pages(site, port, bare))


def measure_pages(site: SeededSite, port: int, bare: int) -> tuple[Timing, dict[str, Timing]]:
    """Return the response times of the bare page, and of each page by role and path."""
    bare_page, pages = Timing((), 0), dict[str, Timing]()
    for number in range(ROUNDS + 1):
        for role, path in site.pages:
            before = measure(bare, "/", BARE_REQUESTS)
            block = measure(port, path, REQUESTS if number else WARM_UP_REQUESTS, site.headers(role))
            if number:  # the first round warms the caches
                name = f"{role} {path}"
                bare_page, pages[name] = bare_page + before, pages.get(name, Timing((), 0)) + block
    return bare_page, pages


def report(bare_page: Timing, pages: Mapping[str, Timing]) -> int:
    """Print the table and return the exit status: 1 if a page exceeds its limit by the 95th percentile."""
    sys.stdout.write(f"{'page':60} {'p50 ms':>8} {'p95 ms':>8} {'kB':>7} {'x p50':>7} {'x p95':>7}\n")
    for name, timing in {"bare Flask page": bare_page, **pages}.items():
        sys.stdout.write(
            f"{name[:60]:60} {timing.p50:8.2f} {timing.p95:8.2f} {timing.bytes / 1000:7.1f}"
            f" {timing.p50 / bare_page.p50:7.1f} {timing.p95 / bare_page.p95:7.1f}\n"
        )
    slowest_report = max(timing.p95 for name, timing in pages.items() if name.endswith("/report"))
    worst = max(timing.p95 for name, timing in pages.items() if not name.endswith("/report")) / bare_page.p95
    sys.stdout.write(f"Slowest page: {worst:.1f} x a bare page (limit {LIMIT:.0f}).\n")
    sys.stdout.write(f"Slowest report: {slowest_report:.0f} ms (limit {REPORT_LIMIT_MS:.0f}).\n")
    return int(worst > LIMIT or slowest_report > REPORT_LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())

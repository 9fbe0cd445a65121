"""What the main pages cost with 1,000 suppliers and 500 briefs, beside a bare Flask page in the same run.

Run by `make bench`. Uses its own temporary database, or the one in DATABASE_URL, which must be empty.
"""

import os
import sys
import tempfile
from pathlib import Path

from flask import Flask

from benchmarks.servers import Timing, measure, serve
from marketplace import migrate
from marketplace.accounts import use_cases as accounts
from marketplace.app import create_app
from marketplace.core.database import db
from marketplace.demo import scale

LIMIT = 15.0


def _cookie(app: Flask, user_id: int) -> str:
    """Return the cookie of a person who has signed in."""
    token = accounts.open_session(user_id, "benchmark", gave_code=True)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # because Flask's own interface signs
    return f"session={serializer.dumps({'_user_id': token, '_fresh': True})}"


def main() -> int:
    """Seed, measure, print the table; return 1 when a page costs more than the limit."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["INSTANCE_PATH"] = str(Path(folder, "instance"))
        app = create_app()
        with app.app_context():
            migrate.upgrade(db.engine)
            world = scale.seed(suppliers=1000, briefs=500)
            cookies = {role: _cookie(app, user_id) for role, user_id in world.people.items()}
            db.session.remove()
            db.engine.dispose()
        # One address asks for many lists, and as curators without a telephone for codes.
        limits = {"LIST_PAGES_PER_MINUTE": "0", "SECOND_FACTOR": "0"}
        with serve("benchmarks.bare:app", {}) as bare, serve("marketplace.app:create_app()", limits) as port:
            measure(bare, "/")
            rows = [("bare Flask page", measure(bare, "/", rounds=300))]
            for role, path in world.pages:
                rows.append((f"{role} {path}", measure(port, path, cookie=cookies.get(role, ""))))
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

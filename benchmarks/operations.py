"""Duration of single operations with a limit: password check, suspension, migration, PDF. Run by `make bench-operations`.

Uses a temporary database, or the empty one in DATABASE_URL, with 1,000 suppliers and 5,000 briefs.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping

from sqlalchemy import Engine, select

from benchmarks.seeded_site import seed_site
from marketplace.accounts import password_hashing
from marketplace.accounts.password_strength import common_words, is_guessable
from marketplace.app import create_app
from marketplace.core.database import db, session
from marketplace.core.viewer import Viewer
from marketplace.database import migrate
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.strategy.document_export.markdown import to_markdown
from marketplace.strategy.document_export.pdf import to_pdf
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.queries.document_export import exported_version, outline_of_version
from marketplace.vetting import use_cases
from marketplace.vetting.models import Vetting
from marketplace.vetting.use_cases import Decision

ROUNDS = 9
MIN_CHECK_MS, MAX_RULE_MS, MAX_SUSPENDED_MS, MAX_MIGRATING_MS, MAX_PDF_MS = 50.0, 250.0, 50.0, 5000.0, 1000.0


def median_ms(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of an action, in milliseconds."""
    taken = []
    for _round in range(rounds):
        begun = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)


def password_ms() -> tuple[float, float]:
    """Return the duration of a password check, and of the strength check of the longest password."""
    cost = password_hashing.HashCost()
    password_hash = password_hashing.hash_password("grønn traktor på jordet", cost)
    common_words()
    check = median_ms(lambda: password_hashing.verify(password_hash, "grønn traktor på jordet", cost))
    return check, median_ms(lambda: is_guessable("x9" * 64, ("kari", "bjørkvollen")))


def suspended_ms(people: Mapping[str, int]) -> float:
    """Return how much a suspension delays the next ranking of a process, which has to update its index."""
    corpus()
    taken = []
    for _round in range(ROUNDS):
        item = session.scalars(
            select(Vetting).where(Vetting.state == "approved", Vetting.category == "ecm").limit(1)
        ).one()
        curator = Viewer(
            user_id=people["garden"],
            organisation_id=item.garden_id,
            organisation_kind="garden",
            role="curator",
        )
        use_cases.decide(curator, item.id, Decision("suspend", item.revision, {}, "Svarer ikke."))
        session.rollback()
        begun = time.perf_counter()
        corpus()
        taken.append(1000 * (time.perf_counter() - begun))
        session.rollback()
    return statistics.median(taken)


def pdf_ms() -> float:
    """Return the duration of the PDF of a strategy: the longest one in the database."""
    strategies = session.scalars(select(Strategy).join(Strategy.versions).distinct()).all()
    outlines = [outline_of_version(exported_version(strategy)) for strategy in strategies]
    longest = max(outlines, key=lambda outline: len(to_markdown(outline)))
    to_pdf(longest)
    return median_ms(lambda: to_pdf(longest))


def migrating_ms(engine: Engine) -> float:
    """Return the duration of the newest migration."""
    newest = migrate.head() or "base"
    taken = []
    for _round in range(3):
        migrate.downgrade(engine, f"{int(newest) - 1:04d}")
        begun = time.perf_counter()
        migrate.upgrade(engine)
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)


def main() -> int:
    """Seed, measure and print the table. Return 1 if a limit is not met."""
    with tempfile.TemporaryDirectory() as folder:
        site = seed_site(folder, briefs=5000)
        check, rule = password_ms()
        app = create_app()
        with app.app_context():
            suspended = suspended_ms(site.people)
            pdf = pdf_ms()
            db.session.remove()
            migrating = migrating_ms(db.engine)
            db.engine.dispose()
    rows = [
        ("password check", check, f"at least {MIN_CHECK_MS:.0f}", check >= MIN_CHECK_MS),
        ("password strength check", rule, f"at most {MAX_RULE_MS:.0f}", rule <= MAX_RULE_MS),
        (
            "index update after suspension",
            suspended,
            f"at most {MAX_SUSPENDED_MS:.0f}",
            suspended <= MAX_SUSPENDED_MS,
        ),
        (
            "newest migration",
            migrating,
            f"at most {MAX_MIGRATING_MS:.0f}",
            migrating <= MAX_MIGRATING_MS,
        ),
        ("strategy as PDF", pdf, f"at most {MAX_PDF_MS:.0f}", pdf <= MAX_PDF_MS),
    ]
    for what, milliseconds, limit, is_met in rows:
        sys.stdout.write(f"{what:30} {milliseconds:9.1f} ms  {limit}{'' if is_met else '  NOT MET'}\n")
    return int(not all(row[-1] for row in rows))


if __name__ == "__main__":
    sys.exit(main())

"""A suspended supplier leaves the next ranking of every process, even during a refit."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.sourcing import use_cases as sourcing
from marketplace.sourcing.ranking import directory_snapshots
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.vetting import use_cases
from marketplace.vetting.queries import vettings_of
from marketplace.vetting.use_cases import Decision
from tests import factories

NAMES = [f"Forsvinner {number}" for number in range(5)]
ANSWERS = """
import json, sys
from marketplace.app import create_app
from marketplace.core.database import session
from marketplace.matching import Query
from marketplace.sourcing.ranking.corpus import corpus

query = Query("x", "Nettbutikk", "Vi vil selge på nett", needs=("ecm.shop",))
with create_app().app_context():
    for _line in sys.stdin:
        now = corpus()
        listed = [match.document_id for match in now.index.rank(query, explain=0).matches]
        session.rollback()
        print(json.dumps({"listed": listed, "fitted": now.fitted.digest}), flush=True)
"""


class RankingProcess:
    """Another process that ranks on request."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def ask(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def ranking_process(app: Any) -> Iterator[RankingProcess]:
    environment = {
        "DATABASE_URL": app.config["SETTINGS"].database_url,
        "INSTANCE_PATH": app.instance_path,
        "PATH": "",
    }
    with subprocess.Popen(
        [sys.executable, "-c", ANSWERS],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield RankingProcess(process)
        assert process.stdin is not None
        process.stdin.close()


def suspend(market: Any, name: str, curator: Any, process: RankingProcess) -> dict[str, Any]:
    """Suspend a supplier and return the other process's next ranking."""
    (item,) = vettings_of(market.suppliers[name].id)
    use_cases.decide(curator, item.id, Decision("suspend", item.revision, {}, "Svarer ikke."))
    return process.ask()


def test_suspended_supplier_leaves_other_process_at_once_and_during_refit(app, market):
    for name in NAMES:
        market.add(name, "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    curator = factories.member(market.garden, "curator")
    session.commit()
    sourcing.refit()  # as the worker does; without a version to fit on, every process fits during the request
    *at_once, last = NAMES
    with ranking_process(app) as process:
        first = process.ask()
        before, old = first["listed"], first["fitted"]
        for name in at_once:
            number = str(market.suppliers[name].id)
            answer = suspend(market, name, curator, process)
            assert number in before
            assert number not in answer["listed"]
        assert set(before) - set(answer["listed"]) == {str(market.suppliers[name].id) for name in at_once}
        number = str(market.suppliers[last].id)
        with transaction():
            wanted = directory_snapshots.save_version(list(corpus().documents.values())[:2])
            wanted.base_since = clock.now()
        digest = wanted.digest
        begun = process.ask()
        answer = suspend(market, last, curator, process)
        assert (number in begun["listed"], number in answer["listed"]) == (True, False)
        assert (begun["fitted"], answer["fitted"]) == (old, old), (
            "the new fit was ready too early for this check"
        )
        for _try in range(1200):
            answer = process.ask()
            assert number not in answer["listed"]
            if answer["fitted"] == digest:
                break
            time.sleep(0.05)
        assert answer["fitted"] == digest

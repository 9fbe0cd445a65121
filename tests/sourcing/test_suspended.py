"""A suspended supplier is out of the next answer of every process, at once, also while one of them learns anew."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.sourcing import directory_snapshots
from marketplace.sourcing import use_cases as sourcing
from marketplace.sourcing.corpus import corpus
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
from marketplace.sourcing.corpus import corpus

query = Query("x", "Nettbutikk", "Vi vil selge på nett", needs=("ecm.shop",))
with create_app().app_context():
    for _line in sys.stdin:
        now = corpus()
        listed = [match.document_id for match in now.index.rank(query, explain=0).matches]
        session.rollback()
        print(json.dumps({"listed": listed, "base": now.base.digest}), flush=True)
"""


class Other:
    """Another process that ranks when it is asked to."""

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
def other(app: Any) -> Iterator[Other]:
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
        yield Other(process)
        assert process.stdin is not None
        process.stdin.close()


def suspended(market: Any, name: str, curator: Any, asked: Other) -> dict[str, Any]:
    """Suspend a supplier; return the other process's next answer."""
    (item,) = vettings_of(market.suppliers[name].id)
    use_cases.decide(curator, item.id, Decision("suspend", item.revision, {}, "Svarer ikke."))
    return asked.ask()


def test_it_is_out_of_the_next_answer_of_another_process(app, market):
    for name in NAMES:
        market.add(name, "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    curator = factories.member(market.garden, "curator")
    session.commit()
    sourcing.renew_base()  # as the worker does; without a base, every process learns for itself in the answer
    with other(app) as asked:
        before = asked.ask()["listed"]
        for name in NAMES:
            number = str(market.suppliers[name].id)
            answer = suspended(market, name, curator, asked)
            assert number in before
            assert number not in answer["listed"]
        assert set(before) - set(answer["listed"]) == {str(market.suppliers[name].id) for name in NAMES}


def test_it_is_out_while_the_other_process_learns_a_new_base(app, market):
    market.add(NAMES[0], "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    curator = factories.member(market.garden, "curator")
    session.commit()
    number = str(market.suppliers[NAMES[0]].id)
    with other(app) as asked:
        old = asked.ask()["base"]
        with transaction():
            wanted = directory_snapshots.keep(list(corpus().documents.values())[:2])
            wanted.base_since = clock.now()
        digest = wanted.digest
        begun = asked.ask()
        answer = suspended(market, NAMES[0], curator, asked)
        assert (number in begun["listed"], number in answer["listed"]) == (True, False)
        assert (begun["base"], answer["base"]) == (old, old), (
            "the new base was ready too soon to show anything"
        )
        for _try in range(1200):
            answer = asked.ask()
            assert number not in answer["listed"]
            if answer["base"] == digest:
                break
            time.sleep(0.05)
        assert answer["base"] == digest

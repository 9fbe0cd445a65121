"""Two hosts with separate instance folders on one PostgreSQL with a replica behave as one service."""

import http.client
import json
import re
import threading
import time

import pytest
from sqlalchemy import make_url, select

from marketplace.core.database import session
from marketplace.suppliers.models import Supplier
from tests import factories
from tests.factories.briefs import draft
from tests.factories.suppliers import ABOUT, applicant, checklist, vetting_garden, vetting_of
from tests.support import web_servers
from tests.support.browser import signed_in
from tests.support.replicated_postgres import replicated_postgres
from tests.support.web_servers import ask

NAME, SUSPENDED = "Kvistverk Nettbyrå", "kvistverk-nettbyra-3"
SUPPLIERS = 6
LIST_PAGES_PER_MINUTE = 30
MIN_WRITES = 20
FAILOVER_SECONDS = 30


@pytest.fixture
def people(app, shared_database):
    """Cookies and CSRF tokens of a company with two drafts and of a curator, the drafts' references, and the page of a vetting."""
    if shared_database.name != "postgresql":
        pytest.skip("needs PostgreSQL")
    home = vetting_garden()
    owner = factories.member(factories.company(of=home.garden))
    for number in range(SUPPLIERS):
        applicant(
            f"{NAME} {number}", about=ABOUT + f"Vi selger {number + 1} ting. ", approved_by=home.curator
        )
    supplier = session.scalars(select(Supplier).where(Supplier.slug == SUSPENDED)).one()
    briefs = [draft(owner).reference for _ in range(2)]
    session.commit()
    browser, desk = signed_in(app, owner), signed_in(app, home.curator)
    return {
        "owner": (browser.get_cookie("session").value, browser.csrf_token()),
        "desk": (desk.get_cookie("session").value, desk.csrf_token()),
        "briefs": briefs,
        "vetting": f"/vetting/{vetting_of(supplier).id}",
    }


@pytest.fixture
def servers(app, people, run):
    """The primary and its replica, with the rows of the test database."""
    session.remove()
    folder = run.own_folder / "pair"  # the path of a socket must not exceed 107 bytes
    folder.mkdir()
    folder.chmod(0o755)
    url = make_url(app.config["SETTINGS"].database_url).set(drivername="postgresql")
    with replicated_postgres(folder, url.render_as_string(hide_password=False)) as pair:
        yield pair


@pytest.fixture
def hosts(app, servers, tmp_path):
    """The ports of two web servers that share nothing but the database and the keys."""
    settings = app.config["SETTINGS"]
    shared = {
        "DATABASE_URL": servers.url, "SECRET_KEY": settings.secret_key, "SEAL_KEYS": settings.seal_keys,
        "SECOND_FACTOR": "0", "LIST_PAGES_PER_MINUTE": str(LIST_PAGES_PER_MINUTE),
    }  # fmt: skip
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    with web_servers.running([shared | {"INSTANCE_PATH": str(folder)} for folder in folders]) as ports:
        yield ports


def _suppliers(port, path, cookie=""):
    """Return the suppliers that a page links to, in the order of their first links."""
    status, text, _headers = ask(port, path, cookie)
    assert status == 200
    return list(dict.fromkeys(re.findall(r'href="/suppliers/(kvistverk-[\w-]+)', text)))


def _rankings(port, references, cookie):
    return [_suppliers(port, f"/briefs/{reference}/ranking", cookie) for reference in references]


class Writer(threading.Thread):
    """Submits briefs to one host until it is stopped, and records the references that were acknowledged."""

    def __init__(self, port, name, cookie, token):
        super().__init__()
        self.port, self.name, self.cookie, self.token = port, name, cookie, token
        self.acknowledged, self.is_stopped = [], False

    def run(self):
        number = 0
        while not self.is_stopped:
            number += 1
            form = {
                "csrf_token": self.token,
                "own_words": f"Vi trenger nettbutikk, {self.name} nummer {number}.",
            }
            try:
                status, _text, headers = ask(self.port, "/briefs/new", self.cookie, form)
            except (OSError, http.client.HTTPException):
                continue
            if status == 303 and (found := re.search(r"/briefs/([\w-]+)/", headers["Location"])):
                self.acknowledged.append(found[1])
            else:
                time.sleep(0.05)


def _wait_for_writes(writers, count):
    wanted = {writer: len(writer.acknowledged) + count for writer in writers}
    until = time.monotonic() + FAILOVER_SECONDS
    while any(len(writer.acknowledged) < wanted[writer] for writer in writers):
        assert time.monotonic() < until, [len(writer.acknowledged) for writer in writers]
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.exhaustive
def test_two_hosts_behave_as_one_and_survive_failover(people, servers, hosts):
    one, other = hosts
    (cookie, token), (desk_cookie, desk_token) = people["owner"], people["desk"]
    # ranking
    for port, reference in zip(hosts, people["briefs"], strict=True):
        form = {"csrf_token": token, "confirmed": "yes"}
        assert ask(port, f"/briefs/{reference}/publish", cookie, form)[0] == 303
    rankings = [_rankings(port, people["briefs"], cookie) for port in hosts]
    assert [len(ranking) for ranking in rankings[0]] == [SUPPLIERS, SUPPLIERS]
    assert rankings[0] == rankings[1]
    search = f"/suppliers?q={NAME.split(maxsplit=1)[0]}"
    assert len(_suppliers(one, search)) == SUPPLIERS
    assert _suppliers(one, search) == _suppliers(other, search)
    # suspension
    assert SUSPENDED in _suppliers(other, search)
    page = ask(one, people["vetting"], desk_cookie)[1]
    revision = re.search(r'name="revision"[^>]*value="(\d+)"', page)[1]
    form = {"csrf_token": desk_token, "revision": revision, "decision": "suspend", "reason": "Klage"}
    form |= {f"met_{code}": "yes" for code in checklist("ecm")}
    assert ask(one, people["vetting"], desk_cookie, form)[0] == 303
    assert SUSPENDED not in _suppliers(other, search)
    # form draft
    draft = {
        "path": "/briefs/new",
        "page": "/briefs/new",
        "values": {"own_words": ["Ost på nett"]},
        "hidden": {},
    }
    assert ask(one, "/drafts", cookie, {"csrf_token": token, "draft": json.dumps(draft)})[0] in {200, 303}
    assert "Ost på nett" in ask(other, "/briefs/new", cookie)[1]
    # rate limit
    statuses = [ask(hosts[number % 2], "/gardens")[0] for number in range(LIST_PAGES_PER_MINUTE + 5)]
    assert 429 in statuses
    # failover
    writers = [Writer(port, f"vert {port} {number}", cookie, token) for port in hosts for number in range(2)]
    for writer in writers:
        writer.start()
    try:
        _wait_for_writes(writers, MIN_WRITES // len(writers))
        servers.kill_primary()
        servers.promote_replica()
        _wait_for_writes(writers, 2)
    finally:
        for writer in writers:
            writer.is_stopped = True
        for writer in writers:
            writer.join()
    acknowledged = [reference for writer in writers for reference in writer.acknowledged]
    with servers.connect(servers.replica) as connection:
        stored = {reference for (reference,) in connection.execute("SELECT reference FROM brief")}
    assert len(set(acknowledged)) == len(acknowledged)
    assert set(acknowledged) <= stored

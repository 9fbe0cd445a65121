"""Stored runs can be repeated, and changed bytes in their inputs are detected."""

import datetime as dt
import subprocess
import sys
import time
import zlib

import pytest
from sqlalchemy import delete, func, select

from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import NotFound
from marketplace.sourcing import use_cases
from marketplace.sourcing.models import DirectoryVersion, RankedDocument, RankingRun
from marketplace.sourcing.ranking import directory_snapshots
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.replay import MatcherMismatchError, replay
from marketplace.sourcing.ranking.run_storage import DamagedRunError, deserialize
from tests.support.concurrency import run_concurrently


def run_of() -> RankingRun:
    return session.scalars(select(RankingRun)).one()


def edit(supplier, **values):
    with transaction():
        for name, value in values.items():
            setattr(supplier, name, value)
        supplier.version += 1
        supplier.updated_at = clock.now()


def test_replay_is_identical_after_profile_edits(market, publish):
    publish()
    market.add("Etternøler", "Nettbutikk med klikk og hent for gårdsutsalg.", "ecm.shop")
    edit(market.suppliers["Kvistverk"], about="Helt andre ord.", price_from_nok=1)
    market.suppliers["Myrull"].paused_at = clock.now()
    session.commit()
    use_cases.refit()
    assert "identical" in replay(run_of().id)


def environment_of(app):
    return {
        "DATABASE_URL": app.config["SETTINGS"].database_url,
        "INSTANCE_PATH": app.instance_path,
        "PATH": "",
    }


def test_replay_command(market, publish, command):
    publish()
    assert "identical" in command("replay", str(run_of().id)).stdout
    refused = command("replay", "4711")
    assert (refused.exit_code, refused.stderr) == (1, "Error: There is no run 4711.\n")


OTHER_RELEASE = """
import sys

from marketplace.matching import Query, MatchingSettings
from marketplace.sourcing.ranking import corpus

corpus.SETTINGS = MatchingSettings(max_words=40.0, max_services=10.0, max_place=25.0, b=0.3, max_sector=10.0)

from marketplace.app import create_app
from marketplace.core.database import session
from marketplace.sourcing.ranking.run_storage import deserialize
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.ranking.replay import replay

with create_app().app_context():
    run = session.get(RankingRun, int(sys.argv[1]))
    query = Query.from_dict(deserialize(run.inputs, run.inputs_digest)["query"])
    for match in corpus.corpus().index.rank(query).matches:
        print(match.document_id, match.score)
    print(replay(run.id))
"""


def test_replay_is_identical_in_release_with_other_weights(app, market, publish):
    publish()
    run = run_of()
    matches = deserialize(run.result, run.result_digest)["ranking"]["matches"]
    unchanged = market.suppliers["Dyrt"].id
    market.add("Etternøler", "Nettbutikk med klikk og hent for gårdsutsalg.", "ecm.shop")
    edit(market.suppliers["Kvistverk"], about="Helt andre ord.", price_from_nok=1)
    market.suppliers["Myrull"].paused_at = clock.now()
    session.commit()
    use_cases.refit()
    command = [sys.executable, "-c", OTHER_RELEASE, str(run.id)]
    completed = subprocess.run(command, env=environment_of(app), capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr
    *live, said = completed.stdout.splitlines()
    scores = {int(number): float(score) for number, score in map(str.split, live)}
    assert set(scores) == {market.suppliers[name].id for name in ("Kvistverk", "Dyrt", "Etternøler")}
    (then,) = [match["score"] for match in matches if int(match["document_id"]) == unchanged]
    assert abs(scores[unchanged] - then) > 1
    assert said == f"Run {run.id} for {run.brief.reference}: {len(matches)} matches, identical."


@pytest.mark.parametrize("part", ["inputs", "result"])
def test_changed_byte_in_run_is_detected(market, publish, part):
    publish()
    with transaction():
        run = run_of()
        stored = getattr(run, part)
        setattr(run, part, stored[:-6] + bytes([stored[-6] ^ 1]) + stored[-5:])
    with pytest.raises(DamagedRunError):
        replay(run_of().id)


@pytest.mark.parametrize("part", ["inputs", "result"])
def test_wrong_checksum_of_run_is_detected(market, publish, part):
    publish()
    with transaction():
        setattr(run_of(), f"{part}_digest", "0" * 64)
    with pytest.raises(DamagedRunError, match="the stored run does not match its checksum"):
        replay(run_of().id)


@pytest.mark.parametrize("part", ["base", "directory"])
def test_run_without_snapshots_can_be_shown_but_not_replayed(market, publish, sign_in, part):
    reference = publish()
    with transaction():
        setattr(run_of(), part, None)
    with pytest.raises(MatcherMismatchError, match="can only be shown"):
        replay(run_of().id)
    assert "Kvistverk" in sign_in(market.owner).get(f"/briefs/{reference}/ranking").text


@pytest.mark.parametrize("fault", ["missing", "other", "torn"])
def test_changed_or_missing_document_is_detected(market, publish, fault):
    publish()
    with transaction():
        one, other = session.scalars(select(RankedDocument).limit(2))
        if fault == "missing":
            session.execute(delete(RankedDocument).where(RankedDocument.digest == one.digest))
        else:
            one.packed = other.packed if fault == "other" else one.packed[:-4]
    with pytest.raises(DamagedRunError, match="document"):
        replay(run_of().id)


def test_changed_member_list_is_detected(market, publish):
    publish()
    with transaction():
        session.scalars(select(DirectoryVersion)).one().members = b"nothing"
    with pytest.raises(DamagedRunError, match="version"):
        replay(run_of().id)


def test_shortened_member_list_is_detected(market, publish):
    publish()
    with transaction():
        version = session.scalars(select(DirectoryVersion)).one()
        version.members = zlib.compress(zlib.decompress(version.members)[: -directory_snapshots.DIGEST_BYTES])
    with pytest.raises(DamagedRunError, match="does not match its checksum"):
        replay(run_of().id)


def test_other_weights_give_difference_with_rank(market, publish):
    publish()
    with transaction():
        run = run_of()
        run.settings = run.settings | {"max_place": 5.0, "max_budget": 15.0}
    with pytest.raises(ValueError, match="differs, first at rank"):
        replay(run_of().id)


def test_run_of_other_matcher_raises_mismatch(market, publish):
    publish()
    with transaction():
        run_of().matcher = "0" * 64
    with pytest.raises(MatcherMismatchError, match="another version"):
        replay(run_of().id)


def test_replay_of_unknown_run_raises_not_found(app):
    with pytest.raises(NotFound):
        replay(1)


def test_unchanged_directory_is_stored_once(market, publish):
    publish()
    publish()
    assert session.scalar(select(func.count()).select_from(DirectoryVersion)) == 1
    assert session.scalar(select(func.count()).select_from(RankedDocument)) == 4


def test_unused_directory_versions_are_deleted(market, publish, time_machine):
    assert use_cases.refit()
    old = set(session.scalars(select(RankedDocument.digest)))
    publish()
    edit(market.suppliers["Kvistverk"], about="Andre ord.")
    edit(market.suppliers["Tekstverk"], about="Og andre her.")
    assert use_cases.refit()
    edit(market.suppliers["Kvistverk"], about="Igjen andre ord.")
    time_machine.move_to(clock.now() + dt.timedelta(days=2), tick=False)
    assert use_cases.refit()
    remaining = set(session.scalars(select(RankedDocument.digest)))
    assert old <= remaining
    assert session.scalar(select(func.count()).select_from(DirectoryVersion)) == 2
    assert "identical" in replay(run_of().id)


def test_small_change_does_not_refit(market):
    for number in range(20):
        market.add(f"Fyll {number}", "Vi lager filmer og bilder.", "med.film")
    session.commit()
    assert use_cases.refit()
    edit(market.suppliers["Kvistverk"], about="Et nytt ord.")
    assert not use_cases.refit()


@pytest.mark.both_databases
@pytest.mark.parametrize("is_stored", [False, True])
def test_concurrent_refits_choose_one_version(app, market, publish, is_stored):
    if is_stored:
        publish()
    results = run_concurrently(app, lambda _index: str(use_cases.refit()), 4)
    assert sorted(results) == ["False", "False", "False", "True"]
    assert session.scalar(select(func.count()).select_from(DirectoryVersion)) == 1
    refits = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "directory.learn")
    assert session.scalar(refits) == 1


def test_new_version_is_fitted_in_background(market):
    before = corpus().fitted.digest
    with transaction():
        version = directory_snapshots.save_version(list(corpus().documents.values())[:2])
        version.base_since = clock.now()
    assert corpus().fitted.digest == before
    for _try in range(1200):
        session.rollback()
        if corpus().fitted.digest == version.digest:
            break
        time.sleep(0.05)
    assert corpus().fitted.digest == version.digest
    assert len(corpus().documents) == 4


def test_paused_supplier_leaves_index_at_once(market):
    assert "Myrull" in {listing.name for listing in corpus().listings.values()}
    market.suppliers["Myrull"].paused_at = clock.now()
    session.commit()
    started = corpus()
    assert "Myrull" not in {listing.name for listing in started.listings.values()}
    assert str(market.suppliers["Myrull"].id) not in {document.id for document in started.index.documents}

"""A kept run can be made again, and any changed byte in what it leans on is seen."""

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
from marketplace.sourcing import directory_snapshots, use_cases
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.models import DirectoryVersion, RankedDocument, RankingRun
from marketplace.sourcing.replay import OtherMatcherError, replay
from marketplace.sourcing.run_storage import DamagedRunError, unpack
from tests.support.concurrency import at_once


def run_of() -> RankingRun:
    return session.scalars(select(RankingRun)).one()


def change(supplier, **values):
    with transaction():
        for name, value in values.items():
            setattr(supplier, name, value)
        supplier.version += 1
        supplier.updated_at = clock.now()


def test_a_run_is_made_again_to_the_last_digit_whatever_has_changed_since(market, publish):
    publish()
    market.add("Etternøler", "Nettbutikk med klikk og hent for gårdsutsalg.", "ecm.shop")
    change(market.suppliers["Kvistverk"], about="Helt andre ord.", price_from_nok=1)
    market.suppliers["Myrull"].paused_at = clock.now()
    session.commit()
    use_cases.renew_base()
    assert "the same to the last digit" in replay(run_of().id)


def environment_of(app):
    return {
        "DATABASE_URL": app.config["SETTINGS"].database_url,
        "INSTANCE_PATH": app.instance_path,
        "PATH": "",
    }


def test_it_is_made_again_by_another_process(app, market, publish):
    publish()
    environment = environment_of(app)
    command = [sys.executable, "-m", "marketplace.cli", "replay"]
    told = subprocess.run(
        [*command, str(run_of().id)], env=environment, capture_output=True, text=True, check=False
    )
    assert "the same to the last digit" in told.stdout, told.stderr
    told = subprocess.run([*command, "4711"], env=environment, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (1, "Error: There is no run 4711.\n")


OTHER_RELEASE = """
import sys

from marketplace.matching import Query, Settings
from marketplace.sourcing import corpus

corpus.SETTINGS = Settings(max_words=40.0, max_services=10.0, max_place=25.0, b=0.3, max_sector=10.0)

from marketplace.app import create_app
from marketplace.core.database import session
from marketplace.sourcing.run_storage import unpack
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.replay import replay

with create_app().app_context():
    run = session.get(RankingRun, int(sys.argv[1]))
    query = Query.from_dict(unpack(run.inputs, run.inputs_digest)["query"])
    for match in corpus.corpus().index.rank(query).matches:
        print(match.document_id, match.score)
    print(replay(run.id))
"""


def test_it_is_made_again_by_a_release_with_other_weights_after_the_directory_has_changed(
    app, market, publish
):
    publish()
    run = run_of()
    kept = unpack(run.result, run.result_digest)["ranking"]["matches"]
    unchanged = market.suppliers["Dyrt"].id
    market.add("Etternøler", "Nettbutikk med klikk og hent for gårdsutsalg.", "ecm.shop")
    change(market.suppliers["Kvistverk"], about="Helt andre ord.", price_from_nok=1)
    market.suppliers["Myrull"].paused_at = clock.now()
    session.commit()
    use_cases.renew_base()
    command = [sys.executable, "-c", OTHER_RELEASE, str(run.id)]
    told = subprocess.run(command, env=environment_of(app), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    *live, said = told.stdout.splitlines()
    scores = {int(number): float(score) for number, score in map(str.split, live)}
    assert set(scores) == {market.suppliers[name].id for name in ("Kvistverk", "Dyrt", "Etternøler")}
    (then,) = [match["score"] for match in kept if int(match["document_id"]) == unchanged]
    assert abs(scores[unchanged] - then) > 1
    assert said == f"Run {run.id} for {run.brief.reference}: {len(kept)} places, the same to the last digit."


@pytest.mark.parametrize("part", ["inputs", "result"])
def test_a_changed_byte_in_a_run_is_seen(market, publish, part):
    publish()
    with transaction():
        run = run_of()
        kept = getattr(run, part)
        setattr(run, part, kept[:-6] + bytes([kept[-6] ^ 1]) + kept[-5:])
    with pytest.raises(DamagedRunError):
        replay(run_of().id)


@pytest.mark.parametrize("part", ["inputs", "result"])
def test_a_run_that_is_another_than_its_digest_says_is_seen(market, publish, part):
    publish()
    with transaction():
        setattr(run_of(), f"{part}_digest", "0" * 64)
    with pytest.raises(DamagedRunError, match="the kept run does not fit its digest"):
        replay(run_of().id)


@pytest.mark.parametrize("part", ["base", "directory"])
def test_a_run_from_before_the_directory_was_kept_can_only_be_shown(market, publish, sign_in, part):
    reference = publish()
    with transaction():
        setattr(run_of(), part, None)
    with pytest.raises(OtherMatcherError, match="can only be shown"):
        replay(run_of().id)
    assert "Kvistverk" in sign_in(market.owner).get(f"/briefs/{reference}/ranking").text


@pytest.mark.parametrize("fault", ["missing", "other", "torn"])
def test_a_changed_or_missing_supplier_is_seen(market, publish, fault):
    publish()
    with transaction():
        one, other = session.scalars(select(RankedDocument).limit(2))
        if fault == "missing":
            session.execute(delete(RankedDocument).where(RankedDocument.digest == one.digest))
        else:
            one.packed = other.packed if fault == "other" else one.packed[:-4]
    with pytest.raises(DamagedRunError, match="document"):
        replay(run_of().id)


def test_a_changed_list_of_suppliers_is_seen(market, publish):
    publish()
    with transaction():
        session.scalars(select(DirectoryVersion)).one().members = b"nothing"
    with pytest.raises(DamagedRunError, match="version"):
        replay(run_of().id)


def test_a_list_with_a_supplier_too_few_is_seen(market, publish):
    publish()
    with transaction():
        version = session.scalars(select(DirectoryVersion)).one()
        version.members = zlib.compress(zlib.decompress(version.members)[: -directory_snapshots.BYTES])
    with pytest.raises(DamagedRunError, match="does not fit its digest"):
        replay(run_of().id)


def test_other_weights_would_give_another_answer_and_it_says_where(market, publish):
    publish()
    with transaction():
        run = run_of()
        run.settings = run.settings | {"max_place": 5.0, "max_budget": 15.0}
    with pytest.raises(ValueError, match="another one, first at place"):
        replay(run_of().id)


def test_a_run_of_another_matcher_is_not_called_wrong(market, publish):
    publish()
    with transaction():
        run_of().matcher = "0" * 64
    with pytest.raises(OtherMatcherError, match="another version"):
        replay(run_of().id)


def test_a_run_that_is_not_there(app):
    with pytest.raises(NotFound):
        replay(1)


def test_the_directory_is_kept_once_for_all_briefs_of_a_day(market, publish):
    publish()
    publish()
    assert session.scalar(select(func.count()).select_from(DirectoryVersion)) == 1
    assert session.scalar(select(func.count()).select_from(RankedDocument)) == 4


def test_what_no_run_leans_on_is_forgotten(market, publish, time_machine):
    assert use_cases.renew_base()
    old = set(session.scalars(select(RankedDocument.digest)))
    publish()
    change(market.suppliers["Kvistverk"], about="Andre ord.")
    change(market.suppliers["Tekstverk"], about="Og andre her.")
    assert use_cases.renew_base()
    change(market.suppliers["Kvistverk"], about="Igjen andre ord.")
    time_machine.move_to(clock.now() + dt.timedelta(days=2), tick=False)
    assert use_cases.renew_base()
    kept = set(session.scalars(select(RankedDocument.digest)))
    assert old <= kept
    assert session.scalar(select(func.count()).select_from(DirectoryVersion)) == 2
    assert "the same to the last digit" in replay(run_of().id)


def test_little_change_does_not_make_everyone_learn_anew(market):
    for number in range(20):
        market.add(f"Fyll {number}", "Vi lager filmer og bilder.", "med.film")
    session.commit()
    assert use_cases.renew_base()
    change(market.suppliers["Kvistverk"], about="Et nytt ord.")
    assert not use_cases.renew_base()


@pytest.mark.parametrize("is_kept", [False, True])
def test_of_many_that_would_learn_at_once_one_does(app, market, publish, is_kept):
    if is_kept:
        publish()
    results = at_once(app, lambda _place: str(use_cases.renew_base()), 4)
    assert sorted(results) == ["False", "False", "False", "True"]
    assert session.scalar(select(func.count()).select_from(DirectoryVersion)) == 1
    learnt = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "directory.learn")
    assert session.scalar(learnt) == 1


def test_another_process_learns_the_new_base_beside_its_answers(market):
    before = corpus().base.digest
    with transaction():
        version = directory_snapshots.keep(list(corpus().documents.values())[:2])
        version.base_since = clock.now()
    assert corpus().base.digest == before
    for _try in range(1200):
        session.rollback()
        if corpus().base.digest == version.digest:
            break
        time.sleep(0.05)
    assert corpus().base.digest == version.digest
    assert len(corpus().documents) == 4


def test_a_suspended_supplier_is_out_of_the_next_answer(market):
    assert "Myrull" in {listing.name for listing in corpus().listings.values()}
    market.suppliers["Myrull"].paused_at = clock.now()
    session.commit()
    started = corpus()
    assert "Myrull" not in {listing.name for listing in started.listings.values()}
    assert str(market.suppliers["Myrull"].id) not in {document.id for document in started.index.documents}

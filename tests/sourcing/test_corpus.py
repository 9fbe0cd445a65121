"""The index of a process: changes during the day, refits and cached results."""

import datetime as dt
from dataclasses import replace

from marketplace.core import clock
from marketplace.core.database import db, session, transaction
from marketplace.core.dates import cutoff_reached
from marketplace.directory import queries as suppliers
from marketplace.matching import Document
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.queries.what_if import Scenario
from marketplace.sourcing.ranking import corpus, directory_snapshots
from marketplace.vetting import rules
from marketplace.vetting.queries import vettings_of
from tests.factories.briefs import draft


def test_approval_that_turns_dormant_at_midnight_leaves_index(market):
    """The cached catalogue may still contain the supplier that the index excludes."""
    midnight = clock.start_of_day(clock.today())
    dormant = market.suppliers["Myrull"]
    for item in vettings_of(dormant.id):
        item.approved_at = cutoff_reached(months=rules.DORMANT_MONTHS) - dt.timedelta(seconds=1)
    session.commit()
    with clock.as_of(midnight - dt.timedelta(seconds=1)):
        assert dormant.id in suppliers.catalogue().by_id
    with clock.as_of(midnight):
        now = corpus.corpus()
        assert str(dormant.id) not in now.documents
        assert len(now.documents) == len(now.index.documents) == 3


def test_evicted_results_are_computed_again(market, monkeypatch):
    monkeypatch.setattr(corpus, "MAX_CACHED", 2)
    reference = draft(market.owner).reference
    scenarios = [Scenario(), Scenario(budget="b0_20"), Scenario(budget="b400"), Scenario(presence="must")]
    first = [queries.what_if(market.owner, reference, scenario).fit for scenario in scenarios]
    assert len({fit.fits for fit in first}) > 1
    assert [queries.what_if(market.owner, reference, scenario).fit for scenario in scenarios] == first
    assert len(corpus.corpus()._cache) <= 2


def test_superseded_version_is_not_fitted(market):
    assert use_cases.refit()
    corpus.corpus()
    before = corpus.corpus().fitted.digest
    corpus._refit_in_background(db.engine, "0" * 64)
    assert not corpus.is_refitting()
    assert corpus.corpus().fitted.digest == before


def test_damaged_new_version_is_logged_once_and_old_fit_stays(market, caplog):
    before = corpus.corpus().fitted.digest
    documents = [replace(document, name="Ny") for document in corpus.corpus().documents.values()]
    with transaction():
        version = directory_snapshots.save_version(documents)
        version.base_since, version.members = clock.now(), b"nothing"
    assert [corpus.corpus().fitted.digest for _ in range(3)] == [before] * 3
    assert not corpus.is_refitting()
    assert caplog.text.count("is damaged; the old fit stays in use") == 1


class TooLarge(list[Document]):
    """Documents that do not fit in memory."""

    def __iter__(self):
        raise MemoryError


def test_fit_without_enough_memory_is_tried_once_and_old_fit_stays(market, caplog):
    before = corpus.corpus().fitted.digest
    corpus._refit(db.engine, "0" * 64, TooLarge(corpus.corpus().documents.values()), None)
    assert corpus.corpus().fitted.digest == before
    assert not corpus.is_refitting()
    corpus._refit_in_background(db.engine, "0" * 64)
    assert not corpus.is_refitting()
    assert caplog.text.count("Not enough memory") == 1

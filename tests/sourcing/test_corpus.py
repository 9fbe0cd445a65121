"""The index of a process: what it ranks as the day goes on, and what it keeps in memory."""

from dataclasses import replace

from marketplace.core import clock
from marketplace.core.database import db, session, transaction
from marketplace.directory import queries as suppliers
from marketplace.sourcing import corpus, directory_snapshots, queries, use_cases
from marketplace.sourcing.queries.what_if import Trial
from marketplace.vetting import rules
from marketplace.vetting.queries import vettings_of
from tests.factories.briefs import draft


def test_an_approval_that_falls_asleep_within_a_day_is_ranked_no_more(market):
    """The directory is drawn once for a day, and may still name the supplier that the index leaves out."""
    noon = clock.now().replace(hour=11, minute=0)
    sleeper = market.suppliers["Myrull"]
    for item in vettings_of(sleeper.id):
        item.approved_at = rules.months_before(noon, rules.DORMANT_MONTHS)
    session.commit()
    with clock.as_of(noon.replace(hour=10)):
        assert sleeper.id in suppliers.catalogue().by_id
    with clock.as_of(noon.replace(hour=12)):
        assert sleeper.id in suppliers.catalogue().by_id
        now = corpus.corpus()
        assert str(sleeper.id) not in now.documents
        assert len(now.documents) == len(now.index.documents) == 3


def test_what_a_process_forgets_is_made_again_the_same(market, monkeypatch):
    monkeypatch.setattr(corpus, "MOST_REMEMBERED", 2)
    reference = draft(market.owner).reference
    trials = [Trial(), Trial(budget="b0_20"), Trial(budget="b400"), Trial(presence="must")]
    first = [queries.fitting(market.owner, reference, trial).fit for trial in trials]
    assert len({fit.fits for fit in first}) > 1
    assert [queries.fitting(market.owner, reference, trial).fit for trial in trials] == first
    assert len(corpus.corpus()._remembered) <= 2


def test_what_nobody_learns_any_more_is_not_waited_for(market):
    assert use_cases.renew_base()
    corpus.corpus()
    before = corpus.corpus().base.digest
    corpus._learn_beside(db.engine, "0" * 64)
    assert not corpus.is_learning()
    assert corpus.corpus().base.digest == before


def test_a_new_base_that_is_damaged_is_told_once_and_the_old_one_serves(market, caplog):
    before = corpus.corpus().base.digest
    documents = [replace(document, name="Ny") for document in corpus.corpus().documents.values()]
    with transaction():
        base = directory_snapshots.keep(documents)
        base.base_since, base.members = clock.now(), b"nothing"
    assert [corpus.corpus().base.digest for _ in range(3)] == [before] * 3
    assert not corpus.is_learning()
    assert caplog.text.count("is damaged; the old one serves") == 1

"""Writing, submitting and withdrawing an offer, and who can do it."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.proposals import queries, use_cases
from marketplace.proposals.models.offers import ProposalRevision
from marketplace.vetting.models import Vetting
from tests.factories.offers import full_content
from tests.proposals.conftest import DEADLINE_DAY
from tests.support.notices import notices_to


def test_offer_is_saved_submitted_withdrawn_and_resumed(market):
    proposal = market.send("kvistverk")
    assert proposal.state == "submitted"
    saved = use_cases.save(
        market.kvistverk, market.reference, full_content(monthly_nok=900), proposal.revision
    )
    assert saved.submitted_content["monthly_nok"] == 1290
    use_cases.submit(market.kvistverk, market.reference, saved.revision)
    assert session.scalar(select(func.count()).select_from(ProposalRevision)) == 2
    use_cases.withdraw(market.kvistverk, market.reference, "")
    assert market.proposal("kvistverk").state == "withdrawn"
    with pytest.raises(RuleBroken):
        use_cases.save(market.kvistverk, market.reference, full_content())
    use_cases.resume(market.kvistverk, market.reference)
    assert market.proposal("kvistverk").state == "draft"
    assert len(notices_to(market.kvistverk)) == 3


def test_repeated_submit_changes_nothing(market):
    proposal = market.send("kvistverk")
    use_cases.submit(market.kvistverk, market.reference, proposal.revision)
    assert session.scalar(select(func.count()).select_from(ProposalRevision)) == 1


def test_incomplete_offer_is_refused(market):
    saved = use_cases.save(market.kvistverk, market.reference, full_content(understanding=""))
    with pytest.raises(RuleBroken) as error:
        use_cases.submit(market.kvistverk, market.reference, saved.revision)
    assert error.value.field == "understanding"
    assert market.proposal("kvistverk").state == "draft"


def test_member_can_save_and_not_submit(market):
    supplier_id = market.kvistverk.organisation_id
    from marketplace.suppliers.models import Supplier

    colleague = market.person("helper", session.get(Supplier, supplier_id), "member")
    session.commit()
    saved = use_cases.save(colleague, market.reference, full_content())
    with pytest.raises(RuleBroken):
        use_cases.submit(colleague, market.reference, saved.revision)


def test_concurrent_saves_of_colleagues_conflict(market):
    first = use_cases.save(market.kvistverk, market.reference, full_content()).revision
    use_cases.save(market.kvistverk, market.reference, full_content(team="Ane"), first)
    with pytest.raises(Conflict) as error:
        use_cases.save(market.kvistverk, market.reference, full_content(team="Trygve"), first)
    assert error.value.current == {"revision": first + 1}
    with pytest.raises(Conflict):
        use_cases.submit(market.kvistverk, market.reference, first)


def test_submit_is_accepted_until_last_second(market, at_noon):
    saved = use_cases.save(market.kvistverk, market.reference, full_content())
    at_noon.move_to(clock.end_of_day(DEADLINE_DAY), tick=False)
    use_cases.submit(market.kvistverk, market.reference, saved.revision)
    use_cases.save(market.myrull, market.reference, full_content())
    at_noon.shift(dt.timedelta(seconds=1))
    with pytest.raises(RuleBroken):
        use_cases.submit(market.myrull, market.reference, 1)
    with pytest.raises(RuleBroken):
        use_cases.save(market.skogsfjord, market.reference, full_content())


def test_only_invited_or_approved_suppliers_can_answer(market):
    with pytest.raises(NotFound):
        use_cases.save(market.stranger, market.reference, full_content())
    market.brief.open_door = True
    session.commit()
    use_cases.save(market.stranger, market.reference, full_content())
    session.query(Vetting).filter(Vetting.supplier_id == market.kvistverk.organisation_id).update(
        {"state": "suspended"}
    )
    session.commit()
    with pytest.raises(RuleBroken):
        use_cases.save(market.kvistverk, market.reference, full_content())


def test_withdrawal_after_deadline_is_final_and_notified(opened):
    use_cases.withdraw(opened.kvistverk, opened.reference, "Full ordrebok")
    assert notices_to(opened.owner, "supplier_withdrew")
    assert len(queries.offers_for(opened.owner, opened.reference).offers) == 2
    with pytest.raises(RuleBroken):
        use_cases.resume(opened.kvistverk, opened.reference)

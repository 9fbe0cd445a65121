"""Suppliers that a business garden invites to a company's brief."""

import pytest
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.outbox.models import Notice
from marketplace.sourcing import use_cases
from marketplace.sourcing.models import Invitation
from marketplace.vetting import use_cases as vetting

REASON = "De har laget nettbutikk for to ysterier her."


def kinds(viewer):
    query = select(Notice.kind).where(Notice.user_id == viewer.user_id)
    return list(session.scalars(query.order_by(Notice.id)))


def invited(reference):
    query = select(Invitation.supplier_id).join(Invitation.brief).where(Brief.reference == reference)
    return list(session.scalars(query))


def test_garden_adds_a_supplier_and_all_read_the_reason(market, publish, sign_in):
    reference, supplier = publish(), market.suppliers["Kvistverk"]
    browser = sign_in(market.adviser)
    path = f"/briefs/{reference}/suggest"
    assert path in browser.get(f"/briefs/{reference}").text
    refused = browser.post(path, data={"supplier": str(supplier.id), "reason": ""})
    assert (refused.status_code, invited(reference)) == (422, [])
    answer = browser.post(path, data={"supplier": str(supplier.id), "reason": REASON})
    assert (answer.status_code, invited(reference)) == (303, [supplier.id])
    line = f"Suggested by {market.garden.name}: {REASON}"
    assert line in sign_in(market.owner).page(f"/briefs/{reference}/ranking").text
    assert line in sign_in(market.people["Kvistverk"]).get(f"/briefs/{reference}").text
    assert "supplier_suggested" in kinds(market.owner)
    assert "invited" in kinds(market.people["Kvistverk"])
    assert f'value="{supplier.id}"' not in browser.get(path).text


def test_company_withdraws_what_the_garden_added(market, publish, sign_in):
    reference, supplier = publish(), market.suppliers["Kvistverk"]
    use_cases.suggest_supplier(market.adviser, reference, supplier.id, REASON)
    browser = sign_in(market.owner)
    path = f"/briefs/{reference}/invited/{supplier.id}/withdraw"
    assert path in browser.get(f"/briefs/{reference}/ranking").text
    assert supplier.name in browser.page(path).text
    assert browser.post(path).status_code == 303
    assert invited(reference) == []
    assert "suggestion_withdrawn" in kinds(market.adviser)
    assert "invitation_withdrawn" in kinds(market.people["Kvistverk"])
    assert browser.post(path).status_code == 404
    with pytest.raises(RuleBroken, match="trukket"):
        use_cases.suggest_supplier(market.adviser, reference, supplier.id, REASON)


def test_hidden_company_is_described_in_the_language_of_the_supplier(market, publish):
    reference, invitee = publish(), market.people["Kvistverk"]
    use_cases.suggest_supplier(market.adviser, reference, invitee.organisation_id, REASON)
    session.query(Brief).filter_by(reference=reference).one().name_hidden = True
    session.get_one(User, invitee.user_id).locale = "nn"
    session.commit()
    use_cases.withdraw_suggested(market.owner, reference, invitee.organisation_id)
    notice = session.query(Notice).filter_by(user_id=invitee.user_id, kind="invitation_withdrawn").one()
    assert "Bedrifta har no valt å invitere andre" in notice.body


def test_company_cannot_withdraw_its_own_invitation(market, publish):
    reference, supplier = publish(), market.suppliers["Kvistverk"]
    use_cases.invite_suppliers(market.owner, reference, [supplier.id])
    with pytest.raises(NotFound):
        use_cases.withdraw_suggested(market.owner, reference, supplier.id)
    with pytest.raises(RuleBroken, match="allerede invitert"):
        use_cases.suggest_supplier(market.adviser, reference, supplier.id, REASON)


def test_another_garden_and_the_company_cannot_suggest(market, publish):
    reference, supplier = publish(), market.suppliers["Kvistverk"]
    with pytest.raises(NotFound):
        use_cases.suggest_supplier(market.elsewhere, reference, supplier.id, REASON)
    with pytest.raises(Forbidden):
        use_cases.suggest_supplier(market.owner, reference, supplier.id, REASON)


def test_adviser_with_a_connection_cannot_suggest(market, publish):
    reference, supplier = publish(), market.suppliers["Kvistverk"]
    vetting.declare_conflict(market.adviser, supplier.id, "family")
    with pytest.raises(RuleBroken, match="tilknytning"):
        use_cases.suggest_supplier(market.adviser, reference, supplier.id, REASON)


def test_garden_adds_no_more_than_the_company_invites(market, publish):
    reference, supplier = publish(invite_count=3), market.suppliers["Kvistverk"]
    others = [one.id for name, one in market.suppliers.items() if name != "Kvistverk"][:3]
    session.add_all(
        Invitation(
            brief_id=session.scalar(select(Brief.id).where(Brief.reference == reference)),
            supplier_id=other,
            invited_by_id=market.owner.user_id,
        )
        for other in others
    )
    session.commit()
    with pytest.raises(RuleBroken, match="så mange"):
        use_cases.suggest_supplier(market.adviser, reference, supplier.id, REASON)
    assert len(invited(reference)) == 3

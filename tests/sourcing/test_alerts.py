"""Alerts to suppliers about new open briefs that match them."""

import datetime as dt

import pytest
from sqlalchemy import select

from marketplace.accounts import use_cases as accounts
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.sourcing import queries, use_cases
from marketplace.vetting.queries import vettings_of


def alerted(market):
    """Return the names of the suppliers with an alert, one for each alert."""
    ids = {viewer.user_id: name for name, viewer in market.people.items()}
    rows = session.scalars(select(Notice.user_id).where(Notice.kind == "brief_matches").order_by(Notice.id))
    return sorted(ids[user_id] for user_id in rows)


def test_alert_goes_once_to_the_suppliers_that_fit(market, publish):
    market.add("Dyrverk", "Vi lager nettbutikk for gårder.", "ecm.shop", price_from_nok=900_000)
    reference = publish()
    ranking = queries.ranking_for(market.owner, reference)
    assert use_cases.alert_matching_suppliers() == 1
    names = alerted(market)
    assert "Kvistverk" in names
    assert not {"Dyrverk", "Tekstverk"} & set(names)
    assert len(names) == ranking.fits < ranking.page.total
    assert use_cases.alert_matching_suppliers() == 0
    assert alerted(market) == names


@pytest.mark.parametrize("state", ["paused", "unapproved", "invited", "invitation only"])
def test_supplier_that_cannot_use_the_alert_gets_none(market, publish, state):
    kvistverk = market.suppliers["Kvistverk"]
    if state == "paused":
        kvistverk.paused_at = clock.now()
    if state == "unapproved":
        for vetting in vettings_of(kvistverk.id):
            vetting.state = "submitted"
    session.commit()
    reference = publish(open_door=state != "invitation only")
    if state == "invited":
        use_cases.invite_suppliers(market.owner, reference, [kvistverk.id])
    use_cases.alert_matching_suppliers()
    assert "Kvistverk" not in alerted(market)


def test_closed_brief_is_not_alerted(market, publish, time_machine):
    publish()
    time_machine.move_to(clock.now() + dt.timedelta(days=60))
    assert use_cases.alert_matching_suppliers() == 0


def test_alerts_are_mailed_in_the_daily_digest(market, publish, time_machine):
    publish()
    publish(title="Bilder av ostene", services=["med.product-photo"])
    use_cases.alert_matching_suppliers()
    email = market.people["Kvistverk"].email
    mails = select(OutboxMail).where(OutboxMail.recipient == email)
    assert session.scalars(mails).all() == []
    time_machine.move_to(clock.now() + dt.timedelta(days=1))
    accounts.send_digests()
    (digest,) = session.scalars(mails)
    assert "Bilder av ostene" in digest.body
    assert digest.subject == "2 nye meldinger"

"""Open briefs for a supplier: those that suit it, with why, and nothing of its rivals."""

import datetime as dt
import sys

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.sourcing import queries, use_cases
from marketplace.vetting.queries import vettings_of


def test_open_briefs_in_ones_trade_come_ranked_with_why(market, publish):
    shop, photos = publish(), publish(title="Bilder av ostene", services=["med.product-photo"])
    found = queries.opportunities(market.people["Kvistverk"])
    assert {item.reference for item in found.items} == {shop, photos}
    assert all(item.why for item in found.items)
    assert [item.score for item in found.items] == sorted((item.score for item in found.items), reverse=True)


def test_other_trades_and_closed_doors_are_not_shown(market, publish):
    publish()
    publish(title="Bare for inviterte", open_door=False)
    assert queries.opportunities(market.people["Tekstverk"]).items == []
    assert len(queries.opportunities(market.people["Kvistverk"]).items) == 1


def test_an_invitation_stands_first_also_behind_a_closed_door(market, publish):
    publish()
    closed = publish(title="Bare for inviterte", open_door=False)
    use_cases.invite_suppliers(market.owner, closed, [market.suppliers["Myrull"].id])
    first = queries.opportunities(market.people["Myrull"]).items[0]
    assert (first.reference, first.invited) == (closed, True)


def test_nothing_is_open_after_the_deadline(market, publish, time_machine):
    publish()
    time_machine.move_to(clock.now() + dt.timedelta(days=40))
    assert queries.opportunities(market.people["Kvistverk"]).items == []


def test_the_page_names_no_rival(market, publish, sign_in):
    publish()
    text = sign_in(market.people["Kvistverk"]).page("/opportunities").text
    assert "Nettbutikk med henting på gården" in text
    assert not any(name in text for name in ("Myrull", "Dyrt", "Tekstverk"))


def test_an_empty_list_says_what_to_change(market, publish, sign_in):
    publish()
    market.add("Ny", "Nettbutikk.", "ecm.shop")
    for item in vettings_of(market.suppliers["Ny"].id):
        item.state = "submitted"
    session.commit()
    assert "not been approved" in sign_in(market.people["Ny"]).page("/opportunities").text
    assert "No open briefs suit you" in sign_in(market.people["Tekstverk"]).page("/opportunities").text


def test_only_a_supplier_has_open_briefs_to_answer(market, publish):
    publish()
    for viewer in (market.owner, market.adviser, market.admin):
        found = queries.opportunities(viewer)
        assert (found.items, found.total) == ([], 0)


def test_what_was_judged_and_is_forgotten_is_judged_again_the_same(market, publish, monkeypatch):
    publish()
    publish(title="Bilder av ostene", services=["med.product-photo"])
    people = [market.people[name] for name in ("Kvistverk", "Myrull", "Dyrt")]
    before = [queries.opportunities(person).items for person in people]
    module = sys.modules[queries.opportunities.__module__]
    monkeypatch.setattr(module, "_memory", {})
    monkeypatch.setattr(module, "MOST_REMEMBERED", 3)
    for _time in range(2):
        assert [queries.opportunities(person).items for person in people] == before
    assert len(module._memory) <= 3

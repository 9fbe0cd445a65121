"""Open briefs for a supplier: best match first, with reasons and without other suppliers."""

import datetime as dt
import sys

from marketplace.core import clock
from marketplace.core.cache import BoundedCache
from marketplace.core.database import session
from marketplace.core.list_query import ListQuery
from marketplace.sourcing import queries, use_cases
from marketplace.vetting.queries import vettings_of


def test_open_briefs_are_ranked_with_reasons(market, publish):
    shop, photos = publish(), publish(title="Bilder av ostene", services=["med.product-photo"])
    found = queries.opportunities(market.people["Kvistverk"])
    assert {item.reference for item in found.items} == {shop, photos}
    assert all(item.summary for item in found.items)
    assert [item.score for item in found.items] == sorted((item.score for item in found.items), reverse=True)


def test_other_services_and_invitation_only_briefs_are_hidden(market, publish):
    publish()
    publish(title="Bare for inviterte", open_door=False)
    assert queries.opportunities(market.people["Tekstverk"]).items == []
    assert len(queries.opportunities(market.people["Kvistverk"]).items) == 1


def test_invited_brief_is_first_even_if_invitation_only(market, publish):
    publish()
    closed = publish(title="Bare for inviterte", open_door=False)
    use_cases.invite_suppliers(market.owner, closed, [market.suppliers["Myrull"].id])
    first = queries.opportunities(market.people["Myrull"]).items[0]
    assert (first.reference, first.invited) == (closed, True)


def test_declined_brief_is_last_and_says_so(market, publish, sign_in):
    declined, other = publish(), publish(title="Bilder av ostene", services=["med.product-photo"])
    supplier = market.people["Kvistverk"]
    use_cases.invite_suppliers(market.owner, declined, [market.suppliers["Kvistverk"].id])
    use_cases.decline(supplier, declined, "no_capacity")
    assert [item.reference for item in queries.opportunities(supplier).items] == [other, declined]
    browser = sign_in(supplier)
    assert "You have declined" in browser.page("/opportunities").text
    open_briefs = browser.page("/home").one("section", aria_labelledby="fitting")
    assert [link.get("href") for link in open_briefs.iter("a")][:-1] == [f"/briefs/{other}"]


def test_no_opportunities_after_deadline(market, publish, time_machine):
    publish()
    time_machine.move_to(clock.now() + dt.timedelta(days=40))
    assert queries.opportunities(market.people["Kvistverk"]).items == []


def test_page_names_no_other_supplier(market, publish, sign_in):
    publish()
    text = sign_in(market.people["Kvistverk"]).page("/opportunities").text
    assert "Nettbutikk med henting på gården" in text
    assert not any(name in text for name in ("Myrull", "Dyrt", "Tekstverk"))


def test_empty_list_explains_what_to_do(market, publish, sign_in):
    publish()
    market.add("Ny", "Nettbutikk.", "ecm.shop")
    for item in vettings_of(market.suppliers["Ny"].id):
        item.state = "submitted"
    session.commit()
    assert "not been approved" in sign_in(market.people["Ny"]).page("/opportunities").text
    assert (
        "There are no open briefs that you can answer"
        in sign_in(market.people["Tekstverk"]).page("/opportunities").text
    )


def test_only_suppliers_have_opportunities(market, publish):
    publish()
    for viewer in (market.owner, market.adviser, market.admin):
        found = queries.opportunities(viewer)
        assert (found.items, found.total) == ([], 0)


def test_evicted_results_are_computed_again(market, publish, monkeypatch):
    publish()
    publish(title="Bilder av ostene", services=["med.product-photo"])
    people = [market.people[name] for name in ("Kvistverk", "Myrull", "Dyrt")]
    before = [queries.opportunities(person).items for person in people]
    module = sys.modules[queries.opportunities.__module__]
    monkeypatch.setattr(module, "_results", BoundedCache(3))
    for _time in range(2):
        assert [queries.opportunities(person).items for person in people] == before
    assert len(module._results) <= 3


def test_open_briefs_are_searched_filtered_and_sorted(market, publish):
    shop = publish()
    photos = publish(title="Ålesund i bilder", services=["med.product-photo"])

    def listed(text="", **chosen):
        found = queries.opportunities(market.people["Kvistverk"], wanted=ListQuery(text, chosen))
        return [item.reference for item in found.items]

    assert listed("aalesund") == listed("ALESUND") == listed("bilder alesunnd") == [photos]
    assert listed(service="ecm") == [shop]
    assert shop in listed("handlekurv")
    assert shop in listed("nettbuttik"), "read as in the directory"
    assert set(listed("produktfoto")) == {shop, photos}
    assert listed(sort="title") == [shop, photos]
    assert listed(sort="newest") == [photos, shop]
    assert set(listed(place="50")) == set(listed("Trøndelag")) == {shop, photos}
    assert listed(place="46") == listed(state="invited") == listed("finnes ikke") == []


def test_hidden_company_is_not_found_by_its_name(market, publish):
    publish(visibility="hidden")

    def count(text):
        return queries.opportunities(market.people["Kvistverk"], wanted=ListQuery(text)).total

    assert count("Bjørkvollen") == count("Bjørkvolen") == 0
    publish(title="Med navn", visibility="named")
    assert count("Bjørkvollen") == count("Bjørkvolen") == 1

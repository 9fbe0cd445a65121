"""Counts and lists of a garden's queue, and the coverage map."""

import datetime as dt
import re
from collections import Counter

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.directory import queries as directory
from marketplace.suppliers import use_cases as profiles
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries, rules
from marketplace.vetting.models import Vetting
from marketplace.vetting.queries import applications
from tests import factories
from tests.suppliers.world import only_vetting, refused, supplier, world
from tests.support.browser import Browser


@pytest.mark.parametrize("days", [0, 364, 366, 420, 440])
def test_the_desk_counts_and_lists_by_what_time_has_made_of_each(app: Flask, days: int) -> None:
    here = world()
    supplier("Sendt")
    supplier("Godkjent", approved_by=here.curator, services=["ecm.shop", "med.photo"])
    refused(here, only_vetting(supplier("Avslått")[0]))
    elsewhere = factories.garden("Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    supplier("Annen", municipality_number="5056")
    closed, _owner = supplier("Stengt", approved_by=here.curator)
    session.get_one(Supplier, closed.id).is_active = False
    session.commit()
    with clock.as_of(clock.now() + dt.timedelta(days=days)):
        mine = [item for item in session.query(Vetting) if item.supplier.is_active]
        stands = {item.id: queries.status_of(item) for item in mine if item.garden_id == here.garden.id}
        expected = Counter(stands.values())
        expected[applications.WAITING] = expected[rules.SUBMITTED] + expected[rules.DUE]
        assert queries.count_by_status(here.curator) == {
            name: expected[name] for name in applications.FILTERS
        }
        assert elsewhere.id in {item.garden_id for item in mine}
        for name in rules.STATUSES:
            page = queries.queue(here.curator, name, 9)
            assert (page.number, page.total) == (1, expected[name])
            assert {line.id for line in page.items} == {id_ for id_, stand in stands.items() if stand == name}
            assert {line.status for line in page.items} <= {name}


def test_suppliers_are_found_by_name_by_standing_and_on_a_break(app: Flask) -> None:
    here = world()
    supplier("Ålens Foto")
    _made, owner = supplier("Bryggen", approved_by=here.curator, services=["ecm.shop", "med.photo"])
    profiles.set_paused(owner, paused=True)

    def names(*asked: str) -> list[str]:
        return [line.name for line in directory.garden_suppliers(here.curator, *asked).items]

    assert set(names()) == {"Ålens Foto", "Bryggen"}
    assert names("", "ålens") == names("submitted") == ["Ålens Foto"]
    assert names("paused") == names("approved") == names("approved", "BRYGG") == ["Bryggen"]
    assert names("due") == names("approved", "ålens") == []
    with clock.as_of(clock.now() + dt.timedelta(days=366)):
        (line,) = directory.garden_suppliers(here.curator, "due").items
    kinds = [(approval.category, approval.status) for approval in line.approvals]
    assert (line.is_paused, kinds) == (True, [("ecm", "due"), ("med", "due")])


def test_the_map_is_of_the_directory_as_it_stands_and_of_the_readers_own_area(
    app: Flask, client: Browser
) -> None:
    here = world()
    coast = factories.garden("Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    there = factories.member(coast, "curator")

    def tile(viewer: int | None, page: str) -> tuple[str, str]:
        client.sign_in(viewer or 0)
        html = client.get(f"{page}?service=med.photo").text
        found = re.search(r'<li class="k5021 ([^"]*)">.*?<b>(\d+)</b>', html)
        assert found is not None
        assert f'action="{page}#map"' in html
        return found[1], found[2]

    for page in ("/home", "/garden/suppliers"):
        assert tile(here.curator.user_id, page) == ("l0 own", "0")
    supplier("Fotografen", approved_by=here.curator, services=["med.photo"])
    for page in ("/home", "/garden/suppliers"):
        assert tile(here.curator.user_id, page) == ("l1 own", "1")
        assert tile(there.user_id, page) == ("l1", "1")


def test_the_desk_is_for_gardens_alone(app: Flask, client: Browser) -> None:
    here = world()
    made, owner = supplier()
    item = only_vetting(made)
    for viewer in (owner, factories.member(factories.company()), factories.administrator()):
        for ask in (queries.queue, directory.garden_suppliers):
            with pytest.raises(NotFound):
                ask(viewer)
        with pytest.raises(NotFound):
            queries.application_view(viewer, item.id)
    client.sign_in(here.curator.user_id or 0)
    for kind in ("", "refusals/", "appeals/"):
        assert client.get(f"/vetting/{kind}999999").status_code == 404


def test_the_map_has_an_own_area_for_gardens_alone(app: Flask) -> None:
    here = world()
    _made, owner = supplier("Fotografen", approved_by=here.curator, services=["med.photo"])
    own, others = (directory.coverage(viewer, "med.photo") for viewer in (here.curator, owner))
    assert (own.has_own, others.has_own) == (True, False)
    assert [(tile.number, tile.count) for tile in own.tiles] == [
        (tile.number, tile.count) for tile in others.tiles
    ]

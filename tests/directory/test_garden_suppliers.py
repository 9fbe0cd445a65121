"""A garden's own suppliers, and the coverage map."""

import datetime as dt
import re

from flask import Flask

from marketplace.core import clock
from marketplace.directory import queries as directory
from marketplace.suppliers import use_cases as profiles
from tests import factories
from tests.factories.suppliers import applicant, vetting_garden
from tests.support.browser import Browser


def test_garden_suppliers_filter_by_name_status_and_pause(app: Flask) -> None:
    home = vetting_garden()
    applicant("Ålens Foto")
    _made, owner = applicant("Bryggen", approved_by=home.curator, services=["ecm.shop", "med.photo"])
    profiles.set_paused(owner, paused=True)

    def names(*asked: str) -> list[str]:
        return [line.name for line in directory.garden_suppliers(home.curator, *asked).items]

    assert set(names()) == {"Ålens Foto", "Bryggen"}
    assert names("", "ålens") == names("", "aalns foto") == names("submitted") == ["Ålens Foto"]
    assert names("paused") == names("approved") == names("approved", "BRYGG") == ["Bryggen"]
    assert names("due") == names("approved", "ålens") == []
    with clock.as_of(clock.now() + dt.timedelta(days=366)):
        (line,) = directory.garden_suppliers(home.curator, "due").items
    kinds = [(approval.category, approval.status) for approval in line.approvals]
    assert (line.is_paused, kinds) == (True, [("ecm", "due"), ("med", "due")])


def test_coverage_map_follows_directory_and_own_area(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    coast = factories.garden("Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    there = factories.member(coast, "curator")

    def tile(viewer: int | None, page: str) -> tuple[str, str]:
        client.sign_in(viewer or 0)
        html = client.get(f"{page}?service=med.photo").text
        found = re.search(
            r'<li class="x\d y\d+ ([^"]*)"><a [^>]*>[^/]*/span><span [^>]*>Oppdal<.*?<b>(\d+)</b>', html
        )
        assert found is not None
        assert f'action="{page}#map"' in html
        return found[1], found[2]

    applicant("Fotografen", approved_by=home.curator, services=["med.photo"])
    for page in ("/garden/coverage", "/garden/suppliers"):
        assert tile(home.curator.user_id, page) == ("l1 own", "1")
        assert tile(there.user_id, page) == ("l1", "1")


def test_coverage_map_marks_own_area_for_gardens_only(app: Flask) -> None:
    home = vetting_garden()
    _made, owner = applicant("Fotografen", approved_by=home.curator, services=["med.photo"])
    own, others = (directory.coverage(viewer, "med.photo") for viewer in (home.curator, owner))
    assert (own.has_own, others.has_own) == (True, False)
    assert [(tile.number, tile.count) for tile in own.tiles] == [
        (tile.number, tile.count) for tile in others.tiles
    ]

"""What the demo's files say must be what the product lets people do: otherwise the telling stops and names the entry."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.demo import seed_briefs, seed_publication
from marketplace.demo.fixtures import World
from marketplace.demo.seed_briefs import owner_of
from marketplace.demo.timeline import History
from marketplace.sourcing import use_cases as sourcing
from marketplace.sourcing.models import Invitation
from marketplace.suppliers.models import SupplierService
from tests import factories
from tests.factories import briefs

COMPANY, LISTED, OUTSIDE = "bjorkvollen", "fjordnett", "skrivestua"


@pytest.fixture
def world(app: Flask) -> World:
    """A world with one company's owner in it."""
    world = World(password_hash="x")
    owner = owner_of("company", COMPANY)
    garden = factories.garden()
    viewer = factories.member(factories.company(of=garden), email=owner)
    world.people[owner] = viewer.user_id or 0
    listed = briefs.supplier("Fjordnett Studio", approved=("ecm",), of=garden, about="Vi lager nettbutikker.")
    listed.services = [SupplierService(code="ecm.shop")]
    world.organisations[LISTED] = listed.id
    world.organisations[OUTSIDE] = briefs.supplier("Skrivestua", approved=("con",), of=garden).id
    session.commit()
    return world


def test_an_answer_that_the_guide_refuses_stops_the_telling(world: World) -> None:
    owner = world.viewer(owner_of("company", COMPANY))
    world.briefs["shop"] = briefs.draft(owner).reference
    entry = {"key": "shop", "company": COMPANY, "answers": {"services": ["web.unknown"]}}
    save = seed_briefs._saving(History(clock.today()), world, entry, owner.email, "need")
    with pytest.raises(ValueError, match="shop"):
        save()


def test_a_supplier_that_is_not_in_the_list_stops_the_telling(world: World) -> None:
    owner = world.viewer(owner_of("company", COMPANY))
    world.briefs["shop"] = sourcing.publish_brief(
        owner, briefs.draft(owner).reference, confirmed=True
    ).reference
    entry = {"key": "shop", "company": COMPANY, "invited": [{"supplier": key} for key in (LISTED, OUTSIDE)]}
    with pytest.raises(ValueError, match="not in the ranking"), transaction():
        seed_publication._asking(world, entry)()
    assert session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert session.scalar(select(func.count()).select_from(Brief)) == 1

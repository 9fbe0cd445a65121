"""Demo content that violates a rule stops loading with an error that names the entry."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.demo import seed_briefs, seed_publication
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.seed_briefs import owner_email
from marketplace.demo.timeline import Timeline
from marketplace.sourcing import use_cases as sourcing
from marketplace.sourcing.models import Invitation
from marketplace.suppliers.models import SupplierService
from tests import factories
from tests.factories import briefs

COMPANY, LISTED, OUTSIDE = "bjorkvollen", "fjordnett", "skrivestua"


@pytest.fixture
def world(app: Flask) -> Fixtures:
    """A world with one company's owner in it."""
    world = Fixtures(password_hash="x")
    owner = owner_email("company", COMPANY)
    garden = factories.garden()
    viewer = factories.member(factories.company(of=garden), email=owner)
    world.people[owner] = viewer.user_id or 0
    listed = briefs.supplier("Fjordnett Studio", approved=("ecm",), of=garden, about="Vi lager nettbutikker.")
    listed.services = [SupplierService(code="ecm.shop")]
    world.organisations[LISTED] = listed.id
    world.organisations[OUTSIDE] = briefs.supplier("Skrivestua", approved=("con",), of=garden).id
    session.commit()
    return world


def test_invalid_answer_stops_loading(world: Fixtures) -> None:
    owner = world.viewer(owner_email("company", COMPANY))
    world.briefs["shop"] = briefs.draft(owner).reference
    entry = {"key": "shop", "company": COMPANY, "answers": {"services": ["web.unknown"]}}
    save = seed_briefs._save_topic_action(Timeline(clock.today()), world, entry, owner.email, "need")
    with pytest.raises(ValueError, match="shop"):
        save()


def test_invited_supplier_outside_ranking_stops_loading(world: Fixtures) -> None:
    owner = world.viewer(owner_email("company", COMPANY))
    world.briefs["shop"] = sourcing.publish_brief(
        owner, briefs.draft(owner).reference, confirmed=True
    ).reference
    entry = {"key": "shop", "company": COMPANY, "invited": [{"supplier": key} for key in (LISTED, OUTSIDE)]}
    with pytest.raises(ValueError, match="not in the ranking"), transaction():
        seed_publication._invite_action(world, entry)()
    assert session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert session.scalar(select(func.count()).select_from(Brief)) == 1

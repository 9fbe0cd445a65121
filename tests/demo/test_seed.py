"""Demo content that violates a rule stops loading with an error that names the entry."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.demo import seed_briefs, seed_publication
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.seed_briefs import owner_email
from marketplace.demo.timeline import Timeline
from marketplace.sourcing import use_cases as sourcing
from marketplace.sourcing.models import Invitation
from marketplace.suppliers.models import SupplierService
from tests import factories
from tests.factories import briefs, suppliers

COMPANY, LISTED, OUTSIDE = "bjorkvollen", "fjordnett", "skrivestua"


@pytest.fixture
def fixtures(app: Flask) -> Fixtures:
    """Fixtures with one company owner and two suppliers."""
    fixtures = Fixtures(password_hash="x")
    owner = owner_email("company", COMPANY)
    garden = factories.garden()
    viewer = factories.member(factories.company(of=garden), email=owner)
    fixtures.people[owner] = viewer.user_id or 0
    listed = suppliers.supplier(
        "Fjordnett Studio", approved=("ecm",), of=garden, about="Vi lager nettbutikker."
    )
    listed.services = [SupplierService(code="ecm.shop")]
    fixtures.organisations[LISTED] = listed.id
    fixtures.organisations[OUTSIDE] = suppliers.supplier("Skrivestua", approved=("con",), of=garden).id
    session.commit()
    return fixtures


def test_invalid_answer_stops_loading(fixtures: Fixtures) -> None:
    owner = fixtures.viewer(owner_email("company", COMPANY))
    fixtures.briefs["shop"] = briefs.draft(owner).reference
    entry = {"key": "shop", "company": COMPANY, "answers": {"services": ["web.unknown"]}}
    save = seed_briefs._save_topic_action(Timeline(clock.today()), fixtures, entry, owner.email, "need")
    with pytest.raises(ValueError, match="shop"):
        save()


def test_invited_supplier_without_approval_stops_loading(fixtures: Fixtures) -> None:
    owner = fixtures.viewer(owner_email("company", COMPANY))
    fixtures.briefs["shop"] = sourcing.publish_brief(
        owner, briefs.draft(owner).reference, confirmed=True
    ).reference
    entry = {"key": "shop", "company": COMPANY, "invited": [{"supplier": key} for key in (LISTED, OUTSIDE)]}
    with pytest.raises(RuleBroken, match="ikke lenger godkjent"), transaction():
        seed_publication._invite_action(fixtures, entry)()
    assert session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert session.scalar(select(func.count()).select_from(Brief)) == 1

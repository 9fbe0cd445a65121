"""A market: organisations, suppliers and viewers, built once per worker and restored for each test."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask

from marketplace.accounts.models import User
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.directory.queries import catalogue_cache
from marketplace.organisations.models import BusinessGarden, Membership
from marketplace.organisations.queries import viewer_for
from marketplace.proposals import queries, use_cases
from marketplace.proposals.models.offers import Proposal
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.ranking import corpus
from marketplace.suppliers.models import (
    Supplier,
    SupplierArea,
    SupplierLanguage,
    SupplierSector,
    SupplierService,
)
from tests import factories
from tests.factories.offers import full_content
from tests.factories.suppliers import supplier as bare_supplier, vetting
from tests.support.data_sets import restore_or_seed
from tests.support.databases import Database


@dataclass
class Market:
    """Viewers by role or by the name of their supplier, suppliers by name, and the brief of the offer tests.

    A viewer is also an attribute: `market.owner`.
    """

    people: dict[str, Viewer] = field(default_factory=dict)
    garden: Any = None
    suppliers: dict[str, Any] = field(default_factory=dict)
    brief_id: int = 0
    reference: str = ""

    def __getattr__(self, name: str) -> Viewer:
        try:
            return self.people[name]
        except KeyError as error:
            raise AttributeError(name) from error

    @property
    def brief(self) -> Brief:
        found = session.get(Brief, self.brief_id)
        assert found is not None
        return found

    def person(
        self, name: str, organisation: Any, role: str, locale: str = "nb", *, admin: bool = False
    ) -> Viewer:
        user = User(
            email=f"{name}@torget.example",
            name=name.title(),
            password_hash="x",
            locale=locale,
            is_admin=admin,
            email_verified_at=clock.now(),
        )
        session.add(user)
        session.flush()
        membership = None
        if organisation is not None:
            membership = Membership(user_id=user.id, organisation_id=organisation.id, role=role)
            session.add(membership)
            session.flush()
        self.people[name] = viewer_for(user, membership)
        return self.people[name]

    def leave(self, name: str) -> None:
        """Remove a person from the organisation."""
        session.delete(session.get_one(Membership, self.people[name].membership_id))
        session.commit()

    def supplier(
        self, name: str, *, invited: bool = True, locale: str = "nb", approved: bool = True
    ) -> Supplier:
        garden = session.get_one(BusinessGarden, self.curator.organisation_id)
        found = bare_supplier(
            name.title(), slug=name, of=garden, contact_name=f"{name.title()} Hansen", contact_email=f"post@{name}.example",
        )  # fmt: skip
        if approved:
            vetting(found, "ecm", garden, approved_at=clock.now() - dt.timedelta(days=30), decided_at=None)
        if invited and self.brief_id:
            session.add(
                Invitation(brief_id=self.brief_id, supplier_id=found.id, invited_by_id=self.owner.user_id)
            )
        self.person(name, found, "owner", locale)
        session.commit()
        return found

    def send(self, name: str, **changes: Any) -> Proposal:
        """Save and submit a supplier's offer."""
        viewer = self.people[name]
        saved = use_cases.save(viewer, self.reference, full_content(**changes))
        return use_cases.submit(viewer, self.reference, saved.revision)

    def proposal(self, name: str) -> Proposal:
        found = queries.own_proposal(self.people[name], self.brief_id)
        assert found is not None
        session.refresh(found)
        return found

    def add(self, name: str, text: str, *services: str, **details: Any) -> Supplier:
        """Add a supplier that is approved for its services, with one member."""
        areas, languages = details.pop("areas", ()), details.pop("languages", ("nb",))
        sectors, cases = details.pop("sectors", ()), details.pop("cases", ())
        place = details.pop("municipality_number", "5021")
        kinds = tuple(sorted({code.split(".")[0] for code in services}))
        added = bare_supplier(name, approved=kinds, of=self.garden, about=text, **details)
        added.municipality_number = place
        added.services = [SupplierService(code=code) for code in services]
        added.areas = [SupplierArea(municipality_number=number) for number in areas]
        added.languages = [SupplierLanguage(code=code) for code in languages]
        added.sectors = [SupplierSector(code=code) for code in sectors]
        added.cases = list(cases)
        session.flush()
        self.suppliers[name] = added
        self.people[name] = factories.member(added)
        return added


def restore_market(
    app: Flask, database: Database, name: str, build: Callable[[], Market], version: object = None
) -> Market:
    """Restore a market of this worker in the empty database, or build and save it.

    Clears the directory caches, because restored directories have the same fingerprint.
    """

    def seed() -> Market:
        built = build()
        ids = {supplier: added.id for supplier, added in built.suppliers.items()}
        return replace(built, garden=built.garden and built.garden.id, suppliers=ids)

    for cache in (corpus._corpora, catalogue_cache._cache):
        cache.clear()
    seeded = restore_or_seed(app, database, name, seed, version)
    return replace(
        seeded,
        people=dict(seeded.people),
        garden=seeded.garden and session.get_one(BusinessGarden, seeded.garden),
        suppliers={supplier: session.get_one(Supplier, key) for supplier, key in seeded.suppliers.items()},
    )

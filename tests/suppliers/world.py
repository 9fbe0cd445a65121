"""A small world for these tests: a garden with a curator, and suppliers made by few words."""

from dataclasses import dataclass
from typing import Any

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden, Membership
from marketplace.organisations.queries import viewer_for
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.use_cases import Basics, CaseDetails, ServiceOffering, SupplierApplication
from marketplace.vetting import use_cases
from marketplace.vetting.models import Refusal, Vetting
from marketplace.vetting.use_cases import Decision
from tests import factories

ABOUT = (
    "Vi lager nettbutikk og tar bilder for gårdsutsalg og småbutikker, med Vipps og henting på gården. " * 2
)
CASE = CaseDetails("Nettbutikk for tre gårder", "Gårdene ville selge sammen, og vi bygde butikken.", 2025)


@dataclass(frozen=True)
class World:
    """A garden and its curator."""

    garden: BusinessGarden
    curator: Viewer


def world(**values: Any) -> World:
    garden = factories.garden(**values)
    return World(garden, factories.member(garden, "curator", name="Ingrid Vognill"))


def application(name: str = "Kvistverk Nettbyrå", **values: Any) -> SupplierApplication:
    basics = {"municipality_number": "5021", "contact_email": "ola@kvistverk.example", "phone": "00 00 00 00"}
    offer = {"services": ["ecm.shop"], "areas": ["5022"], "languages": ["nb"], "price_from_nok": 30_000}
    basics |= {key: values.pop(key) for key in list(values) if key in Basics.__dataclass_fields__}
    offer |= {key: values.pop(key) for key in list(values) if key in ServiceOffering.__dataclass_fields__}
    whole = {"about": ABOUT, "cases": [CASE], "note": "Ring Solveig, 00 00 00 00."} | values
    return SupplierApplication(basics=Basics(name=name, **basics), offer=ServiceOffering(**offer), **whole)


def supplier(
    name: str = "Kvistverk Nettbyrå", *, approved_by: Viewer | None = None, **values: Any
) -> tuple[Supplier, Viewer]:
    """Add a supplier with an owner; `approved_by` approves all that it applies for."""
    owner = factories.user("Ola Kvist")
    made = use_cases.add_application(application(name, **values), owner_id=owner.id)
    if approved_by:
        use_cases.approve_all(approved_by, made.id)
    membership = session.query(Membership).filter_by(user_id=owner.id).one()
    return made, viewer_for(owner, membership)


def refused(
    here: World, item: Vetting, *, by: Viewer | None = None, reason: str = "Prisen mangler."
) -> Refusal:
    """Let two curators refuse an application: the world's own, and one more."""
    second = by or factories.member(here.garden, "curator", name="Anders Skorem")
    decision = Decision("refuse", item.revision, everything(item.category, price="uklar"), reason)
    made = use_cases.propose_refusal(here.curator, item.id, decision)
    return use_cases.answer_refusal(second, made.id, "confirm")


def only_vetting(made: Supplier) -> Vetting:
    return session.query(Vetting).filter_by(supplier_id=made.id).one()


def everything(category: str, **unmet: str) -> dict[str, dict[str, object]]:
    """Return a checklist on which all is met, but for those named with a note."""
    from marketplace.vetting import rules

    return {
        item.code: {"met": item.code not in unmet, "note": unmet.get(item.code, "")}
        for item in rules.criteria_for(category)
    }

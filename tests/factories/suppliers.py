"""Factories for suppliers, vettings, applications and refusals."""

from dataclasses import dataclass
from typing import Any

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries
from marketplace.organisations.models import BusinessGarden, Membership
from marketplace.organisations.queries import viewer_for
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.use_cases import Basics, CaseDetails, ServiceOffering, SupplierApplication
from marketplace.vetting import rules, use_cases
from marketplace.vetting.models import Refusal, Vetting
from marketplace.vetting.use_cases import Decision
from tests import factories

ABOUT = (
    "Vi lager nettbutikk og tar bilder for gårdsutsalg og småbutikker, med Vipps og henting på gården. " * 2
)
REASON = "Vi fant ingen oppdrag vi kunne etterprøve."
APPEAL = "Prisen står i profilen, nederst, og har stått der hele tida."
CASE = CaseDetails("Nettbutikk for tre gårder", "Gårdene ville selge sammen, og vi bygde butikken.", 2025)


def supplier(
    name: str = "Fjordnett Studio", *, approved: tuple[str, ...] = (), of: Any = None, **values: Any
) -> Supplier:
    """Add a supplier in Oppdal, approved by a garden for some kinds of service."""
    details = {"municipality_number": "5021", "slug": values.pop("slug", None) or queries.unique_slug(name)}
    added = Supplier(name=name, garden_id=of.id if of else None, **(details | values))
    session.add(added)
    session.flush()
    for category in approved:
        vetting(added, category, of or factories.garden())
    return added


def vetting(supplier: Supplier, category: str, garden: BusinessGarden, **values: Any) -> Vetting:
    """Add an approval of a supplier for a kind of service."""
    now = clock.now()
    details = {"state": rules.APPROVED, "approved_at": now, "decided_at": now}
    added = Vetting(supplier_id=supplier.id, category=category, garden_id=garden.id, **(details | values))
    session.add(added)
    session.flush()
    return added


@dataclass(frozen=True)
class VettingGarden:
    """A garden and its curator."""

    garden: BusinessGarden
    curator: Viewer


def vetting_garden(**values: Any) -> VettingGarden:
    """Add a garden with a curator."""
    garden = factories.garden(**values)
    return VettingGarden(garden, factories.member(garden, "curator", name="Ingrid Vognill"))


def application(name: str = "Kvistverk Nettbyrå", **values: Any) -> SupplierApplication:
    """Build a complete application of a supplier in Oppdal."""
    basics = {"municipality_number": "5021", "contact_email": "ola@kvistverk.example", "phone": "00 00 00 00"}
    offer = {"services": ["ecm.shop"], "areas": ["5022"], "languages": ["nb"], "price_from_nok": 30_000}
    basics |= {key: values.pop(key) for key in list(values) if key in Basics.__dataclass_fields__}
    offer |= {key: values.pop(key) for key in list(values) if key in ServiceOffering.__dataclass_fields__}
    details = {"about": ABOUT, "cases": [CASE], "note": "Ring Solveig, 00 00 00 00."} | values
    return SupplierApplication(basics=Basics(name=name, **basics), offer=ServiceOffering(**offer), **details)


def applicant(
    name: str = "Kvistverk Nettbyrå", *, approved_by: Viewer | None = None, **values: Any
) -> tuple[Supplier, Viewer]:
    """Submit an application and return the supplier and its owner; `approved_by` approves all its kinds of service."""
    owner = factories.user("Ola Kvist")
    added = use_cases.add_application(application(name, **values), owner_id=owner.id)
    if approved_by:
        use_cases.approve_all(approved_by, added.id)
    membership = session.query(Membership).filter_by(user_id=owner.id).one()
    return added, viewer_for(owner, membership)


def refuse(
    home: VettingGarden, vetting: Vetting, *, by: Viewer | None = None, reason: str = "Prisen mangler."
) -> Refusal:
    """Refuse an application: the garden's curator proposes, and a second one confirms."""
    second = by or factories.member(home.garden, "curator", name="Anders Skorem")
    decision = Decision("refuse", vetting.revision, checklist(vetting.category, price="uklar"), reason)
    proposal = use_cases.propose_refusal(home.curator, vetting.id, decision)
    return use_cases.answer_refusal(second, proposal.id, "confirm")


def propose_refusal(home: VettingGarden, vetting: Vetting, reason: str = REASON) -> Refusal:
    """Propose a refusal by the garden's curator, which a second curator has to confirm."""
    decision = Decision("refuse", vetting.revision, checklist(vetting.category, case="for tynt"), reason)
    return use_cases.propose_refusal(home.curator, vetting.id, decision)


def refused_supplier(home: VettingGarden, by: Viewer | None = None) -> tuple[Supplier, Viewer, Vetting]:
    """Add a supplier refused by two curators, and return it with its owner and its vetting."""
    added, owner = applicant()
    refuse(home, vetting_of(added), by=by)
    return added, owner, vetting_of(added)


def vetting_of(supplier: Supplier) -> Vetting:
    """Return the only vetting of a supplier."""
    return session.query(Vetting).filter_by(supplier_id=supplier.id).one()


def checklist(category: str, **unmet: str) -> dict[str, dict[str, object]]:
    """Build a checklist with all criteria met, except those given with a note."""
    return {
        criterion.code: {"met": criterion.code not in unmet, "note": unmet.get(criterion.code, "")}
        for criterion in rules.criteria_for(category)
    }

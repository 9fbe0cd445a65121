"""Generated directories for benchmarks: any number of suppliers, companies and briefs, reproducible."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.progress import Progress
from sqlalchemy import select

from benchmarks.data import page_set
from benchmarks.data.scale_briefs import add_briefs
from benchmarks.data.scale_programme import add_project
from benchmarks.data.scale_rows import Row, SeededSupplier, add_rows, add_rows_returning_ids
from benchmarks.data.wording import Wording
from marketplace.accounts.models import User
from marketplace.core import clock, places, taxonomy
from marketplace.core.database import session, transaction
from marketplace.core.identifiers import make_slug
from marketplace.demo.use_cases import fill
from marketplace.organisations.models import (
    AREA,
    BusinessGarden,
    Company,
    CompanyFollower,
    Membership,
    Organisation,
)
from marketplace.reporting.fact_recording import record_missing_facts
from marketplace.suppliers.models import (
    CaseStudy,
    Supplier,
    SupplierArea,
    SupplierLanguage,
    SupplierSector,
    SupplierService,
)
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting

SEED = 2026
APPROVED_SHARE, REMOTE_SHARE, ON_SITE_SHARE = 0.92, 0.75, 0.85
COMPANIES_A_BRIEF, OWN_SHARE = 0.4, 0.05
RANKED = 20
LOCAL_WEIGHT = 5
PRICES = (3000, 5000, 8000, 12000, 15000, 20000, 25000, 30000, 40000, 60000, 90000)
NO_PASSWORD = "!"  # noqa: S105 because it is not a hash, so no password matches
_GARDENS = select(BusinessGarden.id).order_by(BusinessGarden.id)


@dataclass(frozen=True, slots=True)
class Seeded:
    """Number of added records, ids of users by role, and pages to measure as (role, path)."""

    suppliers: int
    companies: int
    briefs: int
    proposals: int
    people: Mapping[str, int]
    pages: Sequence[tuple[str, str]]


def seed(suppliers: int = 1000, briefs: int = 500, ranked: int = RANKED, participants: int = 0) -> Seeded:
    """Add suppliers, companies and briefs to the existing gardens. Without a garden, the demo data is loaded first.

    The demo company gets its share of the briefs, the demo supplier its share of the offers. The others cannot sign in. With `participants`, the demo garden gets a project of as many companies.
    """
    if not session.scalars(_GARDENS).all():
        with Progress(disable=True) as progress:
            fill(progress)
    wording = Wording(random.Random(SEED))
    with transaction():
        gardens = list(session.scalars(_GARDENS))
        supplied = [*_add_suppliers(wording, gardens, suppliers), *_demo_supplier()]
        companies = _add_companies(wording, gardens, max(1, round(briefs * COMPANIES_A_BRIEF)))
        own = page_set.organisation_of("company")
        sharing = [*companies, *([own] * round(len(companies) * OWN_SHARE) if own else [])]
        proposals = add_briefs(wording, sharing, supplied, briefs)
        session.expire_all()
        page_set.rank_again(ranked)
        leader = page_set.organisation_of("garden")
        if participants and leader:
            add_project(*leader, participants)
    if participants:
        record_missing_facts()
    return Seeded(suppliers, len(companies), briefs, proposals, page_set.people(), page_set.pages())


def _demo_supplier() -> list[SeededSupplier]:
    found = page_set.organisation_of("supplier")
    if found is None:
        return []
    query = select(Vetting.category).where(Vetting.supplier_id == found[0], Vetting.state == rules.APPROVED)
    return [SeededSupplier(*found, frozenset(session.scalars(query)))]


def _add_organisations(wording: Wording, kind: str, rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Add organisations with one owner each, and return the ids of both."""
    ids = add_rows_returning_ids(
        Organisation, [{"kind": kind, "slug": make_slug(row["name"]), **row} for row in rows]
    )
    owners = [
        {
            "name": wording.person_name(),
            "email": f"post@{make_slug(row['name'])}.example",
            "password_hash": NO_PASSWORD,
            "email_verified_at": clock.now(),
        }
        for row in rows
    ]
    people = add_rows_returning_ids(User, owners)
    pairs = list(zip(ids, people, strict=True))
    add_rows(
        Membership, [{"user_id": person, "organisation_id": of, "role": "owner"} for of, person in pairs]
    )
    return pairs


def _seats(rng: random.Random, count: int) -> list[str]:
    """Return municipalities of offices: mostly in Trøndelag, weighted by population."""
    near = [*places.municipalities_in("50"), *places.municipalities_in("15"), *places.municipalities_in("34")]
    weights = [places.municipality(n).population * (LOCAL_WEIGHT if n.startswith("50") else 1) for n in near]
    return rng.choices(near, weights, k=count)


def _add_suppliers(wording: Wording, gardens: Sequence[int], count: int) -> list[SeededSupplier]:
    rng = wording.rng
    groups = taxonomy.groups()
    sold = [_services(rng, groups) for _number in range(count)]
    seats, employees = (
        _seats(rng, count),
        [rng.choice((1, 1, 1, 2, 2, 3, 4, 6, 9, 15)) for _number in range(count)],
    )
    rows = [
        {
            "name": wording.supplier_name(taxonomy.group_of(codes[0])),
            "municipality_number": seat,
            "about": wording.profile(codes, places.municipality(seat).seat, people),
        }
        for codes, seat, people in zip(sold, seats, employees, strict=True)
    ]
    pairs = _add_organisations(wording, "supplier", rows)
    today = clock.today()
    add_rows(
        Supplier,
        [
            {
                "id": supplier,
                "garden_id": rng.choice(gardens),
                "employees": people,
                "remote": rng.random() < REMOTE_SHARE,
                "on_site": rng.random() < ON_SITE_SHARE,
                "price_from_nok": rng.choice(PRICES),
                "next_start": today + dt.timedelta(days=rng.randint(1, 90)),
            }
            for (supplier, _owner), people in zip(pairs, employees, strict=True)
        ],
    )
    ids = [supplier for supplier, _owner in pairs]
    _add_profiles(wording, ids, sold, seats)
    approved = _add_vettings(rng, gardens, ids, sold)
    return [SeededSupplier(supplier, owner, approved[supplier]) for supplier, owner in pairs]


def _services(rng: random.Random, groups: Sequence[taxonomy.Group]) -> list[str]:
    chosen = rng.sample(list(groups), rng.choice((1, 1, 2, 2, 3)))
    codes = [
        service.code
        for group in chosen
        for service in rng.sample(group.services, min(2, len(group.services)))
    ]
    return sorted(codes)


def _add_profiles(
    wording: Wording, ids: Sequence[int], sold: Sequence[list[str]], seats: Sequence[str]
) -> None:
    """Add the services, sectors, areas, languages and cases of suppliers."""
    rng, trades = wording.rng, list(taxonomy.sectors())
    services, sectors, areas, languages, cases = (list[Row]() for _kind in range(5))
    year = clock.today().year
    for supplier, codes, seat in zip(ids, sold, seats, strict=True):
        services += [{"supplier_id": supplier, "code": code} for code in codes]
        known = sorted(rng.sample(trades, rng.randint(1, 4)))
        sectors += [{"supplier_id": supplier, "code": code} for code in known]
        near = {seat, *places.neighbours(seat)}
        areas += [{"supplier_id": supplier, "municipality_number": number} for number in sorted(near)]
        spoken = [
            "nb",
            *(["en"] if rng.random() < 0.5 else []),
            *(["nn"] if rng.random() < 0.15 else []),
        ]
        languages += [{"supplier_id": supplier, "code": code} for code in spoken]
        for code in rng.sample(codes, min(2, len(codes))):
            cases.append(
                {
                    "supplier_id": supplier,
                    "title": taxonomy.service(code).labels["nb"],
                    "sector_code": rng.choice(known),
                    "service_code": code,
                    "text": wording.case_text(taxonomy.group_of(code)),
                    "year": year - rng.randint(0, 3),
                }
            )
    for model, rows in (
        (SupplierService, services),
        (SupplierSector, sectors),
        (SupplierArea, areas),
        (SupplierLanguage, languages),
        (CaseStudy, cases),
    ):
        add_rows(model, rows)


def _add_vettings(
    rng: random.Random, gardens: Sequence[int], ids: Sequence[int], sold: Sequence[list[str]]
) -> dict[int, frozenset[str]]:
    """Add a vetting for each kind of service, and return the approved kinds by supplier."""
    now, rows, approved = clock.now(), list[Row](), dict[int, frozenset[str]]()
    for supplier, codes in zip(ids, sold, strict=True):
        categories = sorted({taxonomy.group_of(code) for code in codes})
        is_approved = rng.random() < APPROVED_SHARE
        approved[supplier] = frozenset(categories) if is_approved else frozenset()
        decided = now - dt.timedelta(days=rng.randint(5, 300)) if is_approved else None
        submitted = (decided or now) - dt.timedelta(days=rng.randint(1, 6))
        garden = rng.choice(gardens)
        rows += [
            {
                "supplier_id": supplier,
                "category": category,
                "state": rules.APPROVED if is_approved else rules.SUBMITTED,
                "garden_id": garden,
                "submitted_at": submitted,
                "decided_at": decided,
                "approved_at": decided,
                "checklist": rules.full_checklist(category) if is_approved else {},
            }
            for category in categories
        ]
    add_rows(Vetting, rows)
    return approved


def _add_companies(wording: Wording, gardens: Sequence[int], count: int) -> list[tuple[int, int]]:
    rng, trades = wording.rng, sorted(taxonomy.sectors())
    rows = [{"name": wording.company_name(), "municipality_number": seat} for seat in _seats(rng, count)]
    pairs = _add_organisations(wording, "company", rows)
    companies: list[Row] = [
        {
            "id": company,
            "garden_id": rng.choice(gardens),
            "sector_code": rng.choice(trades),
            "employees": rng.randint(1, 40),
        }
        for company, _owner in pairs
    ]
    add_rows(Company, companies)
    followers = [
        {"company_id": row["id"], "garden_id": row["garden_id"], "why": AREA, "since": clock.now()}
        for row in companies
    ]
    add_rows(CompanyFollower, followers)
    return pairs

"""Demo organisations: gardens, companies, and suppliers with applications and vetting."""

import datetime as dt
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import select

from marketplace.core import clock, places, taxonomy
from marketplace.core.database import session
from marketplace.demo import content_files as content
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.people import ADMINISTRATOR
from marketplace.demo.seed_second_reviews import seed_second_reviews
from marketplace.demo.timeline import Timeline
from marketplace.organisations import use_cases as organisations
from marketplace.organisations.models import Company, Membership
from marketplace.organisations.use_cases import CompanyDetails, GardenDetails
from marketplace.suppliers import use_cases as profiles
from marketplace.suppliers.use_cases import Basics, CaseDetails, ServiceOffering, SupplierApplication
from marketplace.vetting import rules, use_cases
from marketplace.vetting.models import Vetting
from marketplace.vetting.use_cases import Decision

Entry = dict[str, Any]
PHONE = "00 00 00 00"
OPENING_DAY = -480
DAYS_TO_DECISION = {rules.CHANGES: 3, rules.REFUSED: 5, rules.SUSPENDED: 160, rules.SUBMITTED: 0}
APPROVAL_DAYS = 4
RENEWAL_REMINDER_AFTER_DAYS = 366
REFRESH_DAY = -35
BEFORE_THE_COURSE = -62
"""Last day on which a company registers, before the companies sign up for the course."""


def seed_gardens(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the administrator, and the gardens with their members, to the timeline."""

    def make_administrator() -> None:
        fixtures.add_person(ADMINISTRATOR, is_admin=True)

    timeline.add(OPENING_DAY, "gardens", make_administrator)
    for minutes, entry in enumerate(content.gardens(), start=1):
        timeline.add(OPENING_DAY, "gardens", _garden_action(fixtures, entry), minutes=minutes)


def _garden_action(fixtures: Fixtures, entry: Entry) -> Callable[[], None]:
    def open_garden() -> None:
        details = GardenDetails(
            name=entry["name"],
            municipality_number=entry["municipality"],
            covered_municipalities=entry["covers"],
            email=f"post@{entry['website'].removeprefix('https://')}",
            phone=PHONE,
            website=entry["website"],
            about=entry["about"],
        )
        garden = organisations.save_garden(fixtures.viewer(ADMINISTRATOR["email"]), details)
        garden.organisation_number = entry["organisation_number"]
        # Off, so that the briefs of the demo open on the day that its timeline says.
        garden.reviews_first_brief = garden.reviews_unsure = garden.reviews_no_budget = False
        fixtures.organisations[entry["key"]] = garden.id
        for person in entry["people"]:
            fixtures.add_member(person, entry["key"], person["role"])

    return open_garden


def seed_companies(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the registration of each company to the timeline."""
    for key, day in registration_days().items():
        entry = next(entry for entry in content.companies() if entry["key"] == key)
        timeline.add(day, key, _company_action(fixtures, entry))


@cache
def registration_days() -> dict[str, int]:
    """Return the day on which each company registers: at least two weeks before its first brief or its strategy."""
    begun = [(brief["company"], brief["created"]) for brief in content.briefs()]
    begun += [
        (plan["company"], plan["strategy"]["written"]) for plan in content.plans() if "strategy" in plan
    ]
    begun += [(entry["key"], entry["plan"]["written"]) for entry in content.companies() if "plan" in entry]
    return {
        key: min(
            -(40 + zlib.crc32(key.encode()) % 380),
            BEFORE_THE_COURSE,
            *(day - 14 for company, day in begun if company == key),
        )
        for key in (entry["key"] for entry in content.companies())
    }


def _company_action(fixtures: Fixtures, entry: Entry) -> Callable[[], None]:
    def register() -> None:
        owner = next(person for person in entry["people"] if person["role"] == "owner")
        details = CompanyDetails(
            name=entry["name"],
            organisation_number=entry.get("organisation_number"),
            municipality_number=entry["municipality"],
            sector_code=entry["sector"],
            employees=entry["employees"],
            website=entry.get("website", ""),
            phone=PHONE,
            about=entry["about"],
        )
        membership = organisations.add_company(fixtures.add_person(owner), details)
        session.get_one(Company, membership.organisation_id).known_at = clock.now()
        fixtures.organisations[entry["key"]] = membership.organisation_id
        for person in entry["people"]:
            if person is not owner:
                fixtures.add_member(person, entry["key"], person["role"])

    return register


def seed_suppliers(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the applications of suppliers, one per day on which they applied, and the decisions of curators."""
    for entry in content.suppliers():
        batches: dict[int, list[str]] = {}
        for category, vetted in entry["vetting"].items():
            days_to_decision = DAYS_TO_DECISION.get(vetted["state"], APPROVAL_DAYS)
            batches.setdefault(-vetted["days"] - days_to_decision, []).append(category)
        key, so_far = entry["key"], list[str]()
        for day in sorted(batches):
            so_far = [*so_far, *batches[day]]
            codes = [code for code in entry["services"] if taxonomy.group_of(code) in so_far]
            is_first = len(so_far) == len(batches[day])
            ask = (
                _application_action(timeline, fixtures, entry, codes)
                if is_first
                else _more_services_action(fixtures, entry, codes)
            )
            timeline.add(day, key, ask)
        if min(batches) < REFRESH_DAY:
            timeline.add(REFRESH_DAY, key, _refresh_action(timeline, fixtures, entry), minutes=5)
        for category, vetted in entry["vetting"].items():
            _seed_vetting(timeline, fixtures, entry, category, vetted)
        if "paused" in entry:
            timeline.add(-entry["paused"], key, _pause_action(fixtures, entry), minutes=30)


def _application_action(
    timeline: Timeline, fixtures: Fixtures, entry: Entry, codes: Sequence[str]
) -> Callable[[], None]:
    def apply() -> None:
        fixtures.add_person(entry["contact"])
        member_id = use_cases.create_own_supplier(
            fixtures.viewer(entry["contact"]["email"]), _application(timeline, fixtures, entry, codes)
        )
        fixtures.organisations[entry["key"]] = session.get_one(Membership, member_id).organisation_id
        for colleague in entry.get("colleagues", ()):
            fixtures.add_member(colleague, entry["key"], "member")

    return apply


def _application(
    timeline: Timeline, fixtures: Fixtures, entry: Entry, codes: Sequence[str]
) -> SupplierApplication:
    year = timeline.today.year
    cases = [
        CaseDetails(
            title=case["title"],
            text=case["text"],
            year=min(year + case["year"], clock.today().year),
            client=case["client"],
            sector_code=case["sector"],
            service_code=case["service"],
            result=case["result"],
        )
        for case in entry["cases"]
    ]
    return SupplierApplication(
        basics=Basics(
            name=entry["name"],
            municipality_number=entry["municipality"],
            organisation_number=entry.get("organisation_number"),
            website=entry["website"],
            phone=PHONE,
            contact_name=entry["contact"]["name"],
            contact_email=entry["contact"]["email"],
            employees=entry["employees"],
        ),
        offer=ServiceOffering(
            services=codes,
            sectors=entry["sectors"],
            areas=_area(entry["area"]),
            languages=entry["languages"],
            remote=entry["remote"],
            on_site=entry["on_site"],
            price_from_nok=entry["price_from_nok"],
            next_start=_next_start(timeline, entry),
        ),
        about=entry["text"],
        text_locale=entry["lang"],
        garden_id=fixtures.organisations[entry["garden"]],
        cases=cases,
        note=_remark("notes", entry["key"]),
    )


def _next_start(timeline: Timeline, entry: Entry) -> dt.date:
    """Return the next start date. In old applications it is relative to the application date."""
    days = dt.timedelta(days=entry["next_start"])
    is_old = clock.today() < timeline.day(REFRESH_DAY)
    return (clock.today() if is_old else timeline.today) + days


def _refresh_action(timeline: Timeline, fixtures: Fixtures, entry: Entry) -> Callable[[], None]:
    def refresh() -> None:
        viewer = fixtures.viewer(entry["contact"]["email"])
        profiles.change_price(viewer, entry["price_from_nok"], _next_start(timeline, entry))

    return refresh


def _area(written: Sequence[str]) -> list[str]:
    """Return municipality numbers; `county:50` stands for all municipalities of a county."""
    numbers: list[str] = []
    for item in written:
        county = item.removeprefix("county:")
        numbers += places.municipalities_in(county) if county != item else [item]
    return numbers


def _remark(kind: str, key: str) -> str:
    remarks: list[str] = content.remarks()[kind]
    return remarks[zlib.crc32(key.encode()) % len(remarks)]


def _more_services_action(fixtures: Fixtures, entry: Entry, codes: Sequence[str]) -> Callable[[], None]:
    def ask() -> None:
        profiles.change_services(
            fixtures.viewer(entry["contact"]["email"]), codes, _remark("notes", entry["key"])
        )

    return ask


def _seed_vetting(timeline: Timeline, fixtures: Fixtures, entry: Entry, category: str, vetted: Entry) -> None:
    """Add the decisions on one kind of service, including suspensions."""
    decide, key, day = _decision_action(fixtures, entry, category, vetted), entry["key"], -vetted["days"]
    state = vetted["state"]
    if state in {rules.APPROVED, rules.DUE, rules.DORMANT}:
        timeline.add(day, key, decide(rules.APPROVE), minutes=20)
    elif state == rules.CHANGES:
        timeline.add(day, key, decide(rules.REQUEST_CHANGES), minutes=20)
        if "proposed" in vetted:
            proposal = vetted["proposed"]
            propose = _decision_action(fixtures, entry, category, proposal)
            timeline.add(-proposal["days"], key, propose(rules.REFUSE), minutes=20)
    elif state == rules.REFUSED:
        timeline.add(day, key, decide(rules.REFUSE), minutes=20)
        seed_second_reviews(timeline, fixtures, entry, category, vetted)
    elif state == rules.SUSPENDED:
        timeline.add(day - DAYS_TO_DECISION[state] + APPROVAL_DAYS, key, decide(rules.APPROVE), minutes=20)
        timeline.add(day, key, decide(rules.SUSPEND), minutes=20)
    if vetted["days"] > RENEWAL_REMINDER_AFTER_DAYS:
        timeline.add_scheduled(day + RENEWAL_REMINDER_AFTER_DAYS + 1, _remind_renewals)


def _remind_renewals() -> None:
    use_cases.remind_of_renewals()


def _decision_action(
    fixtures: Fixtures, entry: Entry, category: str, vetted: Entry
) -> Callable[[str], Callable[[], None]]:
    curator = next(
        person["email"]
        for garden in content.gardens()
        if garden["key"] == entry["garden"]
        for person in garden["people"]
        if person["role"] == "curator"
    )

    def deciding(move: str) -> Callable[[], None]:
        def decide() -> None:
            supplier_id = fixtures.organisations[entry["key"]]
            item = session.scalars(
                select(Vetting).where(Vetting.supplier_id == supplier_id, Vetting.category == category)
            ).one()
            checklist = rules.full_checklist(category)
            checklist["reference"]["note"] = _remark("references", f"{entry['key']} {category}")
            if move in {rules.REQUEST_CHANGES, rules.REFUSE}:
                for code in vetted["unmet"]:
                    checklist[code] = {"met": False, "note": ""}
            reason = vetted.get("reason", "") if move in rules.NEEDS_TEXT else ""
            decision = Decision(move, item.revision, checklist, reason)
            act = use_cases.propose_refusal if move == rules.REFUSE else use_cases.decide
            act(fixtures.viewer(curator), item.id, decision)

        return decide

    return deciding


def _pause_action(fixtures: Fixtures, entry: Entry) -> Callable[[], None]:
    def pause() -> None:
        profiles.set_paused(fixtures.viewer(entry["contact"]["email"]), paused=True)

    return pause

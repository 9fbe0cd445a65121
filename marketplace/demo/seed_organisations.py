"""Business gardens open, companies register, suppliers apply and are vetted."""

import datetime as dt
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from marketplace.core import clock, places, taxonomy
from marketplace.core.database import session
from marketplace.demo import content_files as content
from marketplace.demo.fixtures import World
from marketplace.demo.people import ADMINISTRATOR
from marketplace.demo.seed_second_reviews import tell_second
from marketplace.demo.timeline import History
from marketplace.organisations import use_cases as organisations
from marketplace.organisations.models import Membership
from marketplace.organisations.use_cases import CompanyDetails, GardenDetails
from marketplace.suppliers import use_cases as profiles
from marketplace.suppliers.use_cases import Basics, CaseDetails, Offer, SupplierApplication
from marketplace.vetting import rules, use_cases
from marketplace.vetting.models import Vetting
from marketplace.vetting.use_cases import Decision

Entry = dict[str, Any]
PHONE = "00 00 00 00"
OPENING_DAY = -480
WAITED = {rules.CHANGES: 3, rules.REFUSED: 5, rules.SUSPENDED: 160, rules.SUBMITTED: 0}
APPROVAL_TAKES = 4
RENEWAL_ASKED_AFTER = 366
REFRESHED_DAY = -35


def tell_gardens(history: History, world: World) -> None:
    """Let an administrator open the gardens and let their people in."""

    def make_administrator() -> None:
        world.add_person(ADMINISTRATOR, is_admin=True)

    history.add(OPENING_DAY, "gardens", make_administrator)
    for minutes, entry in enumerate(content.gardens(), start=1):
        history.add(OPENING_DAY, "gardens", _opening(world, entry), minutes=minutes)


def _opening(world: World, entry: Entry) -> Callable[[], None]:
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
        garden = organisations.save_garden(world.viewer(ADMINISTRATOR["email"]), details)
        garden.organisation_number = entry["organisation_number"]
        world.organisations[entry["key"]] = garden.id
        for person in entry["people"]:
            world.add_member(person, entry["key"], person["role"])

    return open_garden


def tell_companies(history: History, world: World) -> None:
    """Let the companies register, at the latest some weeks before their first brief."""
    first_brief: dict[str, int] = {}
    for brief in content.briefs():
        first_brief[brief["company"]] = min(brief["created"], first_brief.get(brief["company"], 0))
    for entry in content.companies():
        key = entry["key"]
        day = -(40 + zlib.crc32(key.encode()) % 380)
        history.add(min(day, first_brief.get(key, 0) - 14), key, _registering(world, entry))


def _registering(world: World, entry: Entry) -> Callable[[], None]:
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
        membership = organisations.add_company(world.add_person(owner), details)
        world.organisations[entry["key"]] = membership.organisation_id
        for person in entry["people"]:
            if person is not owner:
                world.add_member(person, entry["key"], person["role"])

    return register


def tell_suppliers(history: History, world: World) -> None:
    """Let the suppliers apply, kind by kind where they did so, and let the curators answer."""
    for entry in content.suppliers():
        batches: dict[int, list[str]] = {}
        for category, vetted in entry["vetting"].items():
            waited = WAITED.get(vetted["state"], APPROVAL_TAKES)
            batches.setdefault(-vetted["days"] - waited, []).append(category)
        key, so_far = entry["key"], list[str]()
        for day in sorted(batches):
            so_far = [*so_far, *batches[day]]
            codes = [code for code in entry["services"] if taxonomy.group_of(code) in so_far]
            is_first = len(so_far) == len(batches[day])
            ask = (
                _applying(history, world, entry, codes) if is_first else _asking_for_more(world, entry, codes)
            )
            history.add(day, key, ask)
        if min(batches) < REFRESHED_DAY:
            history.add(REFRESHED_DAY, key, _refreshing(history, world, entry), minutes=5)
        for category, vetted in entry["vetting"].items():
            _tell_vetting(history, world, entry, category, vetted)
        if "paused" in entry:
            history.add(-entry["paused"], key, _pausing(world, entry), minutes=30)


def _applying(history: History, world: World, entry: Entry, codes: Sequence[str]) -> Callable[[], None]:
    def apply() -> None:
        world.add_person(entry["contact"])
        member_id = use_cases.found_supplier(
            world.viewer(entry["contact"]["email"]), _application(history, world, entry, codes)
        )
        world.organisations[entry["key"]] = session.get_one(Membership, member_id).organisation_id
        for colleague in entry.get("colleagues", ()):
            world.add_member(colleague, entry["key"], "member")

    return apply


def _application(history: History, world: World, entry: Entry, codes: Sequence[str]) -> SupplierApplication:
    year = history.today.year
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
        offer=Offer(
            services=codes,
            sectors=entry["sectors"],
            areas=_area(entry["area"]),
            languages=entry["languages"],
            remote=entry["remote"],
            on_site=entry["on_site"],
            price_from_nok=entry["price_from_nok"],
            next_start=_next_start(history, entry),
        ),
        about=entry["text"],
        text_locale=entry["lang"],
        garden_id=world.organisations[entry["garden"]],
        cases=cases,
        note=_chosen("notes", entry["key"]),
    )


def _next_start(history: History, entry: Entry) -> dt.date:
    """Return when a supplier can start, as it says now; long ago it had time about as soon as it has today."""
    days = dt.timedelta(days=entry["next_start"])
    is_old = clock.today() < history.day(REFRESHED_DAY)
    return (clock.today() if is_old else history.today) + days


def _refreshing(history: History, world: World, entry: Entry) -> Callable[[], None]:
    def refresh() -> None:
        viewer = world.viewer(entry["contact"]["email"])
        profiles.change_price(viewer, entry["price_from_nok"], _next_start(history, entry))

    return refresh


def _area(written: Sequence[str]) -> list[str]:
    """Return municipality numbers; county:50 stands for all of a county."""
    found: list[str] = []
    for item in written:
        county = item.removeprefix("county:")
        found += places.in_county(county) if county != item else [item]
    return found


def _chosen(kind: str, key: str) -> str:
    remarks: list[str] = content.remarks()[kind]
    return remarks[zlib.crc32(key.encode()) % len(remarks)]


def _asking_for_more(world: World, entry: Entry, codes: Sequence[str]) -> Callable[[], None]:
    def ask() -> None:
        profiles.change_services(
            world.viewer(entry["contact"]["email"]), codes, _chosen("notes", entry["key"])
        )

    return ask


def _tell_vetting(history: History, world: World, entry: Entry, category: str, vetted: Entry) -> None:
    """Let the curator answer on one kind of service, and put an approval on hold where that happened."""
    decide, key, day = _deciding(world, entry, category, vetted), entry["key"], -vetted["days"]
    state = vetted["state"]
    if state in {rules.APPROVED, rules.DUE, rules.DORMANT}:
        history.add(day, key, decide(rules.APPROVE), minutes=20)
    elif state == rules.CHANGES:
        history.add(day, key, decide(rules.ASK), minutes=20)
        if "proposed" in vetted:
            proposal = vetted["proposed"]
            propose = _deciding(world, entry, category, proposal)
            history.add(-proposal["days"], key, propose(rules.REFUSE), minutes=20)
    elif state == rules.REFUSED:
        history.add(day, key, decide(rules.REFUSE), minutes=20)
        tell_second(history, world, entry, category, vetted)
    elif state == rules.SUSPENDED:
        history.add(day - WAITED[state] + APPROVAL_TAKES, key, decide(rules.APPROVE), minutes=20)
        history.add(day, key, decide(rules.SUSPEND), minutes=20)
    if vetted["days"] > RENEWAL_ASKED_AFTER:
        history.add_clock(day + RENEWAL_ASKED_AFTER + 1, _reminding)


def _reminding() -> None:
    use_cases.remind_renewals()


def _deciding(
    world: World, entry: Entry, category: str, vetted: Entry
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
            supplier_id = world.organisations[entry["key"]]
            item = session.scalars(
                select(Vetting).where(Vetting.supplier_id == supplier_id, Vetting.category == category)
            ).one()
            checklist = rules.full_checklist(category)
            checklist["reference"]["note"] = _chosen("references", f"{entry['key']} {category}")
            if move in rules.NEEDS_UNMET:
                for code in vetted["unmet"]:
                    checklist[code] = {"met": False, "note": ""}
            reason = vetted.get("reason", "") if move in rules.NEEDS_TEXT else ""
            decision = Decision(move, item.revision, checklist, reason)
            act = use_cases.propose_refusal if move in rules.TAKES_TWO else use_cases.decide
            act(world.viewer(curator), item.id, decision)

        return decide

    return deciding


def _pausing(world: World, entry: Entry) -> Callable[[], None]:
    def pause() -> None:
        profiles.set_paused(world.viewer(entry["contact"]["email"]), paused=True)

    return pause

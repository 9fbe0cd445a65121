"""Demo content files: references resolve, and texts obey the limits that users have to obey."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from marketplace.briefs import guide
from marketplace.core import clock, places, taxonomy
from marketplace.core.organisation_number import parse_organisation_number
from marketplace.demo import content_files as content
from marketplace.demo.course_days import session_days
from marketplace.demo.seed_course import SIGNED_UP_DAY
from marketplace.proposals.decision_reasons import CLOSING_REASONS, REASONS
from marketplace.proposals.offer_fields import OFFER_FIELDS
from marketplace.vetting import rules

BRIEF_KEYS = {brief["key"]: brief for brief in content.briefs()}
SUPPLIERS = {supplier["key"]: supplier for supplier in content.suppliers()}
PHOTO_AND_FILM = {"med.photo", "med.product-photo"}


def words(text: str) -> int:
    return len(text.split())


def people() -> Iterator[dict[str, Any]]:
    for organisation in (*content.gardens(), *content.companies()):
        yield from organisation["people"]
    for supplier in content.suppliers():
        yield supplier["contact"]
        yield from supplier.get("colleagues", ())


def area(supplier: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for entry in supplier["area"]:
        found |= (
            set(places.municipalities_in(entry.removeprefix("county:")))
            if entry.startswith("county:")
            else {entry}
        )
    return found


def test_content_has_documented_number_of_records() -> None:
    assert len(content.gardens()) == 4
    assert len(content.suppliers()) == 45
    assert len(content.companies()) == 30
    assert len(content.briefs()) == 26
    seats = {supplier["municipality"] for supplier in content.suppliers()}
    assert len(seats) == 10
    assert len({number[:2] for number in seats}) == 3, "suppliers from neighbouring counties too"


def test_every_brief_state_occurs() -> None:
    states = Counter(brief["state"] for brief in content.briefs())
    out = [b["answers"]["response_deadline"] for b in content.briefs() if b["state"] == "published"]
    assert sum(day > 0 for day in out) == 7
    assert sum(day < 0 for day in out) == 4
    assert len({day for day in out if day > 0}) == 7, "seven different deadlines"
    assert states == {
        "draft": 3, "in_review": 1, "published": 11, "awarded": 3, "delivered": 4,
        "no_award": 1, "withdrawn": 1, "lapsed": 1, "terminated": 1,
    }  # fmt: skip


def test_every_vetting_state_occurs() -> None:
    shown = {entry["state"] for supplier in content.suppliers() for entry in supplier["vetting"].values()}
    assert shown == set(rules.STATUSES)
    assert any("paused" in supplier for supplier in content.suppliers())


def test_names_addresses_and_numbers_are_unique() -> None:
    organisations = [*content.gardens(), *content.companies(), *content.suppliers()]
    for values in (
        [entry["name"] for entry in organisations],
        [entry["key"] for entry in content.suppliers()],
        [entry["key"] for entry in content.companies()],
        [person["email"] for person in people()],
        [entry["organisation_number"] for entry in organisations if "organisation_number" in entry],
    ):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_organisation_numbers_are_synthetic() -> None:
    for entry in (*content.gardens(), *content.companies(), *content.suppliers()):
        if number := entry.get("organisation_number"):
            assert parse_organisation_number(number, allow_test_numbers=True) == number
            assert number.startswith("3100"), number


def test_addresses_are_in_example_domains() -> None:
    for entry in (*content.gardens(), *content.companies(), *content.suppliers()):
        if "website" in entry:
            assert entry["website"].endswith(".example"), entry["website"]
    for person in people():
        assert person["email"].endswith(".example")
        assert person["email"] == person["email"].lower()
        assert person["email"].isascii()


@pytest.mark.parametrize("supplier", content.suppliers(), ids=lambda entry: entry["key"])
def test_supplier_entry_is_consistent(supplier: dict[str, Any]) -> None:
    assert 60 <= words(supplier["text"]) <= 160
    assert set(supplier["services"]) <= set(taxonomy.services())
    assert set(supplier["sectors"]) <= set(taxonomy.sectors())
    assert places.find_municipality(supplier["municipality"])
    assert all(places.find_municipality(number) for number in area(supplier))
    assert supplier["garden"] in {garden["key"] for garden in content.gardens()}
    assert set(supplier["languages"]) <= {"nb", "nn", "en", "sma"}
    assert 1 <= len(supplier["cases"]) <= 4
    assert supplier["remote"] or supplier["on_site"]
    assert supplier["on_site"] or not supplier["area"]
    assert set(supplier["vetting"]) == {taxonomy.group_of(code) for code in supplier["services"]}
    for case in supplier["cases"]:
        assert case["service"] in taxonomy.services()
        assert case["sector"] in taxonomy.sectors()
        assert case["year"] <= 0
        assert len(case["title"]) <= 120
        assert len(case["result"]) <= 300
    for category, entry in supplier["vetting"].items():
        if entry["state"] in {rules.REFUSED, rules.CHANGES}:
            codes = {criterion.code for criterion in rules.criteria_for(category)}
            assert entry["reason"]
            assert entry["unmet"]
            assert set(entry["unmet"]) <= codes
            for later in (entry.get("proposed"), entry.get("appeal")):
                assert later is None or 0 < later["days"] < entry["days"]


@pytest.mark.parametrize("company", content.companies(), ids=lambda entry: entry["key"])
def test_company_entry_is_consistent(company: dict[str, Any]) -> None:
    assert company["sector"] in taxonomy.sectors()
    garden = next(garden for garden in content.gardens() if garden["key"] == company["garden"])
    assert company["municipality"] in garden["covers"]
    assert [person["role"] for person in company["people"]].count("owner") == 1


def test_some_services_are_missing_in_some_areas() -> None:
    steinkjer = places.municipality("5006").lat
    north = {m.number for m in map(places.municipality, places.municipalities_in("50")) if m.lat > steinkjer}
    mountains = {"5021", "5022", "5026", "5027", "5033", "5032"}
    for supplier in content.suppliers():
        if "ops.accessibility" in supplier["services"]:
            assert not area(supplier) & north
    photographers = [s for s in content.suppliers() if PHOTO_AND_FILM & set(s["services"])]
    assert sum(bool(area(supplier) & mountains) for supplier in photographers) <= 2


@pytest.mark.parametrize("brief", content.briefs(), ids=lambda entry: entry["key"])
def test_brief_answers_are_valid_in_guide(brief: dict[str, Any]) -> None:
    company = next(company for company in content.companies() if company["key"] == brief["company"])
    if "by" in brief:
        assert brief["by"] in {person["email"] for person in company["people"]}
    questions = guide.load()
    for code, value in brief["answers"].items():
        question = questions.question(code)
        if question.type in {"date", "month"}:
            assert isinstance(value, int)
            continue
        problem = guide.check_value(question, value, clock.today())
        assert problem is None, (code, problem)
    if brief["state"] not in {"draft", "in_review"}:
        answered = set(brief["answers"])
        required = {q.code for q in questions if q.required and q.preset is None}
        assert required <= answered


@pytest.mark.parametrize("brief", content.briefs(), ids=lambda entry: entry["key"])
def test_brief_events_are_in_chronological_order(brief: dict[str, Any]) -> None:
    if "published" not in brief:
        assert brief["state"] in {"draft", "in_review"}
        return
    deadline = brief["answers"]["response_deadline"]
    assert brief["created"] < brief["published"] < 0
    assert 11 <= deadline - brief["published"] <= 60
    assert deadline - brief["created"] <= 60
    for invited in brief["invited"]:
        assert invited["supplier"] in SUPPLIERS
        if invited["state"] == "declined":
            assert brief["published"] < invited["day"] < min(deadline, 0) + 1
    for question in brief.get("questions", ()):
        assert brief["published"] < question["day"] < deadline - 3
        assert question["supplier"] in {invited["supplier"] for invited in brief["invited"]}
    if award := brief.get("award"):
        assert deadline < award["day"] < 0
        assert award["start"] >= award["day"]
    if closed := brief.get("closed"):
        assert brief["published"] < closed["day"] < 0
        assert closed.get("code", "too_dear") in CLOSING_REASONS


@pytest.mark.parametrize(
    "offer", content.proposals(), ids=lambda entry: f"{entry['brief']}-{entry['supplier']}"
)
def test_offer_matches_its_brief(offer: dict[str, Any]) -> None:
    brief = BRIEF_KEYS[offer["brief"]]
    answers = brief["answers"]
    supplier = SUPPLIERS[offer["supplier"]]
    asked_kinds = {taxonomy.group_of(code) for code in answers["services"]}
    published = -brief["published"]
    approved = {
        category
        for category, entry in supplier["vetting"].items()
        if entry["state"] in {"approved", "due"} and entry["days"] > published
    }
    assert asked_kinds & approved, "approved for this kind of job when the brief came out"
    assert brief["published"] < offer["day"] <= min(answers["response_deadline"], 0)
    assert len(offer["prices"]) == len(answers["deliverables"])
    for field in OFFER_FIELDS:
        if field.name in ("understanding", "assumptions"):
            assert words(offer.get(field.name, "")) <= field.max_words
    if offer["state"] == "draft":
        return
    assert offer["finish"] >= offer["start"] >= offer["day"]
    assert len(offer["evidence"]) == len(answers.get("must_have", ()))
    assert len(offer.get("nice", ())) in {0, len(answers.get("nice_to_have", ()))}
    states = {invited["supplier"]: invited["state"] for invited in brief["invited"]}
    assert states[offer["supplier"]] == "answered"
    if offer["state"] == "not_selected" and brief["state"] != "no_award":
        assert offer["outcome"]["code"] in REASONS
        assert offer["outcome"]["text"]


def test_decided_brief_has_outcome_for_every_offer() -> None:
    for key, brief in BRIEF_KEYS.items():
        states = Counter(offer["state"] for offer in content.proposals() if offer["brief"] == key)
        if brief["state"] in {"awarded", "delivered", "terminated"}:
            assert states["awarded"] == 1
            assert states["submitted"] == 0
        if brief["state"] in {"withdrawn", "lapsed"}:
            assert set(states) == {"closed_unjudged"}
        if brief["state"] == "no_award":
            assert set(states) == {"not_selected"}


def test_course_is_held_on_working_days_whenever_the_demo_is_loaded() -> None:
    for number in range(366):
        today = dt.date(2026, 6, 1) + dt.timedelta(number)
        by_place = session_days(today, content.course()["places"])
        days = [day for place in by_place.values() for day in place]
        assert all(place == sorted(place) for place in by_place.values())
        assert (len(set(days)), sum(day < 0 for day in days), days.count(0)) == (24, 14, 1)
        held = {today + dt.timedelta(day) for day in days} - {today}
        assert all(clock.is_working_day(day) for day in held)
        assert dt.date(2026, 12, 24) not in held
        assert min(days) > SIGNED_UP_DAY + 1

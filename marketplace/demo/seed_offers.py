"""Demo offers: writing, evaluation, award, delivery and outcome surveys."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from marketplace.briefs import use_cases as brief_use_cases
from marketplace.briefs.deadlines import DECISION_REMINDER_DAYS
from marketplace.core.numbers import MILLI
from marketplace.demo import content_files as content
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.seed_briefs import owner_email
from marketplace.demo.timeline import Timeline
from marketplace.proposals import use_cases
from marketplace.proposals.lifecycle import handover_items
from marketplace.proposals.offer_content import (
    BriefRequirements,
    CitedCase,
    OfferContent,
    PriceLine,
    RequirementAnswer,
)
from marketplace.proposals.price_comparison import PriceKind
from marketplace.proposals.queries import Score, load_supplier_offer
from marketplace.proposals.use_cases import AwardDetails, OutcomeAnswers, RejectionReply
from marketplace.suppliers.models import CaseStudy
from marketplace.suppliers.queries import own_supplier

Entry = dict[str, Any]
OFFER_VALID_DAYS = 40
FOLLOW_UPS = (
    "Dere har én fast kontaktperson, som svarer innen en virkedag. Feil retter vi gratis i seks måneder.",
    "Vi tar en gjennomgang på skjerm når jobben er levert, og er med den første uka. Feil retter vi gratis i et år.",
    "Ring eller skriv, vi svarer samme dag. Opplæring på to timer er med, og feil retter vi gratis i tre måneder.",
    "Vi møtes annenhver uke til alt er på plass. Etterpå svarer vi innen to virkedager og retter feil gratis i seks måneder.",
)
FIRST_REVISION_PRICE_FACTOR = 1.08
LAPSES_AFTER_DAYS, READS_LETTER_AFTER_DAYS, OUTCOME_ASKED_AFTER_DAYS = 46, 2, 91
LETTERS_UNREAD_SINCE_DAY = -10


def seed_offers(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add each offer and the completion of each brief to the timeline."""
    briefs = {entry["key"]: entry for entry in content.briefs()}
    for offer in content.proposals():
        _seed_writing(timeline, fixtures, briefs[offer["brief"]], offer)
    for entry in briefs.values():
        if "published" in entry:
            _seed_scheduled_jobs(timeline, entry)
            _seed_scores(timeline, fixtures, entry)
            _seed_decision(timeline, fixtures, entry)
            _seed_delivery(timeline, fixtures, entry)


def _decision_day(entry: Entry) -> int | None:
    """Return the day on which a brief was decided, or None."""
    end: Entry = entry.get("award") or entry.get("closed") or {}
    return end.get("day")


def _offers_to(entry: Entry, *states: str) -> list[Entry]:
    return [
        offer for offer in content.proposals() if offer["brief"] == entry["key"] and offer["state"] in states
    ]


def _seed_writing(timeline: Timeline, fixtures: Fixtures, entry: Entry, offer: Entry) -> None:
    key = f"{offer['brief']} {offer['supplier']}"
    offer = offer | {"deadline": entry["answers"]["response_deadline"]}

    def write(*, price_factor: float = 1.0, send: bool = True) -> Callable[[], None]:
        def act() -> None:
            viewer, reference = (
                fixtures.viewer(owner_email("supplier", offer["supplier"])),
                fixtures.briefs[offer["brief"]],
            )
            form = load_supplier_offer(viewer, reference)
            cases = own_supplier(viewer).cases
            written = _written(timeline, offer, form.requirements, cases=cases, price_factor=price_factor)
            proposal = use_cases.save(viewer, reference, written)
            fixtures.proposals[offer["brief"], offer["supplier"]] = proposal.id
            if send:
                use_cases.submit(viewer, reference, proposal.revision)

        return act

    for day in offer.get("revisions", ()):
        timeline.add(day, key, write(price_factor=FIRST_REVISION_PRICE_FACTOR))
    timeline.add(offer["day"], key, write(send=offer["state"] != "draft"))
    decided = _decision_day(entry)
    if decided is not None and decided < LETTERS_UNREAD_SINCE_DAY:
        timeline.add(decided + READS_LETTER_AFTER_DAYS, key, _read_letter_action(fixtures, offer))


def _written(
    timeline: Timeline,
    offer: Entry,
    requirements: BriefRequirements,
    *,
    cases: Sequence[CaseStudy],
    price_factor: float,
) -> OfferContent:
    """Return an offer's content as the form would parse it."""
    is_draft = offer["state"] == "draft"
    evidence, wishes = offer.get("evidence", ()), offer.get("nice", ())
    lines = [
        _price_line(text, price, price_factor)
        for text, price in zip(requirements.deliverables, offer["prices"], strict=True)
    ]
    return OfferContent(
        understanding=offer["understanding"],
        experience="" if is_draft else _experience(cases),
        cases=tuple(CitedCase(case.id, case.title, case.year) for case in cases[:1] if not is_draft),
        follow_up="" if is_draft else FOLLOW_UPS[len(offer["supplier"]) % len(FOLLOW_UPS)],
        price_lines=tuple(lines),
        monthly_nok=offer["monthly"],
        assumptions=offer.get("assumptions", ""),
        start=timeline.day(offer["start"]),
        finish=timeline.day(offer["finish"]),
        team=offer["team"],
        evidence=tuple(
            _load_answer(text, said) for text, said in zip(requirements.must_have, evidence, strict=False)
        ),
        wishes=tuple(
            _load_answer(text, said) for text, said in zip(requirements.nice_to_have, wishes, strict=False)
        ),
        ownership_accept=None if is_draft else "deviation" not in offer,
        ownership_deviation=offer.get("deviation", ""),
        has_relation=None if is_draft else False,
        valid_until=timeline.day(offer["deadline"]) + dt.timedelta(days=OFFER_VALID_DAYS),
    )


def _experience(cases: Sequence[CaseStudy]) -> str:
    """Return the supplier's newest case study as the experience in an offer."""
    if not cases:
        return "Dette er vårt første oppdrag av denne typen. Vi har gjort tilsvarende arbeid for oss selv."
    case = cases[0]
    return f"{case.title}, {case.year}. {case.text} {case.result}".strip()


def _price_line(deliverable: str, price: Any, price_factor: float) -> PriceLine:
    line = PriceLine(deliverable)
    if isinstance(price, dict):
        return replace(line, kind=PriceKind.AMOUNT, amount=price["amount"], comment=price["comment"])
    if isinstance(price, int):
        return replace(
            line,
            kind=PriceKind.AMOUNT,
            amount=round(price * price_factor / 100) * 100 if price_factor != 1 else price,
        )
    return line if price is None else replace(line, kind=PriceKind(price))


def _load_answer(demand: str, said: Any) -> RequirementAnswer:
    if isinstance(said, dict):
        return RequirementAnswer(demand, said["met"], said["text"])
    return (
        RequirementAnswer(demand, bool(said), said)
        if said
        else RequirementAnswer(demand, None if said == "" else False)
    )


def _proposal_id(fixtures: Fixtures, offer: Entry) -> int:
    return fixtures.proposals[offer["brief"], offer["supplier"]]


def _read_letter_action(fixtures: Fixtures, offer: Entry) -> Callable[[], None]:
    def read() -> None:
        use_cases.mark_letter_seen(
            fixtures.viewer(owner_email("supplier", offer["supplier"])), _proposal_id(fixtures, offer)
        )

    return read


def _seed_scheduled_jobs(timeline: Timeline, entry: Entry) -> None:
    """Add the nightly jobs that open offers, send reminders and let briefs lapse."""
    deadline, decided = entry["answers"]["response_deadline"], _decision_day(entry) or 0
    for days in (1, *(reminder + 1 for reminder in DECISION_REMINDER_DAYS), LAPSES_AFTER_DAYS):
        if deadline + days <= decided + 1:
            timeline.add_scheduled(deadline + days, use_cases.run_jobs)
    if "delivered" in entry:
        timeline.add_scheduled(entry["delivered"] + OUTCOME_ASKED_AFTER_DAYS, use_cases.run_jobs)


def _seed_scores(timeline: Timeline, fixtures: Fixtures, entry: Entry) -> None:
    """Add the scoring of offers, one day before the decision or a few days ago."""
    scored = [
        offer for offer in _offers_to(entry, "submitted", "awarded", "not_selected") if "scores" in offer
    ]
    if not scored:
        return
    decided = _decision_day(entry)
    day = decided - 1 if decided else max(entry["answers"]["response_deadline"] + 1, -3)

    def score() -> None:
        viewer, reference = (
            fixtures.viewer(owner_email("company", entry["company"])),
            fixtures.briefs[entry["key"]],
        )
        given = {
            _proposal_id(fixtures, offer): {
                criterion: Score(points, offer.get("notes", {}).get(criterion, ""))
                for criterion, points in offer["scores"].items()
            }
            for offer in scored
        }
        use_cases.save_scores(viewer, reference, given)

    timeline.add(day, f"{entry['key']} scores", score)


def _seed_decision(timeline: Timeline, fixtures: Fixtures, entry: Entry) -> None:
    owner, key = owner_email("company", entry["company"]), f"{entry['key']} decision"

    def award() -> None:
        chosen = entry["award"]
        winner = next(
            offer for offer in _offers_to(entry, "awarded") if offer["supplier"] == chosen["supplier"]
        )
        replies = {
            _proposal_id(fixtures, offer): RejectionReply(**offer["outcome"])
            for offer in _offers_to(entry, "not_selected")
        }
        details = AwardDetails(
            proposal_id=_proposal_id(fixtures, winner),
            price_nok=chosen["price"],
            start_on=timeline.day(chosen["start"]),
            reason=chosen["reason"],
        )
        use_cases.award(fixtures.viewer(owner), fixtures.briefs[entry["key"]], details, replies)

    def choose_nobody() -> None:
        reply = RejectionReply(entry["closed"]["code"], entry["closed"]["reason"])
        use_cases.choose_nobody(fixtures.viewer(owner), fixtures.briefs[entry["key"]], reply)

    def withdraw() -> None:
        brief_use_cases.withdraw(
            fixtures.viewer(owner), fixtures.briefs[entry["key"]], entry["closed"]["reason"]
        )

    if "award" in entry:
        timeline.add(entry["award"]["day"], key, award)
    elif entry["state"] == "no_award":
        timeline.add(entry["closed"]["day"], key, choose_nobody)
    elif entry["state"] == "withdrawn":
        timeline.add(entry["closed"]["day"], key, withdraw)


def _measured(timeline: Timeline, outcome: Entry) -> Entry:
    """Return the measured value of an outcome: a number if the brief serves an objective, else a text."""
    measured = outcome.get("measured", "")
    if isinstance(measured, int):
        return {"measured_milli": measured * MILLI, "measured_on": timeline.day(outcome["day"])}
    return {"measured": measured}


def _seed_delivery(timeline: Timeline, fixtures: Fixtures, entry: Entry) -> None:
    owner, key = owner_email("company", entry["company"]), f"{entry['key']} delivery"

    def deliver() -> None:
        items = handover_items(entry["answers"]["deliverables"])
        handover = {item: entry["handover"].get(item, "done") for item in items}
        use_cases.deliver(fixtures.viewer(owner), fixtures.briefs[entry["key"]], handover)

    def terminate() -> None:
        use_cases.terminate(fixtures.viewer(owner), fixtures.briefs[entry["key"]], entry["closed"]["reason"])

    def answer(outcome: Entry) -> Callable[[], None]:
        said = OutcomeAnswers(
            **{name: value for name, value in outcome.items() if name not in {"round", "day", "measured"}},
            **_measured(timeline, outcome),
        )

        def act() -> None:
            use_cases.answer_outcome(
                fixtures.viewer(owner), fixtures.briefs[entry["key"]], outcome["round"], said
            )

        return act

    if "delivered" in entry:
        timeline.add(entry["delivered"], key, deliver)
        for outcome in entry["outcomes"]:
            timeline.add(outcome["day"], key, answer(outcome))
    if entry["state"] == "terminated":
        timeline.add(entry["closed"]["day"], key, terminate)

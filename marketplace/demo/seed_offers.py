"""Suppliers answer, companies score and choose, jobs are delivered, and somebody asks if it worked."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from marketplace.briefs import use_cases as brief_use_cases
from marketplace.demo import content_files as content
from marketplace.demo.fixtures import World
from marketplace.demo.seed_briefs import owner_of
from marketplace.demo.timeline import History
from marketplace.proposals import use_cases
from marketplace.proposals.content import BriefRequirements, OfferContent, PriceLine, RequirementAnswer
from marketplace.proposals.evaluation import PriceKind
from marketplace.proposals.lifecycle import HANDOVER_ITEMS, REMINDER_DAYS
from marketplace.proposals.queries import answering
from marketplace.proposals.use_cases import AwardDetails, OutcomeAnswers, Reply
from marketplace.proposals.use_cases.evaluation import Score

Entry = dict[str, Any]
STANDS_DAYS = 40
FIRST_PRICE = 1.08
LAPSES_AFTER, READS_LETTER_AFTER, ASKED_AGAIN_AFTER = 46, 2, 91
LETTERS_UNREAD_SINCE = -10


def tell_offers(history: History, world: World) -> None:
    """Let each offer be written, sent and judged, and each brief come to its end."""
    briefs = {entry["key"]: entry for entry in content.briefs()}
    for offer in content.proposals():
        _tell_writing(history, world, briefs[offer["brief"]], offer)
    for entry in briefs.values():
        if "published" in entry:
            _tell_clock(history, entry)
            _tell_scores(history, world, entry)
            _tell_decision(history, world, entry)
            _tell_delivery(history, world, entry)


def _decision_day(entry: Entry) -> int | None:
    """Return the day on which a brief was decided, or None."""
    end: Entry = entry.get("award") or entry.get("closed") or {}
    return end.get("day")


def _offers_to(entry: Entry, *states: str) -> list[Entry]:
    return [
        offer for offer in content.proposals() if offer["brief"] == entry["key"] and offer["state"] in states
    ]


def _tell_writing(history: History, world: World, entry: Entry, offer: Entry) -> None:
    key = f"{offer['brief']} {offer['supplier']}"

    def write(*, dearer: float = 1.0, send: bool = True) -> Callable[[], None]:
        def act() -> None:
            viewer, reference = (
                world.viewer(owner_of("supplier", offer["supplier"])),
                world.briefs[offer["brief"]],
            )
            found = answering(viewer, reference)
            written = _written(history, entry, offer, found.requirements, dearer)
            proposal = use_cases.save(viewer, reference, written)
            world.proposals[offer["brief"], offer["supplier"]] = proposal.id
            if send:
                use_cases.submit(viewer, reference, proposal.revision)

        return act

    for day in offer.get("revisions", ()):
        history.add(day, key, write(dearer=FIRST_PRICE))
    history.add(offer["day"], key, write(send=offer["state"] != "draft"))
    decided = _decision_day(entry)
    if decided is not None and decided < LETTERS_UNREAD_SINCE:
        history.add(decided + READS_LETTER_AFTER, key, _reading_letter(world, offer))


def _written(
    history: History, entry: Entry, offer: Entry, requirements: BriefRequirements, dearer: float
) -> OfferContent:
    """Return an offer as its supplier fills in the form."""
    deadline = history.day(entry["answers"]["response_deadline"])
    evidence, wishes = offer.get("evidence", ()), offer.get("nice", ())
    lines = [
        _price_line(text, price, dearer)
        for text, price in zip(requirements.deliverables, offer["prices"], strict=True)
    ]
    return OfferContent(
        understanding=offer["understanding"],
        price_lines=tuple(lines),
        monthly_nok=offer["monthly"],
        assumptions=offer.get("assumptions", ""),
        start=history.day(offer["start"]),
        finish=history.day(offer["finish"]),
        team=offer["team"],
        evidence=tuple(
            _load_answer(text, said) for text, said in zip(requirements.must_have, evidence, strict=False)
        ),
        wishes=tuple(
            _load_answer(text, said) for text, said in zip(requirements.nice_to_have, wishes, strict=False)
        ),
        ownership_accept=None if offer["state"] == "draft" else "deviation" not in offer,
        ownership_deviation=offer.get("deviation", ""),
        has_relation=None if offer["state"] == "draft" else False,
        valid_until=deadline + dt.timedelta(days=STANDS_DAYS),
    )


def _price_line(deliverable: str, price: Any, dearer: float) -> PriceLine:
    line = PriceLine(deliverable)
    if isinstance(price, dict):
        return replace(line, kind=PriceKind.AMOUNT, amount=price["amount"], comment=price["comment"])
    if isinstance(price, int):
        return replace(
            line, kind=PriceKind.AMOUNT, amount=round(price * dearer / 100) * 100 if dearer != 1 else price
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


def _proposal_id(world: World, offer: Entry) -> int:
    return world.proposals[offer["brief"], offer["supplier"]]


def _reading_letter(world: World, offer: Entry) -> Callable[[], None]:
    def read() -> None:
        use_cases.mark_letter_seen(
            world.viewer(owner_of("supplier", offer["supplier"])), _proposal_id(world, offer)
        )

    return read


def _tell_clock(history: History, entry: Entry) -> None:
    """Let the clock open the offers, remind and let the brief lapse, each in the night when it is due."""
    deadline, decided = entry["answers"]["response_deadline"], _decision_day(entry) or 0
    for days in (1, *(reminder + 1 for reminder in REMINDER_DAYS), LAPSES_AFTER):
        if deadline + days <= decided + 1:
            history.add_clock(deadline + days, use_cases.run_all)
    if "delivered" in entry:
        history.add_clock(entry["delivered"] + ASKED_AGAIN_AFTER, use_cases.run_all)


def _tell_scores(history: History, world: World, entry: Entry) -> None:
    """Let the company score what it has got, the day before it decides or lately."""
    scored = [
        offer for offer in _offers_to(entry, "submitted", "awarded", "not_selected") if "scores" in offer
    ]
    if not scored:
        return
    decided = _decision_day(entry)
    day = decided - 1 if decided else max(entry["answers"]["response_deadline"] + 1, -3)

    def score() -> None:
        viewer, reference = world.viewer(owner_of("company", entry["company"])), world.briefs[entry["key"]]
        given = {
            _proposal_id(world, offer): {
                criterion: Score(points, offer.get("notes", {}).get(criterion, ""))
                for criterion, points in offer["scores"].items()
            }
            for offer in scored
        }
        use_cases.save_scores(viewer, reference, given)

    history.add(day, f"{entry['key']} scores", score)


def _tell_decision(history: History, world: World, entry: Entry) -> None:
    owner, key = owner_of("company", entry["company"]), f"{entry['key']} decision"

    def award() -> None:
        chosen = entry["award"]
        winner = next(
            offer for offer in _offers_to(entry, "awarded") if offer["supplier"] == chosen["supplier"]
        )
        replies = {
            _proposal_id(world, offer): Reply(**offer["outcome"])
            for offer in _offers_to(entry, "not_selected")
        }
        details = AwardDetails(
            proposal_id=_proposal_id(world, winner),
            price_nok=chosen["price"],
            start_on=history.day(chosen["start"]),
            reason=chosen["reason"],
        )
        use_cases.award(world.viewer(owner), world.briefs[entry["key"]], details, replies)

    def choose_nobody() -> None:
        reply = Reply(entry["closed"]["code"], entry["closed"]["reason"])
        use_cases.choose_nobody(world.viewer(owner), world.briefs[entry["key"]], reply)

    def withdraw() -> None:
        brief_use_cases.withdraw(world.viewer(owner), world.briefs[entry["key"]], entry["closed"]["reason"])

    if "award" in entry:
        history.add(entry["award"]["day"], key, award)
    elif entry["state"] == "no_award":
        history.add(entry["closed"]["day"], key, choose_nobody)
    elif entry["state"] == "withdrawn":
        history.add(entry["closed"]["day"], key, withdraw)


def _tell_delivery(history: History, world: World, entry: Entry) -> None:
    owner, key = owner_of("company", entry["company"]), f"{entry['key']} delivery"

    def deliver() -> None:
        handover = {item: entry["handover"].get(item, "done") for item in HANDOVER_ITEMS}
        use_cases.deliver(world.viewer(owner), world.briefs[entry["key"]], handover)

    def terminate() -> None:
        use_cases.terminate(world.viewer(owner), world.briefs[entry["key"]], entry["closed"]["reason"])

    def answer(outcome: Entry) -> Callable[[], None]:
        said = OutcomeAnswers(
            **{name: value for name, value in outcome.items() if name not in {"round", "day"}}
        )

        def act() -> None:
            use_cases.answer_outcome(world.viewer(owner), world.briefs[entry["key"]], outcome["round"], said)

        return act

    if "delivered" in entry:
        history.add(entry["delivered"], key, deliver)
        for outcome in entry["outcomes"]:
            history.add(outcome["day"], key, answer(outcome))
    if entry["state"] == "terminated":
        history.add(entry["closed"]["day"], key, terminate)

"""What an offer says, as a plain value: from and to JSON, and what is missing before it can be sent."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.core.i18n import ngettext
from marketplace.proposals.evaluation import DEFAULT_WEIGHTS, Price, PriceKind

WORD_LIMITS = {"understanding": 120, "evidence": 100, "wish": 60, "assumptions": 80}
OWNERSHIP_LABELS = {
    "domain": _l("the domain"),
    "hosting": _l("the hosting account"),
    "source_files": _l("the source files"),
    "accounts": _l("the accounts"),
    "ad_accounts": _l("the advertising accounts"),
    "images": _l("the photos and films"),
}


def count_words(text: str) -> int:
    """Count the words of a text as people do: what stands between spaces."""
    return len(text.split())


@dataclass(frozen=True, slots=True)
class BriefRequirements:
    """What a brief asks of an offer."""

    title: str = ""
    deliverables: tuple[str, ...] = ()
    must_have: tuple[str, ...] = ()
    nice_to_have: tuple[str, ...] = ()
    ownership: tuple[str, ...] = ()
    weights: Mapping[str, int] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    budget_band: str = "unknown"
    monthly_band: str = "unknown"

    @classmethod
    def from_answers(cls, title: str, answers: Mapping[str, Any]) -> "BriefRequirements":
        """Read a brief's answers to the guide; what it does not say is empty."""
        weights = answers.get("weights")
        return cls(
            title,
            _texts(answers.get("deliverables")),
            _texts(answers.get("must_have")),
            _texts(answers.get("nice_to_have")),
            _texts(answers.get("ownership")),
            {k: int(weights.get(k) or 0) for k in DEFAULT_WEIGHTS}
            if isinstance(weights, Mapping)
            else DEFAULT_WEIGHTS,
            str(answers.get("budget_band") or "unknown"),
            str(answers.get("monthly_band") or "unknown"),
        )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


@dataclass(frozen=True, slots=True)
class PriceLine:
    """The answer to one deliverable."""

    deliverable: str
    kind: PriceKind = PriceKind.NOT_PRICED
    amount: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class RequirementAnswer:
    """The answer to one must-have or wish: met or not (None is not answered), and how one can see it."""

    demand: str
    met: bool | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class OfferContent:
    """All of an offer. Prices are whole kroner excluding VAT."""

    understanding: str = ""
    price_lines: tuple[PriceLine, ...] = ()
    monthly_nok: int | None = None
    assumptions: str = ""
    start: dt.date | None = None
    finish: dt.date | None = None
    team: str = ""
    evidence: tuple[RequirementAnswer, ...] = ()
    wishes: tuple[RequirementAnswer, ...] = ()
    ownership_accept: bool | None = None
    ownership_deviation: str = ""
    has_relation: bool | None = None
    relation: str = ""
    valid_until: dt.date | None = None

    @property
    def one_off(self) -> int:
        """Return the sum of what is priced."""
        return sum(line.amount or 0 for line in self.price_lines)

    @property
    def met(self) -> int:
        """Count the must-haves answered with yes."""
        return sum(claim.met is True for claim in self.evidence)

    def adapted_to(self, requirements: BriefRequirements) -> "OfferContent":
        """Return the same answers under what the brief asks now; what it no longer asks is left out."""
        lines = {line.deliverable: line for line in self.price_lines}
        evidence = {claim.demand: claim for claim in self.evidence}
        wishes = {claim.demand: claim for claim in self.wishes}
        return replace(
            self,
            price_lines=tuple(lines.get(text, PriceLine(text)) for text in requirements.deliverables),
            evidence=tuple(evidence.get(text, RequirementAnswer(text)) for text in requirements.must_have),
            wishes=tuple(wishes.get(text, RequirementAnswer(text)) for text in requirements.nice_to_have),
        )

    def price(self, key: int) -> Price:
        """Return the numbers for a comparison."""
        return Price(
            key,
            tuple(line.kind for line in self.price_lines),
            tuple(line.amount for line in self.price_lines),
            self.monthly_nok or 0,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the offer as it is stored."""
        return {
            "understanding": self.understanding,
            "price_lines": [
                {
                    "deliverable": line.deliverable,
                    "kind": str(line.kind),
                    "amount": line.amount,
                    "comment": line.comment,
                }
                for line in self.price_lines
            ],
            "monthly_nok": self.monthly_nok,
            "assumptions": self.assumptions,
            "start": self.start.isoformat() if self.start else None,
            "finish": self.finish.isoformat() if self.finish else None,
            "team": self.team,
            "evidence": [_dump_answer(claim) for claim in self.evidence],
            "wishes": [_dump_answer(claim) for claim in self.wishes],
            "ownership_accept": self.ownership_accept,
            "ownership_deviation": self.ownership_deviation,
            "has_relation": self.has_relation,
            "relation": self.relation,
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any] | None) -> "OfferContent":
        """Read a stored offer; what is not there is not answered."""
        data = stored or {}
        return cls(
            understanding=str(data.get("understanding") or ""),
            price_lines=tuple(
                PriceLine(
                    str(line["deliverable"]),
                    PriceKind(line.get("kind") or PriceKind.NOT_PRICED),
                    line.get("amount"),
                    str(line.get("comment") or ""),
                )
                for line in data.get("price_lines") or ()
            ),
            monthly_nok=data.get("monthly_nok"),
            assumptions=str(data.get("assumptions") or ""),
            start=_day(data.get("start")),
            finish=_day(data.get("finish")),
            team=str(data.get("team") or ""),
            evidence=tuple(_load_answer(claim) for claim in data.get("evidence") or ()),
            wishes=tuple(_load_answer(claim) for claim in data.get("wishes") or ()),
            ownership_accept=data.get("ownership_accept"),
            ownership_deviation=str(data.get("ownership_deviation") or ""),
            has_relation=data.get("has_relation"),
            relation=str(data.get("relation") or ""),
            valid_until=_day(data.get("valid_until")),
        )


def _dump_answer(claim: RequirementAnswer) -> dict[str, Any]:
    return {"demand": claim.demand, "met": claim.met, "text": claim.text}


def _load_answer(data: Mapping[str, Any]) -> RequirementAnswer:
    return RequirementAnswer(str(data["demand"]), data.get("met"), str(data.get("text") or ""))


def _day(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class OfferProblem:
    """Something that must be there before an offer can be sent, and the field where it is written."""

    field: str
    message: str


def find_long_texts(content: OfferContent) -> list[OfferProblem]:
    """Return the texts that have more words than there is room for."""
    texts = [("understanding", content.understanding, WORD_LIMITS["understanding"])]
    texts += [
        (f"must_{n}_text", claim.text, WORD_LIMITS["evidence"]) for n, claim in enumerate(content.evidence)
    ]
    texts += [(f"wish_{n}_text", claim.text, WORD_LIMITS["wish"]) for n, claim in enumerate(content.wishes)]
    texts.append(("assumptions", content.assumptions, WORD_LIMITS["assumptions"]))
    found = []
    for name, text, limit in texts:
        count = count_words(text)
        if count > limit:
            found.append(
                OfferProblem(
                    name,
                    ngettext(
                        "Shorten this to %(num)s word. It is now %(count)s.",
                        "Shorten this to %(num)s words. It is now %(count)s.",
                        limit,
                        count=count,
                    ),
                )
            )
    return found


def find_problems(content: OfferContent, today: dt.date, deadline: dt.date) -> list[OfferProblem]:
    """Return what stops an offer from being sent, in the order of the form."""
    claims = [
        problem
        for number, claim in enumerate(content.evidence)
        for problem in _answer_problems(number, claim)
    ]
    checks: list[tuple[object, str, str]] = [
        (content.understanding, "understanding", _("Describe how you understand the job.")),
        (_prices_something(content), "line_0_amount", _("Enter a price for at least one part of the job.")),
        (
            content.monthly_nok is not None,
            "monthly_nok",
            _("Enter the monthly cost. Enter 0 if it costs nothing."),
        ),
        (content.start, "start", _("Enter when you can start.")),
        (not content.start or content.start >= today, "start", _("The start date cannot be in the past.")),
        (content.finish, "finish", _("Enter when you will finish.")),
        (_in_order(content.start, content.finish), "finish", _("The end date must be after the start date.")),
        (content.team, "team", _("State who will do the job.")),
        *((False, problem.field, problem.message) for problem in claims),
        (content.ownership_accept is not None, "ownership_accept", _("Say who will own what you make.")),
        (
            content.ownership_accept is not False or content.ownership_deviation,
            "ownership_deviation",
            _("State what the company will not own."),
        ),
        (
            content.has_relation is not None,
            "has_relation",
            _("Say whether you have connections to the company or the business garden."),
        ),
        (not content.has_relation or content.relation, "relation", _("State which connections you have.")),
        (content.valid_until, "valid_until", _("State how long the offer is valid.")),
        (
            _in_order(deadline, content.valid_until),
            "valid_until",
            _("The offer must be valid at least until the deadline."),
        ),
    ]
    return [
        *(OfferProblem(name, message) for ok, name, message in checks if not ok),
        *find_long_texts(content),
    ]


def _prices_something(content: OfferContent) -> bool:
    lines = content.price_lines
    return not lines or any(line.kind is not PriceKind.NOT_PRICED for line in lines)


def _in_order(first: dt.date | None, last: dt.date | None) -> bool:
    return first is None or last is None or first <= last


def _answer_problems(number: int, claim: RequirementAnswer) -> list[OfferProblem]:
    if claim.met is None:
        return [
            OfferProblem(f"must_{number}_met", _("Answer yes or no to “%(demand)s”.", demand=claim.demand))
        ]
    if claim.met and not claim.text:
        return [
            OfferProblem(f"must_{number}_text", _("Show how you meet “%(demand)s”.", demand=claim.demand))
        ]
    return []

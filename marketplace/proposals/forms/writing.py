"""The form of an offer, made for what a brief asks."""

import re
from typing import Any

from wtforms import HiddenField

from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.proposals.content import (
    OWNERSHIP_LABELS,
    WORD_LIMITS,
    BriefRequirements,
    OfferContent,
    PriceLine,
    RequirementAnswer,
)
from marketplace.proposals.evaluation import PriceKind
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    LongTextField,
    NokField,
    TextField,
    length,
)

KINDS = [
    (str(PriceKind.AMOUNT), _l("Price")),
    (str(PriceKind.INCLUDED), _l("Included in the rest")),
    (str(PriceKind.NOT_INCLUDED), _l("Not included")),
]
YES_NO = [("yes", _l("Yes")), ("no", _l("No"))]
OWNS = [
    ("yes", _l("Yes, the company owns everything")),
    ("no", _l("Not everything")),
]
TIES = [
    ("no", _l("No connections")),
    ("yes", _l("Yes, we have connections")),
]


def format_yes_no(value: bool | None) -> str:  # noqa: FBT001 because the value is what is translated
    """Return yes, no or nothing for an answer."""
    return "" if value is None else ("yes" if value else "no")


def parse_yes_no(value: str | None) -> bool | None:
    """Return the answer behind yes or no; None when it is neither."""
    return {"yes": True, "no": False}.get(value or "")


class ProposalForm(BaseForm):
    """The fields that each offer has; `proposal_form` adds those of the brief."""

    requirements: BriefRequirements = BriefRequirements()

    seen = HiddenField()
    understanding = LongTextField(
        _l("How do you understand the job?"),
        [length(high=2000)],
        description=_l("At most 120 words. Say what you will do and why it helps. No design sketches."),
    )
    monthly_nok = NokField(
        _l("Monthly running cost"),
        description=_l("Operation, hosting and support, excluding VAT. Enter 0 if there are none."),
    )
    assumptions = LongTextField(
        _l("What conditions does the price depend on?"),
        [length(high=1200)],
        description=_l("At most 80 words. Include what the company must do itself."),
    )
    start = DayField(_l("Start date"))
    finish = DayField(_l("Completion date"))
    team = TextField(
        _l("Who will do the job?"),
        [length(high=200)],
        description=_l("List the people involved, and any companies you subcontract."),
    )
    ownership_accept = ChoiceField(
        _l("Will the company own the work you produce?"), choices=OWNS, validate_choice=False
    )
    ownership_deviation = TextField(_l("What will the company not own?"), [length(high=200)])
    has_relation = ChoiceField(
        _l("Do you have any connections to the company or its business garden?"),
        choices=TIES,
        validate_choice=False,
        description=_l("Ownership, board positions, family, or paid work in the last two years."),
    )
    relation = TextField(_l("Which connections?"), [length(high=300)])
    valid_until = DayField(_l("Offer valid until"))

    def line(self, number: int, part: str) -> Any:
        """Return a field of a price line: kind, amount or comment."""
        return self[f"line_{number}_{part}"]

    def must(self, number: int, part: str) -> Any:
        """Return a field of a must-have: met or text."""
        return self[f"must_{number}_{part}"]

    def wish(self, number: int, part: str) -> Any:
        """Return a field of a wish: met or text."""
        return self[f"wish_{number}_{part}"]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that no line both has a price and is something else."""
        ok = bool(super().validate(extra_validators))
        for number in range(len(self.requirements.deliverables)):
            kind, amount = self.line(number, "kind"), self.line(number, "amount")
            if kind.data not in {"", None, str(PriceKind.AMOUNT)} and amount.data is not None:
                amount.errors = [*amount.errors, _("Remove the amount, or choose Price.")]
                ok = False
        return ok

    def seen_revision(self) -> int | None:
        """Return the revision that the writer began from, or None when the page does not say."""
        found = re.fullmatch(r"[0-9]{1,8}", self.seen.data or "")
        return int(found.group()) if found else None

    def content(self) -> OfferContent:
        """Return the offer as it was filled in."""
        requirements = self.requirements
        return OfferContent(
            understanding=self.understanding.data or "",
            price_lines=tuple(
                self._line(number, text) for number, text in enumerate(requirements.deliverables)
            ),
            monthly_nok=self.monthly_nok.data,
            assumptions=self.assumptions.data or "",
            start=self.start.data,
            finish=self.finish.data,
            team=self.team.data or "",
            evidence=tuple(
                RequirementAnswer(
                    text, parse_yes_no(self.must(n, "met").data), self.must(n, "text").data or ""
                )
                for n, text in enumerate(requirements.must_have)
            ),
            wishes=tuple(
                RequirementAnswer(
                    text, parse_yes_no(self.wish(n, "met").data), self.wish(n, "text").data or ""
                )
                for n, text in enumerate(requirements.nice_to_have)
            ),
            ownership_accept=parse_yes_no(self.ownership_accept.data),
            ownership_deviation=self.ownership_deviation.data or "",
            has_relation=parse_yes_no(self.has_relation.data),
            relation=self.relation.data or "",
            valid_until=self.valid_until.data,
        )

    def _line(self, number: int, deliverable: str) -> PriceLine:
        chosen, amount = self.line(number, "kind").data, self.line(number, "amount").data
        comment = self.line(number, "comment").data or ""
        if chosen in {str(PriceKind.INCLUDED), str(PriceKind.NOT_INCLUDED)}:
            return PriceLine(deliverable, PriceKind(chosen), None, comment)
        return PriceLine(
            deliverable, PriceKind.NOT_PRICED if amount is None else PriceKind.AMOUNT, amount, comment
        )


def proposal_form(
    requirements: BriefRequirements, content: OfferContent, revision: int, **fresh: Any
) -> ProposalForm:
    """Return the form for a brief, filled with an offer; `formdata=None` leaves out what was typed."""
    fields: dict[str, Any] = {"requirements": requirements}
    for number, text in enumerate(requirements.deliverables):
        fields[f"line_{number}_kind"] = ChoiceField(
            _("Answer for: %(part)s", part=text), choices=KINDS, validate_choice=False
        )
        fields[f"line_{number}_amount"] = NokField(_("Price for: %(part)s", part=text))
        fields[f"line_{number}_comment"] = TextField(_("Comment on: %(part)s", part=text), [length(high=200)])
    for name, demands, limit in (
        ("must", requirements.must_have, WORD_LIMITS["evidence"]),
        ("wish", requirements.nice_to_have, WORD_LIMITS["wish"]),
    ):
        for number, text in enumerate(demands):
            fields[f"{name}_{number}_met"] = ChoiceField(text, choices=YES_NO, validate_choice=False)
            fields[f"{name}_{number}_text"] = LongTextField(
                _("Show how you meet it"),
                [length(high=1500)],
                description=_("At most %(limit)s words.", limit=limit),
            )
    made = type("BriefProposalForm", (ProposalForm,), fields)
    form: ProposalForm = made(data=_values(content, revision), **fresh)
    return form


def _values(content: OfferContent, revision: int) -> dict[str, Any]:
    values: dict[str, Any] = {
        "seen": str(revision),
        "understanding": content.understanding,
        "monthly_nok": content.monthly_nok,
        "assumptions": content.assumptions,
        "start": content.start,
        "finish": content.finish,
        "team": content.team,
        "ownership_accept": format_yes_no(content.ownership_accept),
        "ownership_deviation": content.ownership_deviation,
        "has_relation": format_yes_no(content.has_relation),
        "relation": content.relation,
        "valid_until": content.valid_until,
    }
    for number, line in enumerate(content.price_lines):
        kind = PriceKind.AMOUNT if line.kind is PriceKind.NOT_PRICED else line.kind
        values[f"line_{number}_kind"] = str(kind)
        values[f"line_{number}_amount"] = line.amount
        values[f"line_{number}_comment"] = line.comment
    for name, claims in (("must", content.evidence), ("wish", content.wishes)):
        for number, claim in enumerate(claims):
            values[f"{name}_{number}_met"] = format_yes_no(claim.met)
            values[f"{name}_{number}_text"] = claim.text
    return values


def ownership_labels(requirements: BriefRequirements) -> list[str]:
    """Return what the company wants to own, in the reader's language."""
    return [str(OWNERSHIP_LABELS.get(code, code)) for code in requirements.ownership]


class WithdrawForm(BaseForm):
    """Why an offer is taken back, if the supplier wants to say."""

    reason = LongTextField(_l("Why are you withdrawing the offer?"), [length(high=500)])


class ReasonForm(BaseForm):
    """A reason that must be given."""

    reason = LongTextField(_l("Why?"), [length(high=600)], render_kw={"aria-required": "true"})

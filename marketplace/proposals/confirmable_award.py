"""Choosing an offer that an adviser prepares and an owner confirms."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import url_for

from marketplace.core.i18n import gettext as _, lazy_gettext as _l, ngettext
from marketplace.core.viewer import Viewer
from marketplace.mandates.hooks import ActSummary, ConfirmableAct, Details
from marketplace.proposals import queries, use_cases
from marketplace.proposals.award_deadlines import REOPEN_DAYS
from marketplace.proposals.decision_reasons import reason_label
from marketplace.proposals.use_cases import AwardDetails, RejectionReply
from marketplace.vetting.queries import stated_interests


def to_details(agreement: AwardDetails, replies: Mapping[int, RejectionReply]) -> Details:
    """Serialize a choice as JSON values, which are stored until an owner confirms it."""
    return {
        **asdict(agreement),
        "start_on": agreement.start_on.isoformat(),
        "replies": {str(proposal_id): asdict(reply) for proposal_id, reply in replies.items()},
    }


def from_details(details: Details) -> tuple[AwardDetails, dict[int, RejectionReply]]:
    """Deserialize a choice that `to_details` has serialized."""
    values: dict[str, Any] = dict(details)
    replies = {int(key): RejectionReply(**reply) for key, reply in values.pop("replies").items()}
    return AwardDetails(**values | {"start_on": dt.date.fromisoformat(values["start_on"])}), replies


def _summarize(viewer: Viewer, reference: str, details: Details) -> ActSummary:
    brief_offers = queries.offers_for(viewer, reference)
    agreement, replies = from_details(details)
    chosen = next((offer for offer in brief_offers.offers if offer.id == agreement.proposal_id), None)
    others = [offer for offer in brief_offers.live if offer is not chosen]
    is_possible = (
        brief_offers.awaits_decision
        and chosen is not None
        and chosen.is_live
        and all(offer.id in replies for offer in others)
    )
    path = f"/briefs/{brief_offers.brief.reference}"
    if chosen is None or not is_possible:
        blocker = _("The offer can no longer be chosen, or the choice has been made.")
        return ActSummary(
            brief_offers.requirements.title, brief_offers.brief.revision, (), path, blocker=blocker
        )
    return ActSummary(
        brief_offers.requirements.title,
        brief_offers.brief.revision,
        [
            _("You choose %(name)s.", name=chosen.name),
            _("Everyone who answered gets their letter straight away.")
            if others
            else _("The supplier gets its letter straight away."),
            ngettext(
                "You can undo the choice for %(num)s day.",
                "You can undo the choice for %(num)s days.",
                REOPEN_DAYS,
            ),
        ],
        path,
        "proposals/_confirm_award.html",
        {
            "reference": brief_offers.brief.reference,
            "chosen": chosen,
            "agreement": agreement,
            "interests": stated_interests().get(chosen.supplier_id),
            "replies": [(offer, reason_label(replies[offer.id].code), replies[offer.id]) for offer in others],
        },
    )


def _award(owner: Viewer, reference: str, _text: str, details: Details) -> None:
    use_cases.award(owner, reference, *from_details(details))


AWARD = ConfirmableAct(
    name=_l("choose an offer"),
    button=_l("We agree. Choose this offer"),
    done=_l("Done. Everyone who answered has been notified."),
    summarize=_summarize,
    run=_award,
    form_path=lambda reference: url_for("proposals.prepare_award", reference=reference),
)

"""Withdrawing a brief that an adviser prepares and an owner confirms."""

from marketplace.briefs import queries
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.limits import MIN_REASON_LENGTH
from marketplace.briefs.use_cases.publication import withdraw
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.core.viewer import Viewer
from marketplace.mandates.hooks import ActSummary, ConfirmableAct, Details

WITHDRAWABLE = {Phase.OPEN, Phase.EVALUATING}


def _summarize(viewer: Viewer, reference: str, _details: Details) -> ActSummary:
    brief = queries.own_brief(viewer, reference)
    is_possible = queries.phase_of(brief) in WITHDRAWABLE
    return ActSummary(
        queries.display_title(brief),
        brief.revision,
        [
            _("The brief ends for good."),
            _("Everyone who is answering is told why, and their offers are closed."),
        ],
        f"/briefs/{brief.reference}",
        blocker="" if is_possible else _("The brief has changed status. It can no longer be withdrawn."),
    )


def _withdraw(owner: Viewer, reference: str, reason: str, _details: Details) -> None:
    withdraw(owner, reference, reason)


WITHDRAWAL = ConfirmableAct(
    name=_l("withdraw the brief"),
    button=_l("Withdraw brief"),
    done=_l("The brief has been withdrawn. Everyone who knew about it will be told why."),
    summarize=_summarize,
    run=_withdraw,
    text_label=_l("Why should it be withdrawn?"),
    min_text=MIN_REASON_LENGTH,
)

"""Scoring of opened offers: by one person for the company, or by up to three alone first, then together."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import select

from marketplace.audit.queries import last_actor_id
from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import own_brief, phase_of
from marketplace.briefs.use_cases.authorization import company_recipients
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.optimistic_lock import check_unchanged
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.limits import MAX_SCORERS
from marketplace.proposals.models.offers import Evaluation
from marketplace.proposals.models.scoring import IndividualScore, ScoreSheet
from marketplace.proposals.queries import offers_for
from marketplace.proposals.queries.scoring import (
    Score,
    ScoreMap,
    can_close,
    can_reopen,
    company_scores,
    individual_scores,
    is_round_open,
    merged_scores,
    sheets_of,
)
from marketplace.proposals.score_criteria import CRITERIA, MAX_SCORE
from marketplace.proposals.use_cases.transitions import lock_brief

_ScoreRow = Evaluation | IndividualScore


def score_values(scores: ScoreMap, offer_ids: Iterable[int]) -> dict[str, list[object]]:
    """Return the scores given to the offers as plain values, for the fingerprint of the form."""
    return {
        f"{offer_id}/{criterion}": [given.score, given.note]
        for offer_id in sorted(offer_ids)
        for criterion, given in sorted(scores.get(offer_id, {}).items())
        if given != Score()
    }


def save_scores(viewer: Viewer, reference: str, scores: ScoreMap, expected: str | None = None) -> None:
    """Save the company's scores for all offers. Scores missing from `scores` are deleted.

    Raises RuleBroken for an invalid score, Conflict if the decision has been made, if colleagues are still scoring
    alone, or if somebody has changed the scores since the form with the fingerprint `expected` was rendered.
    """
    with transaction():
        brief = _lock_scorable(viewer, reference)
        sheets = sheets_of(brief.id)
        if sheets and not any(sheet.closed_at for sheet in sheets):
            raise Conflict(
                _("A colleague has started scoring. Give your own scores first. Your text is still here.")
            )
        _check_offers(viewer, reference, scores)
        before = score_values(company_scores(brief.id), scores)
        check_unchanged(
            expected,
            before,
            score_values(scores, scores),
            is_own_change=lambda: last_actor_id("brief", brief.reference, "brief.score") == viewer.user_id,
        )
        if before == score_values(scores, scores):
            return
        for proposal_id, given in scores.items():
            _set_company_scores(proposal_id, given, viewer.user_id or 0)
        record(viewer, "brief.score", "brief", brief.reference)


def save_own_scores(viewer: Viewer, reference: str, scores: ScoreMap, expected: str | None = None) -> None:
    """Save the viewer's individual scores, which colleagues see when the round is closed.

    Raises Conflict if the viewer cannot give scores now, otherwise as `save_scores`.
    """
    with transaction():
        brief = _lock_scorable(viewer, reference)
        sheets, user_id = sheets_of(brief.id), viewer.user_id or 0
        _check_can_score_alone(viewer, brief, sheets)
        _check_offers(viewer, reference, scores)
        saved = individual_scores(brief.id, [user_id]).get(user_id, {})
        before, after = score_values(saved, scores), score_values(scores, scores)
        check_unchanged(expected, before, after, is_own_change=lambda: True)
        is_first = all(sheet.user_id != user_id for sheet in sheets)
        if is_first:
            session.add(ScoreSheet(brief_id=brief.id, user_id=user_id))
            begun = notices.scoring_begun(viewer.name, brief.title, reference)
            send(begun, company_recipients(brief, except_viewer=viewer))
        if is_first or before != after:
            for proposal_id, given in scores.items():
                _set_own_scores(user_id, proposal_id, given)
            record(viewer, "brief.score_alone", "brief", brief.reference)


def finish_own_scores(viewer: Viewer, reference: str) -> bool:
    """Finish the viewer's individual scores. Return True if that closed the round, because all colleagues are finished.

    One person alone closes no round, so that colleagues can still begin. Raises Conflict if nothing has been saved.
    """
    with transaction():
        brief = _lock_scorable(viewer, reference)
        sheets = sheets_of(brief.id)
        own = _own_open_sheet(viewer, sheets)
        if own.finished_at is None:
            own.finished_at = clock.now()
            record(viewer, "brief.score_finished", "brief", brief.reference)
        active = _active_members(brief)
        if len(sheets) < 2 or any(one.finished_at is None for one in sheets if one.user_id in active):  # noqa: PLR2004 because one person has nobody to agree with
            return False
        _close_and_notify(viewer, brief, sheets)
        return True


def reopen_own_scores(viewer: Viewer, reference: str) -> None:
    """Let the viewer change finished individual scores, as long as no colleague has seen them."""
    with transaction():
        brief = _lock_scorable(viewer, reference)
        own = _own_open_sheet(viewer, sheets_of(brief.id))
        if own.finished_at is not None:
            own.finished_at = None
            record(viewer, "brief.score_reopened", "brief", brief.reference)


def close_scoring(viewer: Viewer, reference: str) -> bool:
    """Close the round: everyone in the company sees all scores, and individual scores can no longer be given.

    Scores that nobody disputes become the company's. Return True if more than one person has given scores. Raises
    Conflict if the viewer cannot close the round now.
    """
    with transaction():
        brief = _lock_scorable(viewer, reference)
        sheets = sheets_of(brief.id)
        if not can_close(viewer, sheets, _active_members(brief)):
            raise Conflict(_("Reload the page to see the current state of the scoring."))
        return _close_and_notify(viewer, brief, sheets)


def reopen_scoring(viewer: Viewer, reference: str) -> None:
    """Reopen a closed round, so that colleagues can change or add individual scores, and notify the scorers.

    Those who had finished are still finished. The company's scores are kept until the round closes again. Raises
    Conflict after the decision, or if the viewer cannot reopen the round.
    """
    with transaction():
        brief = _lock_scorable(viewer, reference)
        sheets = sheets_of(brief.id)
        if not can_reopen(viewer, sheets):
            raise Conflict(_("Reload the page to see the current state of the scoring."))
        for sheet in sheets:
            sheet.closed_at = None
        record(viewer, "brief.score_round_reopened", "brief", brief.reference)
        scorers = {sheet.user_id for sheet in sheets}
        receivers = [one for one in company_recipients(brief, except_viewer=viewer) if one.user_id in scorers]
        send(notices.scoring_reopened(viewer.name, brief.title, reference), receivers)


def close_open_round(viewer: Viewer, brief: Brief) -> None:
    """Close the round if one is open, so that the letters contain the scores. In the caller's transaction."""
    sheets = sheets_of(brief.id)
    if is_round_open(sheets):
        _close(viewer, brief, sheets)


def _close(viewer: Viewer, brief: Brief, sheets: Sequence[ScoreSheet]) -> bool:
    merged = merged_scores(brief.id, sheets)
    for sheet in sheets:
        sheet.closed_at = clock.now()
    for proposal_id, given in merged.items():
        _set_company_scores(proposal_id, given, viewer.user_id or 0)
    record(viewer, "brief.score_closed", "brief", brief.reference)
    return len(individual_scores(brief.id, [sheet.user_id for sheet in sheets])) > 1


def _close_and_notify(viewer: Viewer, brief: Brief, sheets: Sequence[ScoreSheet]) -> bool:
    is_shared = _close(viewer, brief, sheets)
    notice = notices.scoring_closed(viewer.name, brief.title, brief.reference, is_shared=is_shared)
    send(notice, company_recipients(brief, except_viewer=viewer))
    return is_shared


def _lock_scorable(viewer: Viewer, reference: str) -> Brief:
    brief = lock_brief(own_brief(viewer, reference))
    if phase_of(brief) not in {Phase.EVALUATING, Phase.LAPSED}:
        raise Conflict(_("You can score offers after the deadline, until you have chosen."))
    return brief


def _check_offers(viewer: Viewer, reference: str, scores: ScoreMap) -> None:
    live = {offer.id for offer in offers_for(viewer, reference).live}
    if not live.issuperset(scores):
        raise NotFound
    for given in scores.values():
        for one in given.values():
            if one.score is not None and not 0 <= one.score <= MAX_SCORE:
                raise RuleBroken(_("Choose a score from 0 to %(most)s.", most=MAX_SCORE))


def _active_members(brief: Brief) -> set[int]:
    return {one.user_id for one in company_recipients(brief)}


def _check_can_score_alone(viewer: Viewer, brief: Brief, sheets: Sequence[ScoreSheet]) -> None:
    own = next((sheet for sheet in sheets if sheet.user_id == viewer.user_id), None)
    if any(sheet.closed_at for sheet in sheets) or (not sheets and company_scores(brief.id)):
        raise Conflict(
            _("The company has gone on to agree on the scores. Your text is still here, but it is not saved.")
        )
    if own is None and len(sheets) >= MAX_SCORERS:
        raise Conflict(
            _("%(num)s colleagues have already started scoring. No more can take part.", num=MAX_SCORERS)
        )
    if own is not None and own.finished_at is not None:
        raise Conflict(_("You have finished your scores. Choose “Change my scores” to change them."))


def _own_open_sheet(viewer: Viewer, sheets: Iterable[ScoreSheet]) -> ScoreSheet:
    own = next((sheet for sheet in sheets if sheet.user_id == viewer.user_id), None)
    if own is None or own.closed_at is not None:
        raise Conflict(_("Reload the page to see the current state of the scoring."))
    return own


def _set_company_scores(proposal_id: int, given: Mapping[str, Score], by_id: int) -> None:
    rows = session.scalars(select(Evaluation).where(Evaluation.proposal_id == proposal_id))
    changed = _write_scores(rows, given, lambda code: Evaluation(proposal_id=proposal_id, criterion=code))
    for row in changed:
        if isinstance(row, Evaluation):
            row.by_id = by_id


def _set_own_scores(user_id: int, proposal_id: int, given: Mapping[str, Score]) -> None:
    own = select(IndividualScore).where(
        IndividualScore.proposal_id == proposal_id, IndividualScore.user_id == user_id
    )
    _write_scores(
        session.scalars(own),
        given,
        lambda code: IndividualScore(proposal_id=proposal_id, criterion=code, user_id=user_id),
    )


def _write_scores(
    rows: Iterable[_ScoreRow], given: Mapping[str, Score], new_row: Callable[[str], _ScoreRow]
) -> list[_ScoreRow]:
    """Write the scores of an offer to its rows, delete rows without score and note, and return the changed rows."""
    existing, changed = {row.criterion: row for row in rows}, []
    for criterion in CRITERIA:
        row, wanted = existing.get(criterion), given.get(criterion, Score())
        if wanted == Score():
            if row is not None:
                session.delete(row)
            continue
        if row is None:
            row = new_row(criterion)
            session.add(row)
        elif Score(row.score, row.note) == wanted:
            continue
        row.score, row.note, row.at = wanted.score, wanted.note, clock.now()
        changed.append(row)
    return changed

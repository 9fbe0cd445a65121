"""Scoring of offers by up to three people of a company: alone first, then together."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.proposals.limits import MAX_SCORERS
from marketplace.proposals.models.offers import Evaluation, Proposal
from marketplace.proposals.models.scoring import IndividualScore, ScoreSheet
from marketplace.proposals.queries.offers import BriefOffers, Offer
from marketplace.proposals.score_criteria import CRITERIA, weighted_score


@dataclass(frozen=True, slots=True)
class LetterScores:
    """Which letters contain scores if the company decides now: the decision closes an open round first."""

    scoring_names: Sequence[str]
    """Names of the people who are scoring on their own. Empty if no round is open."""
    missing: Sequence[str]
    """Names of the suppliers whose letters contain no scores, because the company has not given or agreed on all."""


class ScoringStep(StrEnum):
    """The viewer's current action: score for the company, score alone, wait for colleagues, or agree with them."""

    COMPANY = "company"
    OWN = "own"
    WAITING = "waiting"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Score:
    """A score, None if not given yet, with a note that only the company sees."""

    score: int | None = None
    note: str = ""


ScoreMap = Mapping[int, Mapping[str, Score]]
"""Scores by offer and criterion."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """A person who has begun to score. `scores` is empty for others than the viewer until the round is closed."""

    user_id: int
    name: str
    finished_at: dt.datetime | None
    is_active: bool
    scores: ScoreMap

    def score(self, proposal_id: int, criterion: str) -> Score:
        """Return the person's score of an offer; an empty one if there is none."""
        return self.scores.get(proposal_id, {}).get(criterion, Score())


@dataclass(frozen=True, slots=True)
class Scoring:
    """The state of the scoring of a brief's offers, as the viewer may see it.

    `scores` are those that the viewer's form edits: the viewer's own, or the company's.
    """

    step: ScoringStep
    scorers: Sequence[Scorer]
    scores: ScoreMap
    own: Scorer | None
    can_close: bool
    can_reopen: bool

    @property
    def waiting_for(self) -> list[str]:
        """Names of the colleagues who have begun and are not finished."""
        return [one.name for one in self.scorers if one.is_active and one.finished_at is None]

    @property
    def is_shared(self) -> bool:
        """True if the company agrees on scores that more than one person has given."""
        return self.step is ScoringStep.AGREED and len(self.scorers) > 1

    def individual(self, proposal_id: int, criterion: str) -> list[tuple[str, Score]]:
        """Return the name and score of each person who has scored or commented on an offer."""
        found = [(one.name, one.score(proposal_id, criterion)) for one in self.scorers]
        return [(name, score) for name, score in found if score != Score()]

    def spread(self, proposal_id: int, criterion: str) -> int | None:
        """Return the difference between the highest and the lowest score; None for fewer than two scores."""
        given = self._given(proposal_id, criterion)
        return max(given) - min(given) if len(given) > 1 else None

    def _given(self, proposal_id: int, criterion: str) -> list[int]:
        found = self.individual(proposal_id, criterion)
        return [score.score for _name, score in found if score.score is not None]


def sheets_of(brief_id: int) -> Sequence[ScoreSheet]:
    """Return the score sheets of a brief with their people, in the order they were begun."""
    query = (
        select(ScoreSheet)
        .where(ScoreSheet.brief_id == brief_id)
        .options(joinedload(ScoreSheet.user))
        .order_by(ScoreSheet.id)
    )
    return session.scalars(query).all()


def scoring_step(
    viewer: Viewer, sheets: Sequence[ScoreSheet], *, is_scored: bool, is_alone: bool
) -> ScoringStep:
    """Return the viewer's step. Companies of one person, and those that scored together before, have one step."""
    if not sheets:
        return ScoringStep.COMPANY if is_scored or is_alone else ScoringStep.OWN
    if any(sheet.closed_at for sheet in sheets):
        return ScoringStep.AGREED
    own = next((sheet for sheet in sheets if sheet.user_id == viewer.user_id), None)
    if own is None:
        return ScoringStep.OWN if len(sheets) < MAX_SCORERS else ScoringStep.WAITING
    return ScoringStep.OWN if own.finished_at is None else ScoringStep.WAITING


def scoring_for(viewer: Viewer, brief_offers: BriefOffers) -> Scoring:
    """Load the state of the scoring. Scores of colleagues are read only when the round is closed."""
    brief = brief_offers.brief
    sheets = sheets_of(brief.id)
    active = {one.user_id for one in recipients_for(brief.company_id)}
    given = company_scores(brief.id)
    step = scoring_step(viewer, sheets, is_scored=bool(given), is_alone=len(active) <= 1)
    readable = [sheet.user_id for sheet in sheets] if step is ScoringStep.AGREED else [viewer.user_id or 0]
    found = individual_scores(brief.id, readable) if sheets else {}
    scorers = [
        Scorer(
            sheet.user_id,
            sheet.user.name,
            sheet.finished_at,
            sheet.user_id in active,
            found.get(sheet.user_id, {}),
        )
        for sheet in sheets
        if step is not ScoringStep.AGREED or sheet.user_id in found
    ]
    own = next((one for one in scorers if one.user_id == viewer.user_id), None)
    edited = given if step in {ScoringStep.COMPANY, ScoringStep.AGREED} else (own.scores if own else {})
    return Scoring(
        step,
        scorers,
        edited,
        own,
        can_close(viewer, sheets, active),
        can_reopen(viewer, sheets),
    )


def can_close(viewer: Viewer, sheets: Sequence[ScoreSheet], active: set[int]) -> bool:
    """Return True if the viewer may close the round: an owner at any time, a scorer when nobody is waited for."""
    if not sheets or any(sheet.closed_at for sheet in sheets):
        return False
    if viewer.is_owner:
        return True
    is_done = all(sheet.finished_at for sheet in sheets if sheet.user_id in active)
    return is_done and any(sheet.user_id == viewer.user_id for sheet in sheets)


def can_reopen(viewer: Viewer, sheets: Sequence[ScoreSheet]) -> bool:
    """Return True if the viewer may reopen the closed round: an owner or one of the scorers."""
    if not any(sheet.closed_at for sheet in sheets):
        return False
    return viewer.is_owner or any(sheet.user_id == viewer.user_id for sheet in sheets)


def is_round_open(sheets: Sequence[ScoreSheet]) -> bool:
    """Return True if somebody scores alone, and colleagues cannot see the scores yet."""
    return bool(sheets) and not any(sheet.closed_at for sheet in sheets)


def letter_scores(brief_offers: BriefOffers, receivers: Sequence[Offer]) -> LetterScores:
    """Return which of the suppliers get letters without scores if the company decides now."""
    brief, weights = brief_offers.brief, brief_offers.requirements.weights
    sheets = sheets_of(brief.id)
    is_open = is_round_open(sheets)
    scores = merged_scores(brief.id, sheets) if is_open else company_scores(brief.id)
    missing = []
    for offer in receivers:
        given = {code: one.score for code, one in scores.get(offer.id, {}).items() if one.score is not None}
        if weighted_score(given, weights) is None:
            missing.append(offer.name)
    return LetterScores([sheet.user.name for sheet in sheets] if is_open else [], missing)


def merged_scores(brief_id: int, sheets: Sequence[ScoreSheet]) -> dict[int, dict[str, Score]]:
    """Return the company's scores as they become when the round is closed.

    A score counts if all who gave one agree on it. After a reopened round, a score that the company had agreed on is
    kept unless somebody has changed an own score since.
    """
    given = individual_scores(brief_id, [sheet.user_id for sheet in sheets])
    agreed, changed = company_scores(brief_id), _changed_since_agreed(brief_id)
    merged: dict[int, dict[str, Score]] = {}
    for offer_id in {offer_id for scores in given.values() for offer_id in scores}:
        everyone = [scores.get(offer_id, {}) for scores in given.values()]
        if len(everyone) == 1:
            merged[offer_id] = dict(everyone[0])
            continue
        merged[offer_id] = {
            criterion: _merge(
                {scores[criterion].score for scores in everyone if criterion in scores} - {None},
                agreed.get(offer_id, {}).get(criterion, Score()),
                is_changed=(offer_id, criterion) in changed,
            )
            for criterion in CRITERIA
        }
    return merged


def _merge(given: set[int | None], agreed: Score, *, is_changed: bool) -> Score:
    if len(given) == 1:
        return Score(given.pop(), agreed.note)
    return Score(None, agreed.note) if is_changed else agreed


def _changed_since_agreed(brief_id: int) -> set[tuple[int, str]]:
    """Return the offer and criterion of individual scores that are newer than the company's."""
    query = (
        select(Evaluation.proposal_id, Evaluation.criterion)
        .join(Proposal, Proposal.id == Evaluation.proposal_id)
        .join(
            IndividualScore,
            and_(
                IndividualScore.proposal_id == Evaluation.proposal_id,
                IndividualScore.criterion == Evaluation.criterion,
                IndividualScore.at > Evaluation.at,
            ),
        )
        .where(Proposal.brief_id == brief_id)
    )
    return {(row.proposal_id, row.criterion) for row in session.execute(query)}


def company_scores(brief_id: int) -> dict[int, dict[str, Score]]:
    """Return the scores that count: the company's, by offer and criterion."""
    query = (
        select(Evaluation.proposal_id, Evaluation.criterion, Evaluation.score, Evaluation.note)
        .join(Proposal, Proposal.id == Evaluation.proposal_id)
        .where(Proposal.brief_id == brief_id)
    )
    found: dict[int, dict[str, Score]] = {}
    for row in session.execute(query):
        found.setdefault(row.proposal_id, {})[row.criterion] = Score(row.score, row.note)
    return found


def individual_scores(brief_id: int, user_ids: Sequence[int]) -> dict[int, dict[int, dict[str, Score]]]:
    """Return the scores that some people have given, by person, offer and criterion."""
    query = (
        select(IndividualScore)
        .join(Proposal, Proposal.id == IndividualScore.proposal_id)
        .where(Proposal.brief_id == brief_id, IndividualScore.user_id.in_(user_ids))
    )
    found: dict[int, dict[int, dict[str, Score]]] = {}
    for row in session.scalars(query):
        scores = found.setdefault(row.user_id, {}).setdefault(row.proposal_id, {})
        scores[row.criterion] = Score(row.score, row.note)
    return found

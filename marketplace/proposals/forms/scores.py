"""The form with scores and notes for all offers, and the meaning of each score."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.proposals.limits import MAX_SCORE_NOTE_LENGTH
from marketplace.proposals.queries import Offer, Score, ScoringStep
from marketplace.proposals.queries.scoring import ScoreMap
from marketplace.proposals.score_criteria import CRITERIA, MAX_SCORE
from marketplace.web.forms import BaseForm, ChoiceField, LongTextField, length

CRITERION_LABELS = {
    "understanding": _l("Understanding and solution"),
    "experience": _l("Experience and evidence"),
    "price": _l("Price"),
    "cooperation": _l("Cooperation and follow-up"),
}
SCORES = [
    ("", _l("No score yet")),
    ("5", _l("5, very good")),
    ("4", _l("4, good")),
    ("3", _l("3, fair")),
    ("2", _l("2, weak")),
    ("1", _l("1, very weak")),
    ("0", _l("0, nothing")),
]
SCORE_MEANINGS = {
    "understanding": {
        5: _l("They know your goal and show how each part of the work reaches it."),
        4: _l("They understand the job and describe a solution for nearly all of it."),
        3: _l("They understand the job, but the solution could be for anyone."),
        2: _l("They have misunderstood something, or leave out an important part."),
        1: _l("They repeat your brief without a solution of their own."),
        0: _l("The offer says nothing about this."),
    },
    "experience": {
        5: _l("Several similar jobs with results, and evidence for every must-have."),
        4: _l("One similar job with results, and evidence for the must-haves."),
        3: _l("Relevant experience, but little evidence."),
        2: _l("Experience with other kinds of jobs only, or a must-have without evidence."),
        1: _l("Claims without examples."),
        0: _l("The offer says nothing about this."),
    },
    "price": {
        5: _l("The lowest price or close to it, with every part included."),
        4: _l("A good price for what is included, on conditions you can meet."),
        3: _l("An ordinary price, or one part without a price."),
        2: _l("An expensive offer, or several parts without a price."),
        1: _l("Far above your budget, or impossible to say what it will cost."),
        0: _l("There is no price that you can use."),
    },
    "cooperation": {
        5: _l("Named people, dates that suit you, and clear answers about follow-up and errors."),
        4: _l("Named people and dates that suit you. Follow-up is described."),
        3: _l("People and dates are given, but you have questions about follow-up."),
        2: _l("The dates do not suit you, or follow-up is unclear."),
        1: _l("Hardly anything about people, dates or follow-up."),
        0: _l("The offer says nothing about this."),
    },
}


class ScoresForm(BaseForm):
    """Scores and notes for all offers; `scores_form` adds the fields.

    `step` is the step that the form was rendered for: scores given alone must not be saved as the company's.
    """

    step = HiddenField()

    def score(self, offer: Offer, criterion: str) -> Any:
        """Return the field of a score."""
        return self[f"score_{offer.id}_{criterion}"]

    def note(self, offer: Offer, criterion: str) -> Any:
        """Return the field of the note on a score."""
        return self[f"note_{offer.id}_{criterion}"]

    def given(self, offers: Sequence[Offer], criterion: str) -> int:
        """Count the offers that have a score on a criterion."""
        return sum(bool(self.score(offer, criterion).data) for offer in offers)

    def open_criteria(self, offers: Sequence[Offer]) -> set[str]:
        """Return the first criterion without all scores, and those with errors."""
        unfinished = [code for code in CRITERIA if self.given(offers, code) < len(offers)]
        return {*unfinished[:1], *(code for code in CRITERIA if self._has_errors(offers, code))}

    def _has_errors(self, offers: Sequence[Offer], criterion: str) -> bool:
        return any(
            self.score(offer, criterion).errors or self.note(offer, criterion).errors for offer in offers
        )

    def scores(self, offers: Sequence[Offer], saved: ScoreMap) -> dict[int, dict[str, Score]]:
        """Return the submitted scores; the saved ones for fields with errors."""
        return {
            offer.id: {
                criterion: self._read(offer, criterion, saved.get(offer.id, {}).get(criterion, Score()))
                for criterion in CRITERIA
            }
            for offer in offers
        }

    def _read(self, offer: Offer, criterion: str, saved: Score) -> Score:
        score, note = self.score(offer, criterion), self.note(offer, criterion)
        number = int(score.data) if score.data and not score.errors else None
        return Score(saved.score if score.errors else number, saved.note if note.errors else note.data or "")

    def require_scores(self, offers: Sequence[Offer], criteria: Sequence[str]) -> bool:
        """Add an error to each score that is missing. Return True if none is."""
        missing = [
            self.score(offer, criterion)
            for criterion in criteria
            for offer in offers
            if not self.score(offer, criterion).data
        ]
        for field in missing:
            self.add_rule_error(
                RuleBroken(_("Choose a score from 0 to %(most)s.", most=MAX_SCORE), field.name)
            )
        return not missing


def scores_form(
    offers: Sequence[Offer], saved: ScoreMap, step: ScoringStep, *, is_saved: bool = False
) -> ScoresForm:
    """Build the form with a score and a note per criterion and offer, filled with the saved values.

    With `is_saved`, the submitted values are ignored.
    """
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {"step": step.value}
    for criterion in CRITERIA:
        for offer in offers:
            score, note = f"score_{offer.id}_{criterion}", f"note_{offer.id}_{criterion}"
            label = f"{offer.name}, {str(CRITERION_LABELS[criterion]).lower()}"
            fields[score] = ChoiceField(label, choices=SCORES)
            fields[note] = LongTextField(
                _("Note on %(supplier)s", supplier=label),
                [length(high=MAX_SCORE_NOTE_LENGTH)],
                render_kw={"rows": 2},
            )
            given = saved.get(offer.id, {}).get(criterion, Score())
            values[score] = "" if given.score is None else str(given.score)
            values[note] = given.note
    source: dict[str, Any] = {"formdata": None} if is_saved else {}
    form: ScoresForm = type("BriefScoresForm", (ScoresForm,), fields)(**source, data=values)
    return form

"""Pages of the self-assessment: start and result, and one page for each dimension."""

from dataclasses import dataclass

from flask import render_template, request, url_for

from marketplace.core import taxonomy
from marketplace.core.course_plan import PlannedSession, course_plan
from marketplace.core.errors import NotFound
from marketplace.core.i18n import gettext as _
from marketplace.strategy import assessment_scores
from marketplace.strategy.assessment_scores import (
    SINCE_LABELS,
    STAGE_LABELS,
    AssessmentScore,
    DimensionChange,
    Recommendation,
    Stage,
    StageState,
)
from marketplace.strategy.forms.assessment import AssessmentForm
from marketplace.strategy.hooks import guide_topic_titles
from marketplace.strategy.queries import assessment as queries
from marketplace.strategy.queries.assessment import SelfAssessment, StageView
from marketplace.strategy.questionnaire import Dimension, questionnaire
from marketplace.strategy.use_cases import assessment as use_cases
from marketplace.strategy.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.forms.editing import edit
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

MAX_SHOWN = 3
PARTIAL_SAVES = frozenset({"back", "later"})


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation with its links: a topic of the procurement guide, a course session, suppliers, and a new brief."""

    recommendation: Recommendation
    session: PlannedSession | None
    guide_topic: str
    directory_url: str
    brief_url: str

    @property
    def answer(self) -> str:
        """The answer in words."""
        value = self.recommendation.answer.value
        if value is None:
            return _("You don't know")
        anchors = self.recommendation.question.anchors
        return anchors[value] if value in anchors else _("A little better than “%(text)s”", text=anchors[0])


@dataclass(frozen=True, slots=True)
class Comparison:
    """The change of each dimension since an earlier finished stage, in the order of the questionnaire."""

    former: StageView
    changes: tuple[DimensionChange, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a finished stage, compared with each finished stage before it."""

    view: StageView
    score: AssessmentScore
    comparisons: list[Comparison]
    advice: list[Advice]

    @property
    def has_missing_change(self) -> bool:
        """True if a change is unknown because too few questions were answered both times."""
        return any(change.points is None for one in self.comparisons for change in one.changes)


@blueprint.get("/plan/assessment")
@access.company
def assessment() -> ViewResponse:
    """Show an introduction, the page to continue on, and the latest result."""
    return _overview(own_assessment(), None)


@blueprint.get("/plan/assessment/<stage>")
@access.company
def assessment_result(stage: str) -> ViewResponse:
    """Show the result of one stage. Raises NotFound unless the stage is finished."""
    own = own_assessment()
    view = own.stage(_stage(stage))
    if not view.is_finished:
        raise NotFound
    return _overview(own, view)


def _overview(own: SelfAssessment, shown: StageView | None) -> str:
    view = shown or (own.finished[-1] if own.finished else None)
    upcoming = own.next
    return render_template(
        "strategy/assessment.html",
        own=own,
        upcoming=upcoming,
        first_dimension=_first_unanswered(upcoming) if upcoming else None,
        result=_result(own, view) if view else None,
        questions=questionnaire(),
        level_of=level_of,
        states=StageState,
        stage_labels=STAGE_LABELS,
        since_labels=SINCE_LABELS,
        max_shown=MAX_SHOWN,
        min_answered=assessment_scores.MIN_ANSWERED,
    )


def level_of(points: int | None) -> str:
    """Return the level of a score in words; empty without a score."""
    level = assessment_scores.level_of(questionnaire(), points)
    return level.label if level else ""


def _result(own: SelfAssessment, view: StageView) -> Result:
    earlier = [one for one in own.finished if one.finished_at < view.finished_at]  # type: ignore[operator]  # because both are finished
    topics = guide_topic_titles()
    return Result(
        view,
        assessment_scores.score_assessment(questionnaire(), view.answers),
        [
            Comparison(one, assessment_scores.dimension_changes(questionnaire(), one.answers, view.answers))
            for one in earlier
        ],
        [_advice(one, topics) for one in assessment_scores.recommendations(questionnaire(), view.answers)],
    )


def _advice(one: Recommendation, topics: dict[str, str]) -> Advice:
    codes = ",".join(code for code in one.question.services if code in taxonomy.services())
    return Advice(
        one,
        course_plan().session(one.dimension.session_number),
        topics.get(one.question.guide_topic, ""),
        url_for("directory.search", kind=codes),
        url_for("briefs.new", services=codes),
    )


def own_assessment() -> SelfAssessment:
    """Return the self-assessment of the viewer's company."""
    return queries.self_assessment(current_viewer().organisation_id or 0)


def _stage(code: str) -> Stage:
    if code not in set(Stage):
        raise NotFound
    return Stage(code)


def _first_unanswered(view: StageView) -> Dimension:
    missing = assessment_scores.unanswered_dimensions(questionnaire(), view.answers)
    return missing[0] if missing else questionnaire().dimensions[0]


@blueprint.route("/plan/assessment/<stage>/<dimension>", methods=["GET", "POST"])
@access.company
def assessment_page(stage: str, dimension: str) -> ViewResponse:
    """Answer the three questions of one dimension."""
    wanted, shown = _stage(stage), questionnaire().dimension(dimension)
    if shown is None:
        raise NotFound
    view = own_assessment().stage(wanted)
    if request.method == "GET" and not view.is_editable:
        flashes.warn(use_cases.closed_message(view))
        return see_other("strategy.assessment")
    action = request.form.get("then", "")
    form = edit(
        lambda **values: AssessmentForm(shown, is_partial=action in PARTIAL_SAVES, **values),
        lambda: use_cases.page_answers(shown, own_assessment().stage(wanted).answers),
        lambda form: use_cases.save_answers(
            current_viewer(), wanted, shown, form.answers(), form.expected_fingerprint()
        ),
        current=use_cases.page_answers(shown, view.answers),
    )
    if form.is_saved:
        return _redirect_after_save(wanted, shown, action, was_finished=view.is_finished)
    dimensions = questionnaire().dimensions
    return render_template(
        "strategy/assessment_page.html",
        form=form,
        stage=wanted,
        stage_label=STAGE_LABELS[wanted],
        dimension=shown,
        number=dimensions.index(shown) + 1,
        total=len(dimensions),
        is_correction=view.is_finished,
    )


def _redirect_after_save(stage: Stage, saved: Dimension, action: str, *, was_finished: bool) -> ViewResponse:
    dimensions = questionnaire().dimensions
    index = dimensions.index(saved)
    if action == "back" and index > 0 and not was_finished:
        return _see_page(stage, dimensions[index - 1])
    if action in PARTIAL_SAVES or was_finished:
        flashes.done(_("Your answers are saved."))
        return see_other("strategy.assessment")
    view = own_assessment().stage(stage)
    if index + 1 < len(dimensions):
        return _see_page(stage, dimensions[index + 1])
    if not view.is_finished:
        flashes.note(_("Some questions have no answer yet. This is the first of them."))
        return _see_page(stage, _first_unanswered(view))
    return see_other("strategy.assessment")


def _see_page(stage: Stage, dimension: Dimension) -> ViewResponse:
    return see_other("strategy.assessment_page", stage=stage.value, dimension=dimension.code)

"""Start page of a company's plan: the steps from self-assessment to actions, and the language of the document."""

from dataclasses import dataclass

from flask import render_template

from marketplace.core.hooks import build_panels
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.strategy.completeness import (
    MIN_ACTIONS,
    MIN_OBJECTIVES,
    PHASE_LABELS,
    StrategyPhase,
    current,
)
from marketplace.strategy.examples import trade_examples
from marketplace.strategy.forms.sections import LanguageForm
from marketplace.strategy.hooks import plan_start_panels
from marketplace.strategy.limits import MAX_ACTIONS, MAX_OBJECTIVES
from marketplace.strategy.queries.plan import AssessmentState, Plan, own_start
from marketplace.strategy.questionnaire import questionnaire
from marketplace.strategy.strategy_template import strategy_template
from marketplace.strategy.use_cases.sections import set_language
from marketplace.strategy.views.base import blueprint
from marketplace.strategy.views.sections import section_steps, section_url
from marketplace.strategy.views.sharing import sharing_panel
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step of the plan. `text` describes it or its progress; `button` is the label of the button that leads to it."""

    code: str
    title: str
    url: str
    text: str
    is_done: bool
    button: str


@blueprint.get("/plan")
@access.company
def plan() -> ViewResponse:
    """Show the company's plan as steps, with the next step and what is missing."""
    viewer = current_viewer()
    company, own, assessment = own_start(viewer)
    steps = plan_steps(own, assessment)
    examples, sharing = trade_examples(company.sector_code), sharing_panel(own)
    return render_template(
        "strategy/plan.html",
        plan=own,
        plan_steps=steps,
        next_step=next((step for step in steps if not step.is_done), None),
        steps=section_steps(own),
        panels=[*([sharing] if sharing else []), *build_panels(plan_start_panels, viewer)],
        phase_labels=PHASE_LABELS,
        section_url=section_url,
        template=strategy_template(),
        language_form=LanguageForm(
            formdata=None, data={"language": own.strategy.language if own.strategy else viewer.locale}
        ),
        examples=examples,
        tip=examples.tip(company.employees),
    )


@blueprint.post("/plan/language")
@access.company
def save_language() -> ViewResponse:
    """Choose the language of the document."""
    form = LanguageForm()
    if form.saves(lambda: set_language(current_viewer(), form.language.data)):
        flashes.done(_("Saved."))
    else:
        flashes.warn(_("Choose one from the list."))
    return see_other("strategy.plan", _anchor="plan-language")


def plan_steps(own: Plan, assessment: AssessmentState) -> list[PlanStep]:
    """Return the steps of the plan in order."""
    lacking = {one.section for one in own.missing} - {"objectives", "actions"}
    first = next((one for one in own.missing if one.section in lacking), None)
    actions = current(own.actions)
    is_measured = len(own.objectives) >= MIN_OBJECTIVES and not any(
        one.section == "objectives" for one in own.missing
    )
    return [
        PlanStep(
            "assessment",
            _("Self-assessment"),
            "/plan/assessment",
            _("You can take it again when much has changed.")
            if assessment.is_finished
            else _("%(num)s questions. It takes about six minutes.", num=len(questionnaire().questions)),
            assessment.is_finished,
            _("Continue the self-assessment") if assessment.is_begun else _("Take the self-assessment"),
        ),
        PlanStep(
            "strategy",
            _("Strategy"),
            section_url(first.section if first else "company"),
            _text_of_strategy(own, len(lacking)),
            first is None,
            _("Continue the strategy") if own.strategy else _("Begin the strategy"),
        ),
        PlanStep(
            "objectives",
            _("Objectives"),
            section_url("objectives"),
            ngettext("%(num)s objective.", "%(num)s objectives.", len(own.objectives))
            if own.objectives
            else _(
                "%(low)s to %(high)s, each with a number and a date.", low=MIN_OBJECTIVES, high=MAX_OBJECTIVES
            ),
            is_measured,
            _("Set objectives"),
        ),
        PlanStep(
            "actions",
            _("Actions"),
            section_url("actions"),
            ngettext("%(num)s action.", "%(num)s actions.", len(actions))
            if actions
            else _("%(low)s to %(high)s things to do.", low=MIN_ACTIONS, high=MAX_ACTIONS),
            len(actions) >= MIN_ACTIONS,
            _("Add actions"),
        ),
    ]


def _text_of_strategy(own: Plan, lacking: int) -> str:
    if own.phase is StrategyPhase.COMPLETE or lacking == 0:
        return _("All sections are filled in.")
    if own.strategy is None:
        return _("Who you are, your customers, channels and budget. About an hour and a half.")
    return ngettext(
        "%(num)s section is missing something.", "%(num)s sections are missing something.", lacking
    )

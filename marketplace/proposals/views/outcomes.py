"""Pages about the outcome of jobs: the company's questionnaire, and who may read the answers."""

from collections.abc import Sequence

from flask import render_template

from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.hooks import Panel
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.hooks import CompanyPanel
from marketplace.proposals import queries, use_cases
from marketplace.proposals.forms.outcome import MeasuredOutcomeForm, OutcomeForm, ReplyForm
from marketplace.proposals.job_facts import MIN_COMPANIES, MIN_JOBS, JobFact, count_facts
from marketplace.proposals.lifecycle import ROUND_LABELS
from marketplace.proposals.outcome_display import Reader, RoundView, answer_view, round_view
from marketplace.proposals.queries import JobOutcomes, MeasuredObjective
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.forms.editing import add, edit
from marketplace.web.query_args import page_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

MAX_ON_CARD = 3


@blueprint.route("/briefs/<reference>/outcome/<name>", methods=["GET", "POST"])
@access.company
def outcome(reference: str, name: str) -> ViewResponse:
    """Show and save the outcome questionnaire."""
    brief, rounds = queries.outcomes_of(current_viewer(), reference)
    round_outcome = next((one for one in rounds if one.round == name), None)
    if round_outcome is None or round_outcome.due_on > clock.today():
        raise NotFound
    shares_figures = queries.shares_individual_results(brief)
    latest = round_outcome.latest
    form = _outcome_form(
        queries.measured_objective(current_viewer(), brief), latest, {"for_garden": shares_figures}
    )
    if add(form, lambda form: use_cases.answer_outcome(current_viewer(), reference, name, form.outcome())):
        flashes.done(_("Thank you. Your answers have been saved."))
        return see_other("proposals.job", reference=reference)
    return render_template(
        "proposals/outcome.html",
        brief=brief,
        form=form,
        label=str(ROUND_LABELS[name]),
        shares_figures=shares_figures,
        answers=[answer_view(answer, Reader.COMPANY, by) for answer, by in queries.answers_to(round_outcome)],
    )


def _outcome_form(
    objective: MeasuredObjective | None, latest: object | None, first: dict[str, object]
) -> OutcomeForm:
    """Build the questionnaire, filled with the latest answer or `first`. With an objective, it asks for a number."""
    make_form = OutcomeForm if objective is None else MeasuredOutcomeForm
    form = make_form(obj=latest) if latest else make_form(data=first)
    if isinstance(form, MeasuredOutcomeForm) and objective is not None:
        form.measured_milli.description = _describe_objective(objective)
    return form


def _describe_objective(objective: MeasuredObjective) -> str:
    """Describe what to measure, where to find the number, and its last value."""
    parts = [
        f"{objective.text}.",
        _("Measured in %(unit)s.", unit=objective.unit),
        _("Higher is better.") if objective.direction == "up" else _("Lower is better."),
    ]
    if objective.source:
        parts.append(_("You find it here: %(source)s.", source=objective.source))
    if objective.last_value:
        date = format_date(objective.last_on) if objective.last_on else ""
        parts.append(_("Last value: %(value)s, %(date)s.", value=objective.last_value, date=date))
    return " ".join(parts)


@blueprint.get("/briefs/outcomes")
@access.company
def company_outcomes() -> ViewResponse:
    """List how the company's jobs went, newest first."""
    page = queries.company_outcomes(current_viewer(), page_arg())
    names = queries.names_of_answerers([one for job in page.items for one in job.rounds])
    jobs = [(job, [round_view(one, Reader.COMPANY, names) for one in job.rounds]) for job in page.items]
    return render_template("proposals/company_outcomes.html", page=page, jobs=jobs)


@blueprint.get("/companies/<int:company_id>/outcomes")
@access.garden
def garden_outcomes(company_id: int) -> ViewResponse:
    """List how a company's jobs went, as far as the company lets the gardens that follow it read."""
    company, page = queries.company_outcomes_for_garden(current_viewer(), company_id, page_arg())
    return render_template(
        "proposals/garden_outcomes.html",
        company=company,
        page=page,
        jobs=_readable(page.items, Reader.GARDEN),
    )


@blueprint.get("/proposals/outcomes")
@access.supplier
def supplier_outcomes() -> ViewResponse:
    """List how the supplier's jobs went, as far as each company lets it read."""
    viewer = current_viewer()
    page = queries.supplier_outcomes(viewer, page_arg())
    facts = count_facts(queries.shared_job_answers(viewer.organisation_id or 0))
    return render_template(
        "proposals/supplier_outcomes.html",
        page=page,
        jobs=_readable(page.items, Reader.SUPPLIER),
        facts=[fact_text(fact) for fact in facts],
        min_jobs=MIN_JOBS,
        min_companies=MIN_COMPANIES,
    )


@blueprint.route("/proposals/outcomes/<int:outcome_id>/reply", methods=["GET", "POST"])
@access.supplier_owner
def reply(outcome_id: int) -> ViewResponse:
    """Reply to a company's answers about a job."""
    viewer = current_viewer()
    round_outcome, job = queries.outcome_for_supplier(viewer, outcome_id)
    form = edit(
        ReplyForm,
        lambda: use_cases.reply_details(viewer, outcome_id),
        lambda form: use_cases.reply_to_outcome(
            viewer, outcome_id, form.details(), form.expected_fingerprint()
        ),
    )
    if form.is_saved:
        flashes.done(_("Your reply has been saved."))
        return see_other("proposals.supplier_outcomes")
    return render_template(
        "proposals/outcome_reply.html",
        job=job,
        form=form,
        round=round_view(round_outcome, Reader.SUPPLIER),
    )


def outcome_panel(viewer: Viewer, company_id: int) -> CompanyPanel | None:
    """Build the panel on a company's page with how its newest jobs went, as far as the garden may read."""
    jobs = queries.newest_outcomes_for_garden(viewer, company_id, MAX_ON_CARD + 1)
    if not jobs:
        return None
    values = {
        "jobs": _readable(jobs[:MAX_ON_CARD], Reader.GARDEN),
        "has_more": len(jobs) > MAX_ON_CARD,
        "company_id": company_id,
    }
    return CompanyPanel("proposals/_company_outcomes.html", values)


def plan_outcomes_panel(viewer: Viewer) -> Panel | None:
    """Build the panel on the start page of the plan with how the company's newest jobs went."""
    jobs = queries.newest_company_outcomes(viewer, MAX_ON_CARD) if viewer.is_company else []
    if not jobs:
        return None
    views = [(job, [round_view(one, Reader.COMPANY) for one in job.rounds]) for job in jobs]
    return Panel("proposals/_plan_outcomes.html", {"jobs": views})


def job_facts_panel(viewer: Viewer, supplier_id: int) -> Panel | None:
    """Build the panel on a supplier's page with figures about its jobs; without enough jobs only its own link."""
    facts = [fact_text(fact) for fact in count_facts(queries.shared_job_answers(supplier_id))]
    is_own = viewer.is_supplier and viewer.organisation_id == supplier_id
    return Panel("proposals/_job_facts.html", {"facts": facts, "is_own": is_own}) if facts else None


def fact_text(fact: JobFact) -> str:
    """Return a figure as a sentence."""
    numbers = {"good": fact.good, "total": fact.total}
    match fact.code:
        case "on_time":
            return _("On time in %(good)s of %(total)s jobs", **numbers)
        case "within_price":
            return _("The price stayed as agreed in %(good)s of %(total)s jobs", **numbers)
        case _:
            return _("The goal was reached in %(good)s of %(total)s jobs", **numbers)


def _readable(jobs: Sequence[JobOutcomes], reader: Reader) -> list[tuple[JobOutcomes, list[RoundView]]]:
    """Return each job with the rounds of which a reader may see something."""
    views = [(job, [round_view(one, reader) for one in job.rounds]) for job in jobs]
    return [(job, [one for one in rounds if one.latest]) for job, rounds in views]

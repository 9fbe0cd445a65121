"""Pages of the sections of a strategy: one form for each section, and the check of the whole strategy."""

from typing import Any

from flask import redirect, render_template, url_for

from marketplace.core.errors import NotFound
from marketplace.core.i18n import gettext as _, localized
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import own_company
from marketplace.strategy.completeness import PHASE_LABELS
from marketplace.strategy.content import SECTION_FIELDS, SECTIONS, StrategyContent
from marketplace.strategy.examples import trade_examples
from marketplace.strategy.forms.section_base import SectionForm
from marketplace.strategy.forms.sections import section_form
from marketplace.strategy.queries.assessment import suggested_gaps
from marketplace.strategy.queries.plan import Plan, own_plan
from marketplace.strategy.queries.sharing import section_comments
from marketplace.strategy.strategy_template import strategy_template
from marketplace.strategy.use_cases import sections as use_cases
from marketplace.strategy.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.forms.editing import edit
from marketplace.web.query_args import query_arg
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


def section_url(section: str) -> str:
    """Return the URL of a section's page. Objectives and actions have pages of their own."""
    if section in {"objectives", "actions"}:
        return f"/plan/{section}"
    if section == "check":
        return url_for("strategy.check_plan")
    return url_for("strategy.edit_section", section_code=section)


@blueprint.route("/plan/strategy/<section_code>", methods=["GET", "POST"])
@access.company
def edit_section(section_code: str) -> ViewResponse:
    """Fill in a section of the company's strategy."""
    if section_code not in SECTION_FIELDS:
        raise NotFound
    viewer = current_viewer()
    form_class = section_form(section_code)

    def make_form(**given: Any) -> SectionForm:
        data = _with_suggestions(viewer, section_code, given.pop("data")["values"])
        return _labelled(form_class(data=form_class.flatten(data), **given))

    form = edit(
        make_form,
        lambda: use_cases.section_values(viewer, section_code),
        lambda form: use_cases.save_section(viewer, section_code, form.values(), form.expected_fingerprint()),
    )
    if form.is_saved:
        flashes.done(_("Saved."))
        return redirect(section_url(SECTIONS[SECTIONS.index(section_code) + 1]), 303)
    plan, trade = own_plan(viewer), trade_examples(own_company(viewer).sector_code)
    form.page_order = [
        f"channel-{code}-{name}" for code in trade.channels for name in ("decision", "now", "role", "owner")
    ]
    return render_template(
        "strategy/section.html",
        form=form,
        template=strategy_template(),
        section=strategy_template().section(section_code),
        decision_labels={code: localized(names) for code, names in strategy_template().decisions.items()},
        examples={field: trade.lines(field) for field in trade.fields},
        common_channels=trade.channels,
        suggestions=suggested_gaps(viewer) if section_code == "gaps" else (),
        steps=section_steps(plan),
        section_comments=section_comments(plan.strategy, section_code),
        previous=section_url(SECTIONS[SECTIONS.index(section_code) - 1])
        if section_code != SECTIONS[0]
        else "",
    )


@blueprint.get("/plan/strategy/check")
@access.company
def check_plan() -> ViewResponse:
    """Show the missing fields of the strategy, and its warnings."""
    plan = own_plan(current_viewer())
    return render_template(
        "strategy/check.html",
        plan=plan,
        section=strategy_template().section("check"),
        steps=section_steps(plan),
        phase_labels=PHASE_LABELS,
        section_url=section_url,
        template=strategy_template(),
    )


def section_steps(plan: Plan) -> list[dict[str, Any]]:
    """Return code, title, URL and state of each section: "done", "missing" or "empty"."""
    lacking = {one.section for one in plan.missing}
    empty = StrategyContent()
    filled = {code for code in SECTION_FIELDS if plan.content.section(code) != empty.section(code)}
    filled |= {"objectives"} if plan.objectives else set()
    filled |= {"actions"} if plan.actions else set()
    return [
        {
            "code": code,
            "title": strategy_template().section(code).title,
            "url": section_url(code),
            "state": ("missing" if code in lacking else "done") if code in filled else "empty",
        }
        for code in SECTIONS
    ]


def _labelled(form: SectionForm) -> SectionForm:
    """Set labels and hints of the fields from the template of the strategy."""
    template = strategy_template()
    known = {field.code: field for section in template.sections for field in section.fields}
    for field in form:
        if field.name in known:
            field.label.text = localized(known[field.name].labels)
            field.description = localized(known[field.name].hints)
    return form


def _with_suggestions(viewer: Viewer, section: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a section; for gaps, with the suggestions that the viewer has asked for in empty rows."""
    if section != "gaps" or query_arg("from", 20) != "assessment":
        return values
    known = {gap["text"] for gap in values["gaps"]}
    added = [{"text": text, "is_private": False} for text in suggested_gaps(viewer) if text not in known]
    return values | {"gaps": [*values["gaps"], *added]}

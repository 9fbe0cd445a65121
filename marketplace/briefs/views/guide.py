"""The guide: one topic a page, saved as you go, picked up where you were."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import jsonify, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from marketplace.briefs import coach, guide, queries, service_suggestions, use_cases
from marketplace.briefs.forms import TopicForm, read_marks
from marketplace.briefs.guide import Topic
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.queries import BriefView
from marketplace.briefs.views.base import blueprint
from marketplace.core import clock, taxonomy
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import current_locale, format_date, format_time
from marketplace.core.i18n import gettext as _
from marketplace.core.taxonomy import Group
from marketplace.organisations.forms import municipality_choices
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer

Answer = str | Response | tuple[str, int] | tuple[Response, int]


def own_brief_view(reference: str) -> BriefView:
    """Return a brief of the viewer's own company. Raises NotFound."""
    viewer = current_viewer()
    return queries.view_of(viewer, queries.own_brief(viewer, reference))


def _topic(brief_view: BriefView, code: str) -> Topic:
    found = next((topic for topic in brief_view.guide.topics if topic.code == code), None)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/briefs/<reference>/guide")
@access.company
def resume(reference: str) -> Answer:
    """Go on where we were: the first topic that is not done, else the check."""
    brief_view = own_brief_view(reference)
    if brief_view.phase is not Phase.DRAFT:
        return redirect(url_for("briefs.show", reference=reference), 303)
    states = topic_states(brief_view)
    waiting = next((code for code, state in states.items() if state != "done"), None)
    if waiting is None:
        return redirect(url_for("briefs.check", reference=reference), 303)
    return redirect(url_for("briefs.topic", reference=reference, topic_code=waiting), 303)


@blueprint.route("/briefs/<reference>/guide/<topic_code>", methods=["GET", "POST"])
@access.company
def topic(reference: str, topic_code: str) -> Answer:
    """One topic of the guide."""
    brief_view = own_brief_view(reference)
    current = _topic(brief_view, topic_code)
    if request.method == "GET" and brief_view.phase is not Phase.DRAFT:
        return redirect(url_for("briefs.show", reference=reference), 303)
    return write_topic(brief_view, current)


def write_topic(brief_view: BriefView, current: Topic, move: str = "save") -> Answer:
    """Show a topic or keep what was written in it: in a draft, or, with the move "amend", in a change of what is out."""
    reference = brief_view.brief.reference
    seen_before = current.code in brief_view.brief.confirmed_topics
    advices = coach.find_suggestions(brief_view.guide, brief_view.answers) if seen_before else []
    form = TopicForm(current, brief_view.answers, clock.today(), advices)
    if request.method == "GET":
        marks = use_cases.fingerprints(current.questions, brief_view.answers)
        return _page(brief_view, current, form, marks, move)
    parsed_answers = form.read(request.form)
    try:
        saved = SAVES[move](
            current_viewer(), reference, current.code, parsed_answers, read_marks(request.form.get("seen"))
        )
    except Conflict as conflict:
        return _conflict(brief_view, current, form, conflict, move)
    brief_view = own_brief_view(reference)
    if wants_json():
        message = _not_saved(form) if saved.refused else saved_line(brief_view)
        return jsonify(saved=message, ok=not saved.refused, seen=json.dumps(saved.fingerprints))
    if saved.refused:
        return _page(brief_view, current, form, saved.fingerprints, move), 422
    return _go_on(brief_view, current, move)


SAVES = {"save": use_cases.save_topic, "amend": use_cases.save_change}
ENDPOINTS = {"save": "briefs.topic", "amend": "briefs.amend_topic"}


def _go_on(brief_view: BriefView, current: Topic, move: str) -> Response:
    reference, action = brief_view.brief.reference, request.form.get("then", "next")
    if action == "suggest":
        return see_other(ENDPOINTS[move], reference=reference, topic_code=current.code, _anchor="q-services")
    if move == "amend":
        return redirect(f"{url_for('briefs.show', reference=reference)}/amend", 303)
    if action == "later":
        flashes.done(_("%(title)s is saved. Continue when it suits you.", title=brief_view.title))
        return see_other("briefs.index")
    codes = [topic.code for topic in brief_view.guide.topics]
    place = codes.index(current.code) + 1
    if place < len(codes):
        return see_other("briefs.topic", reference=reference, topic_code=codes[place])
    return see_other("briefs.check", reference=reference)


def _conflict(
    brief_view: BriefView, current: Topic, form: TopicForm, conflict: Conflict, move: str
) -> Answer:
    """Show what was typed beside what stands now. Fields that only a colleague has changed show the colleague's."""
    standing = dict(conflict.current)
    by = str(standing.pop("by", ""))
    if standing:
        message = _(
            "%(name)s has changed the same answer. None of your text is lost.", name=by or _("A colleague")
        )
    else:
        message = _(
            "The brief can no longer be changed, so your changes were not saved. Copy anything you need from this page."
        )
    if wants_json():
        return jsonify(saved=message, ok=False, seen=""), 409
    form.show_conflict(message, standing)
    marks = use_cases.fingerprints(current.questions, brief_view.answers)
    seen = read_marks(request.form.get("seen"))
    for code, field in form.fields.items():
        if standing and code not in standing and not field.error and seen.get(code) != marks[code]:
            field.typed = guide.form_value(field.question, brief_view.answers.get(code))
    return _page(brief_view, current, form, marks, move), 409


def wants_json() -> bool:
    """Say whether the page's script saves in the background."""
    return request.headers.get("X-Autosave") == "1"


def _not_saved(form: TopicForm) -> str:
    """Return the first fault, for the line under the heading."""
    return _("Not everything has been saved yet. %(fault)s", fault=form.all_errors()[0][1])


def topic_states(brief_view: BriefView) -> dict[str, str]:
    """Return how far each topic of a draft has come, by code."""
    confirmed, today = brief_view.brief.confirmed_topics, clock.today()
    return {
        t.code: guide.topic_state(t, brief_view.answers, confirmed, today) for t in brief_view.guide.topics
    }


def saved_line(brief_view: BriefView) -> str:
    """Return "Saved at 14.32", with the date when it was not today."""
    at = brief_view.brief.updated_at
    if clock.to_local(at).date() == clock.today():
        return _("Saved at %(time)s", time=format_time(at))
    return _("Saved %(date)s at %(time)s", date=format_date(at), time=format_time(at))


def state_label(state: str) -> str:
    """Return a topic's state in the reader's language."""
    labels = {"done": _("Done"), "begun": _("Started"), "review": _("Completed, check the answers")}
    return labels.get(state, "")


@dataclass(frozen=True)
class Surroundings:
    """What the fields of a page need beside themselves."""

    suggestions: list[service_suggestions.Suggestion]
    groups: tuple[Group, ...]
    municipalities: Mapping[str, list[tuple[str, str]]]
    next_year: int


def _surroundings(form: TopicForm) -> Surroundings:
    has_services = "services" in form.fields
    words = str(form.fields["own_words"].typed) if "own_words" in form.fields else ""
    places = municipality_choices(blank=False) if "municipality" in form.fields else {}
    return Surroundings(
        service_suggestions.suggest(words) if has_services else [],
        taxonomy.groups() if has_services else (),
        places if isinstance(places, dict) else {},
        clock.today().year + 1,
    )


def _page(brief_view: BriefView, current: Topic, form: TopicForm, marks: object, move: str) -> str:
    return render_template(
        "briefs/topic.html",
        brief_view=brief_view,
        amending=move == "amend",
        action=url_for(ENDPOINTS[move], reference=brief_view.brief.reference, topic_code=current.code),
        topic=current,
        form=form,
        seen=json.dumps(marks),
        states=topic_states(brief_view),
        state_label=state_label,
        saved_line=saved_line(brief_view) if brief_view.brief.revision > 1 and not form.all_errors() else "",
        lines=current.lesson.lines(current_locale()),
        page=_surroundings(form),
    )

"""Views of the guide: one topic per page, with autosave."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import jsonify, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from marketplace.briefs import coach, guide, queries, service_suggestions, use_cases
from marketplace.briefs.forms import TopicForm, parse_fingerprints
from marketplace.briefs.guide import Topic
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.queries import BriefView
from marketplace.briefs.views.base import blueprint
from marketplace.core import clock, taxonomy
from marketplace.core.errors import Conflict, or_404
from marketplace.core.i18n import current_locale, format_saved, gettext as _
from marketplace.core.taxonomy import Group
from marketplace.organisations.forms import municipality_choices
from marketplace.web import access, flashes
from marketplace.web.forms import refuse_form
from marketplace.web.redirects import see_other
from marketplace.web.request import is_autosave
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


def own_brief_view(reference: str) -> BriefView:
    """Return the view of a brief of the viewer's company. Raises NotFound."""
    viewer = current_viewer()
    return queries.view_of(viewer, queries.own_brief(viewer, reference))


def _topic(brief_view: BriefView, code: str) -> Topic:
    return or_404(next((topic for topic in brief_view.guide.topics if topic.code == code), None))


@blueprint.get("/briefs/<reference>/guide")
@access.company
def resume(reference: str) -> ViewResponse:
    """Redirect to the first topic that is not done, or to the check."""
    brief_view = own_brief_view(reference)
    if brief_view.phase is not Phase.DRAFT:
        return redirect(url_for("briefs.show", reference=reference), 303)
    states = topic_states(brief_view)
    unfinished = next((code for code, state in states.items() if state != "done"), None)
    if unfinished is None:
        return redirect(url_for("briefs.check", reference=reference), 303)
    return redirect(url_for("briefs.topic", reference=reference, topic_code=unfinished), 303)


@blueprint.route("/briefs/<reference>/guide/<topic_code>", methods=["GET", "POST"])
@access.company
def topic(reference: str, topic_code: str) -> ViewResponse:
    """Edit one topic of a draft."""
    brief_view = own_brief_view(reference)
    current = _topic(brief_view, topic_code)
    if request.method == "GET" and brief_view.phase is not Phase.DRAFT:
        return redirect(url_for("briefs.show", reference=reference), 303)
    return write_topic(brief_view, current)


def write_topic(brief_view: BriefView, current: Topic, mode: str = "save") -> ViewResponse:
    """Show or save a topic of a draft or, with the mode "amend", of a pending amendment."""
    reference = brief_view.brief.reference
    is_confirmed = current.code in brief_view.brief.confirmed_topics
    advices = coach.find_suggestions(brief_view.guide, brief_view.answers) if is_confirmed else []
    form = TopicForm(current, brief_view.answers, clock.today(), advices)
    if request.method == "GET":
        fingerprints = use_cases.fingerprints(current.questions, brief_view.answers)
        return _page(brief_view, current, form, fingerprints, mode)
    parsed_answers = form.read(request.form)
    try:
        saved = SAVES[mode](
            current_viewer(),
            reference,
            current.code,
            parsed_answers,
            parse_fingerprints(request.form.get("seen")),
        )
    except Conflict as conflict:
        return _conflict(brief_view, current, form, conflict, mode)
    brief_view = own_brief_view(reference)
    if is_autosave():
        message = _rejected_message(form) if saved.rejected else format_saved(brief_view.brief.updated_at)
        return jsonify(saved=message, ok=not saved.rejected, seen=json.dumps(saved.fingerprints))
    if saved.rejected:
        refuse_form()
        return _page(brief_view, current, form, saved.fingerprints, mode)
    return _redirect_after_save(brief_view, current, mode)


SAVES = {"save": use_cases.save_topic, "amend": use_cases.save_amendment}
ENDPOINTS = {"save": "briefs.topic", "amend": "briefs.amend_topic"}


def _redirect_after_save(brief_view: BriefView, current: Topic, mode: str) -> Response:
    reference, action = brief_view.brief.reference, request.form.get("then", "next")
    if action == "suggest":
        back = {"back": "check"} if comes_from_check() else {}
        return see_other(
            ENDPOINTS[mode], reference=reference, topic_code=current.code, **back, _anchor="q-services"
        )
    if mode == "amend":
        return redirect(f"{url_for('briefs.show', reference=reference)}/amend", 303)
    if action == "later":
        flashes.done(_("“%(title)s” is saved. Continue when it suits you.", title=brief_view.title))
        return see_other("briefs.index")
    next_topic = None if comes_from_check() else _next_unfinished(brief_view, current)
    if next_topic is not None:
        return see_other("briefs.topic", reference=reference, topic_code=next_topic)
    return see_other("briefs.check", reference=reference)


def comes_from_check() -> bool:
    """Return True if the topic was opened by a link on the check page, to which it leads back."""
    return request.values.get("back") == "check"


def _next_unfinished(brief_view: BriefView, current: Topic) -> str | None:
    """Return the code of the first later topic that is not done, or None."""
    states = topic_states(brief_view)
    codes = list(states)
    later = codes[codes.index(current.code) + 1 :]
    return next((code for code in later if states[code] != "done"), None)


def _conflict(
    brief_view: BriefView, current: Topic, form: TopicForm, conflict: Conflict, mode: str
) -> ViewResponse:
    """Show conflicting input beside the current answers. Fields changed only by the colleague show the new answer."""
    current_answers = dict(conflict.current)
    message = conflict.message
    if not current_answers:
        message = _(
            "The brief can no longer be changed, so your changes were not saved. Copy anything you need from this page."
        )
    if is_autosave():
        return jsonify(saved=message, ok=False, seen=""), 409
    refuse_form()
    form.show_conflict(message, current_answers)
    fingerprints = use_cases.fingerprints(current.questions, brief_view.answers)
    expected = parse_fingerprints(request.form.get("seen"))
    for code, field in form.fields.items():
        if (
            current_answers
            and code not in current_answers
            and not field.error
            and expected.get(code) != fingerprints[code]
        ):
            field.typed = guide.form_value(field.question, brief_view.answers.get(code))
    return _page(brief_view, current, form, fingerprints, mode), 409


def _rejected_message(form: TopicForm) -> str:
    """Return the first error, for the status line under the heading."""
    return _("Not everything has been saved yet. %(fault)s", fault=form.all_errors()[0][1])


def topic_states(brief_view: BriefView) -> dict[str, str]:
    """Return the state of each topic, by code."""
    confirmed, today = brief_view.brief.confirmed_topics, clock.today()
    return {
        t.code: guide.topic_state(t, brief_view.answers, confirmed, today) for t in brief_view.guide.topics
    }


def state_label(state: str) -> str:
    """Return the name of a topic's state in the user's language."""
    labels = {"done": _("Done"), "begun": _("Started"), "review": _("Completed, check the answers")}
    return labels.get(state, "")


@dataclass(frozen=True)
class FieldContext:
    """Data that the fields of a topic need besides their answers."""

    has_words: bool
    suggestions: list[service_suggestions.Suggestion]
    groups: tuple[Group, ...]
    municipalities: Mapping[str, list[tuple[str, str]]]
    next_year: int


def _field_context(form: TopicForm) -> FieldContext:
    has_services = "services" in form.fields
    words = str(form.fields["own_words"].typed) if "own_words" in form.fields else ""
    places = municipality_choices(blank=False) if "municipality" in form.fields else {}
    return FieldContext(
        bool(words.strip()),
        service_suggestions.suggest(words) if has_services else [],
        taxonomy.groups() if has_services else (),
        places if isinstance(places, dict) else {},
        clock.today().year + 1,
    )


def _page(brief_view: BriefView, current: Topic, form: TopicForm, fingerprints: object, mode: str) -> str:
    return render_template(
        "briefs/topic.html",
        brief_view=brief_view,
        amending=mode == "amend",
        comes_from_check=mode == "save" and comes_from_check(),
        action=url_for(ENDPOINTS[mode], reference=brief_view.brief.reference, topic_code=current.code),
        topic=current,
        form=form,
        seen=json.dumps(fingerprints),
        states=topic_states(brief_view),
        state_label=state_label,
        saved_line=format_saved(brief_view.brief.updated_at)
        if brief_view.brief.revision > 1 and not form.all_errors()
        else "",
        lines=current.lesson.lines(current_locale()),
        page=_field_context(form),
    )

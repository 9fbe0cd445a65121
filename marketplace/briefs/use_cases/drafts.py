"""Drafts: create, save a topic, delete, restore and copy."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs import guide, queries
from marketplace.briefs.from_action import answers_from
from marketplace.briefs.guide import ParsedAnswer, Question
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.limits import MAX_DRAFTS
from marketplace.briefs.models import Brief
from marketplace.briefs.use_cases.authorization import brief_for_transition, bump_revision, lock
from marketplace.briefs.use_cases.erasure import delete_in_transaction
from marketplace.core import clock
from marketplace.core.database import lock_row, session, transaction
from marketplace.core.errors import Conflict, NotFound, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import new_token
from marketplace.core.optimistic_lock import fingerprint
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import own_company
from marketplace.strategy.models.actions import Action

TOPICS_WITHOUT_DATES = ("need", "today", "delivery", "protection")
DATE_TYPES = frozenset({"date", "month"})


@dataclass(frozen=True)
class SavedTopic:
    """Result of saving a topic: the fingerprints for the next save, and the answers that were rejected."""

    brief: Brief
    fingerprints: Mapping[str, str]
    rejected: Sequence[ParsedAnswer]


def fingerprints(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, str]:
    """Return the fingerprints of answers by question code. A missing answer equals an empty one."""
    return {
        q.code: fingerprint(None if guide.is_empty(answers.get(q.code)) else answers.get(q.code))
        for q in questions
    }


def create_draft(viewer: Viewer, own_words: str = "", services: Sequence[str] = ()) -> Brief:
    """Create a draft for the viewer's company, with its own description and the services it has confirmed, if any."""
    with transaction():
        company = own_company(viewer)
        _check_draft_limit(viewer)
        questions = guide.load()
        answers = guide.presets(questions, guide.CompanyFacts(company.municipality_number), clock.today())
        known = set(questions.question("services").option_codes())
        limit = questions.question("services").limits["max_items"]
        if own_words:
            answers["own_words"] = own_words
        if chosen := [code for code in dict.fromkeys(services) if code in known][:limit]:
            answers["services"] = chosen
        brief = _add_draft(viewer, answers, [])
        record(viewer, "brief.create", "brief", brief.reference)
        return brief


def begin_from_action(viewer: Viewer, action_id: int, chosen: Collection[str]) -> Brief:
    """Create a draft from an action of the company's plan, with the chosen parts of it. Raises RuleBroken.

    Parts are chosen by code; nothing else of the plan is copied. See `from_action`. If the action has a draft already, that
    draft is returned unchanged, so that a form that is sent twice makes one brief.
    """
    with transaction():
        lock_row(Action.id, action_id)
        source = queries.action_source(viewer, action_id)
        if not source.is_ready:
            raise RuleBroken(_("Choose a supplier and a service for the action first."))
        begun = queries.draft_of_action(viewer, action_id)
        if begun is not None:
            return begun
        company = own_company(viewer)
        _check_draft_limit(viewer)
        facts = guide.CompanyFacts(company.municipality_number)
        answers = guide.presets(guide.load(), facts, clock.today()) | answers_from(source.parts, chosen)
        limit = guide.load().question("services").limits["max_items"]
        answers["services"] = answers.get("services", [])[:limit]
        brief = _add_draft(viewer, answers, [])
        brief.action_id, brief.objective_id = source.action.id, source.action.objective_id
        record(viewer, "brief.create", "brief", brief.reference, plan_action=action_id)
        return brief


def create_first_draft(viewer: Viewer, begun: Mapping[str, Any]) -> None:
    """Create the draft of a brief that was begun before its company was registered."""
    create_draft(viewer, str(begun.get("own_words", "")), list(begun.get("services", ())))


def _check_draft_limit(viewer: Viewer) -> None:
    query = select(Brief.id).where(
        Brief.company_id == viewer.organisation_id, Brief.state == BriefState.DRAFT
    )
    if len(session.scalars(query).all()) >= MAX_DRAFTS:
        raise RuleBroken(_("You have too many drafts. Delete some you do not need first."))


def _add_draft(
    viewer: Viewer, answers: dict[str, Any], confirmed: list[str], copied_from: Brief | None = None
) -> Brief:
    brief = Brief(
        reference=new_token()[:12],
        company_id=viewer.organisation_id,
        created_by_id=viewer.user_id,
        guide_version=guide.load().version,
        title=str(answers.get("title", "")),
        answers=answers,
        confirmed_topics=confirmed,
        copied_from_id=copied_from.id if copied_from else None,
    )
    session.add(brief)
    session.flush()
    brief.reference = f"{clock.today().year}-{brief.id:04d}"
    session.flush()
    return brief


def save_topic(
    viewer: Viewer,
    reference: str,
    topic_code: str,
    parsed_answers: Sequence[ParsedAnswer],
    expected: Mapping[str, str],
) -> SavedTopic:
    """Save the answers of a topic. Answers that cannot be stored are returned as rejected.

    `expected` holds the fingerprints of the answers that the form was rendered with. Answers that a colleague has
    changed since are left alone, unless the user changed them too. In that case nothing is stored and Conflict is
    raised; its `current` holds the stored answers by question code.
    """
    with transaction():
        return _save(
            viewer, brief_for_transition("save", viewer, reference), topic_code, parsed_answers, expected
        )


def save_amendment(
    viewer: Viewer,
    reference: str,
    topic_code: str,
    parsed_answers: Sequence[ParsedAnswer],
    expected: Mapping[str, str],
) -> SavedTopic:
    """Save a topic of a pending amendment, as `save_topic` does. Suppliers see it once the amendment is sent."""
    with transaction():
        return _save(
            viewer, brief_for_transition("amend", viewer, reference), topic_code, parsed_answers, expected
        )


def _save(
    viewer: Viewer,
    brief: Brief,
    topic_code: str,
    parsed_answers: Sequence[ParsedAnswer],
    expected: Mapping[str, str],
) -> SavedTopic:
    topic = guide.load(brief.guide_version).topic(topic_code)
    stored = queries.latest_answers(brief)
    current = fingerprints(topic.questions, stored)
    changed = {code for code, value in current.items() if expected.get(code, value) != value}
    conflicts = {
        parsed.question.code: stored.get(parsed.question.code)
        for parsed in parsed_answers
        if parsed.question.code in changed and _differs(parsed, expected, current)
    }
    if conflicts:
        saver_id, name = queries.last_saved_by(brief)
        if saver_id == viewer.user_id:
            message = _("You have changed the same answer in another window. None of your text is lost.")
        else:
            message = _(
                "%(name)s has changed the same answer. None of your text is lost.",
                name=name or _("A colleague"),
            )
        raise Conflict(message, conflicts)
    accepted = {
        parsed.question.code: parsed.value
        for parsed in parsed_answers
        if parsed.is_accepted and parsed.question.code not in changed
    }
    answers = {**stored, **accepted}
    if answers != brief.answers or topic_code not in brief.confirmed_topics:
        brief.answers = answers
        if not brief.versions:  # A published brief keeps its title until the amendment is sent.
            brief.title = str(answers.get("title", ""))[:120]
        brief.confirmed_topics = sorted({*brief.confirmed_topics, topic_code})
        bump_revision(brief)
        record(viewer, "brief.save", "brief", brief.reference, topic=topic_code)
    rejected = [parsed for parsed in parsed_answers if not parsed.is_accepted]
    return SavedTopic(brief, fingerprints(topic.questions, answers), rejected)


def _differs(parsed: ParsedAnswer, expected: Mapping[str, str], current: Mapping[str, str]) -> bool:
    """Return True if the user changed an answer to something other than the current value."""
    code = parsed.question.code
    submitted = fingerprint(None if guide.is_empty(parsed.value) else parsed.value)
    return not parsed.is_accepted or submitted not in {expected[code], current[code]}


def make_requirement_optional(viewer: Viewer, reference: str, requirement: str) -> Brief:
    """Move a must-have requirement to the wishes, as the coach suggests. Raises NotFound if it is not a must-have."""
    with transaction():
        brief = brief_for_transition("save", viewer, reference)
        answers = queries.draft_answers(brief)
        musts, wishes = list(answers.get("must_have", [])), list(answers.get("nice_to_have", []))
        if requirement not in musts:
            raise NotFound
        limit = guide.load(brief.guide_version).question("nice_to_have").limits["max_items"]
        if requirement not in wishes and len(wishes) >= limit:
            raise RuleBroken(_("You have reached the maximum number of nice-to-haves. Remove one first."))
        musts.remove(requirement)
        brief.answers = {
            **answers,
            "must_have": musts,
            "nice_to_have": list(dict.fromkeys([*wishes, requirement])),
        }
        bump_revision(brief)
        record(viewer, "brief.save", "brief", brief.reference, topic="choosing")
        return brief


def delete_draft(viewer: Viewer, reference: str) -> Brief:
    """Delete a draft. It can be restored for UNDO_DELETE_DAYS."""
    with transaction():
        brief = brief_for_transition("delete", viewer, reference)
        delete_in_transaction(viewer, brief)
        return brief


def restore_draft(viewer: Viewer, reference: str) -> Brief:
    """Restore a deleted draft. Raises NotFound if it was deleted too long ago or belongs to another company."""
    with transaction():
        lock(reference)
        brief = or_404(next((b for b in queries.deleted_drafts(viewer) if b.reference == reference), None))
        brief.state = BriefState.DRAFT
        brief.deleted_at = None
        record(viewer, "brief.restore", "brief", brief.reference)
        return brief


def _title_of_copy(viewer: Viewer, title: str) -> str:
    """Return the title with "(copy)", numbered if the company has such a copy already."""
    if not title:
        return ""
    taken = set(session.scalars(select(Brief.title).where(Brief.company_id == viewer.organisation_id)))
    limit = guide.load().question("title").limits["max_chars"]
    number = 1
    while True:
        suffix = _("(copy)") if number == 1 else _("(copy %(num)s)", num=number)
        candidate = f"{title[: limit - len(suffix) - 1].rstrip()} {suffix}"
        if candidate not in taken:
            return candidate
        number += 1


def copy_brief(viewer: Viewer, reference: str) -> Brief:
    """Create a draft with the answers and files of an earlier brief of the company, except its dates."""
    with transaction():
        earlier = queries.own_brief(viewer, reference)
        _check_draft_limit(viewer)
        questions = guide.load()
        answers = queries.current_answers(earlier)
        copied = {
            q.code: answers[q.code] for q in questions if q.code in answers and q.type not in DATE_TYPES
        }
        company = own_company(viewer)
        presets = guide.presets(questions, guide.CompanyFacts(company.municipality_number), clock.today())
        confirmed = [
            code for code in TOPICS_WITHOUT_DATES if code in earlier.confirmed_topics or earlier.versions
        ]
        copied["title"] = _title_of_copy(viewer, str(copied.get("title", "")))
        brief = _add_draft(viewer, {**presets, **copied}, confirmed, earlier)
        brief.action_id, brief.objective_id = earlier.action_id, earlier.objective_id
        _copy_files(earlier, brief)
        record(viewer, "brief.copy", "brief", brief.reference, copied_from=earlier.reference)
        return brief


def _copy_files(earlier: Brief, brief: Brief) -> None:
    """Copy the files row by row: removing one from the draft must not remove it from the earlier brief."""
    session.flush()
    for stored in queries.files_of_brief(earlier.id):
        copied = stored.copy()
        copied.brief_id = brief.id
        session.add(copied)

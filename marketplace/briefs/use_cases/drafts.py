"""Writing a draft: beginning, saving a topic, deleting and taking back, copying."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs import guide, queries
from marketplace.briefs.guide import ParsedAnswer, Question
from marketplace.briefs.lifecycle import State
from marketplace.briefs.models import Brief
from marketplace.briefs.use_cases.authorization import brief_for_transition, bump_revision, lock
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import new_token
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import own_company

TOPICS_WITHOUT_DATES = ("need", "today", "delivery", "protection")
DATE_TYPES = frozenset({"date", "month"})
MOST_DRAFTS = 200


@dataclass(frozen=True)
class Saved:
    """What became of a saved topic: when, the state of each answer for the next save, and what was not kept."""

    brief: Brief
    fingerprints: Mapping[str, str]
    refused: Sequence[ParsedAnswer]


def fingerprint(value: Any) -> str:
    """Return a short mark of a value, by which a later save sees whether somebody has changed it."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def fingerprints(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, str]:
    """Return the marks of a topic's answers, by question code. No answer and an empty one are the same."""
    return {
        q.code: fingerprint(None if guide.is_empty(answers.get(q.code)) else answers.get(q.code))
        for q in questions
    }


def create_draft(viewer: Viewer, own_words: str = "", services: Sequence[str] = ()) -> Brief:
    """Begin a brief for the viewer's company, with its own words and the services it has confirmed, if any."""
    with transaction():
        company = own_company(viewer)
        _check_room(viewer)
        questions = guide.load()
        answers = guide.presets(questions, guide.Company(company.municipality_number), clock.today())
        known = set(questions.question("services").option_codes())
        limit = questions.question("services").limits["max_items"]
        if own_words:
            answers["own_words"] = own_words
        if chosen := [code for code in dict.fromkeys(services) if code in known][:limit]:
            answers["services"] = chosen
        brief = _add(viewer, answers, [])
        record(viewer, "brief.create", "brief", brief.reference)
        return brief


def _check_room(viewer: Viewer) -> None:
    query = select(Brief.id).where(Brief.company_id == viewer.organisation_id, Brief.state == State.DRAFT)
    if len(session.scalars(query).all()) >= MOST_DRAFTS:
        raise RuleBroken(_("You have too many drafts. Delete some you do not need first."))


def _add(
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
    seen: Mapping[str, str],
) -> Saved:
    """Keep what was written in a topic. What cannot be stored is handed back; the rest is kept.

    `seen` holds the marks of the answers as they were when the writer got the page. Answers that a colleague
    has changed since stand unless the writer changed them too: then it is a Conflict, nothing is stored, and
    `current` holds the colleague's answers by question code and the name under "by".
    """
    with transaction():
        return _keep(
            viewer, brief_for_transition("save", viewer, reference), topic_code, parsed_answers, seen
        )


def save_change(
    viewer: Viewer,
    reference: str,
    topic_code: str,
    parsed_answers: Sequence[ParsedAnswer],
    seen: Mapping[str, str],
) -> Saved:
    """Keep what was written of a change of a brief that is out, as `save_topic` does; suppliers see it when it is sent."""
    with transaction():
        return _keep(
            viewer, brief_for_transition("amend", viewer, reference), topic_code, parsed_answers, seen
        )


def _keep(
    viewer: Viewer,
    brief: Brief,
    topic_code: str,
    parsed_answers: Sequence[ParsedAnswer],
    seen: Mapping[str, str],
) -> Saved:
    topic = guide.load(brief.guide_version).topic(topic_code)
    standing = queries.written_answers(brief)
    now = fingerprints(topic.questions, standing)
    changed = {code for code, mark in now.items() if code in seen and seen[code] != mark}
    clashes = {
        parsed.question.code: standing.get(parsed.question.code)
        for parsed in parsed_answers
        if parsed.question.code in changed and _differs(parsed, seen, now)
    }
    if clashes:
        by = queries.last_saved_by(brief)
        raise Conflict(_("A colleague has changed the same answer."), {**clashes, "by": by})
    kept = {
        parsed.question.code: parsed.value
        for parsed in parsed_answers
        if parsed.is_accepted and parsed.question.code not in changed
    }
    answers = {**standing, **kept}
    if answers != brief.answers or topic_code not in brief.confirmed_topics:
        brief.answers = answers
        if not brief.versions:  # what is out keeps its title until the change is sent
            brief.title = str(answers.get("title", ""))[:120]
        brief.confirmed_topics = sorted({*brief.confirmed_topics, topic_code})
        bump_revision(brief)
        record(viewer, "brief.save", "brief", brief.reference, topic=topic_code)
    refused = [parsed for parsed in parsed_answers if not parsed.is_accepted]
    return Saved(brief, fingerprints(topic.questions, answers), refused)


def _differs(parsed: ParsedAnswer, seen: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Say whether the writer has changed an answer, and not to what stands now."""
    code = parsed.question.code
    mark = fingerprint(None if guide.is_empty(parsed.value) else parsed.value)
    return not parsed.is_accepted or mark not in {seen[code], now[code]}


def turn_must_into_wish(viewer: Viewer, reference: str, requirement: str) -> Brief:
    """Make a must-have a wish, as the coach suggests. Raises NotFound when there is no such must-have."""
    with transaction():
        brief = brief_for_transition("save", viewer, reference)
        answers = queries.draft_answers(brief)
        musts, wishes = list(answers.get("must_have", [])), list(answers.get("nice_to_have", []))
        if requirement not in musts:
            raise NotFound
        limit = guide.load(brief.guide_version).question("nice_to_have").limits["max_items"]
        if requirement not in wishes and len(wishes) >= limit:
            raise RuleBroken(_("You have reached the maximum number of wishes. Remove one first."))
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
    """Delete a draft that was never published. It can be taken back for 30 days."""
    with transaction():
        brief = brief_for_transition("delete", viewer, reference)
        brief.state = State.DELETED
        brief.deleted_at = clock.now()
        record(viewer, "brief.delete", "brief", brief.reference)
        return brief


def restore_draft(viewer: Viewer, reference: str) -> Brief:
    """Take back a draft that was deleted. Raises NotFound when it is another's, or too long ago."""
    with transaction():
        lock(reference)
        found = next((b for b in queries.deleted_drafts(viewer) if b.reference == reference), None)
        if found is None:
            raise NotFound
        found.state = State.DRAFT
        found.deleted_at = None
        record(viewer, "brief.restore", "brief", found.reference)
        return found


def copy_brief(viewer: Viewer, reference: str) -> Brief:
    """Begin a new brief from an earlier one of the company: everything but dates, and nothing of what came of it."""
    with transaction():
        earlier = queries.own_brief(viewer, reference)
        _check_room(viewer)
        questions = guide.load()
        answers = queries.current_answers(earlier)
        kept = {q.code: answers[q.code] for q in questions if q.code in answers and q.type not in DATE_TYPES}
        company = own_company(viewer)
        fresh = guide.presets(questions, guide.Company(company.municipality_number), clock.today())
        confirmed = [
            code for code in TOPICS_WITHOUT_DATES if code in earlier.confirmed_topics or earlier.versions
        ]
        brief = _add(viewer, {**fresh, **kept}, confirmed, earlier)
        record(viewer, "brief.copy", "brief", brief.reference, copied_from=earlier.reference)
        return brief

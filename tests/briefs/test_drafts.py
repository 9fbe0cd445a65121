"""Writing a draft: saved answers, concurrent edits, requirements, copies, deletion and the limit."""

import datetime as dt

import pytest

from marketplace.audit.models import AuditEvent
from marketplace.briefs import guide, queries, use_cases
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.limits import MAX_DRAFTS
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from tests.factories import briefs
from tests.support.concurrency import run_concurrently

GUIDE = guide.load()


def actions():
    return [event.action for event in session.query(AuditEvent).order_by(AuditEvent.id)]


def save(viewer, brief, topic_code, form, seen=None):
    topic = GUIDE.topic(topic_code)
    parsed_answers = [guide.parse(question, form, clock.today()) for question in topic.questions]
    marks = use_cases.fingerprints(topic.questions, queries.draft_answers(brief)) if seen is None else seen
    return use_cases.save_topic(viewer, brief.reference, topic_code, parsed_answers, marks)


def test_new_draft_has_presets_and_own_words(market):
    brief = use_cases.create_draft(
        market.colleague, "Vi vil selge ost på nett.", ["ecm.shop", "nonsense", "ecm.shop"]
    )
    assert brief.reference == f"{clock.today().year}-{brief.id:04d}"
    assert brief.answers["services"] == ["ecm.shop"]
    assert brief.answers["own_words"] == "Vi vil selge ost på nett."
    assert brief.answers["municipality"] == "5021"
    assert brief.answers["weights"]["price"] == 25
    assert queries.phase_of(brief) is Phase.DRAFT
    assert actions() == ["brief.create"]


def test_save_stores_valid_answers_and_returns_problems(market, raw):
    brief = use_cases.create_draft(market.owner)
    form = raw(title="Nettbutikk for ysteriet", services="ecm.nonsense", problem="For kort.")
    saved = save(market.owner, brief, "need", form)
    assert [reading.question.code for reading in saved.rejected] == ["services"]
    fresh = session.get(Brief, brief.id)
    assert fresh.title == "Nettbutikk for ysteriet"
    assert fresh.answers["problem"] == "For kort."
    assert fresh.confirmed_topics == ["need"]
    assert fresh.revision == 2


def test_repeated_save_changes_nothing(market, raw):
    brief = use_cases.create_draft(market.owner)
    form = raw(title="Nettbutikk for ysteriet")
    save(market.owner, brief, "need", form)
    revision = save(market.owner, brief, "need", form).brief.revision
    assert revision == 2
    assert actions().count("brief.save") == 1


def test_concurrent_edits_of_different_answers_are_merged(market, raw):
    brief = use_cases.create_draft(market.owner)
    topic = GUIDE.topic("need")
    seen = use_cases.fingerprints(topic.questions, queries.draft_answers(brief))
    save(market.owner, brief, "need", raw(title="Nettbutikk for ysteriet"), seen)
    save(market.colleague, brief, "need", raw(own_words="Vi vil selge mer ost."), seen)
    answers = session.get(Brief, brief.id).answers
    assert (answers["title"], answers["own_words"]) == ("Nettbutikk for ysteriet", "Vi vil selge mer ost.")


def test_concurrent_edits_of_one_answer_conflict(market, raw):
    brief = use_cases.create_draft(market.owner)
    seen = use_cases.fingerprints(GUIDE.topic("need").questions, queries.draft_answers(brief))
    save(market.owner, brief, "need", raw(title="Nettbutikk for ysteriet"), seen)
    with pytest.raises(Conflict) as conflict:
        save(market.colleague, brief, "need", raw(title="Nettside for osten", own_words="Ost."), seen)
    assert conflict.value.current == {"title": "Nettbutikk for ysteriet"}
    assert not session.get(Brief, brief.id).answers["own_words"]


@pytest.mark.both_databases
def test_six_concurrent_editors_get_one_success(app, market, raw):
    brief = use_cases.create_draft(market.owner)
    questions = GUIDE.topic("need").questions
    seen = use_cases.fingerprints(questions, queries.draft_answers(brief))
    reference = brief.reference
    forms = [raw(title=f"Nettbutikk nummer {number}") for number in range(6)]

    def edit(number):
        parsed_answers = [guide.parse(question, forms[number], clock.today()) for question in questions]
        use_cases.save_topic(market.owner, reference, "need", parsed_answers, seen)

    results = run_concurrently(app, edit, len(forms))
    assert results.count("done") == 1
    assert sum(isinstance(result, Conflict) for result in results) == 5
    assert session.query(Brief).one().revision == 2


def test_deleted_draft_is_restorable_for_thirty_days(market, time_machine):
    brief = briefs.draft(market.owner)
    time_machine.move_to(clock.now(), tick=False)
    use_cases.delete_draft(market.owner, brief.reference)
    with pytest.raises(NotFound):
        use_cases.restore_draft(market.outsider, brief.reference)
    time_machine.shift(dt.timedelta(days=29))
    assert use_cases.restore_draft(market.colleague, brief.reference).state == "draft"
    use_cases.delete_draft(market.owner, brief.reference)
    time_machine.shift(dt.timedelta(days=31))
    with pytest.raises(NotFound):
        use_cases.restore_draft(market.owner, brief.reference)


def test_every_recently_deleted_draft_is_restorable(market, sign_in):
    deleted = [use_cases.delete_draft(market.owner, briefs.draft(market.owner).reference) for _ in range(7)]
    page = sign_in(market.owner).page("/briefs")
    for brief in deleted:
        assert page.all("form", action=f"/briefs/{brief.reference}/restore")
        assert use_cases.restore_draft(market.owner, brief.reference).state == "draft"


def test_copy_has_answers_without_dates_and_outcome(market):
    first = briefs.published(market.owner)
    copied = use_cases.copy_brief(market.colleague, first.reference)
    assert copied.reference != first.reference
    assert copied.state == "draft"
    again = use_cases.copy_brief(market.colleague, first.reference)
    assert [copied.title, again.title] == [f"{first.title} (kopi)", f"{first.title} (kopi 2)"]
    assert copied.answers["problem"] == first.answers["problem"]
    assert "finish_by" not in copied.answers
    assert copied.answers["response_deadline"] > clock.today().isoformat()
    assert copied.versions == []
    assert [
        problem.question.code for problem in guide.find_answer_problems(GUIDE, copied.answers, clock.today())
    ] == ["finish_by"]


def test_must_have_can_be_made_optional(market):
    brief = briefs.draft(market.owner)
    changed = use_cases.make_requirement_optional(market.owner, brief.reference, "Kobling til kassa")
    assert changed.answers["must_have"] == ["Kunden kan hente på gården"]
    assert changed.answers["nice_to_have"] == ["Gavekort", "Kobling til kassa"]
    with pytest.raises(NotFound):
        use_cases.make_requirement_optional(market.owner, brief.reference, "Kobling til kassa")


def test_full_wish_list_refuses_must_have_unless_duplicate(market):
    wishes = ["Gavekort", "Abonnement", "Kundeklubb", "Oppskrifter", "Nyhetsbrev"]
    brief = briefs.draft(market.owner, nice_to_have=wishes)
    revision = brief.revision
    with pytest.raises(RuleBroken, match="så mange ønsker som det er plass til"):
        use_cases.make_requirement_optional(market.owner, brief.reference, "Kobling til kassa")
    fresh = session.get(Brief, brief.id)
    assert (fresh.answers["nice_to_have"], fresh.revision) == (wishes, revision)
    assert fresh.answers["must_have"] == ["Kobling til kassa", "Kunden kan hente på gården"]
    twice = briefs.draft(market.owner, nice_to_have=[*wishes[:4], "Kobling til kassa"])
    changed = use_cases.make_requirement_optional(market.owner, twice.reference, "Kobling til kassa")
    assert changed.answers["must_have"] == ["Kunden kan hente på gården"]
    assert changed.answers["nice_to_have"] == [*wishes[:4], "Kobling til kassa"]


def test_draft_limit_is_enforced(market):
    first = briefs.draft(market.owner)
    session.add_all(
        Brief(
            reference=f"utkast-{number}",
            company_id=first.company_id,
            created_by_id=market.owner.user_id,
            guide_version=first.guide_version,
            title=f"Utkast {number}",
            answers={},
            confirmed_topics=[],
        )
        for number in range(MAX_DRAFTS - 1)
    )
    session.commit()
    for begin in (use_cases.create_draft, lambda viewer: use_cases.copy_brief(viewer, first.reference)):
        with pytest.raises(RuleBroken, match="svært mange utkast"):
            begin(market.colleague)
    assert session.query(Brief).count() == MAX_DRAFTS
    assert use_cases.create_draft(market.outsider).reference
    use_cases.delete_draft(market.owner, "utkast-0")
    assert use_cases.create_draft(market.colleague).reference

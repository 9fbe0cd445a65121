"""The use cases of a brief: rows written, notices sent, and refusals."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.audit.models import AuditEvent
from marketplace.briefs import guide, queries, use_cases
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.limits import MAX_DRAFTS
from marketplace.briefs.models import Brief, BriefReview
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.outbox.models import Notice, OutboxMail
from tests import factories
from tests.factories import briefs

GUIDE = guide.load()


def sent_notices(*kinds):
    query = session.query(Notice).filter(Notice.kind.in_(kinds)) if kinds else session.query(Notice)
    return {notice.user_id for notice in query}


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


def run_concurrently(app, acts):
    """Run several actions concurrently, each as its own request, and return their results."""
    gate = threading.Barrier(len(acts))

    def run(act):
        with app.app_context():
            gate.wait()
            try:
                act()
            except (Conflict, RuleBroken) as error:
                return type(error).__name__
            finally:
                session.remove()
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_six_concurrent_editors_get_one_success(app, market, raw):
    brief = use_cases.create_draft(market.owner)
    questions = GUIDE.topic("need").questions
    seen = use_cases.fingerprints(questions, queries.draft_answers(brief))
    reference = brief.reference

    def editor(number):
        form = raw(title=f"Nettbutikk nummer {number}")
        parsed_answers = [guide.parse(question, form, clock.today()) for question in questions]
        return lambda: use_cases.save_topic(market.owner, reference, "need", parsed_answers, seen)

    session.remove()
    assert run_concurrently(app, [editor(number) for number in range(6)]) == ["Conflict"] * 5 + ["done"]
    assert session.query(Brief).one().revision == 2


def test_concurrent_publications_publish_once(app, market):
    reference = briefs.draft(market.owner).reference
    session.remove()
    acts = [lambda: use_cases.publish(market.owner, reference, confirmed=True)] * 4
    assert run_concurrently(app, acts) == ["Conflict"] * 3 + ["done"]
    assert len(session.query(Brief).one().versions) == 1


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


def test_garden_reviews_draft_on_request(market):
    brief = briefs.draft(market.owner)
    use_cases.ask_for_review(market.colleague, brief.reference, "Er rammen riktig?")
    assert sent_notices("review_asked") == {market.garden.user_id}
    with pytest.raises(Conflict):
        use_cases.publish(market.owner, brief.reference, confirmed=True)
    with pytest.raises(RuleBroken):
        use_cases.answer_review(market.garden, brief.reference, "changes", "")
    use_cases.answer_review(
        market.garden, brief.reference, "changes", "", {"frame": "Rammen er lav.", "need": ""}
    )
    assert sent_notices("review_answered") == {market.owner.user_id, market.colleague.user_id}
    fresh = session.get(Brief, brief.id)
    review = queries.last_review(fresh)
    assert fresh.state == "draft"
    assert (review.verdict, review.topic_comments) == ("changes", {"frame": "Rammen er lav."})
    assert review.revision == fresh.revision


def test_review_request_can_be_cancelled(market):
    brief = briefs.draft(market.owner)
    use_cases.ask_for_review(market.owner, brief.reference)
    use_cases.cancel_review(market.owner, brief.reference)
    with pytest.raises(NotFound):
        use_cases.answer_review(market.garden, brief.reference, "ok", "")
    assert sent_notices("review_pulled_back") == {market.garden.user_id}


def test_review_of_empty_draft_is_refused(market):
    brief = use_cases.create_draft(market.owner)
    with pytest.raises(RuleBroken):
        use_cases.ask_for_review(market.owner, brief.reference)
    assert sent_notices() == set()


def test_publication_stores_version_and_deadline(market):
    brief = briefs.draft(market.owner)
    published = use_cases.publish(market.owner, brief.reference, confirmed=True)
    version = queries.current_version(published)
    day = dt.date.fromisoformat(version.answers["response_deadline"])
    assert (version.number, version.title) == (1, published.title)
    assert published.deadline == clock.end_of_day(day)
    assert published.question_deadline < published.deadline
    assert {(s.code, s.category) for s in published.services} == {
        ("ecm.shop", "ecm"),
        ("med.product-photo", "med"),
    }
    assert sent_notices("brief_published") == {market.colleague.user_id}
    assert sent_notices("brief_published_in_area") == {market.garden.user_id}
    assert actions()[-1] == "brief.publish"
    assert session.query(OutboxMail).count() == session.query(Notice).count()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"services": []}, "services"),
        ({"deliverables": []}, "deliverables"),
        ({"problem": "For kort."}, "problem"),
        ({"budget_band": ""}, "budget_band"),
        ({"response_deadline": "2020-01-01"}, "response_deadline"),
        ({"response_deadline": clock.today().isoformat()}, "response_deadline"),
        ({"response_deadline": (clock.today() + dt.timedelta(days=61)).isoformat()}, "response_deadline"),
        ({"goal": ""}, "goal"),
        ({"content": {"text": "ready"}}, "content"),
        ({"finish_by": "2020-01-01"}, "finish_by"),
        ({"audience": ["local", "people_on_the_moon"]}, "audience"),
    ],
)
def test_publication_with_missing_answer_is_refused(market, change, field):
    brief = briefs.draft(market.owner, **change)
    with pytest.raises(RuleBroken) as broken:
        use_cases.publish(market.owner, brief.reference, confirmed=True)
    assert broken.value.field == field
    fresh = session.get(Brief, brief.id)
    assert (fresh.state, fresh.versions, fresh.published_at) == ("draft", [], None)
    assert sent_notices() == set()


def test_publication_needs_confirmation(market):
    brief = briefs.draft(market.owner)
    with pytest.raises(RuleBroken) as broken:
        use_cases.publish(market.owner, brief.reference)
    assert broken.value.field == "confirmed"


def test_second_publication_is_refused(market):
    brief = briefs.published(market.owner)
    with pytest.raises(Conflict):
        use_cases.publish(market.owner, brief.reference, confirmed=True)
    with pytest.raises(Conflict):
        use_cases.delete_draft(market.owner, brief.reference)
    with pytest.raises(Conflict):
        use_cases.save_topic(market.owner, brief.reference, "need", [], {})
    assert len(session.get(Brief, brief.id).versions) == 1


def test_publication_rolls_back_with_outer_transaction(market):
    brief = briefs.draft(market.owner)

    def publish_and_fail():
        with transaction():
            use_cases.publish(market.owner, brief.reference, confirmed=True)
            raise RuntimeError("the ranking failed")

    with pytest.raises(RuntimeError):
        publish_and_fail()
    assert session.get(Brief, brief.id).state == "draft"
    assert sent_notices() == set()


def test_deadline_is_extended_twice_within_sixty_days(market, invite):
    brief = briefs.published(market.owner)
    invite(brief, market.invited)
    first = clock.to_local(brief.deadline).date()
    for day in (first, first - dt.timedelta(days=1), clock.today() + dt.timedelta(days=61)):
        with pytest.raises(RuleBroken):
            use_cases.extend_deadline(market.owner, brief.reference, day)
    moved = use_cases.extend_deadline(market.owner, brief.reference, first + dt.timedelta(days=3))
    assert moved.deadline == clock.end_of_day(first + dt.timedelta(days=3))
    assert sent_notices("brief_extended") == {market.invited.user_id, market.colleague.user_id}
    use_cases.extend_deadline(market.owner, brief.reference, first + dt.timedelta(days=5))
    with pytest.raises(RuleBroken):
        use_cases.extend_deadline(market.owner, brief.reference, first + dt.timedelta(days=7))


def test_extension_after_deadline_needs_no_offers(market, time_machine):
    brief = briefs.published(market.owner)
    time_machine.move_to(brief.deadline + dt.timedelta(seconds=1), tick=False)
    later = clock.today() + dt.timedelta(days=7)
    with pytest.raises(RuleBroken):
        use_cases.extend_deadline(market.owner, brief.reference, later)
    moved = use_cases.extend_deadline(market.owner, brief.reference, later, nobody_answered=True)
    assert queries.phase_of(moved) is Phase.OPEN


def test_withdrawal_notifies_everyone_in_their_locale(market, invite):
    brief = briefs.published(market.owner)
    invite(brief, market.invited)
    with pytest.raises(RuleBroken):
        use_cases.withdraw(market.owner, brief.reference, "Nei")
    use_cases.withdraw(market.owner, brief.reference, "Vi gjør jobben selv i år.")
    everyone = {market.invited.user_id, market.colleague.user_id, market.garden.user_id}
    assert sent_notices("brief_withdrawn") == everyone
    notice = session.query(Notice).filter_by(user_id=market.invited.user_id, kind="brief_withdrawn").one()
    assert notice.locale == "nn"
    assert "Vi gjør jobben selv i år." in notice.body
    with pytest.raises(Conflict):
        use_cases.withdraw(market.owner, brief.reference, "Vi gjør jobben selv i år.")


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


def test_review_without_garden_is_refused(market):
    alone = factories.member(factories.company("Fjellheim gard"))
    brief = briefs.draft(alone)
    with pytest.raises(RuleBroken, match="Ingen næringshage dekker kommunen"):
        use_cases.ask_for_review(alone, brief.reference)
    assert session.get(Brief, brief.id).state == "draft"
    assert session.query(BriefReview).count() == 0
    assert sent_notices() == set()


def test_unknown_review_answer_is_refused(market):
    brief = briefs.draft(market.owner)
    use_cases.ask_for_review(market.owner, brief.reference)
    with pytest.raises(RuleBroken, match="Velg om briefen er klar") as broken:
        use_cases.answer_review(market.garden, brief.reference, "perhaps", "Tja.")
    assert broken.value.field == "verdict"
    assert session.get(Brief, brief.id).state == "in_review"
    assert session.query(BriefReview).one().answered_at is None
    assert sent_notices("review_answered") == set()

"""Amendments of published briefs: visibility, notices, and deadline extensions."""

import datetime as dt

import pytest

from marketplace.audit.models import AuditEvent
from marketplace.briefs import amendment, guide, queries, use_cases
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.outbox.models import Notice
from tests.factories import briefs

GUIDE = guide.load()


def write(viewer, brief, **answers):
    """Save answers to the pending amendment."""
    for topic in amendment.editable_topics(GUIDE):
        found = [
            guide.ParsedAnswer(q, answers[q.code], answers[q.code], None)
            for q in topic.questions
            if q.code in answers
        ]
        if found:
            use_cases.save_amendment(viewer, brief.reference, topic.code, found, {})


def sent_notices():
    return {notice.user_id for notice in session.query(Notice).filter_by(kind="brief_amended")}


def text_of(lines):
    return [[part.text for part in line if part.is_changed] for line in lines]


def test_unsent_amendment_is_hidden_from_suppliers(market, invite):
    brief = briefs.published(market.owner)
    invite(brief, market.invited)
    write(market.owner, brief, title="Nettbutikk og hjemlevering", problem=brief.answers["problem"] + " Nå.")
    seen = queries.brief_view_for(market.invited, brief.reference)
    assert (seen.title, seen.version.number) == ("Nettbutikk med henting på gården", 1)
    assert "Nå." not in seen.rows["problem"].text
    assert queries.amendments(seen) == []
    use_cases.amend(market.owner, brief.reference)
    seen = queries.brief_view_for(market.invited, brief.reference)
    assert (seen.title, seen.version.number) == ("Nettbutikk og hjemlevering", 2)
    (change,) = queries.amendments(seen)
    assert [one.code for one in change.changes] == ["title", "problem"]
    assert text_of(change.changes[1].after) == [["Nå."]]


def test_list_diff_shows_only_added_and_removed_lines(market):
    brief = briefs.published(market.owner)
    lines = brief.answers["deliverables"]
    write(market.owner, brief, deliverables=[*lines[:3], "Gavekort på nett"])
    (change,) = queries.pending_amendment(queries.brief_view_for(market.owner, brief.reference)).changes
    assert text_of(change.before) == [["Opplæring, to kvelder"]]
    assert text_of(change.after) == [["Gavekort på nett"]]


def test_amendment_notifies_involved_people_only(market, invite):
    brief = briefs.published(market.owner)
    invite(brief, market.invited)
    write(market.owner, brief, must_have=["Kobling til kassa"])
    use_cases.amend(market.owner, brief.reference)
    people = (market.invited, market.colleague, market.adviser)
    assert sent_notices() == {person.user_id for person in people}
    event = session.query(AuditEvent).filter_by(action="brief.amend").one()
    assert event.details["changed"] == ["must_have"]


@pytest.mark.parametrize(("days_before", "needs"), [(10, False), (3, True)])
def test_material_amendment_gives_five_working_days(market, time_machine, days_before, needs):
    brief = briefs.published(market.owner)
    deadline = brief.deadline
    time_machine.move_to(deadline - dt.timedelta(days=days_before), tick=False)
    write(market.owner, brief, must_have=["Kobling til kassa"])
    if needs:
        for day in (None, clock.today() + dt.timedelta(days=2), clock.today() + dt.timedelta(days=300)):
            with pytest.raises(RuleBroken):
                use_cases.amend(market.owner, brief.reference, day)
    new = clock.add_working_days(clock.today(), 5)
    use_cases.amend(market.owner, brief.reference, new)
    fresh = session.get(Brief, brief.id)
    assert fresh.deadline == (clock.end_of_day(new) if needs else deadline)
    assert fresh.extensions == 0


def test_minor_amendment_needs_no_extension(market, time_machine):
    brief = briefs.published(market.owner)
    time_machine.move_to(brief.deadline - dt.timedelta(hours=5), tick=False)
    write(market.owner, brief, decision_by="Daglig leder og styret")
    use_cases.amend(market.owner, brief.reference)
    assert len(session.get(Brief, brief.id).versions) == 2


def test_material_amendment_after_sixty_days_is_refused(market, time_machine):
    brief = briefs.published(market.owner)
    last = clock.today() + dt.timedelta(days=60)
    use_cases.extend_deadline(market.owner, brief.reference, last)
    time_machine.move_to(clock.end_of_day(last) - dt.timedelta(days=1), tick=False)
    write(market.owner, brief, must_have=["Kobling til kassa"])
    with pytest.raises(RuleBroken, match="kopi"):
        use_cases.amend(market.owner, brief.reference, last)


def test_services_may_change_within_their_category_only(market):
    brief = briefs.published(market.owner)
    write(market.owner, brief, services=["ecm.shop", "med.product-photo", "web.site"])
    with pytest.raises(RuleBroken):
        use_cases.amend(market.owner, brief.reference)
    write(market.owner, brief, services=["ecm.payment-shipping", "med.product-photo"])
    use_cases.amend(market.owner, brief.reference)
    assert {service.code for service in session.get(Brief, brief.id).services} == {
        "ecm.payment-shipping",
        "med.product-photo",
    }


def test_amendment_with_missing_answer_is_refused(market):
    brief = briefs.published(market.owner)
    write(market.owner, brief, deliverables=[])
    with pytest.raises(RuleBroken):
        use_cases.amend(market.owner, brief.reference)


def test_empty_or_repeated_amendment_changes_nothing(market):
    brief = briefs.published(market.owner)
    with pytest.raises(Conflict):
        use_cases.amend(market.owner, brief.reference)
    write(market.owner, brief, title="Nettbutikk og mer")
    use_cases.amend(market.owner, brief.reference)
    with pytest.raises(Conflict):
        use_cases.amend(market.owner, brief.reference)
    assert len(session.get(Brief, brief.id).versions) == 2


def test_amendment_can_be_discarded(market):
    brief = briefs.published(market.owner)
    write(market.owner, brief, title="Nettbutikk og mer")
    use_cases.discard_amendment(market.owner, brief.reference)
    assert queries.pending_amendment(queries.brief_view_for(market.owner, brief.reference)).codes == []
    assert sent_notices() == set()


def test_discard_without_amendment_changes_nothing(market):
    brief = briefs.published(market.owner)
    stood = (dict(brief.answers), brief.revision)
    assert use_cases.discard_amendment(market.owner, brief.reference).reference == brief.reference
    fresh = session.get(Brief, brief.id)
    assert (fresh.answers, fresh.revision) == stood
    assert session.query(AuditEvent).filter_by(action="brief.drop_change").count() == 0


def test_only_owner_can_amend_published_brief(market):
    brief = briefs.published(market.owner)
    write(market.owner, brief, title="Nettbutikk og mer")
    for name, refusal in {"colleague": Forbidden, "adviser": Forbidden, "outsider": NotFound}.items():
        for act in (
            lambda viewer: use_cases.amend(viewer, brief.reference),
            lambda viewer: use_cases.discard_amendment(viewer, brief.reference),
            lambda viewer: write(viewer, brief, title="Noe annet"),
        ):
            with pytest.raises(refusal):
                act(getattr(market, name))


def test_amendment_after_deadline_is_refused(market, time_machine):
    brief = briefs.published(market.owner)
    write(market.owner, brief, title="Nettbutikk og mer")
    time_machine.move_to(brief.deadline + dt.timedelta(seconds=1), tick=False)
    with pytest.raises(Conflict):
        use_cases.amend(market.owner, brief.reference)


def test_internal_answers_are_not_amended_or_shown(market):
    codes = {q.code for topic in amendment.editable_topics(GUIDE) for q in topic.questions}
    assert codes.isdisjoint({"own_words", "visibility", "invite_count", "report_consent", "open_door"})
    assert "response_deadline" not in codes


def test_amendment_of_anonymous_company_reveals_no_name(market):
    brief = briefs.published(market.owner, visibility="hidden")
    write(market.owner, brief, links=["https://bjorkvollen.example"])
    use_cases.amend(market.owner, brief.reference)
    assert queries.amendments(queries.brief_view_for(market.in_trade, brief.reference)) == []
    assert len(queries.amendments(queries.brief_view_for(market.owner, brief.reference))) == 1


def test_text_diff_marks_single_words():
    before, after = amendment.diff_words("Vi har 40 slags ost", "Vi har 45 slags ost og smør")
    assert [part.text for part in before if part.is_changed] == ["40"]
    assert [part.text for part in after if part.is_changed] == ["45", "og smør"]
    assert "".join(part.text for part in after) == "Vi har 45 slags ost og smør"


def test_amendment_pages(market, sign_in, topic_form):
    brief = briefs.published(market.owner)
    browser, here = sign_in(market.owner), f"/briefs/{brief.reference}"
    assert browser.page(f"{here}/amend").heading == "Change the brief"
    browser.page(f"{here}/amend/need")
    browser.page(f"{here}/amend/nonsense", 404)
    form = topic_form(brief.answers, "need", title=["Nettbutikk og mer"])
    answer = browser.post(f"{here}/amend/need", data=form)
    assert (answer.status_code, answer.location) == (303, f"{here}/amend")
    assert "Nettbutikk og mer" in browser.page(f"{here}/amend").text
    assert "Nettbutikk og mer" not in sign_in(market.in_trade).page(here).text
    assert browser.post(f"{here}/amend").location == f"{here}#changes"
    assert browser.post(f"{here}/amend").location == f"{here}#changes"
    page = sign_in(market.in_trade).page(here)
    assert page.one(id="changes-title").text == "What has changed"
    assert page.heading == "Nettbutikk og mer"


def test_material_amendment_form_asks_for_deadline_and_keeps_input(market, sign_in, topic_form, time_machine):
    brief = briefs.published(market.owner)
    time_machine.move_to(brief.deadline - dt.timedelta(days=2), tick=False)
    browser, here = sign_in(market.owner), f"/briefs/{brief.reference}"
    write(market.owner, brief, must_have=["Kobling til kassa"])
    browser.page(f"{here}/amend")
    answer = browser.post(f"{here}/amend", data={"deadline": "1.1.2020"})
    assert answer.status_code == 422
    assert "2020" in answer.text


def test_amendment_can_be_discarded_on_the_page(market, sign_in):
    brief = briefs.published(market.owner)
    browser, here = sign_in(market.owner), f"/briefs/{brief.reference}"
    write(market.owner, brief, title="Nettbutikk og mer")
    assert browser.post(f"{here}/amend/drop").location == here
    assert "Nothing has been changed yet" in browser.page(f"{here}/amend").text

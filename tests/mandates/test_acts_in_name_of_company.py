"""Files, answers, comments and versions by an adviser are marked with the garden and the company they are for."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import Brief, ClarificationQuestion
from marketplace.core.database import session
from marketplace.files.models import StoredFile
from marketplace.mandates.models import Confirmation
from marketplace.mandates.rules import Outcome
from marketplace.mandates.use_cases import confirmations, mandates
from marketplace.outbox.models import Notice
from marketplace.sourcing.models import Invitation
from marketplace.strategy.models.plan import StrategyVersion
from marketplace.strategy.use_cases.sharing import share_strategy
from marketplace.web import mandate_access
from tests import factories
from tests.factories import strategy as strategies
from tests.factories.briefs import draft, published
from tests.factories.mandates import MandatePeople
from tests.factories.suppliers import supplier
from tests.files.test_checks import pdf
from tests.support.browser import Browser, signed_in


def upload(browser: Browser, brief: Brief, name: str = "Skisse.pdf") -> Any:
    return browser.post(f"/briefs/{brief.reference}/files", data={"file": (io.BytesIO(pdf()), name)})


def count(model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def writer_text(people: MandatePeople) -> str:
    return f"Ragna Rådgiver, {people.garden.name}, for {people.company.name}"


def check_audited(people: MandatePeople, action: str, mandate_id: int) -> None:
    """Check that the newest event of an action names the mandate, the garden and the company."""
    query = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id.desc())
    event = session.scalars(query).first()
    assert event is not None
    named = {"mandate": mandate_id, "by_garden": people.garden.id, "for_company": people.company.id}
    assert named.items() <= event.details.items()


@pytest.fixture
def question(people: MandatePeople) -> ClarificationQuestion:
    """Return an unanswered question about an open brief of the company."""
    brief = published(people.owner)
    asker = supplier("Nettverk AS", of=people.garden)
    member = factories.member(asker, "owner")
    session.add(Invitation(brief_id=brief.id, supplier_id=asker.id, invited_by_id=people.owner.user_id))
    asked = ClarificationQuestion(
        brief_id=brief.id, supplier_id=asker.id, asked_by_id=member.user_id, text="Hvor mange varer?"
    )
    session.add(asked)
    session.commit()
    return asked


def test_adviser_attaches_and_removes_files_of_a_draft(people: MandatePeople) -> None:
    mandate = people.give()
    brief = draft(people.owner)
    browser = people.writing()
    assert f"/briefs/{brief.reference}/files" in browser.get(f"/briefs/{brief.reference}/check").text
    assert upload(browser, brief).status_code == 303
    check_audited(people, "brief.add_file", mandate.id)
    stored = session.scalars(select(StoredFile)).one()
    assert "Skisse.pdf" in signed_in(people.app, people.owner).get(f"/briefs/{brief.reference}/files").text
    assert browser.post(f"/briefs/{brief.reference}/files/{stored.id}/delete").status_code == 303
    check_audited(people, "brief.remove_file", mandate.id)
    history = signed_in(people.app, people.owner).page("/organisation/mandates").text
    assert history.count(writer_text(people)) >= 2


def test_file_of_an_open_brief_is_added_by_an_owner_only(people: MandatePeople) -> None:
    people.give()
    brief = published(people.owner)
    browser = people.writing()
    page = browser.page(f"/briefs/{brief.reference}/files").text
    assert "En eier i bedriften kan legge ved flere filer" in page
    assert upload(browser, brief).status_code == 403
    assert count(StoredFile) == 0


def test_file_added_after_the_question_voids_the_confirmation(people: MandatePeople) -> None:
    mandate = people.give()
    brief = draft(people.owner)
    confirmations.ask_for_confirmation(people.acting(mandate), "publish", brief.reference)
    upload(people.writing(), brief)
    done = confirmations.confirm_act(people.owner, session.query(Confirmation).one().id)
    assert (done.outcome, session.get_one(Brief, brief.id).state) == (Outcome.CHANGED, "draft")


def test_adviser_answers_a_question_and_only_the_company_sees_who(
    people: MandatePeople, question: ClarificationQuestion
) -> None:
    mandate = people.give()
    browser, brief = people.writing(), question.brief
    path = f"/briefs/{brief.reference}/questions/{question.id}"
    assert path in browser.get(f"/briefs/{brief.reference}").text
    answer = {"public_text": "Hvor mange varer?", "answer": "Omtrent førti."}
    assert browser.post(path, data=answer).status_code == 303
    check_audited(people, "question.answer", mandate.id)
    assert writer_text(people) in signed_in(people.app, people.owner).page(f"/briefs/{brief.reference}").text
    asker = signed_in(people.app, factories.member(question.supplier, "member"))
    shown = asker.page(f"/briefs/{brief.reference}").text
    assert "Omtrent førti." in shown
    assert "Ragna" not in shown


def test_adviser_rejects_a_question_with_a_reason(
    people: MandatePeople, question: ClarificationQuestion
) -> None:
    mandate = people.give()
    path = f"/briefs/{question.brief.reference}/questions/{question.id}/reject"
    assert people.writing().post(path, data={"reason": "answered"}).status_code == 303
    session.refresh(question)
    assert question.state == "rejected"
    check_audited(people, "question.reject", mandate.id)


def test_adviser_restores_a_version_and_the_list_says_for_whom(people: MandatePeople) -> None:
    mandate = people.give()
    strategies.strategy(people.owner)
    strategies.save(people.acting(mandate), vision="Noe helt annet.")
    browser = people.writing()
    assert "/plan/versions/1/restore" in browser.get("/plan/versions/1").text
    assert browser.post("/plan/versions/1/restore").status_code == 303
    check_audited(people, "strategy.restore", mandate.id)
    owner = signed_in(people.app, people.owner)
    assert owner.page("/plan/versions").text.count(writer_text(people)) == 2
    assert writer_text(people) in owner.page("/plan/versions/3").text
    assert writer_text(people) not in owner.page("/plan/versions/1").text


def test_adviser_comments_on_the_plan_and_resolves_a_comment(people: MandatePeople) -> None:
    mandate = people.give()
    strategies.strategy(people.owner)
    share_strategy(people.owner)
    colleague = factories.member(people.garden, "adviser", name="Kari Kollega")
    session.commit()
    browser = people.writing()
    assert browser.post("/plan/comments/company", data={"text": "Vi ser på dette."}).status_code == 303
    check_audited(people, "strategy.comment", mandate.id)
    told = set(session.scalars(select(Notice.user_id).where(Notice.kind == "strategy_commented")))
    assert colleague.user_id in told
    assert people.adviser.user_id not in told
    shown = (
        signed_in(people.app, colleague).page(f"/companies/{people.company.id}/plan/comments/company").text
    )
    assert writer_text(people) in shown
    assert browser.post("/plan/comments/1/resolve").status_code == 303
    check_audited(people, "strategy.resolve_comment", mandate.id)


def test_acts_after_the_end_of_the_mandate_change_nothing(
    people: MandatePeople, question: ClarificationQuestion
) -> None:
    mandate = people.give()
    brief = draft(people.owner)
    strategies.strategy(people.owner)
    browser = people.writing()
    mandates.withdraw_mandate(people.owner, mandate.id)
    path = f"/briefs/{question.brief.reference}/questions/{question.id}"
    answered = browser.post(path, data={"public_text": "Hvor mange varer?", "answer": "Omtrent førti."})
    assert answered.status_code == 403
    assert "Omtrent førti." in answered.text
    assert "Bedriften har trukket tilbake tillatelsen" in answered.text
    assert upload(browser, brief).status_code == 403
    assert browser.post("/plan/versions/1/restore").status_code == 403
    session.refresh(question)
    assert (question.state, count(StoredFile), count(StrategyVersion)) == ("asked", 0, 1)


def test_pages_link_to_nothing_that_the_mandate_refuses(
    people: MandatePeople, question: ClarificationQuestion
) -> None:
    people.give()
    private, open_brief = draft(people.owner), question.brief
    strategies.strategy(people.owner)
    browser = people.writing()
    paths = [f"/briefs/{private.reference}", f"/briefs/{open_brief.reference}"]
    paths = [
        f"{path}{page}" for path in paths for page in ("", "/check", "/files", "/preview", "/guide/goal")
    ]
    paths += [
        f"/briefs/{open_brief.reference}/questions/{question.id}",
        "/briefs",
        "/plan",
        "/plan/objectives",
    ]
    paths += [
        "/plan/versions",
        "/plan/versions/1",
        "/plan/comments/company",
        "/plan/strategy/gaps",
        "/plan/actions",
    ]
    paths += ["/plan/tools", "/plan/assessment", f"/briefs/{open_brief.reference}/ranking"]
    adapter = people.app.url_map.bind("localhost")
    refused = set()
    for path in paths:
        page = browser.get(path)
        if page.status_code != 200:
            continue
        for target in re.findall(r'(?:href|action)="(/[^"#?]*)', page.text):
            method = "POST" if f'action="{target}' in page.text else "GET"
            try:
                endpoint, _values = adapter.match(target, method=method)
            except HTTPException:
                continue
            if endpoint not in mandate_access.ALLOWED:
                refused.add((path, target, endpoint))
    assert sorted(refused) == []

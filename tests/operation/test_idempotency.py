"""Repeated submits of a form are processed once: across threads, applications and crashes."""

import threading

import pytest
from sqlalchemy import func, select

from marketplace.accounts.models import PendingRegistration
from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.briefs import use_cases as brief_use_cases
from marketplace.briefs.models import Brief, BriefReview
from marketplace.core import clock, request_state
from marketplace.core.database import session
from marketplace.organisations.models import ColleagueInvitation, Company
from marketplace.outbox.models import OutboxMail
from marketplace.suppliers.models import CaseStudy
from marketplace.web import idempotency
from tests import factories
from tests.factories import briefs
from tests.factories.suppliers import supplier
from tests.support.interleaving import interleave

pytestmark = pytest.mark.both_databases

CASE = {
    "title": "Nettbutikk for et ysteri",
    "text": "Vi laget butikken på seks uker, med bilder og betaling.",
    "year": "2025",
}
REGISTRATION = {
    "person_name": "Kari Lyngstad", "email": "kari@ysteri.example", "password": "granbar myrull kvistverk",
    "name": "Bjørkvollen ysteri", "municipality": "5021", "sector": "food-drink",
}  # fmt: skip


def count(model):
    return session.scalar(select(func.count()).select_from(model))


def submit_concurrently(browsers, path, data):
    """Submit the same form from several browsers at once; return the responses."""
    session.commit()
    start, answers = threading.Barrier(len(browsers)), []

    def send(browser):
        start.wait()
        answers.append(browser.post(path, data=data, csrf=False))

    threads = [threading.Thread(target=send, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session.expire_all()
    return answers


def copies_of(app, browser, number):
    """Return browsers with the same cookie, like parallel requests of one browser."""
    cookie = browser.get_cookie("session")
    copies = [app.test_client() for _each in range(number)]
    for copy in copies:
        copy.set_cookie("session", cookie.value)
    return copies


@pytest.fixture
def owner(app):
    return factories.member(factories.company(of=factories.garden()))


def test_concurrent_submits_create_one_brief(app, owner):
    browser = app.test_client().sign_in(owner.user_id)
    form = {"csrf_token": browser.csrf_token(), "own_words": "Vi vil selge ost på nett."}
    answers = submit_concurrently(copies_of(app, browser, 8), "/briefs/new", form)
    assert count(Brief) == 1
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1


def test_concurrent_submits_to_two_applications_create_one_invitation(app, make_app, owner):
    browser = app.test_client().sign_in(owner.user_id)
    second = make_app(instance_path=app.config["SETTINGS"].instance_path)
    form = {"csrf_token": browser.csrf_token(), "email": "ola@ysteri.example", "role": "member"}
    browsers = copies_of(app, browser, 4) + copies_of(second, browser, 4)
    answers = submit_concurrently(browsers, "/organisation/colleagues", form)
    assert count(ColleagueInvitation) == 1
    assert count(OutboxMail) == 1
    assert [answer.status_code for answer in answers] == [303] * 8


def test_resubmitted_form_gets_the_same_response(app):
    browser = app.test_client().sign_in(factories.member(supplier("Kvistverk")).user_id)
    form = {"csrf_token": browser.csrf_token(), **CASE}
    first = browser.post("/profile/cases/new", data=form, follow_redirects=True)
    again = browser.post("/profile/cases/new", data=form, follow_redirects=True)
    assert count(CaseStudy) == 1
    assert "Oppdraget står i profilen" in first.text
    assert "Oppdraget står i profilen" in again.text


def test_changed_form_is_processed_again(app):
    browser = app.test_client().sign_in(factories.member(supplier("Kvistverk")).user_id)
    form = {"csrf_token": browser.csrf_token(), **CASE}
    browser.post("/profile/cases/new", data=form)
    browser.post("/profile/cases/new", data=form | {"title": "Nettsted for en gård"})
    assert count(CaseStudy) == 2


def test_rejected_form_can_be_resubmitted(app, owner):
    factories.company("Nabo AS", organisation_number="974760673")
    session.commit()
    browser = app.test_client().sign_in(factories.user().id)
    form = {
        "csrf_token": browser.csrf_token(), "name": "Nytt ysteri", "organisation_number": "974 760 673",
        "municipality": "5021", "sector": "food-drink",
    }  # fmt: skip
    assert browser.post("/register/company", data=form).status_code == 422
    session.scalars(select(Company).where(Company.name == "Nabo AS")).one().organisation_number = None
    assert browser.post("/register/company", data=form).status_code == 303
    assert session.scalar(select(func.count()).where(Company.name == "Nytt ysteri")) == 1


def test_repeated_registration_creates_nothing(app):
    factories.garden()
    first = app.test_client()
    form = {"csrf_token": first.csrf_token(), **REGISTRATION}
    second = copies_of(app, first, 1)[0]
    answers = [browser.post("/register/company", data=form, csrf=False) for browser in (first, second)]
    assert [answer.headers["Location"] for answer in answers] == ["/check-mail"] * 2
    assert count(PendingRegistration) == 1
    assert count(OutboxMail) == 1


def test_repeated_invitation_acceptance_signs_in(app, owner, monkeypatch):
    from marketplace.organisations.use_cases import colleagues

    monkeypatch.setattr(colleagues, "new_token", lambda: "the-secret-of-the-invitation-1234567890")
    app.test_client().sign_in(owner.user_id).post(
        "/organisation/colleagues", data={"email": "ola@ysteri.example", "role": "member"}
    )
    first = app.test_client()
    form = {
        "csrf_token": first.csrf_token(),
        "person_name": "Ola Myren",
        "password": REGISTRATION["password"],
    }
    second = copies_of(app, first, 1)[0]
    path = "/invitations/the-secret-of-the-invitation-1234567890"
    answers = [browser.post(path, data=form, csrf=False) for browser in (first, second)]
    assert [answer.headers["Location"] for answer in answers] == ["/home"] * 2
    assert "Ola" in second.page("/home").text
    kept = session.get(request_state.ProcessedForm, _newest())
    with first.session_transaction() as cookie:
        assert cookie["_user_id"] not in kept.answer
    assert "/home" not in kept.answer


def _newest():
    return session.scalars(
        select(request_state.ProcessedForm.id).order_by(request_state.ProcessedForm.at.desc())
    ).first()


def test_refusal_caused_by_a_duplicate_gets_the_first_response(app, owner):
    brief = briefs.draft(owner)
    adviser = factories.member(brief.company.garden, "adviser")
    brief_use_cases.ask_for_review(owner, brief.reference)
    browser = app.test_client().sign_in(adviser.user_id)
    path = f"/briefs/{brief.reference}/review-answer"
    form = {"csrf_token": browser.csrf_token(), "verdict": "ok", "comment": "Dette er klart."}
    twin = copies_of(app, browser, 1)[0]
    answers = []
    # On PostgreSQL each statement sees new commits, so the garden can no longer see the draft by then.
    with interleave(app, "FROM taken_form", lambda: answers.append(twin.post(path, data=form))):
        answers.append(browser.post(path, data=form))
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/home")] * 2
    assert "Svaret er sendt til Bjørkvollen ysteri." in browser.page("/home").text
    assert session.scalars(select(BriefReview.verdict)).all() == ["ok"]
    assert browser.post(path, data=form | {"comment": "En gang til."}).status_code == 404


def test_form_is_not_repeated_after_a_crash_before_the_response(app, owner, monkeypatch):
    monkeypatch.setattr(idempotency, "WAIT_SECONDS", 0.0)
    browser = app.test_client().sign_in(owner.user_id)
    form = {"csrf_token": browser.csrf_token(), "own_words": "Vi vil selge ost på nett."}
    browser.post("/briefs/new", data=form)
    session.scalars(select(request_state.ProcessedForm)).one().answer = None
    again = browser.post("/briefs/new", data=form, follow_redirects=True)
    assert "Du har allerede sendt dette" in again.text
    assert count(Brief) == 1


def test_idempotency_key_is_rolled_back_with_the_change(app, owner):
    browser = app.test_client().sign_in(owner.user_id)
    form = {"csrf_token": browser.csrf_token(), "email": "ikke en adresse", "role": "member"}
    browser.post("/organisation/colleagues", data=form)
    assert count(request_state.ProcessedForm) == 0
    with pytest.raises(ZeroDivisionError), request_state.claim("x" * 64), request_state.transaction():
        record(None, "test.act", "test", 1)
        session.flush()
        1 / 0  # noqa: B018 because it is the crash
    assert count(request_state.ProcessedForm) == 0
    assert count(AuditEvent) == 1  # the sign-in above


def test_processed_forms_are_purged_after_a_day(app, owner):
    import datetime as dt

    browser = app.test_client().sign_in(owner.user_id)
    browser.post("/briefs/new", data={"own_words": "Vi vil selge ost."})
    assert count(request_state.ProcessedForm) == 1
    request_state.purge_expired()
    assert count(request_state.ProcessedForm) == 1
    with clock.as_of(clock.now() + dt.timedelta(hours=25)):
        request_state.purge_expired()
    assert count(request_state.ProcessedForm) == 0


def test_every_post_view_is_idempotent_or_exempt(app):
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and idempotency.is_idempotent(app.view_functions[rule.endpoint])
        == idempotency.is_repeatable(rule.endpoint)
    ]
    assert silent == []
    known = {rule.endpoint for rule in app.url_map.iter_rules()} | set(app.blueprints)
    assert [name for name in idempotency.REPEATABLE if name not in known] == []
    assert all(len(why) > 10 for why in idempotency.REPEATABLE.values())

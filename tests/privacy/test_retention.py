"""Scheduled jobs delete data after the periods shown on the privacy page."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace import worker
from marketplace.accounts.models import KnownNetwork, PendingRegistration, User
from marketplace.briefs import use_cases as briefs
from marketplace.briefs.models import Brief, BriefReview, BriefVersion, ClarificationQuestion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.form_drafts import FormDraft
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.privacy import brief_retention, retention
from marketplace.privacy.retention_periods import PERIODS
from marketplace.privacy.use_cases import erase_user
from marketplace.proposals.models.offers import Evaluation
from marketplace.proposals.models.outcomes import OutcomeAnswer, OutcomeReply
from marketplace.proposals.queries import Score
from marketplace.proposals.use_cases import ReplyDetails, key_rotation, reply_to_outcome, save_scores
from marketplace.suppliers.models import CaseStudy, Supplier
from marketplace.vetting.models import Appeal, ConflictOfInterest, Vetting, VettingDecision
from marketplace.vetting.queries import vettings_of
from tests.factories.market import Market
from tests.factories.outcomes import answer, delivered_job
from tests.proposals.conftest import at_noon, choose, market, opened, replies
from tests.support.concurrency import run_concurrently
from tests.support.sql_capture import captured_sql

__all__ = ["at_noon", "choose", "market", "opened", "replies"]
MONTH = dt.timedelta(days=31)


def test_unused_account_is_warned_then_erased(market: Market, app: Flask, at_noon: Any) -> None:
    member, folder = market.member.user_id, Path(app.instance_path) / "mail"
    at_noon.shift(21 * MONTH - dt.timedelta(days=30))
    assert retention.warn_unused_accounts() == 0
    at_noon.shift(3 * MONTH)
    assert retention.warn_unused_accounts() > 0
    with captured_sql() as seen:
        assert retention.warn_unused_accounts() == 0
    assert "BEGIN IMMEDIATE" not in seen, "no write lock every minute for those who have been warned"
    warned = session.query(OutboxMail).filter_by(recipient=market.member.email)
    assert [mail.link_path for mail in warned].count("/sign-in") == 1
    at_noon.shift(3 * MONTH)
    assert retention.erase_unused_accounts(folder) == len(market.people) - 1
    assert session.get_one(User, member).erased_at is not None
    assert session.get_one(User, market.owner.user_id).erased_at is not None, "the only leader as well"
    assert session.get_one(User, market.admin.user_id).erased_at is None, "the last administrator is kept"


@pytest.mark.both_databases
def test_two_workers_warn_of_an_unused_account_once(market: Market, app: Flask, at_noon: Any) -> None:
    at_noon.shift(23 * MONTH)
    run_concurrently(app, lambda _index: retention.warn_unused_accounts(), 4)
    warned = session.query(OutboxMail).filter_by(recipient=market.member.email).all()
    assert [mail.link_path for mail in warned].count("/sign-in") == 1


def test_account_that_cannot_be_erased_does_not_stop_the_others(
    market: Market, app: Flask, at_noon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def erase(by: Viewer | None, user: User) -> dict[str, str]:
        if user.id == first:
            raise LookupError
        return erase_user(by, user)

    first, folder = (
        min(person.user_id or 0 for person in market.people.values()),
        Path(app.instance_path) / "mail",
    )
    at_noon.shift(23 * MONTH)
    retention.warn_unused_accounts()
    at_noon.shift(3 * MONTH)
    monkeypatch.setattr(retention, "erase_user", erase)
    assert retention.erase_unused_accounts(folder) == len(market.people) - 2
    assert session.get_one(User, first).erased_at is None


def test_unconfirmed_registration_is_deleted_after_two_days(market: Market, app: Flask, at_noon: Any) -> None:
    form = {
        "person_name": "Liv Myr", "email": "liv@myr.example", "password": "dugg tresko vinterbygg",
        "name": "Myr Gård", "municipality": "5021", "sector": "food-drink",
    }  # fmt: skip
    app.test_client().post("/register/company", data=form)
    at_noon.shift(dt.timedelta(hours=47))
    retention.delete_expired()
    assert session.query(PendingRegistration).one().email == "liv@myr.example"
    at_noon.shift(dt.timedelta(hours=2))
    retention.delete_expired()
    assert session.query(PendingRegistration).count() == 0


def test_refused_supplier_is_erased_after_two_years(market: Market, at_noon: Any) -> None:
    states = {"kvistverk": "refused", "myrull": "refused", "skogsfjord": "approved"}
    suppliers = {name: session.get_one(Supplier, market.people[name].organisation_id) for name in states}
    for name, supplier in suppliers.items():
        supplier.about = f"Vi er {name}."
        supplier.cases = [CaseStudy(title="Butikk", client="Kari Fjell", text="En nettbutikk.", year=2025)]
        for vetting in vettings_of(supplier.id):
            vetting.state, vetting.decided_at = states[name], clock.now()
    suppliers["kvistverk"].contact_email = ""  # the profile can be saved without one
    # One of the two refused suppliers is approved in another category.
    garden = market.curator.organisation_id
    session.add(
        Vetting(supplier_id=suppliers["myrull"].id, category="web", state="approved", garden_id=garden)
    )
    appeals = {name: _add_appeal(market, suppliers[name]) for name in ("kvistverk", "myrull")}
    session.commit()
    at_noon.shift(23 * MONTH)
    assert retention.erase_refused_suppliers() == 0
    at_noon.shift(3 * MONTH)
    assert retention.erase_refused_suppliers() == 1
    assert retention.erase_refused_suppliers() == 0
    session.expire_all()
    erased = suppliers["kvistverk"]
    assert (erased.contact_name, erased.contact_email, erased.about, erased.is_active) == ("", "", "", False)
    assert [len(suppliers[name].cases) for name in states] == [0, 1, 1]
    assert {name: appeal.text for name, appeal in appeals.items()} == {
        "kvistverk": "",
        "myrull": "Vi er uenige.",
    }
    erased.cases = [CaseStudy(title="Butikk", text="En nettbutikk.", year=2025)]
    session.commit()
    assert retention.erase_refused_suppliers() == 1, "case studies that an earlier version left"
    for name in ("myrull", "skogsfjord"):
        assert suppliers[name].contact_email == f"post@{name}.example"
        assert suppliers[name].about


def _add_appeal(market: Market, supplier: Supplier) -> Appeal:
    """Add an appeal by a supplier against a refusal."""
    item = vettings_of(supplier.id)[0]
    step = VettingDecision(vetting_id=item.id, from_state="submitted", to_state="refused")
    session.add(step)
    session.flush()
    garden_id = market.curator.organisation_id
    owner_id = next(
        viewer.user_id for viewer in market.people.values() if viewer.organisation_id == supplier.id
    )
    appeal = Appeal(
        decision_id=step.id, vetting_id=item.id, from_garden_id=garden_id, text="Vi er uenige.", appealed_by_id=owner_id
    )  # fmt: skip
    session.add(appeal)
    return appeal


def test_draft_is_deleted_after_a_year(market: Market, at_noon: Any) -> None:
    old = [briefs.create_draft(market.owner).reference for _each in range(4)]
    for reference, state in zip(old, ("draft", "in_review", "waiting", "waiting"), strict=True):
        brief = session.scalars(select(Brief).where(Brief.reference == reference)).one()
        brief.state = state
        if state != "draft":
            brief.reviews = [BriefReview(asked_by_id=market.owner.user_id, revision=1)]
    brief.versions = [
        BriefVersion(
            number=1,
            guide_version=1,
            title="Satt på pause",
            answers={},
            published_at=clock.now(),
            published_by_id=market.owner.user_id,
        )
    ]
    session.commit()
    at_noon.shift(11 * MONTH)
    young = briefs.create_draft(market.owner).reference
    at_noon.shift(2 * MONTH)
    assert brief_retention.delete_old_drafts() == 3
    states = {row.reference: row.state for row in session.execute(select(Brief.reference, Brief.state))}
    assert [states[one] for one in (*old, young)] == ["deleted"] * 3 + ["waiting", "draft"]
    assert briefs.restore_draft(market.owner, old[1]).state == "draft"
    waiting = session.scalars(select(BriefReview.brief_id).where(BriefReview.withdrawn_at.is_(None))).all()
    assert waiting == [brief.id], "a restored draft is not in review"


def test_closed_brief_loses_its_texts_after_two_years(
    opened: Market, app: Flask, choose: Any, at_noon: Any
) -> None:
    choose(opened, "kvistverk")
    assert brief_retention.erase_closed_briefs() == 0
    at_noon.shift(25 * MONTH)
    assert brief_retention.erase_closed_briefs() == 1
    assert brief_retention.erase_closed_briefs() == 0
    assert opened.proposal("kvistverk").submitted_content == {}
    assert opened.proposal("myrull").outcome_text == ""
    assert key_rotation.find_undecryptable() == []
    assert key_rotation.count_offers_by_key() == {}
    for name in ("owner", "kvistverk", "myrull"):
        browser: Any = app.test_client().sign_in(opened.people[name].user_id)
        for page in (
            "/home",
            f"/briefs/{opened.reference}",
            f"/briefs/{opened.reference}/proposals",
            f"/briefs/{opened.reference}/proposal",
        ):
            assert browser.get(page, follow_redirects=True).status_code in {200, 403, 404}, (name, page)


def test_questions_and_notes_are_erased_with_the_texts(opened: Market, choose: Any, at_noon: Any) -> None:
    question = ClarificationQuestion(
        brief_id=opened.brief_id, supplier_id=opened.kvistverk.organisation_id, asked_by_id=opened.kvistverk.user_id,
        text="Vi på Kvistverk lurer på kassa.", public_text="Hvilken kasse?", answer="En enkel en.", state="answered",
        asked_at=clock.now(),
    )  # fmt: skip
    session.add(question)
    session.commit()
    proposal_id = opened.proposal("kvistverk").id
    save_scores(opened.owner, opened.reference, {proposal_id: {"price": Score(4, "Dyrere enn naboens")}})
    choose(opened, "kvistverk")
    at_noon.shift(23 * MONTH)
    assert brief_retention.erase_closed_briefs() == 0
    assert question.answer == "En enkel en."
    at_noon.shift(2 * MONTH)
    assert brief_retention.erase_closed_briefs() == 1
    session.expire_all()
    assert (question.text, question.public_text, question.answer, question.state) == ("", "", "", "answered")
    evaluation = session.scalars(select(Evaluation)).one()
    assert (evaluation.proposal_id, evaluation.criterion, evaluation.score, evaluation.note) == (
        proposal_id,
        "price",
        4,
        "",
    )


RETENTION_DAYS = {OutboxMail: 90, Notice: 90, KnownNetwork: 90, FormDraft: 14, ConflictOfInterest: 30}


def test_reply_and_advice_are_erased_with_the_texts(market: Market, at_noon: Any) -> None:
    brief = delivered_job(market.owner, market.kvistverk.organisation_id or 0)
    shared = answer(market.owner, brief, for_supplier=True, next_company="Be om en plan.")
    reply_to_outcome(market.kvistverk, shared.id, ReplyDetails("Bildene kom sent."))
    at_noon.shift(25 * MONTH)
    assert brief_retention.erase_closed_briefs() == 1
    assert session.scalars(select(OutcomeReply)).all() == []
    (said,) = session.scalars(select(OutcomeAnswer))
    assert (said.next_company, said.on_time) == ("", "yes")


@pytest.mark.parametrize("model", RETENTION_DAYS, ids=lambda model: model.__name__)
@pytest.mark.parametrize(
    "local", ["2027-03-28T00:30+01:00", "2027-10-31T00:30+02:00", "2027-01-15T23:30+01:00"]
)
def test_row_is_deleted_at_midnight_after_its_last_local_date(market: Market, local: str, model: Any) -> None:
    """Days are local dates: clocks change on 28 March and 31 October."""
    began, user_id, network = dt.datetime.fromisoformat(local), market.owner.user_id, "0" * 64
    for table in RETENTION_DAYS:
        session.query(table).delete()
    rows = {
        OutboxMail: {"message_id": "<x@x>", "recipient": "a@b.example", "subject": "s", "body": "b", "locale": "nb", "state": "sent",
            "created_at": began},
        Notice: {"user_id": user_id, "kind": "test", "locale": "nb", "subject": "s", "body": "b", "read_at": began},
        KnownNetwork: {"user_id": user_id, "network_hash": network, "last_at": began},
        FormDraft: {"user_id": user_id, "organisation_id": 1, "path": "/x", "sealed_content": "", "updated_at": began},
        ConflictOfInterest: {"user_id": user_id, "supplier_id": market.people["myrull"].organisation_id, "kind": "owner",
            "ended_at": began},
    }  # fmt: skip
    session.add(model(**rows[model]))
    session.commit()
    midnight = clock.start_of_day(began.date() + dt.timedelta(days=RETENTION_DAYS[model] + 1))
    for moment, left in ((midnight - dt.timedelta(seconds=1), 1), (midnight, 0)):
        with clock.as_of(moment):
            retention.delete_expired()
        assert session.query(model).count() == left


def test_mail_files_are_deleted_after_fourteen_days(tmp_path: Path) -> None:
    now = dt.datetime(2027, 4, 5, 0, 30, tzinfo=clock.LOCAL_ZONE)
    for name, day in (("old.eml", 21), ("young.eml", 22), ("old.txt", 1)):
        (tmp_path / name).touch()
        moment = dt.datetime(2027, 3, day, 23, tzinfo=clock.LOCAL_ZONE).timestamp()
        os.utime(tmp_path / name, (moment, moment))
    with clock.as_of(now):
        assert retention.delete_mail_files(tmp_path) == 1
        assert retention.delete_mail_files(tmp_path / "none") == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["old.txt", "young.eml"]


def test_old_mails_are_deleted(market: Market, at_noon: Any) -> None:
    market.send("kvistverk")
    for mail in session.scalars(select(OutboxMail)):
        mail.state = "sent"
    session.commit()
    assert retention.delete_expired() == 0
    at_noon.shift(4 * MONTH)
    assert retention.delete_expired() > 0
    assert session.scalars(select(OutboxMail)).all() == []


def test_worker_runs_the_jobs_and_the_page_lists_the_periods(market: Market, app: Flask) -> None:
    names = {job.__name__ for job in worker.JOBS}
    assert {
        "warn_unused_accounts", "erase_unused_accounts", "delete_old_drafts", "erase_closed_briefs",
        "erase_refused_suppliers", "delete_expired", "delete_mail_files", "erase_unconfirmed_accounts",
    } <= names  # fmt: skip
    worker.run_jobs()
    page = app.test_client().get("/privacy").get_data(as_text=True)
    for period in PERIODS:
        assert str(period.duration) in page

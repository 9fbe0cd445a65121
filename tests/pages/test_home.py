"""Home pages: tasks of each role, by priority."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from marketplace.accounts import use_cases as accounts
from marketplace.briefs import guide, use_cases as briefs
from marketplace.briefs.models import BriefVersion
from marketplace.core import clock, request_state
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries
from marketplace.organisations.queries import open_invitations
from marketplace.organisations.use_cases import invite_curator
from marketplace.proposals import use_cases as proposals
from marketplace.proposals.lifecycle import HANDOVER_ITEMS
from marketplace.sourcing.models import Invitation
from marketplace.suppliers.models import CaseStudy
from marketplace.vetting import use_cases as suppliers
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.briefs import draft, published
from tests.factories.market import Market
from tests.factories.suppliers import applicant, checklist, vetting_garden, vetting_of
from tests.proposals.conftest import AFTER, DEADLINE_DAY, REFERENCE, at_noon, choose, market, opened, replies
from tests.support.browser import Browser, signed_in
from tests.support.page_rules import HtmlPage, text_of

__all__ = ["at_noon", "choose", "market", "opened", "replies"]
NOW, SOON, LATER = 1, 2, 3
TITLE = "Nettbutikk med henting på gården"


def home(app: Flask, viewer: Viewer) -> HtmlPage:
    browser: Any = app.test_client().sign_in(viewer.user_id or 0)
    return browser.page("/home")


def waiting(page: HtmlPage, priority: int) -> dict[str, str]:
    """Return the tasks of one priority group as a mapping from link URL to text."""
    sections = page.all("section", aria_labelledby=f"group-{priority}")
    tasks = [item for section in sections for item in section.iter("li")]
    return {next(item.iter("a")).get("href", ""): text_of(item) for item in tasks}


def facts(page: HtmlPage) -> dict[str, str]:
    return dict(zip(map(text_of, page.all("dt")), map(text_of, page.all("dd")), strict=True))


@pytest.fixture
def owner(app: Flask) -> Viewer:
    return factories.member(factories.company(of=factories.garden()))


def test_brief_without_invitations_is_urgent(app: Flask, owner: Viewer) -> None:
    brief = published(owner)
    (path, said), *others = waiting(home(app, owner), NOW).items()
    assert (path, others) == (f"/briefs/{brief.reference}/ranking", [])
    assert said.startswith(f"Inviter leverandører til «{TITLE}». Ingen er invitert ennå. 18 dager igjen")
    asked = applicant()[0]
    session.add(Invitation(brief_id=brief.id, supplier_id=asked.id, invited_by_id=owner.user_id))
    page = home(app, owner)
    assert waiting(page, NOW) == {}
    assert "Ingenting haster." in text_of(page.one("h1"))
    assert "1 leverandør er invitert." in waiting(page, SOON)[f"/briefs/{brief.reference}"]


def test_draft_task_follows_review_state(app: Flask, owner: Viewer) -> None:
    brief = draft(owner)
    company = owner.organisation_name
    adviser = factories.member(queries.own_company(owner).garden, "adviser")
    briefs.ask_for_review(owner, brief.reference)
    assert f"Rådgiveren leser «{TITLE}»" in waiting(home(app, owner), SOON)[f"/briefs/{brief.reference}"]
    assert company in waiting(home(app, adviser), NOW)[f"/briefs/{brief.reference}"]
    briefs.answer_review(adviser, brief.reference, "ok", "Fint.")
    page = home(app, owner)
    assert waiting(page, SOON) == {}
    check = f"/briefs/{brief.reference}/check"
    assert f"Les hva rådgiveren sier om «{TITLE}»" in waiting(page, NOW)[check]
    assert waiting(home(app, adviser), NOW) == {}
    (goal,) = (question for question in guide.load().topic("goal").questions if question.code == "goal")
    briefs.save_topic(owner, brief.reference, "goal", [guide.ParsedAnswer(goal, "Mer.", "Mer.", None)], {})
    page = home(app, owner)
    assert waiting(page, NOW) == {}
    assert f"/briefs/{brief.reference}/guide" in waiting(page, LATER)


@pytest.mark.both_databases
def test_open_briefs_come_before_drafts_by_deadline(app: Flask, owner: Viewer) -> None:
    adviser = factories.member(queries.own_company(owner).garden, "adviser")
    read = draft(owner)
    briefs.ask_for_review(owner, read.reference)
    briefs.answer_review(adviser, read.reference, "ok", "Fint.")
    later, sooner = published(owner), published(owner)
    sooner.deadline = (sooner.deadline or clock.now()) - dt.timedelta(days=1)
    session.commit()
    order = [f"/briefs/{sooner.reference}/ranking", f"/briefs/{later.reference}/ranking"]
    assert list(waiting(home(app, owner), NOW)) == [*order, f"/briefs/{read.reference}/check"]


@pytest.mark.parametrize(("days", "says"), [(1, "1 dag igjen"), (0, "går ut i dag")])
def test_last_day_is_worded_for_company_and_supplier(
    app: Flask, market: Market, at_noon: Any, days: int, says: str
) -> None:
    at_noon.move_to(clock.end_of_day(DEADLINE_DAY) - dt.timedelta(days=days, hours=1), tick=False)
    path = f"/briefs/{REFERENCE}"
    assert says in waiting(home(app, market.owner), SOON)[path]
    assert says in waiting(home(app, market.kvistverk), NOW)[path]


def test_brief_without_offers_asks_for_action(app: Flask, market: Market, at_noon: Any) -> None:
    at_noon.move_to(AFTER, tick=False)
    (path, said), *others = waiting(home(app, market.owner), NOW).items()
    assert (path, others) == (f"/briefs/{market.reference}/proposals", [])
    assert said.startswith("Velg hva dere gjør med «Nettbutikk med henting». Ingen svarte.")


def test_own_garden_and_sign_out_are_on_every_page(client: Browser) -> None:
    factories.garden("Aktiv næringshage", covered_municipalities=["5001"])
    own = factories.garden("Øvre næringshage", phone="72 00 00 00", email="post@ovre.example")
    client.sign_in(factories.member(factories.company(of=own)).user_id or 0)
    page = client.page("/gardens")
    assert [text_of(heading) for heading in page.all("h2")] == [own.name, "Aktiv næringshage"]
    foot = client.page("/how-we-rank").one("footer")
    links = {link.get("href") for link in foot.iter("a")}
    assert {"tel:72000000", "mailto:post@ovre.example", "/gardens"} <= links
    menu = client.page("/how-we-rank").one("details", class_="account")
    assert {"/account", "/messages", "/gardens"} <= {link.get("href") for link in menu.iter("a")}
    assert [form.get("action") for form in menu.iter("form")] == ["/sign-out"]
    assert list(foot.iter("form")) == []


def test_overdue_job_is_on_both_home_pages(app: Flask, opened: Market, choose: Any, at_noon: Any) -> None:
    choose(opened, "kvistverk")
    late = "«Nettbutikk med henting» skulle vært levert"
    assert late not in home(app, opened.owner).text
    at_noon.move_to(dt.datetime(2027, 4, 17, 10, tzinfo=dt.UTC), tick=False)
    assert late in home(app, opened.owner).text
    assert late in home(app, opened.kvistverk).text


def test_outcome_task_lasts_until_answered(app: Flask, opened: Market, choose: Any, at_noon: Any) -> None:
    choose(opened, "kvistverk")
    proposals.deliver(opened.owner, opened.reference, dict.fromkeys(HANDOVER_ITEMS, "not_done"))
    path = f"/briefs/{opened.reference}/outcome"
    said = waiting(home(app, opened.owner), SOON)
    assert list(said) == [f"{path}/handover"]
    assert said[f"{path}/handover"].startswith(
        "Fortell om «Nettbutikk med henting» virket. Det tar to minutter"
    )
    answers = proposals.OutcomeAnswers("yes", "over", "partly", "maybe", "60 ordrer", "Bra")
    proposals.answer_outcome(opened.owner, opened.reference, "handover", answers)
    assert waiting(home(app, opened.owner), SOON) == {}
    at_noon.move_to(AFTER + dt.timedelta(days=91), tick=False)
    assert list(waiting(home(app, opened.owner), SOON)) == [f"{path}/d90"]


def test_award_task_lasts_until_letter_is_seen(app: Flask, opened: Market, choose: Any) -> None:
    letter = f"/proposals/{choose(opened, 'kvistverk')}/letter"
    page = home(app, opened.kvistverk)
    assert waiting(page, NOW)[letter].startswith("Bjørkvollen ysteri har valgt dere.")
    (told,) = waiting(home(app, opened.skogsfjord), SOON).values()
    assert told.startswith("Bjørkvollen ysteri har svart. Brevet sier hvorfor.")
    app.test_client().sign_in(opened.kvistverk.user_id or 0).get(letter)
    assert waiting(home(app, opened.kvistverk), NOW) == {}


def test_amendment_task_lasts_until_offer_is_resent(app: Flask, market: Market) -> None:
    market.send("kvistverk")
    path = f"/briefs/{REFERENCE}"
    assert f"{path}/proposal" in waiting(home(app, market.kvistverk), LATER)
    brief = market.brief
    brief.versions.append(
        BriefVersion(
            number=2, guide_version=1, title=brief.title, answers=brief.answers, published_at=clock.now(),
            published_by_id=market.owner.user_id,
        )
    )  # fmt: skip
    page = home(app, market.kvistverk)
    said = waiting(page, NOW)[f"{path}#changes"]
    assert said.startswith(
        "Svar på endringen i «Nettbutikk med henting». Briefen ble endret etter at dere sendte"
    )
    assert waiting(page, LATER) == {}
    market.send("kvistverk", team="Ane")
    page = home(app, market.kvistverk)
    assert (waiting(page, NOW), list(waiting(page, LATER))) == ({}, [f"{path}/proposal"])


def test_supplier_sees_application_status(app: Flask) -> None:
    here = vetting_garden()
    made, owner = applicant()
    item = vetting_of(made)
    kind = "Netthandel og booking"
    page = home(app, owner)
    assert waiting(page, SOON)["/profile"].startswith(f"Søknaden deres blir lest. Det gjelder {kind}.")
    assert "Godkjent for" not in facts(page)
    suppliers.decide(
        here.curator,
        item.id,
        Decision("ask", item.revision, checklist("ecm", price="uklar"), "Prisen mangler."),
    )
    page = home(app, owner)
    assert waiting(page, NOW)["/profile"].startswith(f"Svar næringshagen om søknaden. Det gjelder {kind}.")
    assert waiting(page, LATER) == {}
    suppliers.submit_again(owner, item.id, "Nå står prisen der.")
    session.refresh(item)
    suppliers.decide(here.curator, item.id, Decision("approve", item.revision, checklist("ecm")))
    page = home(app, owner)
    assert waiting(page, NOW) == waiting(page, LATER) == {}
    assert facts(page)["Godkjent for"] == kind
    assert facts(page)["Ledig fra"] == "Ikke oppgitt"


def test_supplier_is_asked_to_renew_an_old_approval(app: Flask, at_noon: Any) -> None:
    made, owner = applicant(approved_by=vetting_garden().curator)
    at_noon.shift(dt.timedelta(days=370))
    page = home(app, owner)
    assert (
        "Be om å få fornyet godkjenningen. Det gjelder Netthandel og booking."
        in waiting(page, SOON)["/profile"]
    )
    assert "Godkjent for" in facts(page)
    suppliers.submit_again(owner, vetting_of(made).id, "")
    assert waiting(home(app, owner), SOON) == {}
    at_noon.shift(dt.timedelta(days=70))
    page = home(app, owner)
    assert "Dere blir ikke lenger funnet for Netthandel og booking." in waiting(page, NOW)["/profile"]
    assert "Godkjent for" not in facts(page)


def test_applicant_without_a_job_is_asked_for_one(app: Flask) -> None:
    vetting_garden()
    made, owner = applicant()
    assert "/profile/cases/new" not in waiting(home(app, owner), NOW)
    session.execute(delete(CaseStudy).where(CaseStudy.supplier_id == made.id))
    session.commit()
    page = home(app, owner)
    assert "trenger ett før den kan godkjenne dere" in waiting(page, NOW)["/profile/cases/new"]
    assert "#pause" not in page.html


def test_invited_brief_is_listed_once(app: Flask, market: Market) -> None:
    path = f"/briefs/{REFERENCE}"
    page = home(app, market.kvistverk)
    assert waiting(page, NOW)[path].startswith("Svar på invitasjonen til «")
    assert page.html.count(f'href="{path}"') == 2  # the sentence and its button


def test_garden_sees_five_applications_and_total(app: Flask) -> None:
    here = vetting_garden()
    names = [f"Leverandør {number}" for number in range(1, 8)]
    for name in names[:5]:
        applicant(name)
    page = home(app, here.curator)
    assert len(waiting(page, SOON)) == 5
    assert "/vetting" not in waiting(page, SOON)
    for name in names[5:]:
        applicant(name)
    said = waiting(home(app, here.curator), SOON)
    assert said.pop("/vetting") == "Se 2 søknader til"
    assert len(said) == 5
    assert all(
        text.startswith(f"Svar på søknaden fra {name}.")
        for name, text in zip(names, said.values(), strict=False)
    )


def test_garden_task_for_brief_with_few_invitations(app: Flask, market: Market, at_noon: Any) -> None:
    path = f"/companies/{market.owner.organisation_id}"
    at_noon.move_to(clock.end_of_day(DEADLINE_DAY) - dt.timedelta(days=6), tick=False)
    assert path not in waiting(home(app, market.curator), SOON), "three are asked"
    session.delete(session.query(Invitation).first())
    said = waiting(home(app, market.curator), SOON)[path]
    assert said.startswith("Ring Bjørkvollen ysteri. Bare 2 leverandører er invitert, og tiden er knapp.")
    assert path not in waiting(home(app, market.far_curator), SOON)
    at_noon.move_to(clock.end_of_day(DEADLINE_DAY) - dt.timedelta(days=8), tick=False)
    assert path not in waiting(home(app, market.curator), SOON)


def test_administrator_sees_gardens_without_curator(app: Flask) -> None:
    admin = factories.administrator()
    assert list(waiting(home(app, admin), NOW)) == ["/admin/gardens/new"]
    garden = factories.garden()
    factories.member(garden, "adviser")
    closed = factories.garden("Havgapet", covered_municipalities=["5056"], is_active=False)
    assert not closed.is_active
    assert waiting(home(app, admin), NOW) == {
        f"/admin/gardens/{garden.id}": f"Inviter en kurator til {garden.name}. Ingen kan godkjenne leverandører der."
    }
    invite_curator(admin, garden.id, "ny@x.example", "curator")
    assert waiting(home(app, admin), NOW) == {}
    (said,) = waiting(home(app, admin), SOON).values()
    assert said.startswith(
        f"Invitasjonen til kuratoren i {garden.name} er ikke godtatt ennå. Den gikk til ny@x.example."
    )
    page = app.test_client().sign_in(admin.user_id or 0)
    again = {"email": "ny@x.example", "role": "curator"}
    assert "Send den igjen ny@x.example" in page.page(f"/admin/gardens/{garden.id}").text
    assert page.post(f"/admin/gardens/{garden.id}/invite", data=again).status_code == 303
    (invitation,) = open_invitations(garden.id)
    invitation.expires_at = clock.now()
    session.commit()
    (said,) = waiting(home(app, admin), NOW).values()
    assert said.endswith("Invitasjonen til ny@x.example har gått ut.")
    curator = factories.member(garden, "curator")
    assert waiting(home(app, admin), NOW) == {}
    accounts.set_active(admin, curator.user_id or 0, active=False)
    assert list(waiting(home(app, admin), NOW)) == [f"/admin/gardens/{garden.id}"]


def test_administrator_reads_why_mail_is_not_sent(app: Flask, at_noon: Any) -> None:
    admin = factories.administrator()
    vetting_garden()
    accounts.request_password_reset(factories.user("Kari", email="kari@x.example").email)
    assert waiting(home(app, admin), NOW) == {}
    at_noon.shift(dt.timedelta(minutes=11))
    assert "Prosessen som sender den, kjører ikke. Start «marketplace worker»." in home(app, admin).text
    request_state.record_heartbeat("worker")
    assert (
        "E-postserveren tar den ikke imot. Kjør «marketplace check» for å se hvorfor."
        in home(app, admin).text
    )


def test_company_without_a_garden_reads_whom_to_ask(app: Flask) -> None:
    garden = factories.garden("Havet hage")
    for of, is_told in ((None, True), (garden, False)):
        owner = factories.member(factories.company(f"Bedrift {is_told}", of=of))
        session.commit()
        assert ("Ingen næringshage dekker" in signed_in(app, owner).page("/gardens").text) == is_told

"""Invitations by e-mail: who gets them, when they are sent, undoing, and unsubscribing with one click."""

import datetime as dt
import re
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.details import details_of
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.outbox.delivery import build_mail
from marketplace.outbox.models import OutboxMail
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project
from marketplace.programme.queries.projects import project_for
from marketplace.programme.use_cases import invitations as use_cases
from marketplace.programme.use_cases.invitations import CourseInvitationText
from marketplace.programme.use_cases.projects import ProjectDetails, save_project, set_project_closed
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser

TEXT = CourseInvitationText("Bli med på kurs", "Hei,\n\nVi har plass til dere.")


@pytest.fixture
def project(garden: BusinessGarden) -> Project:
    project = programme.project(garden, is_sign_up_open=True)
    programme.cohort(programme.place(project), "Oppdal vår")
    return project


def leads(project: Project, count: int) -> list[int]:
    made = [programme.participation(project, f"Bedrift {index}").id for index in range(count)]
    session.commit()
    return made


def mails() -> list[OutboxMail]:
    return list(session.scalars(select(OutboxMail).order_by(OutboxMail.next_attempt_at, OutboxMail.id)))


def test_only_companies_that_want_invitations_and_have_no_place_get_one(
    adviser: Viewer, project: Project
) -> None:
    wanted = programme.participation(project, "Vil")
    others = [
        programme.participation(project, "Meldt av", wants_invitations=False),
        programme.participation(project, "Uten adresse", contact_email=""),
        programme.participation(project, "Takket nei", state="declined"),
        programme.participation(project, "Sluttet", state="withdrawn"),
        programme.participation(project, "Venter", state="waiting"),
    ]
    session.commit()
    ids = [one.id for one in (wanted, *others)]
    found = use_cases.find_recipients(adviser, project_for(adviser, project.slug), ids)
    assert sum(found.skipped.values()) == len(others)
    count, _last = use_cases.send_invitations(adviser, project.slug, ids, TEXT)
    assert (count, wanted.state) == (1, "invited")
    assert [mail.recipient for mail in mails()] == [wanted.contact_email]
    with pytest.raises(RuleBroken):
        use_cases.send_invitations(adviser, project.slug, ids, TEXT)


def test_project_sends_at_most_100_an_hour_also_in_several_batches(adviser: Viewer, project: Project) -> None:
    ids = leads(project, 150)
    for batch in (ids[:80], ids[80:]):
        use_cases.send_invitations(adviser, project.slug, batch, TEXT)
    times = [mail.next_attempt_at for mail in mails()]
    hour = dt.timedelta(hours=1)
    assert max(sum(start <= time < start + hour for time in times) for start in times) == 100
    assert times[0] >= clock.now() + dt.timedelta(minutes=4)


def test_undo_stops_invitations_that_are_not_sent_and_makes_companies_leads_again(
    adviser: Viewer, project: Project
) -> None:
    ids = leads(project, 2)
    use_cases.send_invitations(adviser, project.slug, ids, TEXT)
    assert use_cases.can_undo(adviser, project_for(adviser, project.slug))
    assert use_cases.undo_invitations(adviser, project.slug) == 2
    assert mails() == []
    assert {session.get_one(Participation, number).state for number in ids} == {"lead"}
    assert not use_cases.can_undo(adviser, project_for(adviser, project.slug))
    with pytest.raises(Conflict):
        use_cases.undo_invitations(adviser, project.slug)


def test_undo_after_five_minutes_is_refused(adviser: Viewer, project: Project) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        use_cases.send_invitations(adviser, project.slug, leads(project, 1), TEXT)
        traveller.shift(dt.timedelta(minutes=6))
        with pytest.raises(Conflict):
            use_cases.undo_invitations(adviser, project.slug)


def test_one_click_unsubscribes_without_an_account(app: Flask, adviser: Viewer, project: Project) -> None:
    (number,) = leads(project, 1)
    use_cases.send_invitations(adviser, project.slug, [number], TEXT)
    message = build_mail(mails()[0], app.config["SETTINGS"])
    path = re.search(r"(/unsubscribe/[^>]+)", str(message["List-Unsubscribe"]))
    assert path is not None
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stranger = app.test_client()
    assert project.name in stranger.page(path[1]).text
    session.expire_all()
    assert session.get_one(Participation, number).wants_invitations, "reading the page changes nothing"
    assert stranger.post(path[1], data={"List-Unsubscribe": "One-Click"}).status_code == 200
    session.expire_all()
    assert not session.get_one(Participation, number).wants_invitations
    assert mails() == [], "an invitation that waits is stopped too"


def test_invited_company_signs_up_or_declines_by_its_link(
    app: Flask, adviser: Viewer, project: Project
) -> None:
    yes, no = leads(project, 2)
    use_cases.send_invitations(adviser, project.slug, [yes, no], TEXT)
    links = {mail.subscription: mail.link_path for mail in mails()}
    browser = app.test_client()
    page = browser.page(links[f"course:{yes}"])
    assert "Vil dere ha en plass til Bedrift 0?" in page.text
    cohort_id = re.search(r'<option value="(\d+)"', browser.get(links[f"course:{yes}"]).text)
    assert cohort_id is not None
    browser.post(f"{links[f'course:{yes}']}/sign-up", data={"cohort": cohort_id[1]})
    browser.post(f"{links[f'course:{no}']}/no-thanks")
    session.expire_all()
    states = [session.get_one(Participation, number).state for number in (yes, no)]
    assert states == ["signed_up", "declined"]


def test_adviser_chooses_companies_and_writes_previews_and_sends_an_invitation(
    browser: Browser, project: Project
) -> None:
    ids = leads(project, 3)
    board = f"/programme/{project.slug}/companies"
    assert "Inviter alle 3 som kan få invitasjon" in browser.page(board).text
    page = browser.get(f"{board}/invite?all=1").text
    assert f'value="{",".join(map(str, ids))}"' in page
    assert "Invitasjon til Digital synlighet" in page
    form = {"chosen": f"{ids[0]},{ids[2]},999", "subject": TEXT.subject, "text": TEXT.text}
    preview = browser.post(f"{board}/invite", data=form | {"act": "preview"}).text
    assert "Send 2 invitasjoner" in preview
    assert "Vi har plass til dere." in preview
    changed = browser.post(f"{board}/invite", data=form | {"act": "change"}).text
    assert "<textarea" in changed
    assert mails() == []
    assert browser.post(f"{board}/invite", data=form | {"act": "send"}).status_code == 303
    assert [mail.subject for mail in mails()] == [TEXT.subject] * 2
    page = browser.page(board).text
    assert "Stopp invitasjonene som ikke er sendt" in page
    assert "Inviter 1 bedrift som kan få invitasjon" in page, "two were invited just now"
    browser.post(f"{board}/invite/undo")
    session.expire_all()
    assert mails() == []


def test_closed_sign_up_refuses_invitations(adviser: Viewer, project: Project) -> None:
    project.is_sign_up_open = False
    (number,) = leads(project, 1)
    with pytest.raises(RuleBroken, match="påmelding"):
        use_cases.send_invitations(adviser, project.slug, [number], TEXT)


def test_undo_stops_the_invitation_of_an_interested_company(adviser: Viewer, project: Project) -> None:
    interested = programme.participation(project, "Interessert", state="interested")
    session.commit()
    use_cases.send_invitations(adviser, project.slug, [interested.id], TEXT)
    with pytest.raises(RuleBroken):
        use_cases.send_invitations(adviser, project.slug, [interested.id], TEXT)
    assert use_cases.undo_invitations(adviser, project.slug) == 1
    assert (mails(), interested.state) == ([], "interested")


def test_company_whose_invitation_was_stopped_can_be_invited_at_once(
    adviser: Viewer, project: Project
) -> None:
    called = programme.participation(project, "Oppringt", state="invited")
    session.commit()
    use_cases.send_invitations(adviser, project.slug, [called.id], TEXT)
    use_cases.undo_invitations(adviser, project.slug)
    assert use_cases.send_invitations(adviser, project.slug, [called.id], TEXT)[0] == 1


def test_invitation_that_waits_is_stopped_when_the_company_answers(
    app: Flask, adviser: Viewer, project: Project
) -> None:
    ids = leads(project, 3)
    use_cases.send_invitations(adviser, project.slug, ids, TEXT)
    link = mails()[0].link_path
    app.test_client().page(link)
    app.test_client().post(f"{link}/no-thanks")
    session.expire_all()
    assert session.get_one(Participation, ids[0]).state == "declined"
    assert [mail.subscription for mail in mails()] == [f"course:{number}" for number in ids[1:]]


@pytest.mark.parametrize("change", ["closed", "sign-up closed"])
def test_invitations_that_wait_are_stopped_when_nobody_can_sign_up(
    garden: BusinessGarden, project: Project, change: str
) -> None:
    leader = factories.member(garden, "curator")
    use_cases.send_invitations(leader, project.slug, leads(project, 2), TEXT)
    if change == "closed":
        set_project_closed(leader, project.slug, closed=True)
    else:
        save_project(
            leader, project.slug, replace(details_of(ProjectDetails, project), is_sign_up_open=False)
        )
    assert mails() == []

"""Colleagues: who can invite, how long an invitation is valid, and that one leader remains."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.models import SignInSession, User
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.viewer import ANONYMOUS, Viewer
from marketplace.organisations import queries, use_cases
from marketplace.organisations.models import ColleagueInvitation, Membership
from marketplace.organisations.use_cases import NewPerson, colleagues
from marketplace.outbox.models import Notice
from tests import factories
from tests.accounts.helpers import mails
from tests.support.browser import Browser

CHEAP = accounts.HashCost(1, 1024)
JON, LIV = "jon@bjorkvollen.example", "liv@bjorkvollen.example"
NEWCOMER = {"person_name": "Jon Bjørkvold", "password": "grønn traktor på jordet"}


def link_to(email: str) -> str:
    """Return the link in the newest e-mail to an address."""
    return mails(email)[-1].link_path


def token_to(email: str) -> str:
    return link_to(email).rpartition("/")[2]


def open_invitations(viewer: Viewer) -> set[str]:
    return {invitation.email for invitation in queries.open_invitations(viewer.organisation_id or 0)}


@pytest.fixture
def owner(app: Flask) -> Viewer:
    return factories.member(factories.company())


@pytest.mark.parametrize("role", ["curator", "adviser", "administrator", ""])
def test_invitation_to_an_unknown_role_is_refused(owner: Viewer, role: str) -> None:
    with pytest.raises(RuleBroken, match="Velg én fra listen") as error:
        use_cases.invite_colleague(owner, JON, role)
    assert error.value.field == "role"
    assert session.query(ColleagueInvitation).count() == 0
    assert mails() == []


def test_existing_member_is_not_invited(owner: Viewer, client: Browser) -> None:
    colleague = factories.user(email=JON)
    session.add(Membership(user_id=colleague.id, organisation_id=owner.organisation_id, role="member"))
    client.sign_in(owner.user_id or 0)
    answer = client.post(
        "/organisation/colleagues", data={"email": "Jon@bjorkvollen.example", "role": "owner"}
    )
    assert "Denne personen har allerede tilgang." in answer.text
    assert session.query(ColleagueInvitation).count() == 0
    assert mails() == []


def test_second_invitation_replaces_the_first_to_an_address(owner: Viewer, client: Browser) -> None:
    use_cases.invite_colleague(owner, LIV, "member")
    use_cases.invite_colleague(owner, JON, "member")
    first = link_to(JON)
    use_cases.invite_colleague(owner, JON, "owner")
    assert [client.get(path).status_code for path in (first, link_to(JON), link_to(LIV))] == [200, 200, 200]
    assert "gjelder ikke lenger" in client.get(first).text
    assert open_invitations(owner) == {JON, LIV}


def test_only_the_sending_organisation_withdraws_an_invitation(app: Flask, owner: Viewer) -> None:
    stranger = factories.member(factories.company("Annen bedrift"))
    use_cases.invite_colleague(owner, JON, "member")
    path = f"/organisation/invitations/{session.query(ColleagueInvitation.id).scalar()}/withdraw"
    theirs, mine = (app.test_client().sign_in(person.user_id or 0) for person in (stranger, owner))
    assert theirs.post(path).status_code == 404
    assert mine.post("/organisation/invitations/999999/withdraw").status_code == 404
    assert theirs.get(path).status_code == 404
    assert JON in mine.page(path).text
    assert app.test_client().get(link_to(JON)).status_code == 200
    assert mine.post(path).status_code == 303
    assert open_invitations(owner) == set()
    assert "gjelder ikke lenger" in app.test_client().get(link_to(JON)).text
    assert app.test_client().get("/invitations/unknown").status_code == 410


def test_withdrawn_invitation_cannot_be_accepted(
    owner: Viewer,
) -> None:
    known = factories.user(email=LIV)
    for email in (JON, LIV):
        use_cases.invite_colleague(owner, email, "member")
    for invitation in session.query(ColleagueInvitation):
        use_cases.withdraw_invitation(owner, invitation.id)
    with pytest.raises(NotFound):
        use_cases.accept_invitation(token_to(JON), ANONYMOUS, NewPerson("Jon", JON, "x"), CHEAP)
    with pytest.raises(NotFound):
        use_cases.accept_invitation(token_to(LIV), queries.viewer_for(known, None), None, CHEAP)
    assert session.query(User).count() == 2
    assert session.query(Membership).count() == 1


@pytest.mark.parametrize("person", [None, NewPerson("Tyra", "tyra@annen.example", NEWCOMER["password"])])
def test_invitation_is_refused_for_another_address(owner: Viewer, person: NewPerson | None) -> None:
    use_cases.invite_colleague(owner, JON, "member")
    with pytest.raises(NotFound):
        use_cases.accept_invitation(token_to(JON), ANONYMOUS, person, CHEAP)
    assert session.query(User).count() == 1
    assert open_invitations(owner) == {JON}


def test_member_who_accepts_keeps_the_existing_role(owner: Viewer, client: Browser) -> None:
    colleague = factories.user(email=JON)
    session.add(Membership(user_id=colleague.id, organisation_id=owner.organisation_id, role="owner"))
    session.flush()
    use_cases.invite_colleague(owner, LIV, "member")
    colleague.email = LIV
    client.sign_in(colleague.id)
    assert client.post(link_to(LIV)).headers["Location"] == "/home"
    assert [membership.role for membership in queries.memberships_of(colleague.id)] == ["owner"]
    assert open_invitations(owner) == set()


def test_signed_in_user_joins_and_acts_for_the_organisation(owner: Viewer, client: Browser) -> None:
    elsewhere = factories.member(factories.company("Annen bedrift"), email=JON)
    use_cases.invite_colleague(owner, JON, "member")
    client.sign_in(elsewhere.user_id or 0)
    assert "Annen bedrift" in client.page("/account").text
    assert client.post(link_to(JON)).status_code == 303
    page = client.page("/account").text
    assert "Velkommen til Bjørkvollen ysteri." in page
    assert "Du er logget inn for Bjørkvollen ysteri." in page


@pytest.mark.parametrize("what", ["closed", "left", "member"])
def test_invitation_ends_when_the_sender_stops_leading(
    app: Flask, owner: Viewer, client: Browser, what: str
) -> None:
    sender = factories.user()
    membership = Membership(user_id=sender.id, organisation_id=owner.organisation_id, role="owner")
    session.add(membership)
    session.flush()
    use_cases.invite_colleague(queries.viewer_for(sender, membership), JON, "owner")
    assert client.get(link_to(JON)).status_code == 200
    if what == "closed":
        accounts.set_active(factories.administrator(), sender.id, active=False)
    elif what == "left":
        use_cases.remove_colleague(owner, membership.id)
    else:
        use_cases.change_role(owner, membership.id, "member")
    assert client.post(link_to(JON), data=NEWCOMER).status_code == 410
    assert session.query(User).filter_by(email=JON).count() == 0


def test_administrator_reads_about_a_curator_with_a_link_to_the_garden(app: Flask, client: Browser) -> None:
    admin, garden = factories.administrator(), factories.garden()
    use_cases.invite_curator(admin, garden.id, JON, "curator")
    client.post(link_to(JON), data=NEWCOMER)
    (notice,) = session.query(Notice).filter_by(user_id=admin.user_id)
    assert notice.link_path == f"/admin/gardens/{garden.id}"
    assert app.test_client().sign_in(admin.user_id or 0).get(notice.link_path).status_code == 200


def test_garden_invitation_ends_with_the_administrator_role(app: Flask, client: Browser) -> None:
    admin, garden = factories.administrator(), factories.garden()
    factories.administrator()
    use_cases.invite_curator(admin, garden.id, JON, "curator")
    use_cases.invite_curator(admin, garden.id, LIV, "adviser")
    assert client.post(link_to(JON), data=NEWCOMER).status_code == 303
    assert [(membership.user.email, membership.role) for membership in queries.members(garden.id)] == [
        (JON, "curator")
    ]
    accounts.remove_administrator(admin.email)
    assert app.test_client().post(link_to(LIV), data=NEWCOMER).status_code == 410
    assert session.query(Membership).count() == 1


@pytest.mark.parametrize("act", ["role", "remove"])
def test_leader_cannot_change_members_of_others(app: Flask, owner: Viewer, act: str) -> None:
    stranger = factories.member(factories.company("Annen bedrift"), "member")
    browser = app.test_client().sign_in(owner.user_id or 0)
    for membership_id in (stranger.membership_id, 999999):
        path = f"/organisation/colleagues/{membership_id}/{act}"
        assert browser.post(path, data={"role": "owner"}).status_code == 404
    assert session.get_one(Membership, stranger.membership_id).role == "member"


def test_only_leaders_manage_colleagues(owner: Viewer) -> None:
    company = session.get_one(Membership, owner.membership_id).organisation
    member = factories.member(company, "member")
    use_cases.invite_colleague(owner, LIV, "member")
    invitation = session.query(ColleagueInvitation.id).scalar()
    nobody = queries.viewer_for(factories.user(), None)
    acts = [
        lambda viewer: use_cases.invite_colleague(viewer, JON, "member"),
        lambda viewer: use_cases.withdraw_invitation(viewer, invitation),
        lambda viewer: use_cases.change_role(viewer, owner.membership_id or 0, "member"),
    ]
    for act in acts:
        for viewer in (member, nobody):
            with pytest.raises(Forbidden):
                act(viewer)
    with pytest.raises(Forbidden):
        use_cases.remove_colleague(member, owner.membership_id or 0)
    assert open_invitations(owner) == {LIV}
    assert {membership.role for membership in queries.members(company.id)} == {"owner", "member"}
    use_cases.remove_colleague(member, member.membership_id or 0)
    assert [membership.id for membership in queries.members(company.id)] == [owner.membership_id]


def test_last_leader_cannot_leave(owner: Viewer, client: Browser) -> None:
    company = session.get_one(Membership, owner.membership_id).organisation
    second = factories.member(company)
    client.sign_in(owner.user_id or 0)
    path = f"/organisation/colleagues/{owner.membership_id}"
    use_cases.remove_colleague(owner, second.membership_id or 0)
    for act in ("remove", "role"):
        client.post(f"{path}/{act}", data={"role": "member"})
        page = client.page("/organisation/colleagues")
        assert "Minst én må ha full tilgang. Gi en kollega full tilgang først." in page.text
    assert [(membership.id, membership.role) for membership in queries.members(company.id)] == [
        (owner.membership_id, "owner")
    ]


def test_leader_cannot_give_up_the_own_role_by_one_press(owner: Viewer, client: Browser) -> None:
    colleague = factories.member(session.get_one(Membership, owner.membership_id).organisation, "owner")
    page = client.sign_in(owner.user_id or 0).page("/organisation/colleagues")
    actions = [form.get("action") for form in page.all("form") if form.get("action", "").endswith("/role")]
    assert actions == [f"/organisation/colleagues/{colleague.membership_id}/role"]


def test_unchanged_role_ends_no_session(app: Flask, owner: Viewer, client: Browser) -> None:
    colleague = factories.member(session.get_one(Membership, owner.membership_id).organisation, "member")
    client.sign_in(owner.user_id or 0)
    theirs = app.test_client().sign_in(colleague.user_id or 0)
    path = f"/organisation/colleagues/{colleague.membership_id}/role"
    assert client.post(path, data={"role": "member"}).status_code == 303
    assert theirs.get("/organisation/colleagues").status_code == 200
    assert session.query(SignInSession).filter_by(user_id=colleague.user_id).count() == 1


def test_organisation_cannot_mail_invitations_without_end(
    owner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(colleagues, "MAX_UNANSWERED", 2)
    for number in range(2):
        use_cases.invite_colleague(owner, f"stranger{number}@fjordnett.example", "member")
        use_cases.withdraw_invitation(owner, session.query(ColleagueInvitation).all()[-1].id)
    with pytest.raises(RuleBroken):
        use_cases.invite_colleague(owner, "stranger3@fjordnett.example", "member")
    with clock.as_of(clock.now() + dt.timedelta(days=7, hours=1)):
        use_cases.invite_colleague(owner, "stranger3@fjordnett.example", "member")


def test_accepted_invitation_cannot_be_withdrawn(app: Flask, owner: Viewer) -> None:
    use_cases.invite_colleague(owner, JON, "member")
    invitation_id = session.query(ColleagueInvitation.id).scalar()
    use_cases.accept_invitation(
        token_to(JON), ANONYMOUS, NewPerson("Jon Bjørkvold", JON, "grønn traktor på jordet"), CHEAP
    )
    browser = app.test_client().sign_in(owner.user_id or 0)
    path = f"/organisation/invitations/{invitation_id}/withdraw"
    browser.set_cookie("locale", "en")
    browser.post(path)
    assert "already been accepted" in browser.page("/organisation/colleagues").text
    assert session.get_one(ColleagueInvitation, invitation_id).withdrawn_at is None


def test_person_who_leaves_is_told_so(app: Flask, owner: Viewer) -> None:
    other = factories.user(email=JON)
    session.add(Membership(user_id=other.id, organisation_id=owner.organisation_id, role="member"))
    session.commit()
    browser = app.test_client().sign_in(other.id)
    browser.set_cookie("locale", "en")
    membership_id = session.query(Membership.id).filter_by(user_id=other.id).scalar()
    answer = browser.post(f"/organisation/colleagues/{membership_id}/remove", follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, "/act-for")
    assert "You can no longer act for Bjørkvollen ysteri." in answer.text

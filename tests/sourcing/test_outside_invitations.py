"""Invitations by e-mail to suppliers outside the network: application, approval in time or not, and limits."""

import contextlib
import datetime as dt

import pytest
from sqlalchemy import select

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.models import User
from marketplace.briefs.models import Brief
from marketplace.briefs.use_cases import extend_deadline
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken, TooMany
from marketplace.core.i18n import format_date
from marketplace.core.identifiers import token_hash
from marketplace.core.viewer import ANONYMOUS
from marketplace.organisations.models import Company
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.sourcing import use_cases
from marketplace.sourcing.limits import MAX_OUTSIDE_PER_DAY
from marketplace.sourcing.models import Invitation, OutsideInvitation
from marketplace.suppliers.models import SupplierService
from marketplace.vetting.models import Vetting
from tests import factories
from tests.factories.suppliers import supplier as bare_supplier
from tests.support.page_rules import HtmlPage

EMAIL = "post@nyverk.example"
TOKEN = "invited-by-mail"
SECRET_KEY = "key of the test"


@pytest.fixture
def invited(market, publish, sign_in):
    """Invite an address by the form and return the brief's reference; the link's token is TOKEN."""
    reference = publish()
    form = {"email": EMAIL, "message": "Dere laget siden til naboen."}
    assert sign_in(market.owner).post(f"/briefs/{reference}/invite-outside", data=form).status_code == 303
    session.scalars(select(OutsideInvitation)).one().token_hash = token_hash(TOKEN)
    session.commit()
    return reference


@pytest.fixture
def applicant(market):
    """A supplier that has applied, whose member has the invited address."""
    added = bare_supplier("Nyverk", of=market.garden, about="Vi lager nettbutikk.")
    added.services = [SupplierService(code="ecm.shop")]
    session.add(Vetting(supplier_id=added.id, category="ecm", state="submitted", garden_id=market.garden.id))
    session.flush()
    member = factories.member(added, email=EMAIL)
    session.commit()
    return member


def approve(viewer):
    vetting = session.scalars(select(Vetting).where(Vetting.supplier_id == viewer.organisation_id)).one()
    vetting.state, vetting.approved_at = "approved", clock.now()
    vetting.revision += 1
    session.commit()


def kinds(viewer):
    query = select(Notice.kind).where(Notice.user_id == viewer.user_id)
    return list(session.scalars(query.order_by(Notice.id)))


def mails():
    query = select(OutboxMail).where(OutboxMail.recipient == EMAIL)
    return session.scalars(query.order_by(OutboxMail.id)).all()


def test_rate_limited_form_keeps_its_text(market, publish, sign_in):
    path = f"/briefs/{publish()}/invite-outside"
    with contextlib.suppress(TooMany):
        while True:
            with transaction():
                accounts.require_mail_quota(EMAIL, f"user {market.owner.user_id}")
    text = "Dere laget siden til naboen.\r\nVi likte den <godt>."
    answer = sign_in(market.owner).post(
        path, data={"email": EMAIL, "message": text}, headers={"Referer": f"http://localhost{path}"}
    )
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    page = HtmlPage(answer.text)
    form = page.one("form", action=path)
    assert [area.text for area in form.iter("textarea")] == [text.replace("\r", "")]
    assert page.one("input", name="email").get("value") == EMAIL
    assert not mails()


def test_mail_names_company_deadline_and_short_message(market, invited, sign_in):
    (mail,) = mails()
    assert "Bjørkvollen ysteri" in mail.subject
    assert "Dere laget siden til naboen." in mail.body
    for part in ("Tjenester: Nettbutikk", "Sted: Oppdal", "Budsjett"):
        assert part in mail.body
    assert "Vi selger 40 slags ost" not in mail.body
    page = sign_in(market.owner).page(f"/briefs/{invited}/ranking").text
    assert EMAIL in page
    assert "has not applied yet" in page
    assert EMAIL not in sign_in(market.adviser).page(f"/briefs/{invited}/ranking").text


def test_invited_person_with_an_account_reads_its_own_language(market, publish):
    factories.user(email=EMAIL, locale="nn")
    use_cases.invite_outside(market.owner, publish(), EMAIL, "")
    assert session.query(OutboxMail).filter_by(recipient=EMAIL).one().locale == "nn"


def test_link_shows_the_deadline_and_leads_to_the_application(invited, app):
    page = app.test_client().page(f"/invited/{TOKEN}")
    assert f"/suppliers/apply?next=/invited/{TOKEN}" in page.links().values()
    assert "40 slags ost" not in page.text
    assert app.test_client().get("/invited/unknown").status_code == 404


def test_applicant_is_invited_when_approved_before_the_deadline(market, invited, applicant, sign_in):
    browser = sign_in(applicant)
    assert browser.post(f"/invited/{TOKEN}").location.endswith(f"/invited/{TOKEN}")
    assert "has your application" in browser.page(f"/invited/{TOKEN}").text
    assert "applicant_is_invited" in kinds(market.adviser)
    vetting_id = session.scalar(select(Vetting.id).where(Vetting.supplier_id == applicant.organisation_id))
    assert "has invited this supplier" in sign_in(market.adviser).page(f"/vetting/{vetting_id}").text
    assert "waiting for approval" in sign_in(market.owner).page(f"/briefs/{invited}/ranking").text
    assert use_cases.settle_outside_invitations() == 0
    approve(applicant)
    assert use_cases.settle_outside_invitations() == 1
    assert use_cases.settle_outside_invitations() == 0
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.supplier_id, invitation.place) == (applicant.organisation_id, None)
    assert "invited" in kinds(applicant)
    assert "outside_approved" in kinds(market.owner)
    assert browser.get(f"/briefs/{invited}").status_code == 200


def test_applicant_with_the_invited_address_needs_no_link(market, invited):
    added = bare_supplier("Nyverk", approved=("ecm",), of=market.garden, about="Vi lager nettbutikk.")
    added.services = [SupplierService(code="ecm.shop")]
    factories.member(added, email=EMAIL)
    session.commit()
    assert use_cases.settle_outside_invitations() == 1
    assert session.scalars(select(Invitation.supplier_id)).one() == added.id


def test_approved_supplier_can_use_the_link_at_once(market, invited, sign_in):
    factories.member(market.suppliers["Myrull"], email=EMAIL)
    session.commit()
    browser = sign_in(market.people["Myrull"])
    assert browser.post(f"/invited/{TOKEN}").location.endswith(f"/briefs/{invited}")
    assert session.scalars(select(Invitation.supplier_id)).one() == market.suppliers["Myrull"].id
    with pytest.raises(Conflict):
        use_cases.accept_outside_invitation(market.people["Kvistverk"], TOKEN, SECRET_KEY)


def test_forwarded_link_works_only_after_the_invited_address_confirms(market, invited, app, sign_in):
    browser = sign_in(market.people["Myrull"])
    assert "address that was invited" in browser.post(f"/invited/{TOKEN}", follow_redirects=True).text
    assert session.scalars(select(Invitation)).all() == []
    confirmation = mails()[1]
    assert "Myrull" in confirmation.body
    path = confirmation.link_path
    assert "Bjørkvollen ysteri" in app.test_client().page(path).text
    assert app.test_client().get(path[:-3]).status_code == 404
    assert app.test_client().post(path).status_code == 303
    assert session.scalars(select(Invitation.supplier_id)).one() == market.suppliers["Myrull"].id
    assert browser.get(f"/briefs/{invited}").status_code == 200
    other = market.suppliers["Kvistverk"].id
    with pytest.raises(Conflict):
        use_cases.confirm_outside_invitation(
            ANONYMOUS, session.scalars(select(OutsideInvitation.id)).one(), other
        )


def test_unconfirmed_address_does_not_open_a_forwarded_link(market, invited):
    """Anyone can write the invited address into a registration or an account; only confirming it proves it."""
    factories.member(market.suppliers["Myrull"], email=EMAIL, email_verified_at=None)
    session.commit()
    result = use_cases.accept_outside_invitation(market.people["Myrull"], TOKEN, SECRET_KEY)
    assert (result, session.scalars(select(Invitation)).all()) == ("unconfirmed", [])


def test_repeated_use_of_a_forwarded_link_is_limited(market, invited):
    with pytest.raises(TooMany):
        for _attempt in range(6):
            use_cases.accept_outside_invitation(market.people["Myrull"], TOKEN, SECRET_KEY)


@pytest.mark.parametrize("applied", [True, False])
def test_late_applicant_and_company_are_answered(market, invited, applicant, applied):
    if applied:
        use_cases.accept_outside_invitation(applicant, TOKEN, SECRET_KEY)
    session.get_one(User, applicant.user_id).email = "annet@nyverk.example"
    session.commit()
    with clock.as_of(clock.now() + dt.timedelta(days=30)):
        assert use_cases.settle_outside_invitations() == 1
        assert use_cases.settle_outside_invitations() == 0
        with pytest.raises(Conflict):
            use_cases.accept_outside_invitation(applicant, TOKEN, SECRET_KEY)
    assert ("outside_late" in kinds(applicant)) is applied
    assert len(mails()) == (1 if applied else 2)
    assert "outside_not_in_time" in kinds(market.owner)
    assert session.scalars(select(Invitation)).all() == []


@pytest.mark.parametrize(
    "message", ["Se https://spam.example", "skriv til a@b.no", "www.spam.no", "gå til spam.com", "x" * 201]
)
def test_message_with_link_or_too_long_is_refused_and_kept(market, publish, sign_in, message):
    reference, browser = publish(), sign_in(market.owner)
    answer = browser.post(f"/briefs/{reference}/invite-outside", data={"email": EMAIL, "message": message})
    assert answer.status_code == 422
    assert message in answer.text
    assert mails() == []


def test_limits_of_invitations_by_mail(market, publish, invited):
    with pytest.raises(RuleBroken, match="adresse"):
        use_cases.invite_outside(market.owner, invited, EMAIL.upper())
    for number in range(MAX_OUTSIDE_PER_DAY - 1):
        use_cases.invite_outside(market.owner, invited, f"post{number}@verk.example")
    with pytest.raises(RuleBroken):  # the brief asks for five at most
        use_cases.invite_suppliers(market.owner, invited, [market.suppliers["Myrull"].id])
    with pytest.raises(RuleBroken):
        use_cases.invite_outside(market.owner, publish(), "post@sjette.example")


def test_only_the_owner_of_a_known_company_with_an_open_brief_invites(market, publish):
    reference = publish()
    with pytest.raises(Forbidden):
        use_cases.invite_outside(market.colleague, reference, EMAIL)
    for viewer in (market.outsider, market.adviser, market.people["Myrull"]):
        with pytest.raises(NotFound):
            use_cases.invite_outside(viewer, reference, EMAIL)
    company = session.get(Company, market.owner.organisation_id)
    company.known_at = None
    session.commit()
    with pytest.raises(RuleBroken):
        use_cases.invite_outside(market.owner, reference, EMAIL)
    company.known_at = clock.now()
    session.scalars(select(Brief).where(Brief.reference == reference)).one().deadline = clock.now()
    session.commit()
    with pytest.raises(Conflict):
        use_cases.invite_outside(market.owner, reference, EMAIL)
    assert mails() == []


def test_company_cannot_use_the_link(market, invited):
    with pytest.raises(Forbidden):
        use_cases.accept_outside_invitation(market.owner, TOKEN, SECRET_KEY)


def test_address_that_is_invited_already_cannot_be_invited_again(market, invited, applicant, sign_in):
    sign_in(applicant).post(f"/invited/{TOKEN}")
    approve(applicant)
    use_cases.settle_outside_invitations()
    answer = sign_in(market.owner).post(f"/briefs/{invited}/invite-outside", data={"email": EMAIL})
    assert "This address has already been invited to this brief." in answer.text


def test_invitation_that_waits_names_an_extended_deadline(market, invited):
    mail = session.scalars(select(OutboxMail).where(OutboxMail.recipient == EMAIL)).one()
    deadline = clock.to_local(mail.expires_at).date()
    extended = deadline + dt.timedelta(days=5)
    assert format_date(deadline, weekday=True) in mail.body
    title = session.scalars(select(Brief.title).where(Brief.reference == invited)).one()
    other = OutboxMail(
        recipient="annen@fjordnett.example", locale="nb", subject="Tilbud",
        body=mail.body.replace(title, f"{title} til fjøset"),
        message_id="<other@torget.example>", expires_at=mail.expires_at,
    )  # fmt: skip
    session.add(other)
    session.commit()
    extend_deadline(market.owner, invited, extended)
    assert mail.expires_at == clock.end_of_day(extended)
    assert format_date(extended, weekday=True) in mail.body
    assert format_date(deadline, weekday=True) not in mail.body
    assert other.expires_at == clock.end_of_day(deadline), "another brief, with a longer title"
    assert format_date(deadline, weekday=True) in other.body

"""Invitations to suppliers in a ranking, and the suppliers' answers."""

import datetime as dt

import pytest
from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import use_locale
from marketplace.organisations.models import Company
from marketplace.outbox.delivery import build_mail
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.ranking import unlisted_suppliers
from marketplace.sourcing.ranking.stored_ranking import StoredRanking, open_run
from tests import factories
from tests.factories.briefs import draft, published


def _ids(market, *names):
    return [market.suppliers[name].id for name in names]


def _notices(viewer):
    return list(session.scalars(select(Notice.subject).where(Notice.user_id == viewer.user_id)))


def test_invite_creates_invitations_and_notices(market, publish):
    reference = publish()
    assert use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk", "Myrull")) == 2
    rows = session.scalars(select(Invitation).order_by(Invitation.place)).all()
    assert [(row.state, row.place) for row in rows] == [("invited", 1), ("invited", 2)]
    assert "Bjørkvollen ysteri" in _notices(market.people["Kvistverk"])[-1]
    acts = session.scalars(select(AuditEvent.action).where(AuditEvent.action == "brief.invite")).all()
    assert len(acts) == 2


def test_mails_use_each_recipients_language(market, publish):
    nynorsk = factories.member(market.suppliers["Kvistverk"], locale="nn", email="nn@kvistverk.example")
    english = factories.member(market.suppliers["Kvistverk"], locale="en", email="en@kvistverk.example")
    left = factories.member(market.suppliers["Kvistverk"], email="left@kvistverk.example", is_active=False)
    reference = publish()
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    mails = {
        mail.recipient: mail
        for mail in session.scalars(select(OutboxMail))
        if mail.link_path == f"/briefs/{reference}"
    }
    words = {
        nynorsk.email: "ber dykk om eit tilbod",
        english.email: "asks you for an offer",
        market.people["Kvistverk"].email: "ber dere om et tilbud",
    }
    for email, sentence in words.items():
        assert sentence in mails[email].subject
        assert mails[email].link_label
    assert left.email not in mails


def test_second_invite_changes_nothing(market, publish):
    reference = publish()
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    assert use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk")) == 0
    assert len(session.scalars(select(Invitation)).all()) == 1
    assert len(_notices(market.people["Kvistverk"])) == 1


def test_more_suppliers_can_be_invited_later_and_after_decline(market, publish):
    reference = publish(invite_count=3)
    market.add("Fjellbutikk", "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    assert use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk", "Myrull")) == 1
    use_cases.decline(market.people["Kvistverk"], reference, "no_capacity")
    assert use_cases.invite_suppliers(market.owner, reference, _ids(market, "Dyrt")) == 1
    found = queries.ranking_for(market.owner, reference)
    assert (found.counts.invited, found.counts.declined, found.counts.left) == (3, 1, 1)


def test_supplier_approved_after_the_ranking_is_offered_scored_and_marked(market, publish, sign_in):
    reference = publish()
    market.add(
        "Fjellbutikk",
        "Vi lager nettbutikk for gårdsutsalg, med klikk og hent, Vipps og lager som følger med.",
        "ecm.shop",
        "med.product-photo",
        areas=("5021",),
    )
    session.commit()
    browser, slug = sign_in(market.owner), market.suppliers["Fjellbutikk"].slug
    (late,) = queries.ranking_for(market.owner, reference).approved_since
    assert late.listing.name == "Fjellbutikk"
    page = browser.page(f"/briefs/{reference}/invite/{slug}")
    assert f"gives {round(late.score)} of 100" in page.text
    assert f"/briefs/{reference}/invite/{slug}" in browser.get(f"/suppliers/{slug}").text
    assert f"/briefs/{reference}/invite/{slug}" in browser.get(f"/suppliers?brief={reference}").text
    assert use_cases.invite_suppliers(market.owner, reference, [late.supplier_id]) == 1
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.place, round(invitation.score, 6)) == (None, round(late.score, 6))
    assert f"added later, {round(late.score)} of 100" in browser.page(f"/briefs/{reference}/ranking").text
    assert "Already invited" in browser.get(f"/suppliers/{slug}").text
    assert reference in sign_in(market.people["Fjellbutikk"]).get("/home").text


def test_late_score_equals_the_stored_score_of_a_listed_supplier(market, publish):
    run = queries.latest_run(session.scalars(select(Brief).where(Brief.reference == publish())).one())
    stored = {match["document_id"]: match["score"] for match in open_run(run).matches}
    unlisted = StoredRanking(
        {"ranking": {"matches": [], "excluded": []}, "fits": 0, "listings": {}},
        {"query": open_run(run).query.to_dict(), "documents": []},
    )
    for key, score in stored.items():
        assert unlisted_suppliers.score_for(run, unlisted, int(key)).score == pytest.approx(score)


@pytest.mark.parametrize("state", ["closed", "paused", "other services"])
def test_supplier_that_cannot_answer_is_not_invited(market, publish, sign_in, state):
    reference, name = publish(), "Tekstverk" if state == "other services" else "Myrull"
    supplier = market.suppliers[name]
    if state == "paused":
        supplier.paused_at = clock.now()
    if state == "closed":
        session.scalars(select(Brief).where(Brief.reference == reference)).one().deadline = clock.now()
    session.commit()
    answer = sign_in(market.owner).post(f"/briefs/{reference}/invite", data={"supplier": str(supplier.id)})
    assert answer.status_code == (409 if state == "closed" else 422)
    assert session.scalars(select(Invitation)).all() == []


def test_supplier_that_declined_is_not_invited_again(market, publish):
    reference = publish()
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    use_cases.decline(market.people["Kvistverk"], reference, "too_far")
    assert use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk")) == 0
    assert session.scalars(select(Invitation.state)).one() == "declined"


def test_paused_supplier_prevents_all_invitations(market, publish):
    reference = publish()
    market.suppliers["Myrull"].paused_at = clock.now()
    session.commit()
    with pytest.raises(RuleBroken, match="pause"):
        use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk", "Myrull"))
    assert session.scalars(select(Invitation)).all() == []
    assert _notices(market.people["Kvistverk"]) == []


def test_hidden_company_name_is_not_in_notice(market, publish):
    reference = publish(visibility="hidden")
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    (subject,) = _notices(market.people["Kvistverk"])
    assert "Bjørkvollen" not in subject
    assert "Oppdal" in subject


def test_invite_count_of_brief_is_a_limit(market, publish):
    for number in range(9):
        market.add(f"Butikk {number}", "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    reference = publish(invite_count=3)
    several = _ids(market, *(f"Butikk {number}" for number in range(4)))
    with pytest.raises(RuleBroken, match="4"):
        use_cases.invite_suppliers(market.owner, reference, several)
    use_cases.invite_suppliers(market.owner, reference, several[:3])
    assert len(session.scalars(select(Invitation)).all()) == 3


def test_seven_invitations_is_the_limit_including_declined(market, publish):
    for number in range(9):
        market.add(f"Butikk {number}", "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    reference = publish(invite_count=7)
    names = [f"Butikk {number}" for number in range(9)]
    use_cases.invite_suppliers(market.owner, reference, _ids(market, *names[:7]))
    use_cases.decline(market.people["Butikk 0"], reference, "no_capacity")
    with pytest.raises(RuleBroken, match="7"):
        use_cases.invite_suppliers(market.owner, reference, _ids(market, names[7]))


def test_only_owner_invites_and_only_ranked_suppliers(market, publish):
    reference = publish()
    with pytest.raises(RuleBroken):
        use_cases.invite_suppliers(market.owner, reference, _ids(market, "Tekstverk"))
    with pytest.raises(Forbidden):
        use_cases.invite_suppliers(market.colleague, reference, _ids(market, "Kvistverk"))
    for viewer in (market.outsider, market.adviser, market.people["Kvistverk"]):
        with pytest.raises(NotFound):
            use_cases.invite_suppliers(viewer, reference, _ids(market, "Kvistverk"))


def test_invite_without_ranking_raises_not_found(market):
    brief = published(market.owner)
    with pytest.raises(NotFound):
        use_cases.invite_suppliers(market.owner, brief.reference, _ids(market, "Kvistverk"))
    assert session.scalars(select(Invitation)).all() == []
    assert _notices(market.people["Kvistverk"]) == []


def test_invite_after_deadline_raises_conflict(market, publish, time_machine):
    reference = publish()
    time_machine.move_to(clock.now() + dt.timedelta(days=30))
    with pytest.raises(Conflict):
        use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))


def test_decline_has_reason_and_can_be_undone(market, publish):
    reference, supplier = publish(), market.people["Kvistverk"]
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    with pytest.raises(RuleBroken):
        use_cases.decline(supplier, reference, "because")
    use_cases.decline(supplier, reference, "too_far", "Vi er på ferie.")
    row = session.scalars(select(Invitation)).one()
    session.refresh(row)
    assert (row.state, row.decline_reason, row.decline_text) == ("declined", "too_far", "Vi er på ferie.")
    assert any("Kvistverk" in subject for subject in _notices(market.owner))
    use_cases.reconsider(supplier, reference)
    session.refresh(row)
    assert (row.state, row.decline_reason, row.decline_text) == ("seen", "", "")


def test_reason_for_declining_is_in_the_language_of_the_recipient(market, publish):
    reference, company = publish(), session.get_one(Company, market.owner.organisation_id)
    readers = {
        factories.member(company, locale="en", email="en@ysteri.example").user_id: "Reason: Too far away.",
        factories.member(company, locale="nn", email="nn@ysteri.example").user_id: "For langt unna.",
    }
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    with use_locale("nb"):
        use_cases.decline(market.people["Kvistverk"], reference, "too_far")
    for user_id, sentence in readers.items():
        sent = select(Notice.body).where(Notice.user_id == user_id, Notice.kind == "invitation_declined")
        assert sentence in session.scalars(sent).one()


def test_repeated_decline_and_undo_notify_once_each(market, publish):
    reference, supplier = publish(), market.people["Kvistverk"]
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    use_cases.reconsider(supplier, reference)  # no effect: nothing has been declined
    for _time in range(2):
        use_cases.decline(supplier, reference, "too_small")
    for _time in range(2):
        use_cases.reconsider(supplier, reference)
    notices = session.scalars(select(Notice.kind).where(Notice.user_id == market.owner.user_id)).all()
    assert sorted(kind for kind in notices if kind.startswith("invitation")) == [
        "invitation_declined",
        "invitation_reconsidered",
    ]


@pytest.mark.parametrize("act", ["decline", "reconsider", "mark_seen"])
def test_answer_after_deadline_raises_conflict(market, publish, time_machine, act):
    reference, supplier = publish(), market.people["Kvistverk"]
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    more = ("too_far",) if act == "decline" else ()
    time_machine.move_to(clock.now() + dt.timedelta(days=30))
    with pytest.raises(Conflict, match="kan ikke svare på briefen"):
        getattr(use_cases, act)(supplier, reference, *more)
    assert session.scalars(select(Invitation.state)).one() == "invited"


def test_decline_without_invitation_raises_not_found(market, publish, sign_in):
    reference = publish()
    with pytest.raises(NotFound):
        use_cases.decline(market.people["Myrull"], reference, "other")
    assert sign_in(market.people["Myrull"]).get(f"/briefs/{reference}/decline").status_code == 404


def test_opening_brief_does_not_mark_invitation_seen(market, publish, sign_in):
    reference = publish()
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    browser = sign_in(market.people["Kvistverk"])
    browser.page(f"/briefs/{reference}")
    assert session.scalars(select(Invitation.state)).one() == "invited"
    browser.post(f"/briefs/{reference}/look")
    assert session.scalars(select(Invitation.state)).one() == "seen"


def test_second_mark_seen_changes_nothing(market, publish, time_machine):
    reference, supplier = publish(), market.people["Kvistverk"]
    use_cases.invite_suppliers(market.owner, reference, _ids(market, "Kvistverk"))
    use_cases.mark_seen(supplier, reference)
    row = session.scalars(select(Invitation)).one()
    session.refresh(row)
    first = row.seen_at
    assert first is not None
    time_machine.move_to(clock.now() + dt.timedelta(days=2))
    use_cases.mark_seen(supplier, reference)
    session.refresh(row)
    assert (row.state, row.seen_at) == ("seen", first)
    use_cases.decline(supplier, reference, "too_small")
    use_cases.mark_seen(supplier, reference)
    session.refresh(row)
    assert (row.state, row.decline_reason, row.seen_at) == ("declined", "too_small", first)


def test_invite_and_decline_in_browser(market, publish, sign_in):
    reference = publish()
    browser = sign_in(market.owner)
    answer = browser.post(f"/briefs/{reference}/invite", data={})
    assert answer.status_code == 422
    chosen = {"supplier": [str(market.suppliers["Kvistverk"].id), "x", "-1", "99999999999999999999"]}
    assert browser.post(f"/briefs/{reference}/invite", data=chosen).status_code == 303
    assert "Kvistverk" in browser.page(f"/briefs/{reference}/ranking").text
    supplier = sign_in(market.people["Kvistverk"])
    assert supplier.post(f"/briefs/{reference}/decline", data={"reason": ""}).status_code == 422
    assert supplier.post(f"/briefs/{reference}/decline", data={"reason": "too_small"}).status_code == 303
    assert "Too small a job" in browser.page(f"/briefs/{reference}/ranking").text


def test_invitation_mail_describes_the_brief_and_has_its_deadlines(market, publish, app):
    reference = publish(title="Nettbutikk; ost, smør")
    use_cases.invite_suppliers(market.owner, reference, [market.suppliers["Kvistverk"].id])
    mail = session.scalars(
        select(OutboxMail).where(OutboxMail.recipient == market.people["Kvistverk"].email)
    ).one()
    for text in ("Tjenester: Nettbutikk", "Sted: Oppdal", "Budsjett uten mva.:"):
        assert text in mail.body
    attachments = [*build_mail(mail, app.config["SETTINGS"]).iter_attachments()]
    assert [part.get_content_type() for part in attachments] == ["text/calendar"]
    assert "SUMMARY:Svarfrist: Nettbutikk\\; ost\\, smør" in attachments[0].get_content()


def test_deadlines_are_a_calendar_file_for_those_who_read_the_brief(market, publish, sign_in):
    reference = publish(open_door=False)
    path = f"/briefs/{reference}/deadlines.ics"
    answer = sign_in(market.owner).get(path)
    assert answer.mimetype == "text/calendar"
    assert answer.text.count("BEGIN:VEVENT") == 2
    assert path in sign_in(market.owner).get(f"/briefs/{reference}").text
    assert sign_in(market.people["Kvistverk"]).get(path).status_code == 404
    draft_of = draft(market.owner)
    session.commit()
    assert sign_in(market.owner).get(f"/briefs/{draft_of.reference}/deadlines.ics").status_code == 404

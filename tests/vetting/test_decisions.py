"""Actions of applicants and curators, and access to them."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.directory import queries as directory
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.suppliers import queries as profile_queries, use_cases as profiles
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries, use_cases
from marketplace.vetting.models import Vetting, VettingDecision
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.suppliers import (
    VettingGarden,
    applicant,
    application,
    checklist,
    propose_refusal,
    refuse,
    vetting_garden,
    vetting_of,
)
from tests.support.concurrency import run_concurrently
from tests.support.notices import notices_to


def test_application_goes_to_covering_garden_with_notices(app: Flask) -> None:
    home = vetting_garden()
    factories.garden("Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    made, owner = applicant(services=["ecm.shop", "med.photo"])
    assert {(item.category, item.state, item.garden_id) for item in session.query(Vetting)} == {
        ("ecm", "submitted", home.garden.id),
        ("med", "submitted", home.garden.id),
    }
    assert session.query(Notice).filter_by(user_id=home.curator.user_id).count() == 1
    assert session.query(OutboxMail).filter_by(recipient=owner.email).count() == 1
    assert session.query(VettingDecision).first().text.startswith("Ring Solveig")
    assert directory.catalogue().entries == ()
    assert made.garden_id == home.garden.id


def test_application_from_uncovered_place_goes_to_nearest_garden(app: Flask) -> None:
    home = vetting_garden()
    coast = factories.garden("Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    for place in ("5014", "5056"):
        made, _owner = applicant(f"Uten kurator {place}", municipality_number=place)
        assert made.garden_id == home.garden.id, "nobody could answer it there"
    factories.member(coast, "curator")
    made, _owner = applicant(municipality_number="5014")
    assert made.garden_id == coast.id


def test_application_without_any_garden_stores_nothing(app: Flask) -> None:
    with pytest.raises(RuleBroken):
        use_cases.add_application(application())
    assert session.query(Supplier).count() == 0


def test_approval_is_audited_notified_and_lists_supplier(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant()
    item = vetting_of(made)
    before = directory.directory_fingerprint()
    use_cases.decide(home.curator, item.id, Decision("approve", item.revision, checklist("ecm")))
    item = vetting_of(made)
    assert (item.state, item.decided_by_id, item.revision) == ("approved", home.curator.user_id, 2)
    assert [step.to_state for step in item.decisions] == ["submitted", "approved"]
    assert session.query(AuditEvent).filter_by(action="vetting.approve").count() == 1
    assert session.query(Notice).filter_by(user_id=owner.user_id, kind="vetting_decided").count() == 1
    assert directory.directory_fingerprint() != before
    assert [entry.id for entry in directory.catalogue().entries] == [made.id]
    assert [found.services for found in directory.matchable_suppliers()] == [("ecm.shop",)]


def test_decision_notice_uses_supplier_locale(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant()
    from marketplace.accounts.models import User

    session.get(User, owner.user_id).locale = "en"
    session.commit()
    item = vetting_of(made)
    use_cases.decide(
        home.curator,
        item.id,
        Decision("ask", item.revision, checklist("ecm", case="for gammelt"), "Ta et nytt."),
    )
    notice = session.query(Notice).filter_by(user_id=owner.user_id, kind="vetting_decided").one()
    assert notice.subject == "Something is missing in your application for E-commerce and booking"
    assert "A job that shows the service" in notice.body
    assert "Ta et nytt." in notice.body


def test_question_needs_no_unmet_criterion(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant()
    use_cases.decide(home.curator, vetting_of(made).id, Decision("ask", 1, {}, "Hvem tar bildene?"))
    assert vetting_of(made).state == "changes_requested"
    notice = session.query(Notice).filter_by(user_id=owner.user_id, kind="vetting_decided").one()
    assert notice.subject == "Et spørsmål om søknaden om Netthandel og booking"
    assert "Hvem tar bildene?" in notice.body


@pytest.mark.parametrize(
    ("move", "unmet", "reason", "field"),
    [
        ("approve", {"case": ""}, "", "checklist"),
        ("ask", {"case": ""}, "", "reason"),
        ("refuse", {"case": ""}, "Nei.", "decision"),
        ("suspend", {}, "Klage.", "decision"),
        ("reinstate", {}, "", "decision"),
        ("sell", {}, "", "decision"),
    ],
)
def test_unjustified_decision_is_refused(
    app: Flask, move: str, unmet: dict[str, str], reason: str, field: str
) -> None:
    home = vetting_garden()
    made, _owner = applicant()
    item = vetting_of(made)
    with pytest.raises(RuleBroken) as refused:
        use_cases.decide(
            home.curator, item.id, Decision(move, item.revision, checklist("ecm", **unmet), reason)
        )
    assert refused.value.field == field
    assert vetting_of(made).state == "submitted"


def test_approval_with_empty_checklist_is_refused(app: Flask) -> None:
    home = vetting_garden()
    made, _owner = applicant()
    with pytest.raises(RuleBroken):
        use_cases.decide(home.curator, vetting_of(made).id, Decision("approve", 1, {}))


def test_second_curator_gets_conflict_with_first_decision(app: Flask) -> None:
    home = vetting_garden()
    second = factories.member(home.garden, "curator", name="Anders Skorem")
    made, _owner = applicant()
    item = vetting_of(made)
    use_cases.decide(
        home.curator, item.id, Decision("ask", 1, checklist("ecm", price="uklar"), "Prisen mangler.")
    )
    with pytest.raises(Conflict) as late:
        use_cases.decide(second, item.id, Decision("approve", 1, checklist("ecm")))
    assert "Ingrid Vognill" in late.value.message
    assert vetting_of(made).state == "changes_requested"


def test_conflict_after_a_saved_checklist_or_a_returned_refusal_names_the_colleague(
    home: VettingGarden, second: Viewer
) -> None:
    item = vetting_of(applicant()[0])
    use_cases.save_checklist(second, item.id, Decision("save", item.revision, checklist("ecm")))
    decision = Decision("approve", 1, checklist("ecm"))
    with pytest.raises(Conflict, match="Anders Skorem har endret vurderingen"):
        use_cases.decide(home.curator, item.id, decision)
    proposal = propose_refusal(home, vetting_of(item.supplier))
    use_cases.answer_refusal(second, proposal.id, "return", "Prisen står i profilen.")
    with pytest.raises(Conflict, match="Anders Skorem har endret vurderingen"):
        use_cases.decide(home.curator, item.id, decision)


def test_only_curators_of_the_garden_can_decide(app: Flask) -> None:
    home = vetting_garden()
    other = vetting_garden(name="Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    made, owner = applicant()
    item, decision = vetting_of(made), Decision("approve", 1, checklist("ecm"))
    for stranger in (other.curator, owner, factories.member(factories.company())):
        with pytest.raises(NotFound):
            use_cases.decide(stranger, item.id, decision)
    with pytest.raises(Forbidden):
        use_cases.decide(factories.member(home.garden, "adviser"), item.id, decision)
    with pytest.raises(NotFound):
        use_cases.approve_all(other.curator, made.id)


def test_curator_who_is_supplier_member_cannot_decide(app: Flask) -> None:
    from marketplace.organisations.models import Membership

    home = vetting_garden()
    made, _owner = applicant()
    session.add(Membership(user_id=home.curator.user_id, organisation_id=made.id, role="member"))
    session.commit()
    with pytest.raises(RuleBroken):
        use_cases.decide(home.curator, vetting_of(made).id, Decision("approve", 1, checklist("ecm")))
    with pytest.raises(RuleBroken):
        use_cases.approve_all(home.curator, made.id)


def test_resubmission_without_change_is_refused(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant()
    item = vetting_of(made)
    use_cases.decide(
        home.curator, item.id, Decision("ask", 1, checklist("ecm", reference=""), "Gi en referanse.")
    )
    for same in ("", "Ring Solveig, 00 00 00 00."):
        with pytest.raises(RuleBroken):
            use_cases.submit_again(owner, item.id, same)
    use_cases.submit_again(owner, item.id, "Ring Per, 00 00 00 00.")
    assert vetting_of(made).state == "submitted"
    with pytest.raises(RuleBroken):
        use_cases.submit_again(owner, item.id, "Og Pål.")


def test_resubmission_needs_changed_profile_values(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant()
    item = vetting_of(made)
    use_cases.decide(home.curator, item.id, Decision("ask", 1, checklist("ecm", case=""), "Fortell mer."))
    version = session.get(Supplier, made.id).version
    assert not profiles.change_text(owner, made.about, made.text_locale)
    assert session.get(Supplier, made.id).version == version
    with pytest.raises(RuleBroken):
        use_cases.submit_again(owner, item.id, "")
    assert profiles.change_text(owner, "En helt annen tekst om nettbutikker.", "nb")
    assert session.get(Supplier, made.id).version == version + 1
    use_cases.submit_again(owner, item.id, "")


def test_resubmission_before_waiting_period_is_refused(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant()
    item = vetting_of(made)
    refuse(home, item)
    with pytest.raises(RuleBroken):
        use_cases.submit_again(owner, item.id, "Her er vi.")
    with clock.as_of(clock.now() + dt.timedelta(days=91)):
        use_cases.submit_again(owner, item.id, "Her er vi.")
    assert vetting_of(made).state == "submitted"


def test_suspended_supplier_is_unlisted_until_reinstated(app: Flask) -> None:
    home = vetting_garden()
    made, _owner = applicant(approved_by=home.curator)
    item = vetting_of(made)
    assert directory.catalogue().entries
    use_cases.decide(home.curator, item.id, Decision("suspend", item.revision, {}, "Klage fra to kunder."))
    assert directory.catalogue().entries == ()
    assert directory.matchable_suppliers() == []
    item = vetting_of(made)
    use_cases.decide(home.curator, item.id, Decision("reinstate", item.revision, {}, "Saken er oppklart."))
    assert len(directory.catalogue().entries) == 1


def test_supplier_is_told_that_the_approval_expired_during_the_suspension(home: VettingGarden) -> None:
    made, owner = applicant(approved_by=home.curator)
    item = vetting_of(made)
    use_cases.decide(home.curator, item.id, Decision("suspend", item.revision, {}, "Klage fra to kunder."))
    with clock.as_of(clock.now() + dt.timedelta(days=440)):
        item = vetting_of(made)
        use_cases.decide(home.curator, item.id, Decision("reinstate", item.revision, {}, "Oppklart."))
    assert "gikk ut" in notices_to(owner)[-1].body
    assert "står i katalogen" not in notices_to(owner)[-1].body


def test_paused_supplier_is_unlisted_until_resumed(app: Flask) -> None:
    home = vetting_garden()
    _made, owner = applicant(approved_by=home.curator)
    profiles.set_paused(owner, paused=True)
    assert directory.catalogue().entries == ()
    assert directory.matchable_suppliers() == []
    profiles.set_paused(owner, paused=False)
    assert len(directory.catalogue().entries) == 1


def test_new_category_needs_application_before_matching(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    assert profiles.change_services(owner, ["ecm.shop", "ecm.booking", "med.photo"]) == 1
    assert [item.category for item in queries.vettings_of(made.id)] == ["ecm", "med"]
    assert [found.services for found in directory.matchable_suppliers([made.id])] == [
        ("ecm.booking", "ecm.shop")
    ]
    assert directory.catalogue().entries[0].services == ("ecm.booking", "ecm.shop")


def test_renewal_reminder_is_sent_once_per_approval(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator, services=["ecm.shop", "med.photo"])
    assert use_cases.remind_of_renewals() == 0
    with clock.as_of(clock.now() + dt.timedelta(days=366)):
        assert use_cases.remind_of_renewals() == 1
        assert use_cases.remind_of_renewals() == 0
        assert session.query(Notice).filter_by(user_id=owner.user_id, kind="vetting_renewal").count() == 1
        (told,) = session.query(Notice).filter_by(user_id=home.curator.user_id, kind="vetting_renewal")
        assert "står ikke leverandøren lenger i katalogen" in told.body
        assert len(directory.matchable_suppliers()) == 1
        item = session.query(Vetting).filter_by(category="ecm").one()
        use_cases.submit_again(owner, item.id, "")
        assert "ber dere fornye" in session.query(Notice).order_by(Notice.id.desc()).first().subject
        assert session.get(Vetting, item.id).state == "approved"
        with pytest.raises(RuleBroken):
            use_cases.submit_again(owner, item.id, "")
        assert len(use_cases.approve_all(home.curator, made.id)) == 2
    with clock.as_of(clock.now() + dt.timedelta(days=2 * 366 + 1)):
        assert use_cases.remind_of_renewals() == 1


@pytest.mark.both_databases
def test_two_workers_remind_of_a_renewal_once(app: Flask) -> None:
    home = vetting_garden()
    _made, owner = applicant(approved_by=home.curator)
    with time_machine.travel(clock.now() + dt.timedelta(days=366), tick=False):
        run_concurrently(app, lambda _index: use_cases.remind_of_renewals(), 4)
    assert session.query(Notice).filter_by(user_id=owner.user_id, kind="vetting_renewal").count() == 1


def test_dormant_approval_is_unlisted(app: Flask) -> None:
    home = vetting_garden()
    applicant(approved_by=home.curator)
    with clock.as_of(clock.now() + dt.timedelta(days=440)):
        assert directory.catalogue().entries == ()
        assert directory.matchable_suppliers() == []
        assert queries.queue(home.curator, "dormant").total == 1


def test_deleted_case_can_be_restored(app: Flask) -> None:
    vetting_garden()
    made, owner = applicant()
    case_id = made.cases[0].id
    kept = profiles.delete_case(owner, case_id)
    assert profile_queries.own_supplier(owner).cases == []
    profiles.add_case(owner, kept)
    assert [case.title for case in profile_queries.own_supplier(owner).cases] == [kept.title]


def test_case_of_another_supplier_is_not_found(app: Flask) -> None:
    vetting_garden()
    made, _owner = applicant()
    _other, rival = applicant("Myrull Media")
    with pytest.raises(NotFound):
        profiles.delete_case(rival, made.cases[0].id)
    with pytest.raises(NotFound):
        profiles.change_case(rival, made.cases[0].id, profiles.CaseDetails("Stjålet", "Nei", 2024))


def test_member_edits_text_and_only_owner_edits_services(app: Flask) -> None:
    vetting_garden()
    made, _owner = applicant()
    colleague = factories.member(session.get(Supplier, made.id), "member")
    assert profiles.change_trades(colleague, ["tourism"], ["nb", "nn"])
    with pytest.raises(Forbidden):
        profiles.change_services(colleague, ["med.photo"])
    with pytest.raises(Forbidden):
        profiles.set_paused(colleague, paused=True)
    with pytest.raises(Forbidden):
        use_cases.submit_again(colleague, vetting_of(made).id, "x")


def test_coverage_counts_seat_and_areas_and_finds_nearest(app: Flask) -> None:
    home = vetting_garden()
    applicant(approved_by=home.curator, services=["med.photo"])
    found = directory.coverage(home.curator, "med.photo")
    counts = {tile.number: tile.count for tile in found.tiles}
    assert len(counts) == 38
    assert (counts["5021"], counts["5022"], counts["5025"]) == (1, 1, 0)
    assert {tile.number for tile in found.tiles if tile.own} == {"5021", "5022"}
    assert found.nearest is not None
    assert found.nearest.entry.name == "Kvistverk Nettbyrå"
    assert directory.coverage(home.curator, "nonsense").code != "med"

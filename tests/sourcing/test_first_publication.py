"""First publication of a company that no business garden knows: the wait, the garden's answer, and opening by itself."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from marketplace.audit.models import AuditEvent
from marketplace.briefs import deadlines, guide, use_cases as briefs
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.organisations.models import Company
from marketplace.organisations.use_cases import mark_company_known
from marketplace.outbox.models import Notice
from marketplace.sourcing import use_cases
from marketplace.sourcing.models import Invitation, RankingRun
from marketplace.suppliers.models import Supplier
from tests import factories
from tests.factories.briefs import draft
from tests.support.page_rules import text_of

REASON = "Vi finner ikke bedriften i Brønnøysund."


@pytest.fixture
def stranger(market):
    """The owner of a company in the garden's area that nobody knows."""
    owner = factories.member(factories.company("Ukjent handel", of=market.garden, known_at=None))
    session.commit()
    return owner


@pytest.fixture
def submit(stranger):
    def do() -> str:
        reference = draft(stranger).reference
        return use_cases.publish_brief(stranger, reference, confirmed=True).reference

    return do


def state_of(reference):
    return session.scalar(select(Brief.state).where(Brief.reference == reference))


def runs():
    return session.scalar(select(func.count()).select_from(RankingRun))


def kinds(viewer):
    return [notice.kind for notice in notices(viewer)]


def notices(viewer):
    query = select(Notice).where(Notice.user_id == viewer.user_id)
    return session.scalars(query.order_by(Notice.id)).all()


@pytest.mark.parametrize(
    ("submitted", "opens"),
    [
        ("2026-11-23T10:00", "2026-11-24T10:00"),
        ("2026-11-23T06:30", "2026-11-24T08:00"),
        ("2026-11-23T20:00", "2026-11-25T08:00"),
        ("2026-11-27T15:59", "2026-11-30T15:59"),
        ("2026-11-28T12:00", "2026-12-01T08:00"),
        ("2027-03-24T12:00", "2027-03-30T12:00"),
    ],
)
def test_wait_lasts_one_working_day_of_office_hours(submitted, opens):
    def local(text):
        return dt.datetime.fromisoformat(text).replace(tzinfo=clock.LOCAL_ZONE)

    assert deadlines.first_publication_opens_at(local(submitted)) == local(opens)


def test_unknown_company_waits_and_suppliers_see_nothing(market, submit, sign_in):
    reference = submit()
    assert (state_of(reference), runs()) == ("waiting", 0)
    supplier = sign_in(market.people["Kvistverk"])
    assert supplier.get(f"/briefs/{reference}").status_code == 404
    assert "Nettbutikk med henting" not in supplier.get("/opportunities").text
    assert "first_publication" in kinds(market.adviser)
    assert sign_in(market.elsewhere).get(f"/briefs/{reference}").status_code == 404


def test_known_company_publishes_at_once(publish):
    assert (state_of(publish()), runs()) == ("published", 1)


def test_company_is_told_the_wait_before_and_after(stranger, sign_in):
    browser, reference = sign_in(stranger), draft(stranger).reference
    for page in (f"/briefs/{reference}/check", f"/briefs/{reference}/fit"):
        assert "does not know your company yet" in browser.get(page).text
    answer = browser.post(f"/briefs/{reference}/publish", data={"confirmed": "yes"})
    assert answer.location.endswith(f"/briefs/{reference}/fit")
    for page in (answer.location, f"/briefs/{reference}"):
        assert "The brief opens automatically on" in browser.get(page).text
    assert "Your business garden checks it first." in browser.get("/home").text
    again = browser.post(f"/briefs/{reference}/publish", data={"confirmed": "yes"})
    assert again.location.endswith(f"/briefs/{reference}/fit")


def test_home_names_no_garden_when_none_covers_the_company(sign_in):
    owner = factories.member(factories.company("Uten hage", known_at=None))
    session.commit()
    use_cases.publish_brief(owner, draft(owner).reference, confirmed=True)
    page = sign_in(owner).get("/home").text
    assert "nobody has checked your company" in page
    assert "Your business garden checks it first." not in page


def invited_names():
    query = select(Supplier.name).join(Invitation.supplier).order_by(Supplier.name)
    return list(session.scalars(query))


def supplier_boxes(browser, path, **attributes):
    return [box.get("value") for box in browser.page(path).all("input", name="supplier", **attributes)]


def test_suppliers_chosen_while_the_brief_waits_are_invited_when_it_opens(market, stranger, submit, sign_in):
    reference, browser = submit(), sign_in(stranger)
    path = f"/briefs/{reference}/fit"
    boxes = supplier_boxes(browser, path)
    assert len(boxes) > 1
    for choice in (
        boxes,
        [boxes[0], "999999"],
    ):  # replaces the first choice, and ignores an unlisted supplier
        assert browser.post(path, data={"supplier": choice}).location == path
    assert supplier_boxes(browser, path, checked="") == boxes[:1]
    assert (invited_names(), runs()) == ([], 0)
    sign_in(market.adviser).post(f"/briefs/{reference}/first-publication", data={"verdict": "ok"})
    assert invited_names() == [session.get_one(Supplier, int(boxes[0])).name]
    assert browser.post(path, data={"supplier": boxes}).status_code == 409


def test_all_that_fit_can_be_chosen_before_the_others(market, stranger, submit, sign_in):
    for number in range(12):
        market.add(f"Butikk {number}", "Vi lager nettbutikk.", "ecm.shop")
    market.add("Dyr", "Vi lager nettbutikk.", "ecm.shop", price_from_nok=90_000_000)
    session.commit()
    page = sign_in(stranger).page(f"/briefs/{submit()}/fit")
    lists = [len(found.findall("li")) for found in page.all("ol", class_="ledger")]
    assert f"{sum(lists)} suppliers are in the list. {lists[0]} of them fit the brief." in page.text
    assert lists[0] > 12
    assert f"{lists[1]} more in the list, which do" in page.text


def invitation_links(browser, reference):
    """Return the labels of the links to choose invitations: on the home page, in the list and on the brief."""
    targets = {f"/briefs/{reference}/fit", f"/briefs/{reference}/ranking"}
    pages = [browser.page(path) for path in ("/home", "/briefs", f"/briefs/{reference}")]
    return [
        {
            text_of(link).partition(":")[0]
            for link in page.all("a", class_="ds-button")
            if link.get("href") in targets
        }
        for page in pages
    ]


def test_waiting_brief_is_no_draft_and_lists_whom_it_will_invite(stranger, submit, sign_in):
    reference, browser = submit(), sign_in(stranger)
    facts = browser.page("/home").text
    assert "Drafts 0" in facts
    assert "Waiting to open 1" in facts
    path = f"/briefs/{reference}/fit"
    chosen = supplier_boxes(browser, path)[:1]
    assert not browser.page(f"/briefs/{reference}").all("section", id="chosen")
    browser.post(path, data={"supplier": chosen})
    page = browser.page(f"/briefs/{reference}")
    assert session.get_one(Supplier, int(chosen[0])).name in text_of(page.one("section", id="chosen"))
    assert f"Brief {reference}, waiting to open" in page.text


def test_all_pages_and_messages_name_the_same_step_about_invitations(market, stranger, submit, sign_in):
    colleague = factories.member(session.get_one(Company, stranger.organisation_id), "owner")
    reference, browser = submit(), sign_in(stranger)
    assert notices(colleague)[-1].link_label == "Velg hvem dere vil invitere"
    assert invitation_links(browser, reference) == [{"Choose whom to invite"}] * 3
    path = f"/briefs/{reference}/fit"
    supplier = supplier_boxes(browser, path)[:1]
    browser.post(path, data={"supplier": supplier})
    assert invitation_links(browser, reference) == [set(), set(), {"Change whom to invite"}]
    browser.post(path, data={"supplier": []})
    sign_in(market.adviser).post(f"/briefs/{reference}/first-publication", data={"verdict": "ok"})
    assert notices(colleague)[-1].link_label == "Velg hvem dere vil invitere"
    assert invitation_links(browser, reference) == [{"Choose whom to invite"}] * 3
    browser.post(f"/briefs/{reference}/invite", data={"supplier": supplier})
    assert invitation_links(browser, reference) == [set(), set(), {"See who fits and who has been invited"}]


def test_choice_is_dropped_when_the_brief_is_pulled_back(market, stranger, submit, sign_in):
    reference, browser = submit(), sign_in(stranger)
    path = f"/briefs/{reference}/fit"
    boxes = supplier_boxes(browser, path)
    browser.post(path, data={"supplier": boxes})
    browser.post(f"/briefs/{reference}/pull-back")
    mark_company_known(market.adviser, stranger.organisation_id)
    session.commit()
    assert use_cases.publish_brief(stranger, reference, confirmed=True).state == "published"
    assert invited_names() == []


def test_more_suppliers_than_allowed_are_not_chosen(stranger, submit, sign_in, monkeypatch):
    monkeypatch.setattr("marketplace.sourcing.use_cases.invitations.MAX_INVITED", 1)
    reference, browser = submit(), sign_in(stranger, "en")
    path = f"/briefs/{reference}/fit"
    boxes = supplier_boxes(browser, path)
    answer = browser.post(path, data={"supplier": boxes})
    assert (answer.status_code, "The choice was not saved" in answer.text) == (422, True)


def test_garden_opens_the_brief_from_its_home_page(market, stranger, submit, sign_in):
    reference, browser = submit(), sign_in(market.adviser)
    path = f"/briefs/{reference}/first-publication"
    assert path in browser.get("/home").text
    assert "Ukjent handel" in browser.get(path).text
    assert browser.post(path, data={"verdict": "ok"}).status_code == 303
    assert (state_of(reference), runs()) == ("published", 1)
    last = notices(stranger)[-1]
    assert (last.kind, last.link_path) == ("brief_published", f"/briefs/{reference}/ranking")
    second = draft(stranger).reference
    assert use_cases.publish_brief(stranger, second, confirmed=True).state == "published"


@pytest.mark.parametrize(("verdict", "opens"), [("changes", True), ("refused", False)])
def test_returned_brief_is_answered_with_a_reason(market, stranger, submit, sign_in, verdict, opens):
    reference, browser = submit(), sign_in(market.adviser)
    path = f"/briefs/{reference}/first-publication"
    refused = browser.post(path, data={"verdict": verdict, "comment": "Nei"})
    assert (refused.status_code, state_of(reference)) == (422, "waiting")
    assert "Nei" in refused.text
    assert browser.post(path, data={"verdict": verdict, "comment": REASON}).status_code == 303
    assert (state_of(reference), kinds(stranger)[-1]) == ("draft", "first_publication_returned")
    company = sign_in(stranger)
    assert REASON in company.get(f"/briefs/{reference}/check").text
    use_cases.publish_brief(stranger, reference, confirmed=True)
    with clock.as_of(clock.now() + dt.timedelta(days=12)):
        assert use_cases.open_waiting_briefs() == (1 if opens else 0)


def test_scheduled_job_opens_the_brief_and_suppliers_are_warned(market, stranger, submit, sign_in):
    reference = submit()
    assert use_cases.open_waiting_briefs() == 0
    with clock.as_of(clock.now() + dt.timedelta(days=6)):
        assert use_cases.open_waiting_briefs() == 1
        assert use_cases.open_waiting_briefs() == 0
    assert (state_of(reference), runs()) == ("published", 1)
    supplier = sign_in(market.people["Kvistverk"])
    assert "not yet known to its business garden" in supplier.get(f"/briefs/{reference}").text
    assert "Not yet known to the business garden" in supplier.get("/opportunities").text
    use_cases.invite_suppliers(stranger, reference, [market.suppliers["Kvistverk"].id])
    body = session.scalar(
        select(Notice.body).where(
            Notice.kind == "invited", Notice.user_id == market.people["Kvistverk"].user_id
        )
    )
    assert "ennå ikke kjent" in body
    garden = sign_in(market.adviser)
    assert "Say whether you know Ukjent handel" in garden.get("/home").text
    company_id = stranger.organisation_id
    assert garden.post(f"/companies/{company_id}/known").status_code == 303
    assert "not yet known" not in supplier.get(f"/briefs/{reference}").text


def test_marking_the_company_known_opens_its_waiting_brief(market, stranger, submit):
    reference = submit()
    mark_company_known(market.adviser, stranger.organisation_id)
    assert use_cases.open_waiting_briefs() == 1
    assert state_of(reference) == "published"


def test_deadline_that_became_too_short_is_moved(market, stranger):
    brief = draft(stranger)
    earliest, _latest = guide.deadline_limits(guide.load(), clock.today())
    brief.answers = {**brief.answers, "response_deadline": earliest.isoformat()}
    session.commit()
    use_cases.publish_brief(stranger, brief.reference, confirmed=True)
    with clock.as_of(clock.now() + dt.timedelta(days=5)):
        use_cases.answer_first_publication(market.adviser, brief.reference, "ok", "")
        opened = session.scalar(select(Brief).where(Brief.reference == brief.reference))
        expected, _latest = guide.deadline_limits(guide.load(), clock.today())
        assert clock.to_local(opened.deadline).date() == expected > earliest


def test_pulled_back_brief_can_no_longer_be_answered(market, stranger, submit):
    reference = submit()
    briefs.cancel_review(stranger, reference)
    assert state_of(reference) == "draft"
    with pytest.raises(NotFound):
        use_cases.answer_first_publication(market.adviser, reference, "ok", "")
    with clock.as_of(clock.now() + dt.timedelta(days=12)):
        assert use_cases.open_waiting_briefs() == 0


def test_member_cannot_take_back_a_waiting_brief(stranger, submit):
    reference = submit()
    company = session.get(Company, stranger.organisation_id)
    with pytest.raises(Forbidden):
        briefs.cancel_review(factories.member(company, "member"), reference)
    assert state_of(reference) == "waiting"


def test_only_the_garden_answers_and_only_once(market, stranger, submit):
    reference = submit()
    for viewer, error in (
        (stranger, Forbidden),
        (market.elsewhere, NotFound),
        (market.people["Kvistverk"], NotFound),
    ):
        with pytest.raises(error):
            use_cases.answer_first_publication(viewer, reference, "ok", "")
    with pytest.raises(RuleBroken):
        use_cases.answer_first_publication(market.adviser, reference, "other", "")
    use_cases.answer_first_publication(market.adviser, reference, "ok", "")
    with pytest.raises(Conflict):
        use_cases.answer_first_publication(market.adviser, reference, "refused", REASON)
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == reference)).all()
    assert actions.count("brief.publish") == 1
    assert {"brief.submit", "brief.answer_first"} <= set(actions)


def test_draft_that_the_garden_calls_ready_makes_the_company_known(market, stranger):
    brief = draft(stranger)
    briefs.ask_for_review(stranger, brief.reference)
    briefs.answer_review(market.adviser, brief.reference, "ok", "")
    assert use_cases.publish_brief(stranger, brief.reference, confirmed=True).state == "published"

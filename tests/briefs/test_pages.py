"""Pages around a brief: list, check, review, questions, and access by role."""

import pytest

from marketplace.briefs import queries, use_cases
from marketplace.briefs.models import Brief, BriefReview
from marketplace.core import clock
from marketplace.core.database import session
from tests import factories
from tests.factories import briefs
from tests.support.browser import comparable_html
from tests.support.page_rules import HtmlPage


def test_brief_list_has_empty_state_and_pagination(market, sign_in):
    browser = sign_in(market.owner)
    assert "You have no briefs yet" in browser.page("/briefs").text
    for number in range(21):
        briefs.draft(market.owner, title=f"Oppdrag nummer {number}")
    assert len([link for link in browser.page("/briefs").links() if link.startswith("Oppdrag nummer")]) == 20
    assert (
        len([link for link in browser.page("/briefs?page=2").links() if link.startswith("Oppdrag nummer")])
        == 1
    )
    assert browser.get("/briefs?page=99999999999999999999").status_code == 200


def test_check_page_links_to_missing_answers(market, sign_in):
    brief = briefs.draft(market.owner, problem="For kort.", goal="", target="")
    page = sign_in(market.owner).page(f"/briefs/{brief.reference}/check")
    here = f"/briefs/{brief.reference}/guide"
    links = page.links()
    assert links["Say a little more about the problem"] == f"{here}/need?back=check#q-problem"
    assert links["What do you want to achieve?"] == f"{here}/goal?back=check#q-goal"
    assert "Publish and choose" not in page.text
    ready = briefs.draft(market.owner)
    text = sign_in(market.owner).page(f"/briefs/{ready.reference}/check").text
    assert "Publish and choose whom to invite" in text
    text = sign_in(market.colleague).page(f"/briefs/{ready.reference}/check").text
    assert "Only an owner of the company can publish the brief" in text


@pytest.mark.parametrize(
    ("open_to_all", "says"),
    [
        (True, "all approved suppliers of this kind"),
        (False, "No other supplier can read the brief or answer."),
    ],
)
def test_publish_step_says_who_can_read_the_brief(market, sign_in, open_to_all, says):
    reference = briefs.draft(market.owner, open_door=open_to_all).reference
    assert says in sign_in(market.owner).page(f"/briefs/{reference}/check").text


def test_check_page_links_reach_existing_fields(market, sign_in):
    brief = use_cases.create_draft(market.owner)
    browser = sign_in(market.owner)
    targets = [
        href for href in browser.page(f"/briefs/{brief.reference}/check").links().values() if "#q-" in href
    ]
    assert len(targets) >= 14
    for href in targets:
        path, anchor = href.split("#")
        browser.page(path).one(id=anchor)


def test_garden_reads_and_answers_review(market, sign_in):
    brief = briefs.draft(market.owner)
    marit, eli = sign_in(market.owner), sign_in(market.adviser)
    assert eli.get(f"/briefs/{brief.reference}").status_code == 404
    marit.post(f"/briefs/{brief.reference}/review", data={"message": "Er rammen riktig?"})
    page = eli.page(f"/briefs/{brief.reference}")
    assert "Er rammen riktig?" in page.text
    assert (
        eli.post(f"/briefs/{brief.reference}/review-answer", data={"verdict": "changes"}).status_code == 422
    )
    assert eli.post(f"/briefs/{brief.reference}/review-answer", data={"verdict": "<x>"}).status_code == 422
    long = {"verdict": "changes", "comment": "Se under.", "topic-frame": "x" * 1001}
    answer = eli.post(f"/briefs/{brief.reference}/review-answer", data=long)
    assert (answer.status_code, "x" * 1001 in answer.text, "1001" in answer.text) == (422, True, True)
    data = {"verdict": "changes", "comment": "Dette er nesten klart.", "topic-frame": "Rammen er lav."}
    assert eli.post(f"/briefs/{brief.reference}/review-answer", data=data).status_code == 303
    page = marit.page(f"/briefs/{brief.reference}/check")
    assert "Dette er nesten klart." in page.text
    assert "Rammen er lav." in page.text
    explained = eli.page(f"/briefs/{brief.reference}").text
    assert "Er rammen riktig?" in explained
    assert "Say a little" not in explained
    assert eli.post(f"/briefs/{brief.reference}/review-answer", data=data).status_code == 404


def test_overlong_review_message_is_refused(market, sign_in):
    brief = briefs.draft(market.owner)
    answer = sign_in(market.owner).post(f"/briefs/{brief.reference}/review", data={"message": "x" * 1001})
    assert answer.status_code == 422
    assert "The message to the adviser is too long. Shorten it." in answer.text
    assert HtmlPage(answer.text).one("textarea", name="message").text.strip() == "x" * 1001
    assert session.query(Brief).one().state == "draft"
    assert session.query(BriefReview).count() == 0


def test_review_without_garden_shows_message(market, sign_in):
    alone = factories.member(factories.company("Fjellheim gard"))
    brief = briefs.draft(alone)
    answer = sign_in(alone).post(f"/briefs/{brief.reference}/review", data={}, follow_redirects=True)
    assert "No business garden covers your municipality yet" in answer.text
    assert session.query(Brief).one().state == "draft"


def test_review_answer_after_publication_is_refused(market, sign_in):
    brief = briefs.published(market.owner)
    eli = sign_in(market.adviser)
    assert eli.page(f"/briefs/{brief.reference}").heading == brief.title
    data = {"verdict": "ok", "comment": "Dette er klart."}
    assert eli.post(f"/briefs/{brief.reference}/review-answer", data=data).status_code == 404
    assert session.query(Brief).one().state == "published"
    assert "Dette er klart." not in sign_in(market.owner).page(f"/briefs/{brief.reference}").text


def test_supplier_asks_and_reads_answer(market, sign_in):
    brief = briefs.published(market.owner, own_words="Hemmelig tanke")
    studio, marit, other = sign_in(market.in_trade), sign_in(market.owner), sign_in(market.out_of_trade)
    page = studio.page(f"/briefs/{brief.reference}")
    assert page.heading == brief.title
    assert "Bjørkvollen ysteri" in page.text
    assert "Hemmelig tanke" not in page.text
    assert other.get(f"/briefs/{brief.reference}").status_code == 404
    path = f"/briefs/{brief.reference}/questions"
    assert studio.post(path, data={"text": ""}).status_code == 422
    assert studio.post(path, data={"text": "x" * 5000}).status_code == 422
    assert other.post(path, data={"text": "Hva slags kasse har dere?"}).status_code == 404
    assert studio.post(path, data={"text": "Hva slags kasse har dere?"}).status_code == 303
    question = queries.questions_on(market.owner, queries.brief_view_for(market.owner, brief.reference))[0]
    page = marit.page(f"/briefs/{brief.reference}")
    assert "Hva slags kasse har dere?" in page.text
    assert "Fjordnett" not in page.text
    assert marit.page(f"{path}/{question.id}").heading == "Answer a question"
    assert marit.post(f"{path}/{question.id}", data={"public_text": "Hva", "answer": ""}).status_code == 422
    data = {"public_text": "Hvilken kasse har dere?", "answer": "En enkel kasse fra 2019."}
    assert marit.post(f"{path}/{question.id}", data=data).status_code == 303
    assert "En enkel kasse fra 2019." in studio.page(f"/briefs/{brief.reference}").text
    assert marit.get(f"{path}/{question.id}").status_code == 404
    assert marit.get(f"{path}/{2**70}").status_code == 404


def test_invited_supplier_can_decline_on_the_brief_page(market, sign_in, invite):
    brief = briefs.published(market.owner)
    invite(brief, market.invited)
    loft, studio = sign_in(market.invited), sign_in(market.in_trade)
    path = f"/briefs/{brief.reference}"
    assert loft.page(path).links()["Decline the invitation"] == f"{path}/decline"
    assert "Decline the invitation" not in studio.page(path).text
    assert loft.post(f"{path}/decline", data={"reason": "no_capacity"}).status_code == 303
    assert "You have declined this invitation." in loft.page(path).text
    assert loft.post(f"{path}/reconsider").status_code == 303
    assert "Decline the invitation" in loft.page(path).text


def test_anonymous_name_is_on_no_supplier_page(market, sign_in):
    brief = briefs.published(market.owner, visibility="hidden")
    page = sign_in(market.in_trade).page(f"/briefs/{brief.reference}")
    for secret in ("Bjørkvollen", "osteriet.example", "Åpent gårdsutsalg"):
        assert secret not in page.text
        assert secret not in page.html


def test_owner_extends_and_withdraws_brief(market, sign_in):
    brief = briefs.published(market.owner)
    marit, jon = sign_in(market.owner), sign_in(market.colleague)
    path = f"/briefs/{brief.reference}"
    assert "Give suppliers more time" in marit.page(f"{path}/extend").heading
    for bad in ("", "i morgen", "2020-01-01", "2999-01-01", "9" * 400):
        assert marit.post(f"{path}/extend", data={"deadline": bad}).status_code == 422
    day = clock.add_working_days(clock.to_local(brief.deadline).date(), 2)
    assert marit.post(f"{path}/extend", data={"deadline": day.isoformat()}).status_code == 303
    assert jon.post(f"{path}/withdraw", data={"reason": "Vi gjør det selv i år."}).status_code == 403
    assert marit.post(f"{path}/withdraw", data={"reason": "nei"}).status_code == 422
    assert marit.post(f"{path}/withdraw", data={"reason": "Vi gjør det selv i år."}).status_code == 303
    assert "Vi gjør det selv i år." in marit.page(path).text
    assert marit.get(f"{path}/extend").status_code == 409


def test_draft_is_deleted_and_restored(market, sign_in):
    brief = briefs.draft(market.owner)
    browser = sign_in(market.owner)
    browser.post(f"/briefs/{brief.reference}/delete")
    assert browser.get(f"/briefs/{brief.reference}").status_code == 404
    assert "Undo" in browser.page("/briefs").text
    assert browser.post(f"/briefs/{brief.reference}/restore").status_code == 303
    assert browser.get(f"/briefs/{brief.reference}/guide/need").status_code == 200


def test_company_page_exists_for_every_phase(market, sign_in):
    brief = briefs.published(market.owner)
    browser = sign_in(market.owner)
    for state in ("published", "awarded", "delivered", "no_award", "withdrawn", "lapsed", "terminated"):
        session.query(Brief).update({"state": state})
        session.commit()
        assert browser.page(f"/briefs/{brief.reference}").heading == brief.title
        assert browser.page("/briefs").text


def test_published_brief_is_read_only(market, sign_in):
    brief = briefs.published(market.owner)
    browser = sign_in(market.owner)
    for page in ("guide", "guide/need", "check"):
        assert browser.get(f"/briefs/{brief.reference}/{page}").headers["Location"].endswith(brief.reference)
    for act in ("delete", "review", "pull-back", "wish"):
        assert browser.post(f"/briefs/{brief.reference}/{act}").status_code == 409
    assert browser.post(f"/briefs/{brief.reference}/copy").status_code == 303


@pytest.mark.parametrize("name", ["adviser", "in_trade", "admin"])
def test_company_pages_are_forbidden_for_other_roles(market, sign_in, name):
    brief = briefs.published(market.owner)
    browser = sign_in(getattr(market, name))
    for page in ("guide", "guide/need", "check", "preview", "extend", "withdraw"):
        assert browser.get(f"/briefs/{brief.reference}/{page}").status_code == 403
    assert browser.get("/briefs").status_code == 403
    assert browser.get("/briefs/new").headers["Location"].endswith("/how-it-works")


def test_anonymous_user_is_redirected_to_sign_in(market, client):
    brief = briefs.published(market.owner)
    answer = client.get(f"/briefs/{brief.reference}")
    assert answer.status_code == 303
    assert f"next=/briefs/{brief.reference}" in answer.headers["Location"].replace("%2F", "/")


def test_brief_of_other_company_is_404(market, sign_in):
    brief = briefs.published(market.owner)
    browser = sign_in(market.outsider)
    for page in ("", "/guide", "/guide/need", "/check", "/preview", "/extend", "/withdraw"):
        real = browser.get(f"/briefs/{brief.reference}{page}")
        none = browser.get(f"/briefs/2020-0000{page}")
        assert real.status_code == none.status_code == 404
        assert comparable_html(real.text, brief.reference) == comparable_html(none.text, "2020-0000")


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "Remove the contact details: 998 87 766"),
        ("nb", "Ta bort kontaktopplysningene: 998 87 766"),
        ("nn", "Ta bort kontaktopplysningane: 998 87 766"),
    ],
)
def test_contact_details_in_questions_and_answers_are_refused(market, sign_in, locale, said):
    brief = briefs.published(market.owner)
    path, text = f"/briefs/{brief.reference}/questions", "Hvilken kasse? Ring 998 87 766."
    studio, marit = sign_in(market.in_trade, locale), sign_in(market.owner, locale)
    refused = studio.post(path, data={"text": text})
    assert refused.status_code == 422
    assert said in refused.text
    assert text in refused.text.split("</textarea>")[0]
    question = use_cases.ask_question(market.in_trade, brief.reference, "Hvilken kasse har dere?")
    for field in ("public_text", "answer"):
        data = {"public_text": "Hvilken kasse?", "answer": "En enkel kasse fra 2019."} | {field: text}
        refused = marit.post(f"{path}/{question.id}", data=data)
        assert refused.status_code == 422
        assert said in refused.text

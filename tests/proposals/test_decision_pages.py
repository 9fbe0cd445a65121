"""Company pages of the decision: scores, award, delivery and the other ways to end."""

import datetime as dt

import pytest

from marketplace.proposals import queries, use_cases
from marketplace.proposals.lifecycle import HANDOVER_ITEMS
from marketplace.vetting.use_cases import declare_conflict
from tests.proposals.conftest import AFTER, REFERENCE
from tests.support.page_rules import HtmlPage, text_of

OFFER = f"/briefs/{REFERENCE}/proposal"
OFFERS = f"/briefs/{REFERENCE}/proposals"
OTHERS = ("owner", "member", "outsider", "curator", "far_curator", "admin", "myrull", "stranger")
CANARY = "Kanarifuglen synger i Oppdal"


def scores(opened, names=("kvistverk", "myrull", "skogsfjord"), **changes):
    given = {}
    for name in names:
        number = opened.proposal(name).id
        for criterion in ("understanding", "experience", "price", "cooperation"):
            given[f"score_{number}_{criterion}"] = "4" if name == "kvistverk" else "3"
    return given | changes


def award_form(opened, chosen="kvistverk", **changes):
    number = opened.proposal(chosen).id
    form = {
        "proposal": str(number),
        "price_nok": "92.000,-",
        "start_on": "2027-01-11",
        "reason": "Dere forsto oss.",
    }
    for name in {"kvistverk", "myrull", "skogsfjord"} - {chosen}:
        other = opened.proposal(name).id
        form |= {
            f"code_{other}": "gaps",
            f"text_{other}": f"Hull hos {name}.",
            f"good_{other}": "Planen var god.",
        }
    return form | changes


def test_scores_form_saves_all_and_a_note_without_a_score(browser, opened):
    path = f"{OFFERS}/scores"
    opened.leave("member")
    note = f"note_{opened.proposal('myrull').id}_price"
    assert browser("owner").post(path, data={note: "Dyr"}).status_code == 303
    assert "Dyr" in browser("owner").page(path).text
    for wrong in ("9", "-1", "fem"):
        faulty = scores(opened, **{note.replace("note", "score"): wrong})
        assert browser("owner").post(path, data=faulty).status_code == 422
    assert browser("owner").post(path, data=scores(opened, **{note: "Dyr"})).status_code == 303
    assert "80" in browser("owner").page(OFFERS).text
    assert browser("outsider").get(path).status_code == 404


def test_comparison_shows_connections_that_a_garden_has_stated(browser, opened):
    declare_conflict(opened.curator, opened.people["myrull"].organisation_id, "paid")
    page = browser("owner").page(OFFERS).text
    assert page.count("har oppgitt en tilknytning til denne leverandøren: betalt arbeid") == 1


def test_award_form_suggests_the_start_in_the_offer_until_it_has_passed(browser, opened, at_noon):
    path = f"/briefs/{REFERENCE}/award?proposal={opened.proposal('kvistverk').id}"
    assert browser("owner").page(path).one("input", name="start_on").get("value") == "2027-01-11"
    at_noon.move_to(dt.datetime(2027, 1, 12, 9, tzinfo=dt.UTC), tick=False)
    browser("owner").sign_in(opened.owner.user_id)  # the session of some weeks ago is over
    assert not browser("owner").page(path).one("input", name="start_on").get("value")


def test_award_form_sends_letters_without_competitor_details(browser, opened):
    browser("owner").post(f"{OFFERS}/scores", data=scores(opened, act="finish"))
    browser("owner").post(f"{OFFERS}/scores/close")
    path = f"/briefs/{REFERENCE}/award"
    assert browser("member").get(path).status_code == 403
    assert len(browser("owner").page(path).all("input", type="radio")) == 3
    other = opened.proposal("myrull").id
    for faulty in ({f"code_{other}": ""}, {f"text_{other}": ""}, {"price_nok": "mye"}, {"reason": ""}):
        answer = browser("owner").post(path, data=award_form(opened, **faulty))
        assert answer.status_code == 422
        assert "Hull hos skogsfjord." in answer.text
    assert browser("owner").post(path, data=award_form(opened)).status_code == 303
    assert browser("owner").post(path, data=award_form(opened)).status_code == 409
    number = opened.proposal("skogsfjord").id
    loser = browser("skogsfjord").page(f"/proposals/{number}/letter")
    assert "Hull hos skogsfjord." in loser.text
    assert "Planen var god." in loser.text
    assert "60" in loser.text
    assert "Kvistverk" in loser.text
    for secret in ("Myrull", "92 000", "92\N{NO-BREAK SPACE}000", "Hull hos myrull"):
        assert secret not in loser.html
    assert "80" not in loser.text, "in words: addresses and tokens are drawn by chance"
    winner = browser("kvistverk").page(f"/proposals/{opened.proposal('kvistverk').id}/letter")
    assert "92" in winner.text
    assert "Hull hos" not in winner.html
    for name in (*OTHERS, "kvistverk"):
        assert browser(name).get(f"/proposals/{number}/letter").status_code in {403, 404}
    for name in ("myrull", "skogsfjord"):
        pages = [browser(name).page(path) for path in (f"/briefs/{REFERENCE}", OFFER)]
        assert "92" not in " ".join(page.text for page in pages).replace(REFERENCE, "")


def test_job_pages_lead_to_delivery_and_outcome(browser, opened):
    browser("owner").post(f"/briefs/{REFERENCE}/award", data=award_form(opened))
    job = f"/briefs/{REFERENCE}/job"
    assert browser("member").page(job).heading
    assert browser("outsider").get(job).status_code == 404
    deliver = f"/briefs/{REFERENCE}/deliver"
    assert browser("owner").post(deliver, data={"domain": "done"}).status_code == 422
    assert "starter 11. januar 2027, og den dagen har ikke kommet" in browser("owner").page(deliver).text
    handover = dict.fromkeys(HANDOVER_ITEMS, "done")
    assert browser("owner").post(deliver, data=handover).status_code == 422, "the deliverables are missing"
    handover |= {"deliverable_0": "done", "deliverable_1": "not_done", "deliverable_2": "done"}
    assert browser("owner").post(deliver, data=handover).status_code == 303
    assert opened.brief.state == "delivered"
    assert browser("owner").post(deliver, data=handover | {"deliverable_1": "done"}).status_code == 303
    assert set(queries.award_of(opened.brief.id).handover.values()) == {"done"}
    assert "Kobling til kassa" in browser("member").page(f"/briefs/{REFERENCE}/job").text
    outcome = f"/briefs/{REFERENCE}/outcome/handover"
    answers = {"on_time": "yes", "within_price": "over", "goal_met": "partly", "order_again": "maybe"}
    assert (
        "Krysser dere ikke av for noe, er det bare bedriften deres som leser svarene."
        in browser("owner").get(outcome).text
    )
    assert browser("owner").post(outcome, data=answers | {"goal_met": "tja"}).status_code == 422
    assert browser("owner").post(outcome, data=answers).status_code == 303
    assert browser("owner").post(outcome, data=answers | {"measured": "60 ordrer"}).status_code == 303
    page = browser("member").page(outcome)
    assert (len(page.all("h3")), "60 ordrer" in page.text) == (2, True)
    for name in ("d90", "d365", "nonsense"):
        assert browser("owner").get(f"/briefs/{REFERENCE}/outcome/{name}").status_code == 404
    assert browser("outsider").get(outcome).status_code == 404
    assert browser("owner").page(job).all("table")


@pytest.mark.parametrize(
    ("path", "name"),
    [("award/take-back", "owner"), ("terminate", "owner"), ("nobody", "owner"), ("decline", "kvistverk")],
)
def test_ending_forms_need_reason(browser, opened, path, name):
    if path != "nobody":
        browser("owner").post(f"/briefs/{REFERENCE}/award", data=award_form(opened))
    address = f"/briefs/{REFERENCE}/{path}"
    if path == "decline":
        address = f"/proposals/{opened.proposal('kvistverk').id}/decline"
    assert browser(name).page(address).all("form", method="post")
    assert browser(name).post(address, data={"reason": " ", "code": "", "text": ""}).status_code == 422
    assert opened.brief.state == ("published" if path == "nobody" else "awarded")
    given = {"reason": "Vi ble ikke enige.", "code": "postponed", "text": "Vi venter et år."}
    assert browser(name).post(address, data=given).status_code == 303
    assert opened.brief.state == {"terminate": "terminated", "nobody": "no_award"}.get(path, "published")


def test_offer_can_be_ruled_out_on_its_page(browser, opened):
    number = opened.proposal("skogsfjord").id
    path = f"{OFFERS}/{number}/rule-out"
    assert browser("owner").page(f"{OFFERS}/{number}").all("a", href=path)
    assert browser("owner").post(path, data={"demand": "Noe annet", "text": "x"}).status_code == 422
    assert (
        browser("owner").post(path, data={"demand": "Kobling til kassa", "text": "Er ikke med."}).status_code
        == 303
    )
    letter = browser("skogsfjord").page(f"/proposals/{number}/letter")
    assert "Er ikke med." in letter.text
    assert browser("owner").get(path).status_code == 404


def test_lapsed_brief_has_letter_for_each_supplier(browser, opened, at_noon):
    at_noon.move_to(AFTER + dt.timedelta(days=43), tick=False)
    use_cases.run_jobs()
    page = browser("kvistverk").page(f"/proposals/{opened.proposal('kvistverk').id}/letter")
    assert "45" in page.text
    assert browser("owner").page(OFFERS).all("a", href=f"/briefs/{REFERENCE}/award")
    at_noon.shift(dt.timedelta(days=91))
    late = browser("owner").sign_in(opened.owner.user_id)
    assert not late.page(OFFERS).all("a", href=f"/briefs/{REFERENCE}/award")
    assert late.get(f"/briefs/{REFERENCE}/award").status_code == 409


def test_second_choice_does_not_reuse_the_reason_for_the_first(browser, opened, choose):
    choose(opened, "kvistverk")
    use_cases.reopen(opened.owner, REFERENCE, "Prisen var feil.")
    page = browser("owner").page(f"/briefs/{REFERENCE}/award?proposal={opened.proposal('myrull').id}")
    assert "Koblingen manglet." in page.text
    assert "Dere forsto oss best av alle." not in page.text


def test_form_about_a_withdrawn_offer_says_so_and_links_to_the_others(browser, opened):
    filled = award_form(opened)
    use_cases.withdraw(opened.kvistverk, REFERENCE, "Vi rekker det ikke.")
    path = f"/briefs/{REFERENCE}/award"
    answer = browser("owner").post(f"{path}?proposal={filled['proposal']}", data=filled)
    page = HtmlPage(answer.text)
    assert answer.status_code == 404
    assert "Ingenting er lagret eller sendt." in page.text
    assert "Hull hos skogsfjord." in page.text
    assert text_of(page.one("a", href=path)) == "Gå til «Hvilket tilbud velger dere?»"


def test_second_choice_keeps_the_text_and_cannot_be_sent_again(browser, opened, choose):
    filled = award_form(opened)
    choose(opened, "myrull")
    answer = browser("owner").post(f"/briefs/{REFERENCE}/award", data=filled)
    page = HtmlPage(answer.text)
    assert answer.status_code == 409
    assert "Hull hos skogsfjord." in page.text
    assert text_of(page.one("a", href=f"/briefs/{REFERENCE}")) == "Gå til «Nettbutikk med henting»"
    assert not [button for button in page.all("button") if "Send en gang til" in button.itertext()]

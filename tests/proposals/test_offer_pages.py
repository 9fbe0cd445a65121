"""The offer form without JavaScript: parsed prices, field errors, autosave, conflicts and recovery."""

import datetime as dt

import pytest
from sqlalchemy import select

from marketplace.accounts.models import SignInSession, User
from marketplace.core import clock
from marketplace.core.database import Base, session
from marketplace.proposals import use_cases
from marketplace.proposals.models.offers import Proposal
from tests.factories import PASSWORD, PASSWORD_HASH
from tests.factories.offers import filled, full_content
from tests.proposals.conftest import AFTER, ANSWERS, DEADLINE_DAY, REFERENCE
from tests.support.page_rules import HtmlPage

OFFER = f"/briefs/{REFERENCE}/proposal"
CANARY = "Kanarifuglen synger i Oppdal"
BEFORE_DEADLINE = clock.end_of_day(DEADLINE_DAY) - dt.timedelta(minutes=5)


def test_offer_form_works_without_javascript(browser, market):
    person = browser("kvistverk")
    assert person.page(OFFER).all("textarea", name="understanding")
    assert person.post(OFFER, data=filled(team="", act="save")).status_code == 303
    answer = person.post(OFFER, data=filled(team="", act="send", seen="1"), follow_redirects=True)
    assert HtmlPage(answer.text).all(id="team-error")
    assert market.proposal("kvistverk").state == "draft"
    answer = person.post(OFFER, data=filled(act="send", seen="1"))
    assert answer.location == "/proposals"
    assert "er sendt. Dere kan endre det til svarfristen" in person.page("/proposals").text
    sent = market.proposal("kvistverk")
    assert sent.state == "submitted"
    lines = sent.submitted_content["price_lines"]
    assert [(line["kind"], line["amount"]) for line in lines] == [
        ("amount", 58_000),
        ("not_included", None),
        ("included", None),
    ]
    assert sent.submitted_content["monthly_nok"] == 1290
    person.post(OFFER, data=filled(act="save", seen=str(sent.revision), team="Trygve"))
    assert market.proposal("kvistverk").submitted_content["team"] == "Ane og Trygve"
    person.post(OFFER, data=filled(act="send", seen=str(sent.revision + 1), team="Trygve"))
    assert market.proposal("kvistverk").submitted_content["team"] == "Trygve"
    assert person.post(f"{OFFER}/withdraw", data={"reason": ""}).status_code == 303
    assert person.page(OFFER).all("form", action=f"{OFFER}/resume")
    person.post(f"{OFFER}/resume")
    assert market.proposal("kvistverk").state == "draft"
    assert len(person.page("/proposals").all("li")) > 0


def test_withdrawal_sent_after_the_deadline_is_first_said_to_be_final(browser, market, at_noon):
    market.send("kvistverk")
    at_noon.move_to(BEFORE_DEADLINE, tick=False)
    person = browser("kvistverk").sign_in(market.kvistverk.user_id)
    seen = person.page(f"{OFFER}/withdraw").one("input", name="seen").get("value")
    at_noon.move_to(BEFORE_DEADLINE + dt.timedelta(minutes=10), tick=False)
    refused = person.post(f"{OFFER}/withdraw", data={"seen": seen, "reason": "Full ordrebok"})
    assert refused.status_code == 422
    page = HtmlPage(refused.text)
    assert "kan ikke hentes tilbake" in page.text
    assert "Full ordrebok" in page.text
    assert market.proposal("kvistverk").state == "submitted"
    seen = page.one("input", name="seen").get("value")
    assert person.post(f"{OFFER}/withdraw", data={"seen": seen}).status_code == 303
    assert market.proposal("kvistverk").state == "withdrawn"


def test_form_keeps_the_text_about_a_part_that_the_brief_has_reworded(browser, market):
    use_cases.save(market.kvistverk, REFERENCE, full_content())
    answers = ANSWERS | {"deliverables": [*ANSWERS["deliverables"][:2], "60 produktbilder"]}
    market.brief.versions[0].answers = answers
    session.commit()
    page = browser("kvistverk").page(OFFER)
    assert page.one(id="line_2_comment").get("value") == "Tatt på gården"
    assert not page.one(id="line_2_amount").get("value")


@pytest.mark.parametrize("locale", ["en", "nb", "nn"])
def test_brief_and_lists_say_that_the_offer_is_sent(browser, market, locale):
    market.brief.open_door = True
    session.commit()
    person = browser("stranger")
    person.set_cookie("locale", locale)
    write, sent_at, sent = {
        "en": ("Write an offer", "Your offer was sent 24 November", "Your offer has been sent"),
        "nb": ("Skriv tilbud", "Tilbudet er sendt 24. november", "Tilbudet er sendt"),
        "nn": ("Skriv eit tilbod", "Tilbodet dykkar er sendt 24. november", "Tilbodet dykkar er sendt"),
    }[locale]

    def is_listed_on_home():
        fitting = person.page("/home").one("section", aria_labelledby="fitting")
        return f"/briefs/{REFERENCE}" in [link.get("href") for link in fitting.iter("a")]

    assert write in person.page(f"/briefs/{REFERENCE}").text
    assert is_listed_on_home()
    market.send("stranger")
    brief = person.page(f"/briefs/{REFERENCE}")
    assert write not in brief.text
    assert brief.all("a", href=OFFER)
    assert sent_at in brief.text
    assert sent in person.page("/opportunities").text
    assert not is_listed_on_home()


def test_sending_shows_unreadable_and_missing_fields_at_once(browser, market):
    market.brief.versions[0].answers = {**ANSWERS, "decision_date": "2026-12-18"}
    session.commit()
    wrong = filled(line_0_amount="mange", team="", valid_until="2026-12-17", act="send")
    answer = browser("kvistverk").post(OFFER, data=wrong)
    assert answer.status_code == 422
    page = HtmlPage(answer.text)
    faults = {one.get("id") for one in page.root.iter("p") if one.get("class") == "field-error"}
    assert faults == {"line_0_amount-error", "team-error", "valid_until-error"}
    assert "18. desember 2026" in page.text


def test_form_states_the_day_by_which_the_job_is_needed(browser, market):
    assert "Bedriften trenger det ferdig" not in browser("kvistverk").page(OFFER).text
    market.brief.versions[0].answers = {**ANSWERS, "finish_by": "2027-04-09"}
    session.commit()
    assert "Bedriften trenger det ferdig innen 9. april 2027." in browser("kvistverk").page(
        OFFER
    ).text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("12.500,-", 12_500), ("12 500 kr", 12_500), ("148.500", 148_500), ("12500,00", 12_500), ("0", 0)],
)
def test_prices_are_parsed_in_common_formats(browser, market, typed, amount):
    browser("kvistverk").post(OFFER, data=filled(line_0_amount=typed, act="save"))
    assert market.proposal("kvistverk").content["price_lines"][0]["amount"] == amount


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("line_0_amount", "ca 10k"),
        ("line_0_amount", "-5"),
        ("line_0_amount", "148.5"),
        ("monthly_nok", "9" * 30),
        ("start", "31.02.2027"),
        ("line_2_amount", "100"),
        ("line_0_kind", "<script>"),
        ("must_0_met", "kanskje"),
        ("understanding", "ord " * 600),
        ("team", "a" * 500),
    ],
)
def test_unreadable_values_show_field_errors_and_keep_input(browser, market, name, typed):
    answer = browser("kvistverk").post(OFFER, data=filled(**{name: typed, "act": "save"}))
    assert answer.status_code == 422
    page = HtmlPage(answer.text)
    assert page.all(id=f"{name}-error")
    assert "Gjort for et gårdsutsalg." in page.text
    if not name.endswith(("kind", "met")):
        assert typed.strip() in answer.text
    saved = session.scalar(select(Proposal))
    assert saved is not None
    assert saved.submitted_content is None
    assert saved.content["valid_until"] is not None


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 40, "0'", "٣"])
def test_malformed_revision_is_handled(browser, market, revision):
    assert browser("kvistverk").post(OFFER, data=filled(seen=revision, act="save")).status_code == 303


def test_conflict_page_keeps_typed_text(browser, market):
    person = browser("kvistverk")
    person.post(OFFER, data=filled(act="save"))
    use_cases.save(market.kvistverk, REFERENCE, full_content(team="En annen"), 1)
    answer = person.post(OFFER, data=filled(act="save", seen="1", team="Min egen tekst"))
    assert answer.status_code == 409
    page = HtmlPage(answer.text)
    assert page.one("input", name="team").get("value") == "Min egen tekst"
    again = page.one("input", name="seen").get("value")
    person.post(OFFER, data=filled(act="save", seen=again, team="Min egen tekst"))
    assert market.proposal("kvistverk").content["team"] == "Min egen tekst"


def test_offer_autosave_stores_content(browser, market, at_noon):
    def save(**changes):
        return browser("kvistverk").post(OFFER, data=filled(**changes), headers={"X-Autosave": "1"})

    first = save(seen="0")
    assert (first.status_code, first.json["ok"], first.json["seen"]) == (200, True, "1")
    assert save(seen="1", team="Trygve").json["seen"] == "2"
    stale = save(seen="1", team="En annen")
    assert (stale.status_code, stale.json["ok"], stale.json["seen"]) == (409, False, "")
    before = market.proposal("kvistverk").content["price_lines"]
    unreadable = save(seen="2", line_0_amount="ca 10k", start="snart", team="Ane")
    assert (unreadable.status_code, unreadable.json["ok"], unreadable.json["seen"]) == (422, False, "3")
    assert market.proposal("kvistverk").content["team"] == "Ane"
    assert market.proposal("kvistverk").content["price_lines"] == before
    page = browser("kvistverk").post(
        OFFER, data=filled(seen="3", line_0_amount="ca 10k", team="Trygve", act="send")
    )
    assert (page.status_code, "ca 10k" in page.text, 'value="4"' in page.text) == (422, True, True)
    assert market.proposal("kvistverk").content["team"] == "Trygve"
    assert not market.proposal("kvistverk").submitted_content
    at_noon.move_to(AFTER, tick=False)
    browser("kvistverk").sign_in(market.kvistverk.user_id)
    assert save(seen="2").status_code == 409


def test_unsent_changes_are_shown_in_list_and_on_home_page(browser, market):
    person = browser("kvistverk")
    person.post(OFFER, data=filled(act="send"))
    assert "Endringer ikke sendt" not in person.page("/proposals").text
    assert "Send endringene" not in person.page("/home").text
    person.post(OFFER, data=filled(seen="1", line_0_amount="9 000", act="save"))
    assert "Endringer ikke sendt" in person.page("/proposals").text
    assert "Send endringene i tilbudet" in person.page("/home").text
    person.post(OFFER, data=filled(seen="2", line_0_amount="9 000", act="send"))
    assert "Endringer ikke sendt" not in person.page("/proposals").text


def test_offer_is_read_only_after_deadline(browser, opened):
    person = browser("kvistverk")
    page = person.page(OFFER)
    assert not page.all("textarea")
    assert "58" in page.text
    late = person.post(OFFER, data=filled(team="For sent", act="send"))
    assert late.status_code == 409
    assert "For sent" in late.text
    assert opened.proposal("kvistverk").submitted_content["team"] == "Ane og Trygve"


def test_offer_text_is_in_no_table_log_or_url_during_a_recovery(browser, market, caplog):
    person = browser("kvistverk")
    token = HtmlPage(person.get(OFFER).text).all("input", name="csrf_token")[-1].get("value")
    session.query(SignInSession).delete()
    session.get_one(User, market.kvistverk.user_id).password_hash = PASSWORD_HASH
    session.commit()
    with caplog.at_level("DEBUG"):
        refused = person.post(
            OFFER,
            data=filled(understanding=CANARY, csrf_token=token),
            csrf=False,
            headers={"Referer": f"http://localhost{OFFER}"},
        )
        assert refused.status_code == 401
        form = HtmlPage(refused.text).one("form", id="main-form")
        given = {field.get("name", ""): field.get("value", "") for field in form.iter("input")}
        given |= {"email": market.kvistverk.email, "password": PASSWORD}
        again = person.post(form.get("action"), data=given, csrf=False)
    assert HtmlPage(again.text).one("textarea", name="understanding").text == CANARY
    urls = [refused.headers.get("Location", ""), again.headers.get("Location", ""), form.get("action", "")]
    stored = [
        str(value)
        for table in Base.metadata.sorted_tables
        for row in session.execute(select(table))
        for value in row
    ]
    for place in (refused.text, caplog.text, *urls, *stored):
        assert "Kanarifuglen" not in place

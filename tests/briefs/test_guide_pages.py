"""Guide pages: three languages, concurrent editors, hostile input in every field."""

import datetime as dt
import json
import re

import pytest
from werkzeug.datastructures import MultiDict

from marketplace.briefs import guide, use_cases
from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.core.i18n import use_locale
from tests.factories import briefs
from tests.support.page_rules import HtmlPage

GUIDE = guide.load()
HOSTILE = [
    "",
    "\x00\x01",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %} %(x)s {label}",
    "' OR 1=1 --",
    "\u202e\u200bæøå\ufeff",
    "x" * 30_000,
    "ord " * 3_000,
    "\n".join(f"linje {number}" for number in range(1000)),
    "9" * 400,
    "-1",
    "NaN",
    "2999-01-01",
    "31.02.2027",
    "javascript:alert(1)",
    "[]",
]


def seen_on(page):
    return page.one("input", name="seen").get("value")


def test_new_brief_starts_with_front_page_words(market, sign_in):
    browser = sign_in(market.owner)
    words = "Folk ringer og spør om ledige hytter. Vi vil at de skal bestille på nett."
    page = browser.page(f"/briefs/new?q={words}&services=ecm.booking,nonsense")
    assert page.one("textarea", name="own_words").text.strip() == words
    assert page.one("input", value="ecm.booking").get("checked") is not None
    assert session.query(Brief).count() == 0
    data = {"own_words": words, "shown": "yes", "service": ["ecm.booking"], "then": "begin"}
    answer = browser.post("/briefs/new", data=data, follow_redirects=True)
    assert "What do you need?" in answer.text
    brief = session.query(Brief).one()
    assert (brief.answers["own_words"], brief.answers["services"]) == (words, ["ecm.booking"])


@pytest.mark.parametrize(("words", "fits"), [(400, True), (401, False)])
def test_new_brief_has_the_limit_of_the_guide(market, sign_in, words, fits):
    browser = sign_in(market.owner)
    text = "sau " * words
    answer = browser.post("/briefs/new", data={"own_words": text, "then": "begin"})
    assert (answer.status_code == 303) is fits
    assert session.query(Brief).count() == int(fits)
    question = guide.load().question("own_words")
    raw = MultiDict({"own_words": text})
    assert guide.parse(question, raw, dt.date(2026, 11, 29)).is_accepted is fits
    if not fits:
        page = HtmlPage(answer.text)
        assert page.one("textarea", name="own_words").text.strip() == text.strip()
        assert "401" in page.text


def test_services_are_suggested_before_draft_exists(market, sign_in):
    browser = sign_in(market.owner)
    words = "Vi vil at gjestene skal bestille rom på nett."
    answer = browser.post("/briefs/new", data={"own_words": words, "then": "suggest"})
    page = HtmlPage(answer.text)
    assert page.one("textarea", name="own_words").text.strip() == words
    assert page.one("input", value="ecm.booking").get("checked") is not None
    assert session.query(Brief).count() == 0


def test_chosen_services_stay_when_others_are_suggested(market, sign_in):
    data = {"own_words": "Vi vil at gjestene skal bestille rom på nett.", "then": "suggest", "shown": "yes"}
    answer = sign_in(market.owner).post("/briefs/new", data=data | {"service": ["med.product-photo"]})
    page = HtmlPage(answer.text)
    for code in ("med.product-photo", "ecm.booking"):
        assert page.one("input", value=code).get("checked") is not None


@pytest.mark.parametrize("path", ["/briefs/new", "guide"])
def test_words_without_a_service_are_answered_with_what_to_do(market, sign_in, topic_form, path):
    browser, words = sign_in(market.owner, "nb"), "Vi trenger forsikring til bedriften"
    if path == "guide":
        brief = briefs.draft(market.owner)
        path = f"/briefs/{brief.reference}/guide/need"
        data = topic_form(brief.answers, "need", own_words=[words], services=[])
        answer = browser.post(path, data=data | {"then": "suggest", "seen": seen_on(browser.page(path))})
    else:
        answer = browser.post(path, data={"own_words": words, "then": "suggest"})
    assert "Det forstår vi ikke ennå" in answer.text or "Det forstår vi ikke ennå" in browser.page(path).text


@pytest.mark.parametrize(
    ("then", "leads_to", "told"),
    [
        ("suggest", "/briefs/{0}/guide/need#q-services", ""),
        ("later", "/briefs", "“Nettbutikk for osten” is saved. Continue when it suits you."),
        ("next", "/briefs/{0}/check", ""),  # all later topics are done
    ],
)
def test_answers_are_saved_by_every_navigation_button(market, sign_in, topic_form, then, leads_to, told):
    brief = briefs.draft(market.owner)
    browser = sign_in(market.owner)
    path = f"/briefs/{brief.reference}/guide/need"
    data = topic_form(brief.answers, "need", title=["Nettbutikk for osten"], seen=seen_on(browser.page(path)))
    answer = browser.post(path, data=data | {"then": then})
    assert (answer.status_code, answer.location) == (303, leads_to.format(brief.reference))
    assert session.query(Brief).one().title == "Nettbutikk for osten"
    assert told in browser.get(answer.location).text


def test_fix_from_the_check_leads_back_to_it(market, sign_in, topic_form):
    brief = briefs.draft(market.owner, budget_band=None)
    browser = sign_in(market.owner)
    check = f"/briefs/{brief.reference}/check"
    link = next(href for href in browser.page(check).links().values() if "q-budget_band" in href)
    path = link.split("#")[0]
    data = topic_form(briefs.full_answers(), "frame", seen=seen_on(browser.page(path)), back="check")
    refused = browser.post(path, data=data | {"finish_by": "32. mai", "then": "next"})
    assert refused.status_code == 422
    assert 'name="back" value="check"' in refused.text
    saved = browser.post(path, data=data | {"then": "next"})
    assert (saved.status_code, saved.location) == (303, check)


def test_past_date_keeps_the_date_picker(market, sign_in, topic_form):
    path = f"/briefs/{briefs.draft(market.owner).reference}/guide/frame"
    browser = sign_in(market.owner)
    data = topic_form(briefs.full_answers(), "frame", seen=seen_on(browser.page(path)))
    for typed, kind in (("2020-01-01", "date"), ("32. mai", "text")):
        refused = browser.post(path, data=data | {"finish_by": typed, "then": "next"})
        field = HtmlPage(refused.text).one("input", name="finish_by")
        assert (field.get("type"), field.get("value")) == (kind, typed)


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_guide_works_without_javascript(market, sign_in, topic_form, locale):
    browser = sign_in(market.owner, locale)
    answers = briefs.full_answers()
    with use_locale(locale):
        forms = {topic.code: topic_form(answers, topic.code) for topic in GUIDE.topics}
        titles = {topic.code: topic.title for topic in GUIDE.topics}
    browser.post("/briefs/new", data={"own_words": "", "then": "begin"})
    reference = session.query(Brief).one().reference
    for topic in GUIDE.topics:
        page = browser.page(f"/briefs/{reference}/guide")
        assert page.heading == titles[topic.code]
        data = forms[topic.code] | {"seen": seen_on(page), "then": "next"}
        answer = browser.post(f"/briefs/{reference}/guide/{topic.code}", data=data)
        assert answer.status_code == 303, answer.text
    page = browser.page(f"/briefs/{reference}/guide")
    assert "100" in page.text
    stored = session.query(Brief).one().answers
    assert {code: stored[code] for code in answers} == answers
    assert browser.page(f"/briefs/{reference}/preview").heading == answers["title"]


def test_every_guide_text_is_on_its_page(market, sign_in):
    browser = sign_in(market.owner, "nn")
    brief = briefs.draft(market.owner)
    for topic in GUIDE.topics:
        page = browser.page(f"/briefs/{brief.reference}/guide/{topic.code}")
        assert f"/guide/{topic.code}" in page.links().values()
        text = page.text
        with use_locale("nn"):
            for question in topic.questions:
                labels = [question.option_label(code) for code in question.options]
                for words in (question.label, question.help, *labels):
                    assert " ".join(words.split()) in text


def test_invalid_answer_shows_field_error_and_others_are_saved(market, sign_in, topic_form):
    brief = briefs.draft(market.owner)
    browser = sign_in(market.owner)
    page = browser.page(f"/briefs/{brief.reference}/guide/today")
    data = topic_form(
        brief.answers,
        "today",
        links=["dette er ingen adresse"],
        current_state=["Ny tekst om det vi har i dag, ti ord."],
    )
    answer = browser.post(f"/briefs/{brief.reference}/guide/today", data=data | {"seen": seen_on(page)})
    assert answer.status_code == 422
    assert "dette er ingen adresse" in answer.text
    assert 'id="links-error"' in answer.text
    assert 'href="#links"' in answer.text
    stored = session.query(Brief).one().answers
    assert stored["current_state"].startswith("Ny tekst")
    assert stored["links"] == ["https://www.osteriet.example"]


def test_optional_questions_are_folded_until_one_has_an_answer(market, sign_in, topic_form):
    brief = briefs.draft(market.owner)
    path, browser = f"/briefs/{brief.reference}/guide/frame", sign_in(market.owner)
    blank = {"budget_rule": [], "monthly_band": [], "own_effort": [], "incumbent": []}
    data = topic_form(brief.answers, "frame", **blank)
    browser.post(path, data=data | {"seen": seen_on(browser.page(path))})
    assert folded_state(browser.page(path)) == [False, False]
    data = topic_form(brief.answers, "frame", **blank | {"incumbent": ["replace"]})
    browser.post(path, data=data | {"seen": seen_on(browser.page(path))})
    assert folded_state(browser.page(path)) == [False, True]


def folded_state(page):
    return ["open" in one.attrib for one in page.all("details", class_="ds-details folded")]


def test_autosave_stores_answers(market, sign_in, topic_form):
    brief = use_cases.create_draft(market.owner)
    browser = sign_in(market.owner)
    path = f"/briefs/{brief.reference}/guide/need"
    data = topic_form(briefs.full_answers(), "need", seen=seen_on(browser.page(path)))
    first = browser.post(path, data=data, headers={"X-Autosave": "1"})
    assert first.json["ok"] is True
    assert first.json["saved"].startswith("Saved at ")
    again = browser.post(
        path, data=data | {"title": "x" * 99, "seen": first.json["seen"]}, headers={"X-Autosave": "1"}
    )
    assert (again.status_code, again.json["ok"]) == (200, False)
    assert session.query(Brief).one().title == briefs.full_answers()["title"]


def test_conflict_shows_both_versions_and_keeps_input(market, sign_in, topic_form):
    brief = briefs.draft(market.owner)
    path = f"/briefs/{brief.reference}/guide/need"
    marit, jon = sign_in(market.owner), sign_in(market.colleague)
    seen = seen_on(marit.page(path))
    mine = topic_form(brief.answers, "need", title=["Nettbutikk for osten vår"], seen=seen)
    theirs = topic_form(
        brief.answers, "need", title=["Nettside for ysteriet"], own_words=["Ost til folket."], seen=seen
    )
    assert marit.post(path, data=mine).status_code == 303
    answer = jon.post(path, data=theirs)
    assert answer.status_code == 409
    assert "Marit Bjørkvold" in answer.text
    for text in ("Nettbutikk for osten vår", "Nettside for ysteriet", "Ost til folket."):
        assert text in answer.text
    assert session.query(Brief).one().title == "Nettbutikk for osten vår"
    fresh = json.loads(re.search(r"name=\"seen\" value=\"([^\"]+)\"", answer.text)[1].replace("&#34;", '"'))
    assert jon.post(path, data=theirs | {"seen": json.dumps(fresh)}).status_code == 303
    assert session.query(Brief).one().title == "Nettside for ysteriet"
    autosaved = marit.post(path, data=mine, headers={"X-Autosave": "1"})
    assert (autosaved.status_code, autosaved.json["ok"]) == (409, False)


def test_conflict_page_shows_saved_values_of_other_fields(market, sign_in, topic_form):
    brief = briefs.draft(market.owner)
    path = f"/briefs/{brief.reference}/guide/need"
    marit, jon = sign_in(market.owner), sign_in(market.colleague)
    seen = seen_on(marit.page(path))
    problem = brief.answers["problem"] + " Det haster."
    mine = topic_form(brief.answers, "need", own_words=[""], problem=[problem], seen=seen)
    theirs = topic_form(brief.answers, "need", own_words=["Ost til folket."], seen=seen)
    assert marit.post(path, data=mine).status_code == 303
    answer = jon.post(path, data=theirs)
    assert answer.status_code == 409
    page = HtmlPage(answer.text)
    assert page.one("textarea", name="own_words").text.strip() == "Ost til folket."
    assert page.one("textarea", name="problem").text.strip() == problem
    assert "The field is empty now." in page.text
    stored = session.query(Brief).one().answers
    assert (stored["own_words"], stored["problem"]) == ("", problem)


def test_input_is_kept_when_brief_was_published_meanwhile(market, sign_in, topic_form):
    brief = briefs.draft(market.owner)
    path = f"/briefs/{brief.reference}/guide/need"
    jon = sign_in(market.colleague)
    data = topic_form(brief.answers, "need", title=["Noe jeg skrev lenge på"], seen=seen_on(jon.page(path)))
    use_cases.publish(market.owner, brief.reference, confirmed=True)
    answer = jon.post(path, data=data)
    assert answer.status_code == 409
    assert "Noe jeg skrev lenge på" in answer.text
    assert jon.get(path).status_code == 303


@pytest.mark.sample(2)
@pytest.mark.parametrize("topic", GUIDE.topics, ids=lambda topic: topic.code)
def test_hostile_input_is_redisplayed(market, sign_in, topic_form, topic):
    brief = briefs.draft(market.owner)
    browser = sign_in(market.owner)
    path = f"/briefs/{brief.reference}/guide/{topic.code}"
    names = [name for q in topic.questions for name in ([f"{q.code}-{row}" for row in q.rows] or [q.code])]
    for nasty in HOSTILE:
        answer = browser.post(path, data=dict.fromkeys(names, nasty) | {"seen": nasty})
        assert answer.status_code in {303, 422}, nasty[:40]
        shown = browser.get(path) if answer.status_code == 303 else answer
        assert shown.status_code in {200, 422}
        assert "<script>alert" not in shown.text
        assert "onerror=alert(1)>" not in shown.text
        assert "\x00" not in shown.text
    for name in names:
        data = topic_form(brief.answers, topic.code) | {name: ["a", "b"] * 200}
        assert browser.post(path, data=data).status_code in {303, 422}
    for page in ("check", "preview", ""):
        assert browser.get(f"/briefs/{brief.reference}/{page}".rstrip("/")).status_code == 200


def test_malformed_fingerprint_or_topic_is_handled(market, sign_in):
    brief = briefs.draft(market.owner)
    browser = sign_in(market.owner)
    for seen in ("null", "[1]", '{"title": 1}', "[" * 20_000, "{"):
        answer = browser.post(f"/briefs/{brief.reference}/guide/need", data={"seen": seen})
        assert answer.status_code in {303, 409}
    assert browser.get(f"/briefs/{brief.reference}/guide/nonsense").status_code == 404
    assert browser.post(f"/briefs/{brief.reference}/guide/nonsense").status_code == 404


def test_conflict_with_another_window_of_the_same_person_says_so(market, sign_in, topic_form):
    brief = briefs.draft(market.owner)
    path = f"/briefs/{brief.reference}/guide/need"
    owner, colleague = sign_in(market.owner), sign_in(market.colleague)
    seen = seen_on(owner.page(path))
    first, second = (
        topic_form(brief.answers, "need", title=[title], seen=seen)
        for title in ("Ostesalg på nett", "Nettbutikk for ost")
    )
    assert owner.post(path, data=first).status_code == 303
    mine = owner.post(path, data=second)
    assert mine.status_code == 409
    assert "in another window" in mine.text
    theirs = colleague.post(path, data=second)
    assert f"{market.owner.name} has changed the same answer" in theirs.text

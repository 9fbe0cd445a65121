"""Parsing and validation of guide answers."""

import datetime as dt

import pytest

from marketplace.briefs import guide
from marketplace.core import clock
from marketplace.core.i18n import use_locale

pytestmark = pytest.mark.once
GUIDE = guide.load()
HOSTILE = [
    "",
    " ",
    "\x00",
    "a\x00b\x1f\x7f",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} %(x)s {label}",
    "' OR 1=1 --",
    "\u202eabc\u200b",
    "x" * 100_000,
    "ord " * 30_000,
    "\n".join(f"linje {number}" for number in range(1000)),
    "9" * 400,
    "-5",
    "1e309",
    "NaN",
    "2999-01-01",
    "1999-12-31",
    "0000-00-00",
    "31.02.2027",
    "２０２７-01-01",
    "javascript:alert(1)",
    "http://",
    "//evil.example",
    "\ud800",
    "Vi treng hjelp på nynorsk",
    "true",
    "[]",
]


def read(code, form, today):
    return guide.parse(GUIDE.question(code), form, today)


def test_full_form_round_trips(answers, as_form, today):
    form = as_form(answers)
    for question in GUIDE:
        reading = guide.parse(question, form, today)
        assert reading.problem is None, (question.code, reading.problem)
        assert reading.value == answers[question.code], question.code


@pytest.mark.parametrize("code", [question.code for question in GUIDE])
def test_parsing_accepts_any_text(code, raw, today):
    question = GUIDE.question(code)
    for nasty in HOSTILE:
        form = raw(**{code: [nasty]}, **{f"{code}-{row}": [nasty] for row in question.rows})
        reading = guide.parse(question, form, today)
        assert "\x00" not in str(reading.typed)
        if reading.problem is None:
            assert guide.check_value(question, reading.value, today) is None
            continue
        for locale in ("nb", "nn", "en"):
            with use_locale(locale):
                assert reading.error
                assert "{" not in reading.error


@pytest.mark.parametrize("code", [question.code for question in GUIDE])
def test_thousand_values_under_one_name_are_handled(code, raw, today):
    reading = read(code, raw(**{code: [f"linje {number}" for number in range(1000)]}), today)
    assert reading.error or reading.is_accepted


@pytest.mark.parametrize(
    ("code", "value", "problem"),
    [
        ("title", "", "empty"),
        ("title", "Kort", "too_few_chars"),
        ("title", "x" * 81, "too_many_chars"),
        ("problem", "Vi selger for lite.", "too_few_words"),
        ("problem", "ord " * 201, "too_many_words"),
        ("problem", "Vi\x01 selger.", "control"),
        ("success_metric", "world_domination", "wrong_option"),
        ("services", "web.unknown", "wrong_option"),
        ("services", ["web.site", "ecm.shop", "sea.seo", "con.copy", "med.photo"], "too_many_choices"),
        ("deliverables", "\n".join(f"ting {n}" for n in range(11)), "too_many_items"),
        ("deliverables", "Nettside\nnettside", "duplicate_item"),
        ("deliverables", "x" * 141, "item_too_long"),
        ("links", "ikke en adresse", "bad_url"),
        ("links", "javascript:alert(1)", "bad_url"),
        ("finish_by", "i morgen", "bad_date"),
        ("finish_by", "31.02.2027", "bad_date"),
        ("finish_by", "1.1.2020", "date_past"),
        ("finish_by", "1.1.2999", "date_too_late"),
        ("response_deadline", "2026-11-27", "date_too_soon"),
        ("response_deadline", "2027-02-01", "date_too_late"),
        ("target_date", "snart", "bad_month"),
        ("target_date", "januar 2020", "date_past"),
        ("target_date", "2999-01", "date_too_late"),
        ("invite_count", "2", "bad_number"),
        ("invite_count", "8", "bad_number"),
        ("invite_count", "9" * 400, "bad_number"),
        ("municipality", "Atlantis", "unknown_place"),
        ("open_door", "kanskje", "wrong_option"),
    ],
)
def test_every_problem_has_its_own_message(code, value, problem, raw, today):
    reading = read(code, raw(**{code: value}), today)
    assert reading.problem.code == problem
    assert reading.error
    assert reading.typed or problem == "empty" or code in {"services", "open_door"}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2027-05-01", "2027-05-01"),
        ("1.5.2027", "2027-05-01"),
        ("01/05/27", "2027-05-01"),
        ("1. mai 2027", "2027-05-01"),
        ("1 May 2027", "2027-05-01"),
    ],
)
def test_dates_are_parsed_in_common_formats(typed, day, raw, today):
    assert read("finish_by", raw(finish_by=typed), today).value == day


@pytest.mark.parametrize("typed", ["juni 2027", "Juni 2027", "june 2027", "06.2027", "6/2027", "2027-06"])
def test_months_are_parsed_in_common_formats(typed, raw, today):
    assert read("target_date", raw(target_date=typed), today).value == "2027-06"


def test_list_bullets_and_empty_lines_are_removed(raw, today):
    reading = read(
        "deliverables", raw(deliverables="- Nettside\n\n– Bilder \n• Kurs\n40 produktbilder"), today
    )
    assert reading.value == ["Nettside", "Bilder", "Kurs", "40 produktbilder"]


def test_url_without_scheme_is_accepted(raw, today):
    reading = read("links", raw(links="www.osteriet.example\nhttps://osteriet.example/butikk?a=1"), today)
    assert reading.value == ["https://www.osteriet.example", "https://osteriet.example/butikk?a=1"]


def test_weights_must_sum_to_hundred(raw, today):
    form = raw(
        weights__understanding="40", weights__experience="25", weights__price="25", weights__cooperation="15"
    )
    reading = read("weights", form, today)
    assert reading.problem.code == "weights_sum"
    assert reading.typed["understanding"] == "40"
    with use_locale("nb"):
        assert "105" in reading.error


def test_grid_problem_names_unanswered_rows(raw, today):
    reading = read("content", raw(content__text="ready", content__photos="need_help"), today)
    assert reading.is_accepted
    with use_locale("nb"):
        assert "Logo, Film" in reading.error


def test_municipality_name_is_accepted(raw, today):
    assert read("municipality", raw(municipality="oppdal"), today).value == "5021"


def test_invisible_characters_are_removed_and_text_is_nfc(raw, today):
    reading = read("title", raw(title="Nettside\u200b pa\u030a garden\u00ad"), today)
    assert reading.value == "Nettside på garden"


def test_presets_fill_default_answers(today):
    made = guide.presets(GUIDE, guide.CompanyFacts("5021"), today)
    assert made["municipality"] == "5021"
    assert made["response_deadline"] == clock.add_working_days(today, 10).isoformat()
    assert sum(made["weights"].values()) == 100
    for code, value in made.items():
        assert guide.check_value(GUIDE.question(code), value, today) is None


def test_preset_deadline_is_recalculated_until_saved(today):
    made = guide.presets(GUIDE, guide.CompanyFacts("5021"), today)
    later = today + dt.timedelta(days=90)
    unseen = guide.effective_answers(GUIDE, made, ["need"], guide.CompanyFacts("5021"), later)
    seen = guide.effective_answers(GUIDE, made, ["need", "choosing"], guide.CompanyFacts("5021"), later)
    assert unseen["response_deadline"] > later.isoformat()
    assert seen["response_deadline"] == made["response_deadline"]


def test_topic_state_goes_from_empty_to_begun_to_done(answers, today):
    need, choosing = GUIDE.topic("need"), GUIDE.topic("choosing")
    made = guide.presets(GUIDE, guide.CompanyFacts("5021"), today)
    assert guide.topic_state(need, made, [], today) == "empty"
    assert guide.topic_state(need, {**made, "title": "Nettbutikk"}, ["need"], today) == "begun"
    assert guide.topic_state(need, answers, ["need"], today) == "done"
    assert guide.topic_state(choosing, made, [], today) == "review"
    assert guide.topic_state(choosing, made, ["choosing"], today) == "done"


def test_answer_problems_name_each_question(answers, today):
    assert guide.find_answer_problems(GUIDE, answers, today) == []
    answer_problems = guide.find_answer_problems(
        GUIDE, {**answers, "problem": "Kort.", "services": []}, today
    )
    assert [(problem.question.code, problem.problem.code) for problem in answer_problems] == [
        ("services", "empty"),
        ("problem", "too_few_words"),
    ]
    with use_locale("nb"):
        assert answer_problems[0].text.startswith("Velg minst én")


def test_internal_answers_are_hidden_from_suppliers(answers):
    seen = guide.document_rows(GUIDE, answers, "supplier")
    public = guide.document_rows(GUIDE, answers, "public")
    assert {"own_words", "invite_count", "visibility", "report_consent"}.isdisjoint(seen)
    assert "problem" in seen
    assert "problem" not in public
    assert "title" in public
    assert len(guide.document_rows(GUIDE, answers, "company")) == 41


@pytest.mark.parametrize("code", [question.code for question in GUIDE])
@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_missing_answer_has_no_text_and_no_items(code, nothing):
    assert guide.value_text(GUIDE.question(code), nothing) == ""
    assert guide.value_items(GUIDE.question(code), nothing) == ()


@pytest.mark.parametrize(
    ("locale", "code", "text"),
    [
        ("nb", "audience", "norske turister"),
        ("nn", "audience", "norske turistar"),
        ("en", "audience", "Norwegian tourists"),
        ("nb", "target_date", "juni 2027"),
        ("en", "target_date", "June 2027"),
        ("nb", "municipality", "Oppdal"),
        ("nb", "accessibility", "Skal følge gjeldende krav"),
    ],
)
def test_answers_are_shown_in_viewer_locale(answers, locale, code, text):
    with use_locale(locale):
        assert text in guide.value_text(GUIDE.question(code), answers[code])


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_examples_in_hints_are_accepted(locale, raw, today):
    """A placeholder and a better example are answers; the example in an error message has no such error."""
    with use_locale(locale):
        for question in GUIDE:
            examples = [question.placeholder(today.year + 1)]
            examples += [question.better.text] if question.better else []
            for example in filter(None, examples):
                parsed = guide.parse(question, raw(**{question.code: example}), today)
                assert parsed.value, (question.code, example)
                assert parsed.is_accepted, (question.code, example, parsed.error)
            code = {"date": "bad_date", "month": "bad_month", "urls": "bad_url"}.get(question.type)
            if code:
                message = question.error_text(code, {"year": today.year + 1, "line": 1})
                example = message.rpartition(": ")[2].rstrip(".")
                problem = guide.parse(question, raw(**{question.code: example}), today).problem
                assert problem is None or problem.code == "date_too_late", (question.code, example)


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_missing_answer_is_named_in_the_words_of_the_question(locale, raw, today):
    with use_locale(locale):
        texts = [guide.parse(question, raw(), today).error for question in GUIDE if question.required]
    verbs = ("Velg ", "Skriv ", "Fordel ", "Vel ", "Choose ", "Write ", "Distribute ")
    assert [text for text in texts if not text.startswith(verbs)] == []
    assert len(set(texts)) == len(texts)

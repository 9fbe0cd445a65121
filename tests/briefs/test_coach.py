"""Coach rules, each with an answer that triggers it and one that does not."""

import re

import pytest

from marketplace.briefs import coach, guide
from marketplace.briefs.coach.advice import load_texts
from marketplace.core.i18n import use_locale

pytestmark = pytest.mark.once
GUIDE = guide.load()


def codes(answers):
    return {suggestion.code for suggestion in coach.find_suggestions(GUIDE, answers)}


def blocker_codes(answers, today, *, confirmed=True):
    return [blocker.code for blocker in coach.find_blockers(GUIDE, answers, today, confirmed=confirmed)]


def test_complete_brief_has_no_suggestions(answers, today):
    assert codes(answers) == set()
    assert blocker_codes(answers, today) == []
    assert coach.quality(GUIDE, answers).score == 100
    assert coach.quality(GUIDE, answers).level == "good"


def test_every_blocker_is_found(answers, today):
    assert blocker_codes({}, today, confirmed=False) == [
        "no_services",
        "no_deliverable",
        "no_problem",
        "no_budget",
        "bad_deadline",
        "unconfirmed",
    ]
    assert blocker_codes(answers, today, confirmed=False) == ["unconfirmed"]
    assert blocker_codes({**answers, "problem": "Nettsiden er gammel."}, today) == ["short_problem"]
    assert blocker_codes({**answers, "response_deadline": "2026-11-30"}, today) == ["bad_deadline"]
    assert blocker_codes({**answers, "response_deadline": "2027-03-01"}, today) == ["bad_deadline"]
    assert blocker_codes({**answers, "budget_band": "unknown"}, today) == []


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("no_target", {"target": ""}),
        ("no_target", {"target": "vet ikke"}),
        ("no_target", {"target": "Veit ikkje"}),
        ("no_target", {"target": "do not know"}),
        (
            "no_why",
            {
                "problem": "Nettsiden er gammel og stygg. Vi ønsker noe nytt og pent som alle kan like å se på."
            },
        ),
        ("no_users", {"audience_text": ""}),
        ("tool_first", {"title": "Ny side i WordPress"}),
        ("tool_first", {"goal": "Vi vil ha Shopify innen sommeren."}),
        ("many_must_haves", {"must_have": ["a", "b", "c", "d"]}),
        *(
            ("unprovable_must_have", {"must_have": ["Kobling til kassa", text]})
            for text in (
                "må være billig",
                "Så rimelig som mulig.",
                "God pris",
                "Ikkje dyrt",
                "Dyktig leverandør",
                "must be cheap",
            )
        ),
        ("budget_low", {"budget_band": "b0_20", "services": ["ecm.shop", "brd.identity"]}),
        ("budget_unknown", {"budget_band": "unknown"}),
        ("content_open", {"deliverables": ["Nettbutikk", "Opplæring"]}),
        ("no_limit", {"out_of_scope": ""}),
        ("finish_before_start", {"finish_by": "2026-12-20"}),
        ("start_before_decision", {"start_from": "2027-01-06", "decision_date": "2027-02-01"}),
        ("decision_before_deadline", {"decision_date": "2026-12-01"}),
        ("short_time", {"start_from": "2027-01-07", "finish_by": "2027-01-20"}),
        ("season_launch", {"finish_by": "2027-07-01"}),
        ("holiday_deadline", {"response_deadline": "2027-07-07"}),
        ("holiday_deadline", {"response_deadline": "2026-12-23"}),
        ("holiday_deadline", {"response_deadline": "2027-03-25"}),
        ("media_budget", {"services": ["ads.social"]}),
        ("free_sketches", {"deliverables": ["Gratis skisser sammen med tilbudet", "Bilder"]}),
        ("contact_data", {"current_state": "Ring Kari på 900 00 000 om nettsiden, hun vet alt om den."}),
        ("contact_data", {"problem": "Skriv til post@osteriet.example, vi mister kunder."}),
        ("password", {"current_state": "Nettsiden er gammel. Passordet er Sommer2020 og brukeren er admin."}),
        ("vague_word", {"must_have": ["Beste kvalitet"]}),
        (
            "price_weight",
            {"weights": {"understanding": 20, "experience": 10, "price": 60, "cooperation": 10}},
        ),
        ("ownership_gap", {"ownership": ["domain"]}),
        ("many_invited", {"invite_count": 7}),
        ("no_aftercare", {"aftercare": []}),
        ("personal_data_unknown", {"personal_data": "unknown"}),
        ("no_link", {"links": []}),
    ],
)
def test_every_suggestion_is_made_when_due(answers, code, change):
    assert code not in codes(answers)
    found = {
        suggestion.code: suggestion for suggestion in coach.find_suggestions(GUIDE, {**answers, **change})
    }
    assert code in found
    for locale in ("nb", "nn", "en"):
        with use_locale(locale):
            suggestion = found[code]
            assert suggestion.title
            assert suggestion.reason
            assert suggestion.link_text
            assert "{" not in suggestion.title + suggestion.reason


@pytest.mark.parametrize(
    "innocent",
    [
        {"title": "Nettside med booking for fjellgård"},
        {"baseline": "20 000 kr i måneden"},
        {"current_state": "Organisasjonsnummer 974760673 står på siden, og kartet viser feil vei fra E6."},
        {"out_of_scope": "Annonsebudsjett er ikke med i rammen.", "services": ["ads.social"]},
        {"finish_by": "2027-06-10"},
        {"must_have": ["Raskt skjema på mobil", "Pris per bilde", "Må være ferdig til jul"]},
        {
            "response_deadline": "2027-04-15",
            "decision_date": "2027-04-20",
            "start_from": "2027-04-20",
            "finish_by": "2027-09-01",
        },
    ],
)
def test_no_suggestion_is_made_without_cause(answers, innocent):
    assert codes({**answers, **innocent}) == set()


def test_empty_brief_has_blockers_and_no_suggestions():
    assert codes({}) == set()
    assert coach.quality(GUIDE, {}).score == 0
    assert coach.quality(GUIDE, {}).level == "weak"


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_quality_level_never_says_that_a_brief_can_be_sent(locale):
    labels = [level["label"][locale].lower() for level in load_texts()["levels"].values()]
    assert len(labels) == 3
    assert not [label for label in labels if re.search("send|klar|ready", label)]


def test_suggestions_are_sorted_by_gain(answers):
    found = coach.find_suggestions(
        GUIDE, {**answers, "links": [], "target": "", "must_have": ["a", "b", "c", "d"]}
    )
    assert [suggestion.code for suggestion in found] == ["no_target", "many_must_haves", "no_link"]


def test_quality_is_the_sum_of_its_parts(answers):
    found = coach.quality(GUIDE, {**answers, "target": "", "content": {}, "out_of_scope": ""})
    assert found.score == sum(part.value for part in found.parts)
    assert sum(part.maximum for part in found.parts) == 100
    assert all(0 <= part.value <= part.maximum for part in found.parts)
    assert found.score < 100


def test_coach_survives_malformed_answers(answers):
    for code in answers:
        for strange in (None, "", [], {}, 7, "2026-13-45"):
            changed = {**answers, code: strange}
            coach.find_suggestions(GUIDE, changed)
            coach.quality(GUIDE, changed)

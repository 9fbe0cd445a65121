"""A strategy as a page for printing, and as a Markdown, JSON and PDF file."""

import datetime as dt
import io
import json
from dataclasses import replace
from typing import Any

import pypdf
import pytest

from marketplace.strategy import limits
from marketplace.strategy.assessment_scores import Stage
from marketplace.strategy.document_export.markdown import escape, to_markdown
from marketplace.strategy.document_export.outline import Block, Outline, OutlineSection
from marketplace.strategy.document_export.pdf import to_pdf
from marketplace.strategy.document_export.strategy_outline import outline_of
from marketplace.strategy.queries.objectives import objectives_of
from marketplace.strategy.questionnaire import questionnaire
from marketplace.strategy.strategy_template import strategy_template
from marketplace.strategy.use_cases import sharing
from marketplace.strategy.use_cases.assessment import PageAnswers, save_answers
from marketplace.strategy.use_cases.comments import add_comment
from marketplace.strategy.use_cases.measurements import (
    MeasurementDetails,
    add_measurement,
    withdraw_measurement,
)
from marketplace.strategy.use_cases.tools import ToolDetails, save_tool
from tests import factories
from tests.factories import strategy as strategies
from tests.strategy.test_sharing import World, world
from tests.support.browser import Browser

__all__ = ["world"]

SAVED_AT = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)
WORDS = (
    "Gjestene våre finner oss på nett og bestiller selv, fordi sidene er enkle å bruke og prisene tydelige. "
)
HOSTILE = '#read("/etc/passwd") *x* _y_ $z$ @a <b>c</b> [d](http://e.example) `f` \\ | {{ g }} #emph[h] // i'
CONTROLS = "a\x00b\x1bc\u202ed\ufffee\n# f\r\n- g\u2028h 😀 漢"


def filled(length: int) -> str:
    return (WORDS * 5)[:length].strip().ljust(length, "x")


def full_snapshot(language: str = "nb") -> dict[str, Any]:
    """Return a version with every list and text as long as the limits allow."""
    template = strategy_template()
    line = filled(limits.MAX_LINE)
    content = {
        "one_line": filled(limits.MAX_ONE_LINE),
        "vision": filled(limits.MAX_VISION),
        "offers": [{"name": filled(limits.MAX_NAME), "importance": 2, "months": [1, 2, 5, 9, 11]}]
        * limits.MAX_OFFERS,
        "audiences": [
            {
                "name": filled(limits.MAX_NAME),
                "who": filled(limits.MAX_WHO),
                "where_from": filled(80),
                "asks": filled(limits.MAX_WHO),
                "languages": list(template.languages)[:5],
                "share_percent": 33,
            }
        ]
        * limits.MAX_AUDIENCES,
        "strengths": [line] * limits.MAX_LINES,
        "gaps": [{"text": line, "is_private": True}] * limits.MAX_LINES,
        "risks": [line] * limits.MAX_LINES,
        "channels": [
            {"code": code, "role": "convince", "now": "weak", "decision": "improve", "owner": filled(60)}
            for code in template.channels
        ],
        "budget": {
            "once_nok": limits.MAX_NOK,
            "month_nok": limits.MAX_NOK,
            "ads_nok": limits.MAX_NOK,
            "own_hours": 160,
        },
        "responsible": filled(limits.MAX_RESPONSIBLE),
        "responsible_hours": 160,
        "review_on": "2027-11-30",
    }
    objective = {
        "text": filled(limits.MAX_OBJECTIVE_TEXT),
        "unit": "hours_week",
        "baseline_milli": 40_500,
        "target_milli": limits.MAX_VALUE,
        "target_on": "2027-11-30",
        "source": filled(limits.MAX_SOURCE),
    }
    action = {
        "what": filled(limits.MAX_ACTION_TEXT),
        "performer": "supplier",
        "service_code": "med.photo",
        "own_hours": 120,
        "cost_low_nok": 100_000,
        "cost_high_nok": limits.MAX_NOK,
        "due_on": "2027-11-30",
    }
    return {
        "language": language,
        "content": content,
        "objectives": [objective | {"id": index} for index in range(limits.MAX_OPEN_OBJECTIVES)],
        "actions": [action | {"objective_id": index % 5} for index in range(limits.MAX_OPEN_ACTIONS)],
    }


def outline(snapshot: dict[str, Any], company: str = "Bjørkvollen ysteri og gardsmat AS") -> Outline:
    return outline_of(company, 3, SAVED_AT, snapshot, is_printed=True)


def pages(document: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(document))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_pdf_of_full_strategy_has_two_tagged_a4_pages_and_always_the_same_bytes(language: str) -> None:
    document = to_pdf(outline(full_snapshot(language)))
    reader = pages(document)
    assert len(reader.pages) == 2
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in reader.pages} == {(595, 842)}
    root: Any = reader.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == language
    assert "pdfuaid" in document.decode("latin-1")
    assert document == to_pdf(outline(full_snapshot(language)))


def test_pdf_shows_hostile_texts_as_they_are() -> None:
    snapshot = {"content": {"vision": HOSTILE, "strengths": [HOSTILE]}, "actions": [{"what": HOSTILE}]}
    text = pages(to_pdf(outline(snapshot, company=HOSTILE))).pages[0].extract_text()
    for part in ('#read("/etc/passwd")', "*x* _y_ $z$ @a <b>c</b>", "{{ g }} #emph[h] // i"):
        assert part in text
    assert "root:" not in text


def test_pdf_with_characters_that_the_font_lacks_is_still_tagged() -> None:
    document = to_pdf(outline({"content": {"vision": CONTROLS, "one_line": "x" * 200}}))
    root: Any = pages(document).trailer["/Root"]
    assert "/StructTreeRoot" in root


def test_pdf_never_has_a_second_page_with_few_lines() -> None:
    content = full_snapshot()["content"] | {"channels": []}
    for count in range(1, 16, 2):
        document = pages(to_pdf(outline({"content": content, "actions": [{"what": "Bilder"}] * count})))
        if len(document.pages) > 1:
            assert len(document.pages[1].extract_text().splitlines()) > 8, count


def test_pdf_continues_a_long_last_section_on_the_next_page() -> None:
    items = tuple(f"Tall {number}" for number in range(150))
    section = OutlineSection("definitions", "Tall", (Block("Tall", items=items),))
    last_lines = []
    for page in pages(to_pdf(replace(outline({}), sections=(section,)))).pages:
        heights = [
            (cm[3] * tm[5] + cm[5], text)
            for cm, tm, text in positioned_texts(page)
            if text.startswith("Tall")
        ]
        last_lines.append(min(heights)[0])
    assert len(last_lines) > 1
    assert min(last_lines) > 14 * 72 / 25.4, "in the margin"


def positioned_texts(page: pypdf.PageObject) -> list[Any]:
    """List matrix of the page, matrix of the text, and text."""
    found: list[Any] = []
    page.extract_text(visitor_text=lambda text, cm, tm, _font, _size: found.append((cm, tm, text.strip())))
    return found


def test_pdf_of_empty_strategy_has_one_page() -> None:
    assert len(pages(to_pdf(outline({}))).pages) == 1


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*a* _b_ [c](d) <e> `f` | ~g~ $h$", r"\*a\* \_b\_ \[c\](d) \<e\> \`f\` \| \~g\~ \$h\$"),
        ("# a", r"\# a"),
        ("1. a", r"1\. a"),
        ("12) a", r"12\) a"),
        ("- a\n# b", r"\- a # b"),
        ("Pris 40-90 kr. #5", "Pris 40-90 kr. #5"),
        ("2027 er året", "2027 er året"),
        ("a\\", "a\\\\"),
        ("&lt;", r"\&lt;"),
    ],
)
def test_markdown_escapes_what_would_be_markup(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_markdown_of_hostile_texts_has_the_same_structure() -> None:
    def structure(word: str) -> list[str]:
        snapshot = {
            "content": {"vision": word, "gaps": [{"text": word}], "audiences": [{"name": word}]},
            "objectives": [{"text": word}],
        }
        lines = to_markdown(outline(snapshot, company=word)).splitlines()
        return [
            line.split(" ")[0] + str(line.replace(r"\|", "").count("|"))
            for line in lines
            if line[:1] in "#-|"
        ]

    assert structure("ord") == structure(HOSTILE) == structure(CONTROLS) == structure("- 1. # |")


def test_outline_is_in_the_language_of_the_strategy() -> None:
    english = outline(full_snapshot("en"))
    assert english.title == "Digital strategy"
    assert english.caption == "Version 3, 29 November 2026"
    assert outline(full_snapshot("nb")).title == "Digital strategi"
    assert outline({"language": "xx"}).language == "nb"


def test_dropped_action_is_left_out_and_others_show_their_state() -> None:
    rows = [
        {"what": "Film", "state": "dropped"},
        {"what": "Kart", "state": "done", "due_on": "2026-10-01"},
        {"what": "Etiketter", "state": "ongoing", "due_on": "2027-03-05"},
        {"what": "Bilder", "state": "planned", "due_on": "2027-03-20"},
    ]
    (block,) = outline({"actions": rows}).section("actions").blocks

    assert block.header == ("Hva vi gjør", "Innen"), "columns without any value are left out"
    assert [(row[0], row[-1]) for row in block.rows] == [
        ("Kart", "Ferdig"),
        ("Etiketter", "5.\N{NO-BREAK SPACE}mars 2027, i gang"),
        ("Bilder", "20.\N{NO-BREAK SPACE}mars 2027"),
    ]


def test_paper_shows_as_many_actions_as_fit_and_leaves_out_done_ones_first() -> None:
    count = limits.MAX_PRINTED_ACTIONS + 5
    rows = [{"what": str(index), "state": "planned" if index > 2 else "done"} for index in range(count)]
    (block,) = outline({"language": "nb", "actions": rows}).section("actions").blocks
    assert [row[0] for row in block.rows] == [str(index) for index in range(3, 3 + len(block.rows))]
    assert block.text == "15 av 20 tiltak. Resten står i planen."
    (whole,) = outline_of("A", 1, SAVED_AT, {"actions": rows}).section("actions").blocks
    assert len(whole.rows) == count


def test_unknown_baseline_is_not_zero() -> None:
    row = {
        "text": "a",
        "unit": "kr",
        "baseline_milli": None,
        "target_milli": 1_500,
        "target_on": "2027-01-01",
    }
    section = outline({"objectives": [row, row | {"baseline_milli": 0}]}).section("objectives")
    assert [cells[2] for cells in section.blocks[0].rows] == ["ikke kjent", "0 kr"]
    assert section.blocks[0].rows[0][3] == "1,5 kr"


def test_company_downloads_each_format_and_prints(world: World, client: Browser) -> None:
    client.sign_in(world.colleague.user_id or 0)
    page = client.page("/plan/print")
    assert "Bjørkvollen ysteri" in page.text
    assert "Versjon 1" in page.text
    assert client.get("/plan/strategy.pdf").data == client.get("/plan/strategy.pdf?version=1").data
    named = client.get("/plan/strategy.pdf").headers["Content-Disposition"]
    assert named == "attachment; filename=digital-strategi-bjorkvollen-ysteri-v1.pdf"
    assert client.get("/plan/strategy.md").text.startswith("# Digital strategi: Bjørkvollen ysteri")
    stored = json.loads(client.get("/plan/strategy.json").text)
    assert stored["schema_version"] == 1
    assert stored["content"]["one_line"] == strategies.CONTENT["one_line"]
    assert stored["objectives"][0]["measurements"] == []
    assert stored["actions"][0]["what"] == "Lage nettbutikk"
    for wrong in ("2", "0", "x", "-1", "1.0", "999999"):
        assert client.get(f"/plan/strategy.pdf?version={wrong}").status_code == 404


def test_whole_plan_is_one_file_for_the_company_only(world: World, client: Browser) -> None:
    direction = questionnaire().dimensions[0]
    save_answers(world.owner, Stage.START, direction, PageAnswers("3", "unknown", "0"), None)
    save_tool(world.owner, "canva", ToolDetails("in_use", "Kari", 900), 2)
    objective = objectives_of(sharing.queries.own_strategy(world.owner))[0].objective
    first = add_measurement(world.owner, objective.id, MeasurementDetails(dt.date(2026, 11, 1), 50_000))
    withdraw_measurement(world.owner, objective.id, first.id)
    sharing.share_strategy(world.owner)
    add_comment(world.adviser, world.company.id, "company", "Fint skrevet.")
    plan = json.loads(client.sign_in(world.owner.user_id or 0).get("/plan/plan.json").text)
    answers = {one["code"]: (one["kind"], one["value"]) for one in plan["assessments"][0]["answers"]}
    assert answers == {
        question.code: answer
        for question, answer in zip(
            direction.questions, [("answered", 3), ("unknown", None), ("answered", 0)], strict=True
        )
    }
    assert plan["strategy"]["content"]["one_line"] == strategies.CONTENT["one_line"]
    assert [one["text"] for one in plan["strategy"]["comments"]] == ["Fint skrevet."]
    assert [one["is_withdrawn"] for one in plan["objectives"][0]["measurements"]] == [False, True]
    assert plan["actions"][0]["objective_id"] == plan["objectives"][0]["id"]
    assert plan["tools"][0]["ratings"][0]["value"] == 2
    assert client.page("/account/data").links()["Last ned hele planen som fil"] == "/plan/plan.json"
    assert client.sign_in(world.adviser.user_id or 0).get("/plan/plan.json").status_code in {403, 404}


def test_garden_prints_a_shared_strategy(world: World, client: Browser) -> None:
    sharing.share_strategy(world.owner)
    client.sign_in(world.adviser.user_id or 0)
    assert "Vi lager ost" in client.page(f"{world.path}/print").text
    assert client.get(f"{world.path}/strategy.pdf").data.startswith(b"%PDF")
    client.sign_in(world.stranger.user_id or 0)
    assert client.get(f"{world.path}/strategy.pdf").status_code == 404


def test_company_without_strategy_has_nothing_to_print(world: World, client: Browser) -> None:
    other = factories.member(factories.company("Nydal", of=world.garden))
    for path in ("/plan/print", "/plan/strategy.pdf", "/plan/strategy.md", "/plan/strategy.json"):
        client.sign_in(other.user_id or 0).page(path, status=404)

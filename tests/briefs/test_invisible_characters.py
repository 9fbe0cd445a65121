"""Every way into the system removes invisible characters: form, guide, review, query string, import, command line."""

import json

import pytest
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.briefs import guide, use_cases
from marketplace.briefs.models import Brief, BriefReview
from marketplace.core.database import session
from marketplace.core.text import clean_line
from marketplace.suppliers.import_json_lines import read_suppliers
from tests.factories import briefs

CHARACTERS = ("\u2066", "\u061c", "\u034f", "\u3164", "\U000e0041", "\u200b", "\u202e", "\u00ad")
TYPED, STORED = f"Ny{''.join(CHARACTERS)} nettside", "Ny nettside"


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("code", ["title", "problem", "must_have"])
def test_guide_removes_what_forms_remove(code, character, raw, today):
    question = guide.load().question(code)
    parsed = guide.parse(question, raw(**{code: f"Ny{character} nettside{character}"}), today)
    assert parsed.value in (STORED, [STORED])
    assert clean_line(f"Ny{character} nettside{character}") == STORED


def test_posted_title_is_stored_without_them(market, sign_in, topic_form):
    brief = briefs.draft(market.owner)
    browser = sign_in(market.owner)
    path = f"/briefs/{brief.reference}/guide/need"
    seen = browser.page(path).one("input", name="seen").get("value")
    browser.post(path, data=topic_form(brief.answers, "need", title=[TYPED], seen=seen))
    session.expire_all()
    assert session.scalars(select(Brief)).one().title == STORED


def test_review_comment_on_a_topic_is_stored_without_them(market, sign_in):
    brief = briefs.draft(market.owner)
    use_cases.ask_for_review(market.owner, brief.reference)
    topic = guide.load().topics[0].code
    data = {"verdict": "changes", "comment": TYPED, f"topic-{topic}": TYPED}
    assert (
        sign_in(market.adviser).post(f"/briefs/{brief.reference}/review-answer", data=data).status_code == 303
    )
    review = session.scalars(select(BriefReview)).one()
    assert (review.comment, review.topic_comments[topic]) == (STORED, STORED)


def test_query_string_is_read_without_them(market, sign_in):
    page = sign_in(market.owner).page(f"/briefs/new?q={TYPED}")
    assert page.one("textarea", name="own_words").text.strip() == STORED


def test_import_reads_names_and_texts_without_them(tmp_path):
    file = tmp_path / "suppliers.jsonl"
    file.write_text(json.dumps({"name": TYPED, "text": TYPED}) + "\n", encoding="utf-8")
    read = read_suppliers(file)
    assert read.errors == []
    assert [(supplier.name, supplier.text) for supplier in read.suppliers] == [(STORED, STORED)]


def test_command_line_stores_names_without_them(command):
    password = "dugg tresko vinterbygg"
    run = command(
        "admin", "create", "nils@torget.example", "--name", "Nils\u2066 Lund\u3164", "--password", password
    )
    assert run.exit_code == 0, run.output
    assert session.scalar(select(User.name).where(User.email == "nils@torget.example")) == "Nils Lund"

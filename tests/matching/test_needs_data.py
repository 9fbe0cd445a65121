"""Integrity of the briefs for the need reader in tests/data/needs."""

import json
from collections import Counter
from pathlib import Path

import pytest

from marketplace.matching import Glossary

BRIEFS = Path(__file__).parents[1] / "data/needs/briefs.jsonl"


def test_need_briefs_cover_each_service_in_both_halves(glossary: Glossary) -> None:
    briefs = [json.loads(line) for line in BRIEFS.read_text(encoding="utf-8").splitlines()]
    assert Counter(brief["half"] for brief in briefs) == {"dev": 75, "test": 75}
    assert len({brief["id"] for brief in briefs}) == len({brief["text"] for brief in briefs}) == 150
    known = set(glossary.services)
    for half in ("dev", "test"):
        labels = [set(brief["confirmed_services"]) for brief in briefs if brief["half"] == half]
        assert set().union(*labels) == known
    for brief in briefs:
        excluded = set(brief["excluded_services"])
        assert excluded <= known
        assert not excluded & set(brief["confirmed_services"]), brief["id"]


@pytest.mark.parametrize("name", ["rejections", "voices"])
def test_rejections_have_known_services(glossary: Glossary, name: str) -> None:
    lines = BRIEFS.with_name(f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)
    for row in rows:
        confirmed, excluded = set(row["confirmed_services"]), set(row["excluded_services"])
        assert confirmed | excluded <= set(glossary.services)
        assert not confirmed & excluded, row["id"]


def test_texts_with_several_needs_are_unique_and_in_halves(glossary: Glossary) -> None:
    rows = [json.loads(line) for line in BRIEFS.with_name("several.jsonl").read_text("utf-8").splitlines()]
    assert len({row["text"] for row in rows}) == len(rows)
    for half in ("tuning", "test"):
        assert sum(len(row["needs"]) > 1 for row in rows if row["half"] == half) >= 50
    for row in rows:
        assert {code for need in (*row["needs"], row["also"]) for code in need} <= set(glossary.services)

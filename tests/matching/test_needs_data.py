"""Integrity of the briefs for the need reader in tests/data/needs."""

import json
from collections import Counter
from pathlib import Path

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

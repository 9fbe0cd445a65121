"""A report as JSON."""

from marketplace.reporting.figures import Breakdown, Evidence, Figure, FigureState, ReportPart
from marketplace.reporting.serialization import content_digest, parts_from_json, parts_to_json


def test_report_written_as_json_is_read_back():
    parts = [
        ReportPart(
            "companies",
            [
                Figure("started", 9, n=9, of=12, before=4, period=5, evidence=Evidence.REPORTED),
                Figure("skills", None, unit="mean", state=FigureState.SUPPRESSED),
            ],
            [Breakdown("sector", "started", {"food": 9, "trade": None})],
        )
    ]
    assert parts_from_json(parts_to_json(parts)) == parts


def test_digest_depends_on_values_and_not_on_their_order():
    assert content_digest({"a": 1, "b": "å"}) == content_digest({"b": "å", "a": 1})
    assert content_digest({"a": 1}) != content_digest({"a": 2})

"""A report as JSON, and the digest of its figures."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.reporting.figures import Breakdown, Evidence, Figure, FigureState, ReportPart

SCHEMA_VERSION = 1
"""Version of the JSON format, increased when a key is renamed or removed."""


def parts_to_json(parts: Sequence[ReportPart]) -> list[dict[str, Any]]:
    """Return the parts of a report as JSON values, without links to lists."""
    return [
        {
            "code": part.code,
            "figures": [_figure_to_json(figure) for figure in part.figures],
            "breakdowns": [
                {"code": breakdown.code, "total_code": breakdown.total_code, "cells": dict(breakdown.cells)}
                for breakdown in part.breakdowns
            ],
        }
        for part in parts
    ]


def _figure_to_json(figure: Figure) -> dict[str, Any]:
    values = dataclasses.asdict(figure)
    del values["list_url"]
    return values


def parts_from_json(values: Sequence[dict[str, Any]]) -> list[ReportPart]:
    """Return the parts of a report that `parts_to_json` wrote. Raises KeyError or TypeError for another format."""
    return [
        ReportPart(
            part["code"],
            [
                Figure(
                    **{
                        **figure,
                        "state": FigureState(figure["state"]),
                        "evidence": Evidence(figure["evidence"]),
                    }
                )
                for figure in part["figures"]
            ],
            [Breakdown(**breakdown) for breakdown in part["breakdowns"]],
        )
        for part in values
    ]


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 digest of a report's content, over JSON with sorted keys and without spaces."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()

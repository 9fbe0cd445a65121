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
    names = (field.name for field in dataclasses.fields(figure))
    return {name: getattr(figure, name) for name in names if name not in {"list_url", "basis"}}


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


def bases_to_json(parts: Sequence[ReportPart]) -> dict[str, Any]:
    """Return the bases of the samples and breakdowns of a report as JSON values, by the codes of part and figure."""
    found: dict[str, Any] = {}
    for part in parts:
        for figure in part.figures:
            if figure.basis is not None:
                found[f"{part.code}.{figure.code}"] = sorted(map(list, figure.basis))
        for breakdown in part.breakdowns:
            members = {code: sorted(ids) for code, ids in breakdown.members.items()}
            found[f"{part.code}.by_{breakdown.code}"] = members
    return found


def with_bases(parts: Sequence[ReportPart], bases: Mapping[str, Any]) -> list[ReportPart]:
    """Return published parts with the bases that `bases_to_json` wrote; figures without one stay as they are."""
    return [
        dataclasses.replace(
            part,
            figures=[
                figure.based_on(map(tuple, bases[key]))
                if (key := f"{part.code}.{figure.code}") in bases
                else figure
                for figure in part.figures
            ],
            breakdowns=[
                dataclasses.replace(
                    one,
                    members={
                        code: frozenset(ids)
                        for code, ids in bases.get(f"{part.code}.by_{one.code}", {}).items()
                    },
                )
                for one in part.breakdowns
            ],
        )
        for part in parts
    ]


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 digest of a report's content, over JSON with sorted keys and without spaces."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()

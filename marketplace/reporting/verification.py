"""Comparison of an issued report with the same report computed again.

A later version of the program may compute more figures, more values of a figure, or another order. Only what the issue
contains is compared, so that an added figure changes no old issue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.reporting.serialization import content_digest

_NOT_COMPUTED = ("definitions_version", "project")
"""Keys that are not computed again, so that only the digest covers them: the version of the definitions, and names."""
FINANCE_PARTS = frozenset({"finance", "aid"})
"""Parts that are computed from accounts, which are deleted after their retention period."""
_NOT_OF_ACCOUNTS = frozenset({"finance.positions"})
FIRST_DEFINITIONS = 1
"""Version of the definitions with which issues were made that state no version."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of computing an issue again.

    `is_intact` is False if the stored content does not have the issue's digest. `changed` are the codes of the figures and
    breakdowns that have another value now, and `digest` is the digest of the computed content. `deleted` are the codes of
    figures whose rows have been deleted after their retention period, so that only the digest covers them.
    """

    digest: str
    is_intact: bool
    changed: Sequence[str]
    deleted: Sequence[str]
    definitions_version: int

    @property
    def is_verified(self) -> bool:
        """True if the issue is as it was issued and follows from what was recorded by then and is still stored."""
        return self.is_intact and not self.changed


def verify_content(
    issued: Mapping[str, Any], digest: str, computed: Mapping[str, Any], *, are_finances_deleted: bool = False
) -> Verification:
    """Compare the content of an issue, and its digest, with the content that was computed again."""
    comparable = _restrict(issued, computed)
    differing = _changed(issued, comparable)
    deleted = [code for code in differing if are_finances_deleted and _is_of_accounts(code)]
    return Verification(
        digest=content_digest(comparable),
        is_intact=content_digest(issued) == digest,
        changed=[code for code in differing if code not in deleted],
        deleted=deleted,
        definitions_version=int(issued.get("definitions_version", FIRST_DEFINITIONS)),
    )


def _is_of_accounts(code: str) -> bool:
    return code.partition(".")[0] in FINANCE_PARTS and code not in _NOT_OF_ACCOUNTS


def _restrict(issued: Mapping[str, Any], computed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the computed content with only the parts, figures, breakdowns and keys of the issue, in its order."""
    content = {key: computed.get(key) for key in issued}
    content |= {key: issued[key] for key in _NOT_COMPUTED if key in issued}
    content["parts"] = [
        {
            **part,
            **{
                name: [_restrict_keys(entry, other) for entry, other in _pairs(part[name], found[name])]
                for name in ("figures", "breakdowns")
            },
        }
        for part, found in _pairs(issued["parts"], computed["parts"])
    ]
    return content


def _restrict_keys(issued: Mapping[str, Any], computed: Mapping[str, Any]) -> dict[str, Any]:
    return {key: computed[key] for key in issued if key in computed}


def _pairs(
    issued: Sequence[Mapping[str, Any]], computed: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Return the entries that have the same code in both, in the order of the issue."""
    by_code = {entry["code"]: entry for entry in computed}
    return [(entry, by_code[entry["code"]]) for entry in issued if entry["code"] in by_code]


def _changed(issued: Mapping[str, Any], computed: Mapping[str, Any]) -> list[str]:
    """Return the codes of the entries that differ or are missing, and the names of other keys that differ."""
    changed = [key for key in issued if key != "parts" and issued[key] != computed[key]]
    before, after = _entries(issued), _entries(computed)
    return changed + [code for code, entry in before.items() if after.get(code) != entry]


def _entries(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return figures and breakdowns by part and code."""
    return {
        f"{part['code']}.{entry['code']}": entry
        for part in content["parts"]
        for name in ("figures", "breakdowns")
        for entry in part[name]
    }

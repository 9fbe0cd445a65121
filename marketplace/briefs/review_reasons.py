"""Reasons why a business garden reads a brief before it opens, other than that it does not know the company."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from marketplace.briefs.guide import Guide
from marketplace.core.dates import is_unknown
from marketplace.core.i18n import format_list, lazy_gettext as _l

FIRST_BRIEF, UNSURE, NO_BUDGET = "first_brief", "unsure", "no_budget"
UNKNOWN = "unknown"
_BUDGET = "budget_band"

_CLAUSES = {
    FIRST_BRIEF: _l("it is the first brief of the company"),
    UNSURE: _l("an important question is answered with “do not know”"),
    NO_BUDGET: _l("no budget is stated"),
}


def reasons_text(reasons: Iterable[str]) -> str:
    """Return the reasons as a list of clauses in the current language, to follow "because"."""
    return format_list([str(_CLAUSES[code]) for code in _CLAUSES if code in set(reasons)])


def find_reasons(
    required: Collection[str], questions: Guide, answers: Mapping[str, Any], *, is_first: bool
) -> list[str]:
    """Return the codes in `required` whose condition a brief fulfils."""
    applies = {
        FIRST_BRIEF: is_first,
        UNSURE: any(
            _is_unsure(answers.get(question.code))
            for question in questions
            if question.required and question.code != _BUDGET
        ),
        NO_BUDGET: answers.get(_BUDGET) == UNKNOWN,
    }
    return [code for code, does_apply in applies.items() if does_apply and code in required]


def _is_unsure(value: Any) -> bool:
    return isinstance(value, str) and (value == UNKNOWN or is_unknown(value))

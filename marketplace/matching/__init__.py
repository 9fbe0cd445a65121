"""The matcher, a library of its own: text in, explained ranking out. It knows neither Flask nor tables.

In the order of a textbook: `documents`, `analysis` (with `plain_text`, `stemming`, `stop_words` and `compounds`),
`glossary`, `index`, `criteria`, `ranking`, `explanation`, `evaluation`; all weights are in `settings`. Names are looked
up when first used, so that a program that only might rank something starts without scikit-learn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketplace.matching.analysis.glossary import Glossary
    from marketplace.matching.criteria import Exclusion
    from marketplace.matching.documents import CaseText, Document, Position, Query
    from marketplace.matching.evaluation.measures import TRACKS
    from marketplace.matching.evaluation.qrels import EvaluationFileError, read_set
    from marketplace.matching.evaluation.runner import Evaluator, evaluate_directory
    from marketplace.matching.explanation import Explanation, ScorePart, TermMatch
    from marketplace.matching.index.index import Index, suggest_needs
    from marketplace.matching.index.needs import NeedSuggestion
    from marketplace.matching.index.snapshot import SnapshotError, discard, prune
    from marketplace.matching.index.what_if import FitChange
    from marketplace.matching.ranking import Fit, Match, Ranking
    from marketplace.matching.settings import PART_CODES, Settings
    from marketplace.matching.spam import flags

_HOME = {
    "CaseText": "documents",
    "Document": "documents",
    "EvaluationFileError": "evaluation.qrels",
    "Evaluator": "evaluation.runner",
    "Exclusion": "criteria",
    "Explanation": "explanation",
    "Fit": "ranking",
    "Glossary": "analysis.glossary",
    "Index": "index.index",
    "Match": "ranking",
    "FitChange": "index.what_if",
    "NeedSuggestion": "index.needs",
    "PART_CODES": "settings",
    "ScorePart": "explanation",
    "Position": "documents",
    "Query": "documents",
    "Ranking": "ranking",
    "Settings": "settings",
    "SnapshotError": "index.snapshot",
    "TRACKS": "evaluation.measures",
    "TermMatch": "explanation",
    "discard": "index.snapshot",
    "evaluate_directory": "evaluation.runner",
    "flags": "spam",
    "prune": "index.snapshot",
    "read_set": "evaluation.qrels",
    "suggest_needs": "index.index",
}

__all__ = [
    "PART_CODES",
    "TRACKS",
    "CaseText",
    "Document",
    "EvaluationFileError",
    "Evaluator",
    "Exclusion",
    "Explanation",
    "Fit",
    "FitChange",
    "Glossary",
    "Index",
    "Match",
    "NeedSuggestion",
    "Position",
    "Query",
    "Ranking",
    "ScorePart",
    "Settings",
    "SnapshotError",
    "TermMatch",
    "discard",
    "evaluate_directory",
    "flags",
    "prune",
    "read_set",
    "suggest_needs",
]


def __getattr__(name: str) -> Any:
    """Import a public name's module when the name is first asked for."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

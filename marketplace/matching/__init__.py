"""Ranking library: documents and a query in, an explained ranking out. Independent of Flask and the database.

Reading order: `documents`, `analysis`, `needs`, `index`, `criteria`, `ranking`, `explanation`, `spam`, `evaluation`; all
parameters are in `settings`. Public names are imported on first access, so that a program that ranks nothing starts
without loading scikit-learn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .deferred_import import defer_import

if TYPE_CHECKING:
    from .analysis.glossary import Glossary
    from .criteria import Exclusion
    from .documents import CaseText, Document, Position, Query
    from .evaluation.measures import TRACKS
    from .evaluation.qrels import EvaluationFileError, read_set
    from .evaluation.runner import Evaluator, evaluate_directory
    from .explanation import Explanation, ScorePart, TermMatch
    from .index.index import Index, suggest_needs
    from .index.snapshot import SnapshotError, discard, prune
    from .index.what_if import FitChange
    from .needs.suggestions import NeedSuggestion
    from .ranking import FitCounts, Match, Ranking
    from .settings import PART_CODES, MatchingSettings
    from .spam import spam_flags

# scikit-learn imports it for functions that are not used here: 0.5 s of CPU time from start to the first page.
defer_import("scipy.stats")

_MODULES = {
    "CaseText": "documents",
    "Document": "documents",
    "EvaluationFileError": "evaluation.qrels",
    "Evaluator": "evaluation.runner",
    "Exclusion": "criteria",
    "Explanation": "explanation",
    "FitCounts": "ranking",
    "Glossary": "analysis.glossary",
    "Index": "index.index",
    "Match": "ranking",
    "FitChange": "index.what_if",
    "NeedSuggestion": "needs.suggestions",
    "PART_CODES": "settings",
    "ScorePart": "explanation",
    "Position": "documents",
    "Query": "documents",
    "Ranking": "ranking",
    "MatchingSettings": "settings",
    "SnapshotError": "index.snapshot",
    "TRACKS": "evaluation.measures",
    "TermMatch": "explanation",
    "WantedText": "analysis.negation",
    "discard": "index.snapshot",
    "evaluate_directory": "evaluation.runner",
    "spam_flags": "spam",
    "prune": "index.snapshot",
    "read_set": "evaluation.qrels",
    "suggest_needs": "index.index",
    "wanted_texts": "needs.rejections",
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
    "FitChange",
    "FitCounts",
    "Glossary",
    "Index",
    "Match",
    "MatchingSettings",
    "NeedSuggestion",
    "Position",
    "Query",
    "Ranking",
    "ScorePart",
    "SnapshotError",
    "TermMatch",
    "WantedText",
    "discard",
    "evaluate_directory",
    "prune",
    "read_set",
    "spam_flags",
    "suggest_needs",
    "wanted_texts",
]


def __getattr__(name: str) -> Any:
    """Import the module of a public name on first access."""
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)

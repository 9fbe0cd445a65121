"""The matcher, a library of its own: text in, explained ranking out. It knows neither Flask nor tables.

In the order of a textbook: `documents`, `analysis` (with `plain_text`, `stemming`, `stop_words` and `compounds`),
`glossary`, `index`, `criteria`, `ranking`, `explanation`, `evaluation`; all weights are in `settings`. Names are looked
up when first used, so that a program that only might rank something starts without scikit-learn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketplace.matching.attacks import AttackReport, evaluate_attacks
    from marketplace.matching.criteria import Exclusion
    from marketplace.matching.documents import CaseText, Document, Position, Query
    from marketplace.matching.evaluation import TRACKS
    from marketplace.matching.explanation import Explanation, Part, TermMatch
    from marketplace.matching.glossary import Glossary
    from marketplace.matching.index.needs import NeedSuggestion
    from marketplace.matching.index.search import Index, suggest_needs
    from marketplace.matching.index.snapshot import SnapshotError, discard, prune
    from marketplace.matching.index.variants import Moved
    from marketplace.matching.judgments import EvaluationFileError, read_set
    from marketplace.matching.ranking import Fit, Match, Ranking
    from marketplace.matching.settings import PART_CODES, Settings
    from marketplace.matching.suspicion import flags
    from marketplace.matching.tracks import Evaluator, evaluate_directory

_HOME = {
    "AttackReport": "attacks",
    "CaseText": "documents",
    "Document": "documents",
    "EvaluationFileError": "judgments",
    "Evaluator": "tracks",
    "Exclusion": "criteria",
    "Explanation": "explanation",
    "Fit": "ranking",
    "Glossary": "glossary",
    "Index": "index.search",
    "Match": "ranking",
    "Moved": "index.variants",
    "NeedSuggestion": "index.needs",
    "PART_CODES": "settings",
    "Part": "explanation",
    "Position": "documents",
    "Query": "documents",
    "Ranking": "ranking",
    "Settings": "settings",
    "SnapshotError": "index.snapshot",
    "TRACKS": "evaluation",
    "TermMatch": "explanation",
    "discard": "index.snapshot",
    "evaluate_attacks": "attacks",
    "evaluate_directory": "tracks",
    "flags": "suspicion",
    "prune": "index.snapshot",
    "read_set": "judgments",
    "suggest_needs": "index.search",
}

__all__ = [
    "PART_CODES",
    "TRACKS",
    "AttackReport",
    "CaseText",
    "Document",
    "EvaluationFileError",
    "Evaluator",
    "Exclusion",
    "Explanation",
    "Fit",
    "Glossary",
    "Index",
    "Match",
    "Moved",
    "NeedSuggestion",
    "Part",
    "Position",
    "Query",
    "Ranking",
    "Settings",
    "SnapshotError",
    "TermMatch",
    "discard",
    "evaluate_attacks",
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

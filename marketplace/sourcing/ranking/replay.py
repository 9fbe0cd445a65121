"""Repeat a stored ranking run from its stored inputs and compare the results."""

from collections.abc import Mapping
from typing import Any

from marketplace import matching
from marketplace.core.database import session
from marketplace.core.errors import or_404
from marketplace.matching import MatchingSettings, Query, Ranking
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.ranking.directory_snapshots import load_documents, matcher_digest
from marketplace.sourcing.ranking.run_storage import DamagedRunError, deserialize, serialize
from marketplace.suppliers.glossary import glossary


class MatcherMismatchError(ValueError):
    """The run was made with another glossary or other formulas than this installation has."""


def replay(run_id: int) -> str:
    """Repeat a stored run and return a message that confirms an identical result.

    Raises NotFound, DamagedRunError if stored data are changed or missing, MatcherMismatchError, and ValueError if the
    results differ.
    """
    run = or_404(session.get(RankingRun, run_id))
    inputs, result = deserialize(run.inputs, run.inputs_digest), deserialize(run.result, run.result_digest)
    if run.base is None or run.directory is None:
        message = "the directory of the run is not stored, so it can only be shown"
        raise MatcherMismatchError(message)
    base, directory = load_documents(run.base), load_documents(run.directory)
    if run.matcher != matcher_digest():
        message = "the run is undamaged, but was made by another version of the matcher"
        raise MatcherMismatchError(message)
    settings = MatchingSettings.from_dict(run.settings)
    index = matching.Index.build(base, glossary(), settings).updated(directory)
    query = Query.from_dict(inputs["query"])
    ranking = index.rank(
        query,
        inputs["limit"],
        explain=inputs["explain"],
        last_shown=inputs.get("shown"),
        verify_terms=inputs.get("test", False),
    )
    if serialize({**result, "ranking": ranking.to_dict()})[1] != run.result_digest:
        message = f"the result differs, {_first_difference(result, ranking)}"
        raise ValueError(message)
    return f"Run {run.id} for {run.brief.reference}: {len(ranking.matches)} matches, identical."


def _first_difference(result: Mapping[str, Any], ranking: Ranking) -> str:
    stored = [(match["document_id"], match["score"]) for match in result["ranking"]["matches"]]
    repeated = [(match.document_id, match.score) for match in ranking.matches]
    for rank, (old, new) in enumerate(zip(stored, repeated, strict=False), start=1):
        if old != new:
            return f"first at rank {rank}: stored {old}, now {new}"
    return "in the explanations"


__all__ = ["DamagedRunError", "MatcherMismatchError", "replay"]

"""Erasure of the texts in a stored ranking run, after the retention period of its brief."""

from collections.abc import Mapping
from typing import Any

from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.ranking.run_storage import deserialize, serialize

_NO_TEXTS = {"title": "", "text": "", "must_haves": []}
_NOTES_WITH_TEXTS = {"must_have_not_shown"}


def erase_texts(run: RankingRun) -> None:
    """Erase the texts of the brief and of the profiles from a run; names, ranks, scores and reasons without texts remain.

    The run can be shown, but not repeated: it no longer refers to the directory, so that profiles which only this run used
    are deleted with their directory version. Raises DamagedRunError.
    """
    inputs, result = deserialize(run.inputs, run.inputs_digest), deserialize(run.result, run.result_digest)
    inputs["query"] |= _NO_TEXTS
    inputs["documents"] = [document | {"text": "", "cases": []} for document in inputs["documents"]]
    for match in result["ranking"]["matches"]:
        match["explanation"] = _without_texts(match["explanation"])
    run.inputs, run.inputs_digest = serialize(inputs)
    run.result, run.result_digest = serialize(result)
    run.base_id = run.directory_id = None


def _without_texts(explanation: Mapping[str, Any]) -> dict[str, Any]:
    lacks = [note for note in explanation["lacks"] if note[0] not in _NOTES_WITH_TEXTS]
    return {**explanation, "terms": [], "lacks": lacks}

"""Making a kept run again from what was kept, and comparing."""

from marketplace import matching
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.matching import Query, Settings
from marketplace.sourcing.directory_snapshots import documents_of, matcher
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.run_storage import DamagedRunError, pack, unpack
from marketplace.suppliers.glossary import glossary


class OtherMatcherError(ValueError):
    """A run was made with other words or formulas than this installation has."""


def replay(run_id: int) -> str:
    """Make a kept run again and return what there is to say when it is the same to the last digit.

    Raises NotFound, DamagedRunError when a byte is changed or missing, OtherMatcherError, and ValueError when the
    answer is another one.
    """
    run = session.get(RankingRun, run_id)
    if run is None:
        raise NotFound
    inputs, result = unpack(run.inputs, run.inputs_digest), unpack(run.result, run.result_digest)
    if run.base is None or run.directory is None:
        message = "the run is from before the directory was kept with it, and can only be shown"
        raise OtherMatcherError(message)
    base, directory = documents_of(run.base), documents_of(run.directory)
    if run.matcher != matcher():
        message = "the run is whole, but was made by another version of the matcher"
        raise OtherMatcherError(message)
    settings = Settings.from_dict(run.settings)
    index = matching.Index.build(base, glossary(), settings).updated(directory)
    query = Query.from_dict(inputs["query"])
    ranking = index.rank(
        query,
        inputs["limit"],
        explain=inputs["explain"],
        last_shown=inputs.get("shown"),
        verify_terms=inputs.get("test", False),
    )
    if pack({**result, "ranking": ranking.to_dict()})[1] != run.result_digest:
        kept = [(match["document_id"], match["score"]) for match in result["ranking"]["matches"]]
        made = [(match.document_id, match.score) for match in ranking.matches]
        place = next(
            (place for place, pair in enumerate(zip(kept, made, strict=False)) if pair[0] != pair[1]), -1
        )
        where = (
            f"first at place {place + 1}: kept {kept[place]}, now {made[place]}"
            if place >= 0
            else "in its reasons"
        )
        message = f"the answer is another one, {where}"
        raise ValueError(message)
    return (
        f"Run {run.id} for {run.brief.reference}: {len(ranking.matches)} places, the same to the last digit."
    )


__all__ = ["DamagedRunError", "OtherMatcherError", "replay"]

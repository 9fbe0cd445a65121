"""Publishing a brief and changing it: a version is frozen, and the directory is ranked for it once and for all."""

import datetime as dt

from marketplace.audit.use_cases import record
from marketplace.briefs import use_cases as briefs
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import current_answers, current_version
from marketplace.core.database import session, transaction
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.sourcing import directory_snapshots
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.documents import query_of
from marketplace.sourcing.models import Exposure, RankingRun
from marketplace.sourcing.queries.exposure import COUNTS_AS_SHOWN, last_shown
from marketplace.sourcing.run_storage import pack

MOST_KEPT, MOST_EXPLAINED = 60, 30


def publish_brief(viewer: Viewer, reference: str, *, confirmed: bool = False) -> Brief:
    """Publish a brief and keep the ranking of the directory for it, in one transaction. Raises RuleBroken."""
    corpus()  # built before the transaction, which others wait for
    with transaction():
        brief = briefs.publish(viewer, reference, confirmed=confirmed)
        rank_brief(viewer, brief)
        return brief


def amend_brief(viewer: Viewer, reference: str, deadline: dt.date | None = None) -> Brief:
    """Send a change of a published brief and keep a new ranking for it, in one transaction. Raises RuleBroken.

    Those invited stay invited, wherever they stand in the new list.
    """
    corpus()
    with transaction():
        brief = briefs.amend(viewer, reference, deadline)
        rank_brief(viewer, brief)
        return brief


def rank_brief(viewer: Viewer | None, brief: Brief) -> RankingRun:
    """Rank the directory for a brief's newest version and keep the run, inside the caller's transaction.

    Kept are the query, the texts of the suppliers in the list as they stand now, the settings and the result, so
    that the list can be shown again exactly, whatever suppliers change later; and the whole directory with whose turn
    it was, so that it can be made again. Those on its first page count as shown from now on.
    """
    version = current_version(brief)
    if version is None:
        raise NotFound
    now = corpus()
    query = query_of(brief.reference, current_answers(brief), brief.company.sector_code)
    shown = last_shown([int(number) for number in now.index.candidates(query, MOST_KEPT)])
    ranking = now.index.rank(
        query, limit=MOST_KEPT, explain=MOST_EXPLAINED, last_shown=shown, verify_terms=True
    )
    listed = [match.document_id for match in ranking.matches]
    named = [*listed, *(exclusion.document_id for exclusion in ranking.excluded)]
    inputs, inputs_digest = pack(
        {
            "query": query.to_dict(),
            "limit": MOST_KEPT,
            "explain": MOST_EXPLAINED,
            "shown": shown,
            "test": True,
            "documents": [now.documents[document_id].to_dict() for document_id in listed],
        }
    )
    fit = now.index.fit(query)
    result, result_digest = pack(
        {
            "fits": fit.fits,
            "ranking": ranking.to_dict(),
            "listings": {document_id: now.listings[document_id].to_dict() for document_id in named},
        }
    )
    run = RankingRun(
        brief_id=brief.id,
        brief_version_id=version.id,
        base=directory_snapshots.find(now.base.digest) or directory_snapshots.keep(now.base.documents),
        directory=directory_snapshots.keep(list(now.documents.values())),
        matcher=directory_snapshots.matcher(),
        settings=now.index.settings.to_dict(),
        inputs=inputs,
        inputs_digest=inputs_digest,
        result=result,
        result_digest=result_digest,
        matched=fit.fits + fit.over_budget,
        excluded=len(ranking.excluded),
    )
    session.add(run)
    session.flush()
    session.add_all(
        Exposure(ranking_run_id=run.id, supplier_id=int(match.document_id), place=match.place)
        for match in ranking.matches[:COUNTS_AS_SHOWN]
    )
    record(
        viewer, "brief.rank", "brief", brief.reference, run=run.id, matched=run.matched, excluded=run.excluded
    )
    return run

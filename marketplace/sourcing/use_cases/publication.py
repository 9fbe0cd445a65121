"""Publish or amend a brief: freeze a version and store the ranking of the directory for it."""

import datetime as dt

from marketplace.audit.use_cases import record
from marketplace.briefs import use_cases as briefs
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import current_answers, current_version
from marketplace.core.database import failure_logged, session, transaction
from marketplace.core.errors import or_404
from marketplace.core.viewer import Viewer
from marketplace.sourcing.limits import MAX_RANKED
from marketplace.sourcing.models import Exposure, RankingRun
from marketplace.sourcing.queries.exposure import SHOWN_RANKS, last_shown
from marketplace.sourcing.ranking import directory_snapshots
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.documents import query_of
from marketplace.sourcing.ranking.run_storage import serialize
from marketplace.sourcing.use_cases.early_choice import invite_chosen

MAX_EXPLAINED = 30


def publish_brief(viewer: Viewer, reference: str, *, confirmed: bool = False) -> Brief:
    """Publish a brief and store the ranking of the directory for it, in one transaction. Raises RuleBroken.

    The first brief of a company that no garden knows waits instead, and is ranked when it opens.
    """
    corpus()  # build the index before the transaction, which blocks other writers
    with transaction():
        brief = briefs.publish(viewer, reference, confirmed=confirmed)
        if brief.state == BriefState.PUBLISHED:
            rank_brief(viewer, brief)
        return brief


def answer_first_publication(viewer: Viewer, reference: str, verdict: str, comment: str) -> Brief:
    """Record the garden's answer about a first publication. If it opens, rank the directory and invite the chosen suppliers.

    Raises RuleBroken.
    """
    corpus()
    with transaction():
        brief = briefs.answer_first_publication(viewer, reference, verdict, comment)
        if brief.state == BriefState.PUBLISHED:
            invite_chosen(brief, rank_brief(viewer, brief))
        return brief


def open_waiting_briefs() -> int:
    """Open and rank the first publications whose wait is over, invite the chosen suppliers, and return their number.

    Idempotent.
    """
    references, opened = briefs.due_first_publications(), 0
    if references:
        corpus()
    for reference in references:
        with failure_logged(reference), transaction():
            brief = briefs.open_due_brief(reference)
            if brief is not None:
                invite_chosen(brief, rank_brief(None, brief))
                opened += 1
    return opened


def amend_brief(viewer: Viewer, reference: str, deadline: dt.date | None = None) -> Brief:
    """Publish a change to a published brief and store a new ranking, in one transaction. Raises RuleBroken.

    Existing invitations stay valid, whatever the suppliers' new ranks.
    """
    corpus()
    with transaction():
        brief = briefs.amend(viewer, reference, deadline)
        rank_brief(viewer, brief)
        return brief


def rank_brief(viewer: Viewer | None, brief: Brief) -> RankingRun:
    """Rank the directory for a brief's newest version and store the run, inside the caller's transaction.

    The run stores the query, the listed suppliers' documents, the settings and the result, so that the ranking can be
    shown unchanged whatever suppliers edit later. It also refers to a snapshot of the directory and stores the last
    exposures, so that the ranking can be repeated. Suppliers on the first page count as shown from now on.
    """
    version = or_404(current_version(brief))
    current = corpus()
    query = query_of(brief.reference, current_answers(brief), brief.company.sector_code)
    shown = last_shown([int(document_id) for document_id in current.index.candidates(query, MAX_RANKED)])
    ranking = current.index.rank(
        query, limit=MAX_RANKED, explain=MAX_EXPLAINED, last_shown=shown, verify_terms=True
    )
    listed = [match.document_id for match in ranking.matches]
    named = [*listed, *(exclusion.document_id for exclusion in ranking.excluded)]
    inputs, inputs_digest = serialize(
        {
            "query": query.to_dict(),
            "limit": MAX_RANKED,
            "explain": MAX_EXPLAINED,
            "shown": shown,
            "test": True,
            "documents": [current.documents[document_id].to_dict() for document_id in listed],
        }
    )
    fit = current.index.fit(query)
    result, result_digest = serialize(
        {
            "fits": fit.fits,
            "ranking": ranking.to_dict(),
            "listings": {document_id: current.listings[document_id].to_dict() for document_id in named},
        }
    )
    run = RankingRun(
        brief_id=brief.id,
        brief_version_id=version.id,
        base=directory_snapshots.find_version(current.fitted.digest)
        or directory_snapshots.save_version(current.fitted.documents),
        directory=directory_snapshots.save_version(list(current.documents.values())),
        matcher=directory_snapshots.matcher_digest(),
        settings=current.index.settings.to_dict(),
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
        Exposure(ranking_run_id=run.id, supplier_id=int(match.document_id), place=match.rank)
        for match in ranking.matches[:SHOWN_RANKS]
    )
    record(
        viewer, "brief.rank", "brief", brief.reference, run=run.id, matched=run.matched, excluded=run.excluded
    )
    return run

"""Comments on the sections of a strategy, written by the company and by the gardens it is shared with."""

from flask import render_template

from marketplace.core.errors import NotFound
from marketplace.core.i18n import gettext as _
from marketplace.strategy.content import SECTIONS
from marketplace.strategy.forms.sharing import CommentForm
from marketplace.strategy.queries import document_export, sharing as queries
from marketplace.strategy.strategy_template import strategy_template
from marketplace.strategy.use_cases import comments
from marketplace.strategy.views.base import blueprint
from marketplace.strategy.views.sections import section_url
from marketplace.web import access, flashes
from marketplace.web.forms.editing import add
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

COMMENTED = frozenset(SECTIONS) - {"check"}
ADVISERS = "every adviser of a garden comments on the strategies that companies share with it"


@blueprint.route("/plan/comments/<section_code>", methods=["GET", "POST"])
@access.company
def section_comments(section_code: str) -> ViewResponse:
    """Show the comments on a section to the company, and add one."""
    return _comments(None, section_code)


@blueprint.post("/plan/comments/<int:comment_id>/resolve")
@access.company
def resolve_comment(comment_id: int) -> ViewResponse:
    """Mark a comment as resolved by the company."""
    section = comments.resolve_comment(current_viewer(), None, comment_id)
    flashes.done(_("The comment is resolved."))
    return see_other("strategy.section_comments", section_code=section)


@blueprint.route("/companies/<int:company_id>/plan/comments/<section_code>", methods=["GET", "POST"])
@access.reads_and_writes(access.Level.GARDEN, because=ADVISERS)
def shared_section_comments(company_id: int, section_code: str) -> ViewResponse:
    """Show the comments on a section of a shared strategy to the garden, and add one."""
    return _comments(company_id, section_code)


@blueprint.post("/companies/<int:company_id>/plan/comments/<int:comment_id>/resolve")
@access.reads_and_writes(access.Level.GARDEN, because=ADVISERS)
def resolve_shared_comment(company_id: int, comment_id: int) -> ViewResponse:
    """Mark a comment as resolved by the garden."""
    section = comments.resolve_comment(current_viewer(), company_id, comment_id)
    flashes.done(_("The comment is resolved."))
    return see_other("strategy.shared_section_comments", company_id=company_id, section_code=section)


def _comments(company_id: int | None, section: str) -> ViewResponse:
    """Show the comments on a section beside its text; a company id means a strategy that is shared with the viewer."""
    viewer = current_viewer()
    if section not in COMMENTED:
        raise NotFound
    strategy = queries.readable_strategy(viewer, company_id)
    form = CommentForm()
    if add(form, lambda form: comments.add_comment(viewer, company_id, section, form.text.data or "")):
        flashes.done(_("The comment has been sent."))
        if company_id is None:
            return see_other("strategy.section_comments", section_code=section)
        return see_other("strategy.shared_section_comments", company_id=company_id, section_code=section)
    version = queries.newest_version(strategy)
    return render_template(
        "strategy/comments.html",
        form=form,
        strategy=strategy,
        company_id=company_id,
        section=strategy_template().section(section),
        section_url=section_url(section),
        outline=document_export.outline_of_version(version) if version else None,
        comments=queries.comments_of(strategy, section).get(section, []),
    )

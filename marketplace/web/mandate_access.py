"""Routes that an adviser may use while writing for a company through a mandate. All other routes answer 403.

The list is checked before the access level of a route, which must allow a member of the company as well. It has no
route that sends, chooses, shares, exports or invites: those are the company's own.
"""

from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.viewer import MandateInfo
from marketplace.web.viewer import current_mandate

BRIEFS = frozenset(
    {
        "briefs.index",
        "briefs.new",
        "briefs.newest",
        "briefs.resume",
        "briefs.topic",
        "briefs.check",
        "briefs.make_requirement_optional",
        "briefs.show",
        "briefs.preview",
        "briefs.file",
        "briefs.files",
        "briefs.file_delete",
        "briefs.answer",
        "briefs.reject",
        "briefs.from_action",
        "briefs.calendar",
        "briefs.copy",
        "briefs.help_index",
        "briefs.help_page",
        "sourcing.what_if",
        "sourcing.ranking",
    }
)
"""Writing a brief, its files and the answers to questions about it, and reading it and its ranking."""
PLAN = frozenset(
    {
        "strategy.plan",
        "strategy.assessment",
        "strategy.assessment_page",
        "strategy.assessment_result",
        "strategy.edit_section",
        "strategy.check_plan",
        "strategy.save_language",
        "strategy.objectives",
        "strategy.objective",
        "strategy.new_objective",
        "strategy.edit_objective",
        "strategy.remove_objective",
        "strategy.restore_objective",
        "strategy.plan_baseline",
        "strategy.measure",
        "strategy.correct_measurement",
        "strategy.withdraw_measurement",
        "strategy.actions",
        "strategy.new_action",
        "strategy.edit_action",
        "strategy.remove_action",
        "strategy.restore_action",
        "strategy.set_action_state",
        "strategy.tools",
        "strategy.tool",
        "strategy.remove_tool",
        "strategy.print_strategy",
        "strategy.versions",
        "strategy.version",
        "strategy.restore_version",
        "strategy.section_comments",
        "strategy.resolve_comment",
    }
)
"""Writing the plan, its comments and versions, the self-assessment, objectives, measurements, actions and tools."""
COMMON = frozenset(
    {
        "static",
        "accounts.sign_out",
        "directory.image",
        "directory.search",
        "directory.show",
        "operation.healthz",
        "operation.livez",
        "operation.readyz",
        "pages.accessibility",
        "pages.choose_language",
        "pages.discard_draft",
        "pages.front",
        "pages.gardens",
        "pages.home",
        "pages.how_it_works",
        "pages.how_we_rank",
        "pages.privacy",
        "pages.save_draft",
        "programme.course",
        "programme.courses",
        "regions.handbook",
        "regions.region_file",
        "mandates.ask_confirmation",
        "mandates.stop_writing",
    }
)
"""Public pages, drafts of forms, the question to the owners, and the way back."""
ALLOWED = BRIEFS | PLAN | COMMON
OFFERS = frozenset(
    {"proposals.compare", "proposals.offer", "proposals.offer_file", "proposals.prepare_award"}
)
"""Reading opened offers and preparing the choice, if the company lets the garden do it."""
AFTER_END = frozenset({"static", "accounts.sign_out", "pages.choose_language", "mandates.stop_writing"})
"""Routes that are available between the end of a mandate and the adviser's answer to the page that says so."""


class MandateRefusal(Exception):  # noqa: N818 because it is an answer, not an error
    """A request that the mandate of the session does not cover. Title and message are translated."""

    def __init__(self, title: str, message: str) -> None:
        super().__init__(message)
        self.title = title
        self.message = message


def check_request(endpoint: str, *, is_safe: bool) -> None:
    """Check a request of a session that writes for a company. Raises MandateRefusal.

    The message about a page that is only opened (`is_safe`) names the company that the adviser writes for. The message
    about a form says that the company must act itself.
    """
    mandate = current_mandate()
    if mandate is None:
        return
    if mandate.end_reason:
        if endpoint not in AFTER_END:
            raise MandateRefusal(
                _("You no longer write for %(company)s", company=mandate.company), _ended(mandate)
            )
    elif endpoint not in ALLOWED and not (mandate.reads_offers and endpoint in OFFERS):
        raise MandateRefusal(
            _("You are writing for %(company)s now", company=mandate.company)
            if is_safe
            else _("%(company)s must do this themselves", company=mandate.company),
            _(
                "You write their brief and their plan. They publish, share, choose and change settings themselves. To go to your own pages, stop writing for them."
            ),
        )


def _ended(mandate: MandateInfo) -> str:
    texts = {
        "withdrawn": _("The company has withdrawn the permission."),
        "ended": _("The permission ended %(date)s.", date=format_date(mandate.until))
        if mandate.until
        else "",
        "left": _("You are no longer signed in for the business garden that was allowed to write."),
        "closed": _("The company is closed."),
        "unfollowed": _("Your business garden no longer follows the company."),
    }
    rest = _("The company keeps everything that was saved. Go on to your own pages below.")
    return f"{texts.get(mandate.end_reason, '')} {rest}".strip()

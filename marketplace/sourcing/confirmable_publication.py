"""Publishing a brief that an adviser prepares and an owner confirms."""

from marketplace.briefs import queries as briefs
from marketplace.briefs.lifecycle import Phase
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.core.viewer import Viewer
from marketplace.mandates.hooks import ActSummary, ConfirmableAct, Details
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.use_cases.publication import publish_brief


def _summarize(viewer: Viewer, reference: str, _details: Details) -> ActSummary:
    brief = briefs.own_brief(viewer, reference)
    view = briefs.view_of(viewer, brief)
    blocker, consequences = (
        _("The brief has been published already, or someone is reading the draft."),
        list[str](),
    )
    if view.phase is Phase.DRAFT:
        check = briefs.draft_check(view)
        blocker = "" if check.is_ready else _("Something is missing. Complete the brief first.")
        wait = check.wait
        consequences = [
            _("The text is locked, and suppliers are ranked. You choose whom to invite afterwards."),
            _("Suppliers see your name.")
            if view.answers.get("visibility") != "hidden"
            else _("Suppliers do not see your name until you have chosen."),
            _("Offers are sealed until the deadline."),
            *([_("Your business garden checks your first brief before it opens.")] if wait else []),
        ]
    return ActSummary(
        briefs.display_title(brief),
        brief.revision,
        consequences,
        f"/briefs/{brief.reference}",
        "sourcing/_confirm_publication.html",
        {
            "brief_view": briefs.view_of(viewer, brief, as_supplier=True),
            "files": briefs.files_of_brief(brief.id),
        },
        blocker,
    )


def _publish(owner: Viewer, reference: str, _text: str, _details: Details) -> None:
    publish_brief(owner, reference, confirmed=True)


PUBLICATION = ConfirmableAct(
    name=_l("publish the brief"),
    button=_l("We have read it. Publish"),
    done=_l("Done. The brief has been published."),
    summarize=_summarize,
    run=_publish,
    prepare=corpus,
)

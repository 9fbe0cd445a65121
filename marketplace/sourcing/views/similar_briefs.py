"""A remark on the check page: the company already has a brief open that asks for nearly the same."""

from marketplace.briefs import hooks
from marketplace.briefs.queries import BriefPaper
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries


def _similar(_viewer: Viewer, paper: BriefPaper, _asked: object) -> hooks.Panel | None:
    found = queries.still_open_alike(paper)
    return hooks.Panel("sourcing/_similar.html", {"similar": found}) if found else None


hooks.hang(hooks.Place.CHECK, "similar", _similar)

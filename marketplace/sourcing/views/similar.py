"""A remark on the check page: the company already has a brief open that asks for nearly the same."""

from marketplace.briefs import followers
from marketplace.briefs.queries import BriefPaper
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries


def _similar(_viewer: Viewer, paper: BriefPaper, _asked: object) -> followers.Panel | None:
    found = queries.still_open_alike(paper)
    return followers.Panel("sourcing/_similar.html", {"similar": found}) if found else None


followers.hang(followers.Place.CHECK, "similar", _similar)

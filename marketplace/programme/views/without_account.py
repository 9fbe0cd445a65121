"""Panel of the companies in projects that have no account, below a business garden's list of companies."""

from marketplace.core.viewer import Viewer
from marketplace.organisations.hooks import CompanyPanel
from marketplace.programme.queries.without_account import companies_without_account

MAX_LISTED = 10


def without_account_panel(viewer: Viewer, text: str) -> CompanyPanel | None:
    """Build the panel with the companies that match the search text, or None if the garden's projects have none."""
    companies = companies_without_account(viewer, text)
    if not companies:
        return None
    projects = {one.slug: one.project for one in companies}
    values = {"companies": companies, "shown": MAX_LISTED if text else 0, "projects": projects, "text": text}
    return CompanyPanel("programme/_without_account.html", values)

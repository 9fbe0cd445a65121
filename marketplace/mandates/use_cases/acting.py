"""Start and end of writing for a company in an adviser's browser session."""

from marketplace.accounts import use_cases as accounts
from marketplace.audit.use_cases import record
from marketplace.core.database import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import MandateInfo, Viewer
from marketplace.mandates.models import Mandate
from marketplace.mandates.queries.acting import mandated_viewer
from marketplace.mandates.queries.mandates import active_mandate
from marketplace.organisations.queries import company_for


def start_writing(viewer: Viewer, token: str, company_id: int) -> Mandate:
    """Let an adviser's browser session write for a company. Raises NotFound, and RuleBroken without a mandate."""
    with transaction():
        company = company_for(viewer, company_id)
        mandate = active_mandate(company.id, viewer.organisation_id)
        if mandate is None or not company.is_active:
            raise RuleBroken(
                _("%(company)s does not let you write for them now. Ask them first.", company=company.name)
            )
        accounts.set_acting_mandate(token, mandate.id)
        writer = mandated_viewer(viewer, mandate.id, company.id, company.name, mandate.garden_id)
        record(writer, "mandate.start", "mandate", mandate.id)
        return mandate


def stop_writing(viewer: Viewer, token: str, info: MandateInfo) -> None:
    """End writing for a company, so that the browser session has the adviser's own role again."""
    with transaction():
        accounts.set_acting_mandate(token, None)
        record(viewer, "mandate.stop", "mandate", info.mandate_id)

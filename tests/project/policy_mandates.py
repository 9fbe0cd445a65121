"""Objects of mandates for the policy tests."""

import datetime as dt
from typing import Any

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.mandates.models import Mandate


def mandate_objects(side: Any) -> dict[str, Any]:
    """Add a mandate of the company of a side for its garden; return it by URL parameter name."""
    until = clock.today() + dt.timedelta(days=30)
    mandate = Mandate(company_id=side.brief.company_id, garden_id=side.garden.id, until=until)
    session.add(mandate)
    session.flush()
    return {"mandate_id": mandate.id}

"""Acts of business gardens for a company, from the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.accounts import queries as people
from marketplace.audit import queries as audit
from marketplace.audit.labels import action_label
from marketplace.audit.models import AuditEvent
from marketplace.core.pagination import Page
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import names_of


@dataclass(frozen=True, slots=True)
class MandateHistory:
    """One page of acts, newest first, with the names of their people and gardens by id."""

    page: Page[AuditEvent]
    people: Mapping[int | None, str]
    gardens: Mapping[int | None, str]

    def label(self, event: AuditEvent) -> str:
        """Return the name of an act."""
        return action_label(event.action)


def mandate_history(viewer: Viewer, page: int = 1) -> MandateHistory:
    """Return the acts of business gardens for the viewer's company."""
    found = audit.events(page, audit.EventFilter(mandated_for=viewer.organisation_id))
    names = people.names_of({event.actor_id for event in found.items})
    gardens = names_of({event.details.get("by_garden") for event in found.items})
    return MandateHistory(found, names, gardens)

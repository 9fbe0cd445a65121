"""Hooks through which higher-level packages react to registrations and closed gardens, and add to a company's page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core.hooks import Hook, Panel
from marketplace.core.viewer import Viewer

company_registered: Hook[Callable[[Viewer, Mapping[str, Any]], None]] = Hook()
"""Called in the transaction that adds a company, with its owner and the work that the owner started before registering."""

identity_changed: Hook[Callable[[int], None]] = Hook()
"""Called with the id of a company in the transaction that adds it or changes its organisation number."""

garden_closed: Hook[Callable[[Viewer, int], None]] = Hook()
"""Called with an administrator and the id of a business garden, in the transaction in which the garden is closed."""

garden_reopened: Hook[Callable[[Viewer, int], None]] = Hook()
"""Called like `garden_closed`, in the transaction in which a closed garden opens again."""


@dataclass(frozen=True, slots=True)
class CompanyStep:
    """The next step of a company, shown as a sentence that begins with the link and ends with `rest`; `when` is its time."""

    link: str
    url: str
    rest: str = ""
    when: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class CompanyPanel(Panel):
    """A panel with the next steps of the company."""

    steps: Sequence[CompanyStep] = ()


company_list_panels: Hook[Callable[[Viewer, str], Panel | None]] = Hook()
"""Build a panel below a garden's list of companies from the viewer and the search text; None shows nothing."""

company_panels: Hook[Callable[[Viewer, int], CompanyPanel | None]] = Hook()
"""Callbacks that build a panel on the page of a company, for a viewer whose garden follows it. None shows nothing."""

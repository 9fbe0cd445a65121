"""Hook through which a higher-level package gives the states of companies."""

from collections.abc import Callable, Collection, Mapping

from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer

company_states: Hook[Callable[[Viewer], Mapping[int, Collection[str]]]] = Hook()
"""Callbacks that return the states of the companies that the viewer's garden follows, by company."""


def states_of_companies(viewer: Viewer) -> dict[int, set[str]]:
    """Return the states of the companies that the viewer's garden follows, by company."""
    states: dict[int, set[str]] = {}
    for callback in company_states:
        for company_id, codes in callback(viewer).items():
            states.setdefault(company_id, set()).update(codes)
    return states

"""Hook through which higher-level packages report the states of companies, such as a missing strategy."""

from collections.abc import Callable, Collection, Mapping

from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer

company_states: Hook[Callable[[Viewer], Mapping[int, Collection[str]]]] = Hook()
"""Callbacks that return state codes of the companies that the viewer's garden follows, by company id."""


def states_of_companies(viewer: Viewer) -> dict[int, set[str]]:
    """Return the state codes of the companies that the viewer's garden follows, from all callbacks, by company id."""
    states: dict[int, set[str]] = {}
    for callback in company_states:
        for company_id, codes in callback(viewer).items():
            states.setdefault(company_id, set()).update(codes)
    return states

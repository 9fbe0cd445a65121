"""Hook through which higher-level packages continue with what a visitor began before registering a company."""

from collections.abc import Callable, Mapping
from typing import Any

from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer

company_registered: Hook[Callable[[Viewer, Mapping[str, Any]], None]] = Hook()
"""Called in the transaction that adds a company, with a viewer who acts for it and what the visitor had begun."""

"""Hook through which higher-level packages add an organisation when a registration is confirmed."""

from collections.abc import Callable
from typing import Any

from marketplace.core.hooks import Hook

registration: Hook[Callable[[int, dict[str, Any]], object]] = Hook()
"""Callbacks by kind of organisation. Called in the transaction that adds the user, with the user's id and the details.

A callback raises RuleBroken if the organisation cannot be added; the registration then remains unconfirmed.
"""

"""Hook through which higher-level packages add notes to an application, as its garden reads it."""

from collections.abc import Callable

from marketplace.core.hooks import Hook

application_notes: Hook[Callable[[int], list[str]]] = Hook()
"""Callbacks that return sentences about an applicant, by supplier id, in the viewer's language."""


def notes_about(supplier_id: int) -> list[str]:
    """Return the sentences of all higher-level packages about an applicant."""
    return [note for write in application_notes for note in write(supplier_id)]

"""Hook through which higher-level packages let an owner confirm what an adviser has prepared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ActSummary:
    """Consequences of a confirmation, as texts, with the object and its revision.

    `template` shows the object itself and reads `values`. `blocker` is why the act is not possible now, or empty.
    """

    title: str
    revision: int
    consequences: Sequence[str]
    path: str
    template: str = ""
    values: Mapping[str, Any] | None = None
    blocker: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmableAct:
    """An act that an adviser can prepare and only an owner can do.

    `title` is what is asked for, `button` the label of the button that does it. `summarize` raises NotFound if the
    viewer may not see the object. `run` does the act as the owner, in the caller's transaction; the last argument is the
    text that the adviser wrote. `prepare` runs before that transaction, for work that must not block other writers.
    """

    title: object
    button: object
    done: object
    summarize: Callable[[Viewer, str], ActSummary]
    run: Callable[[Viewer, str, str], object]
    prepare: Callable[[], object] | None = None


confirmable_acts: Hook[ConfirmableAct] = Hook()
"""Acts by name, which is also the stored code of the act."""

"""Hook through which higher-level packages let an owner confirm what an adviser has prepared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.core.errors import NotFound
from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer

Details = Mapping[str, Any]
"""Values that an adviser has entered in the form of an act, as JSON."""


@dataclass(frozen=True, slots=True)
class ActSummary:
    """Consequences of a confirmation, as texts, with the object and its revision.

    `template` shows the object itself and reads `act_values`. `blocker` is why the act is not possible now, or empty.
    """

    title: str
    revision: int
    consequences: Sequence[str]
    path: str
    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    blocker: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmableAct:
    """An act that an adviser can prepare and only an owner can do.

    `name` is the heading, `button` the label of the owner's button, `done` the answer after it. `text_label` is the label
    of a text that the adviser must write, of at least `min_text` characters. An act with a form of its own has its
    address in `form_path`, by the reference of the object; what is entered there are the details. `summarize` raises
    NotFound if the viewer may not see the object; its last argument is the details. `run` does the act as the owner, in
    the caller's transaction; its last arguments are the text and the details. `prepare` runs before that transaction,
    for work that must not block other writers.
    """

    name: object
    button: object
    done: object
    summarize: Callable[[Viewer, str, Details], ActSummary]
    run: Callable[[Viewer, str, str, Details], object]
    prepare: Callable[[], object] | None = None
    text_label: object = ""
    min_text: int = 0
    form_path: Callable[[str], str] | None = None


confirmable_acts: Hook[ConfirmableAct] = Hook()
"""Acts by code, which confirmations store."""


def find_act(code: str) -> ConfirmableAct:
    """Return an act by its code. Raises NotFound."""
    try:
        return confirmable_acts[code]
    except KeyError:
        raise NotFound from None

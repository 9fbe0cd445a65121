"""Hook through which higher-level packages let an owner confirm what an adviser has prepared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.core.errors import NotFound
from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer

Details = Mapping[str, Any]
"""Values that an adviser has entered in the own form of an act, as JSON."""


@dataclass(frozen=True, slots=True)
class ActSummary:
    """Description of an act for its confirmation: the object, its revision, and the consequences as texts.

    `path` is the page of the object. `template` shows the object and reads `values` as `act_values`. `blocker` is the
    reason why the act is not possible now, or empty.
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

    `name` is the heading, `button` the label of the owner's button, and `done` the message after confirmation.
    `text_label` is the label of a text of at least `min_text` characters that the adviser must write. `form_path` returns
    the path of an act's own form by the reference of the object; the values entered there are the details.

    `summarize` takes the viewer, the reference and the details; it raises NotFound if the viewer may not see the object.
    `run` takes the owner, the reference, the text and the details; it performs the act as the owner, in the caller's
    transaction. `prepare` runs before that transaction, for work that must not block other writers.
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
"""Acts by code. The code is stored in the confirmation."""


def find_act(code: str) -> ConfirmableAct:
    """Return an act by its code. Raises NotFound."""
    try:
        return confirmable_acts[code]
    except KeyError:
        raise NotFound from None

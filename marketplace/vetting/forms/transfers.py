"""Forms for moves between gardens, and for ties."""

from typing import Any

from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.core.viewer import Viewer
from marketplace.vetting import queries
from marketplace.web.forms import BaseForm, ChoiceField, LongTextField, length, required


class MoveForm(BaseForm):
    """Which garden shall take over, and why."""

    garden = ChoiceField(_l("Which business garden should take over?"), [required()])
    reason = LongTextField(_l("Why?"), [required(), length(5, 500)])

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.garden.set_choices([(str(garden.id), garden.name) for garden in queries.other_gardens(viewer)])


def tie_kinds() -> list[tuple[str, str]]:
    """Return the kinds of ties, in words."""
    return [
        ("owner", _("I own part of it")),
        ("board", _("I sit on its board")),
        ("family", _("Family or close friends")),
        ("paid", _("It has paid me for work in the last two years")),
    ]


class TieForm(BaseForm):
    """To which supplier, and what kind of tie."""

    supplier = ChoiceField(_l("Supplier"), [required()], validate_choice=False)
    kind = ChoiceField(_l("What kind of connection is it?"), [required()])

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(number), name) for number, name in queries.suppliers_to_tie(viewer)]
        self.supplier.set_choices([("", _("Choose a supplier")), *named])
        self.kind.set_choices(tie_kinds())

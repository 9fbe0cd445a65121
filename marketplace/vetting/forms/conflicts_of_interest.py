"""Form for declaring a conflict of interest."""

from typing import Any

from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.core.viewer import Viewer
from marketplace.vetting import queries
from marketplace.web.forms import BaseForm, ChoiceField, required


def conflict_kinds() -> list[tuple[str, str]]:
    """Kinds of conflicts of interest, with labels."""
    return [
        ("owner", _("I own part of it")),
        ("board", _("I sit on its board")),
        ("family", _("Family or close friends")),
        ("paid", _("It has paid me for work in the last two years")),
    ]


class ConflictForm(BaseForm):
    """Declaration of a connection to a supplier, by kind."""

    supplier = ChoiceField(_l("Supplier"), [required()])
    kind = ChoiceField(_l("What kind of connection is it?"), [required()], choices=conflict_kinds)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supplier.set_choices([("", _("Choose a supplier")), *queries.suppliers_to_declare(viewer)])

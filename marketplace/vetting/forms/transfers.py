"""Form for transferring a supplier to another garden."""

from typing import Any

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.core.viewer import Viewer
from marketplace.vetting import queries
from marketplace.web.forms import BaseForm, ChoiceField, LongTextField, length, required


class TransferForm(BaseForm):
    """Request to transfer a supplier to another garden, with the reason."""

    garden = ChoiceField(_l("Which business garden should take over?"), [required()])
    reason = LongTextField(_l("Why?"), [required(), length(5, 500)])

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.garden.set_choices([(garden.id, garden.name) for garden in queries.other_gardens(viewer)])

"""The form that confirms the erasure of an account."""

from wtforms import BooleanField

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.web.forms import BaseForm, required


class EraseAccountForm(BaseForm):
    """Explicit confirmation of the erasure."""

    sure = BooleanField(
        _l("I understand that this cannot be undone"),
        [required(_l("Select this if you want your account to be erased."))],
    )

"""Forms of the attendance pages."""

from wtforms.validators import Optional

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.programme.limits import MAX_PEOPLE
from marketplace.web.forms import BaseForm, NumberField, TextField, length, required, telephone


class GuestForm(BaseForm):
    """A company that came without a seat."""

    company_name = TextField(_l("Company name"), [required(), length(2, 120)])
    contact_name = TextField(
        _l("Name of the person"), [required(_l("Enter the name of the person.")), length(2, 120)]
    )
    phone = TextField(_l("Telephone"), [length(high=40), telephone()], render_kw={"inputmode": "tel"})


class HeldForm(BaseForm):
    """Confirmation that a session was held, with the number of people present."""

    head_count = NumberField(
        _l("How many people were in the room?"),
        [Optional()],
        high=MAX_PEOPLE,
        render_kw={"inputmode": "numeric"},
    )

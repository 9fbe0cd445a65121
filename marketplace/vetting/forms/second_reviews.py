"""Forms for second reviewers, for appeals, and for the gardens that decide appeals."""

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.web.forms import BaseForm, LongTextField, length, required


class RefusalAnswerForm(BaseForm):
    """A second reviewer's answer to a proposed refusal."""

    text = LongTextField(
        _l("To the person who proposed the refusal"),
        [length(high=1000)],
        description=_l("Required when you return the proposal. The supplier does not see it."),
    )


class AppealForm(BaseForm):
    """A supplier's appeal."""

    text = LongTextField(
        _l("What do you think the business garden has misunderstood?"),
        [required(), length(20, 2000)],
        description=_l(
            "Address the points one by one. The business garden reviewing the case reads your application and this text."
        ),
    )


class AppealAnswerForm(BaseForm):
    """The reason of a decision on an appeal."""

    reason = LongTextField(
        _l("Reason"),
        [required(), length(high=2000)],
        description=_l("The supplier and the business garden that refused the application can read it."),
    )

"""Notices about refusals that await a second curator, and about appeals."""

from marketplace.core import taxonomy
from marketplace.core.i18n import format_date, gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.vetting import appeal_rules
from marketplace.vetting.models import Appeal, Refusal, Vetting
from marketplace.vetting.notices.applications import approval_lines, reapply_line


@as_message("refusal_proposed", topic=Topic.APPLICATIONS, throttled=True)
def refusal_proposed(refusal: Refusal, supplier: str) -> Content:
    """To second reviewers: a refusal is proposed."""
    return Content(
        _("Review a refusal of %(supplier)s", supplier=supplier),
        [
            _(
                "%(name)s at %(garden)s proposes refusing the application from %(supplier)s for “%(kind)s”.",
                name=refusal.proposed_by.name,
                garden=refusal.garden.name,
                supplier=supplier,
                kind=taxonomy.group(refusal.vetting.category).label,
            ),
            _("The refusal takes effect when you confirm it. The supplier has not been notified yet."),
        ],
        f"/vetting/refusals/{refusal.id}",
        _("Read the proposal"),
    )


@as_message("refusal_proposed", topic=Topic.APPLICATIONS)
def refusal_reminder(refusal: Refusal, supplier: str) -> Content:
    """To second reviewers: a proposed refusal still awaits confirmation."""
    return Content(
        _("A refusal of %(supplier)s is waiting for your decision", supplier=supplier),
        [
            _(
                "The refusal was proposed on %(date)s, and the supplier is waiting for an answer.",
                date=format_date(refusal.proposed_at),
            )
        ],
        f"/vetting/refusals/{refusal.id}",
        _("Read the proposal"),
    )


@as_message("refusal_answered", topic=Topic.APPLICATIONS)
def refusal_returned(refusal: Refusal, supplier: str, name: str) -> Content:
    """To the proposer: a second curator has returned the refusal."""
    return Content(
        _("%(name)s does not agree to the refusal of %(supplier)s", name=name, supplier=supplier),
        [
            refusal.answer,
            _("The application has been returned to you. The supplier has not been notified."),
        ],
        f"/vetting/{refusal.vetting_id}",
        _("Read the application"),
    )


@as_message("refusal_answered", topic=Topic.APPLICATIONS)
def refusal_confirmed(refusal: Refusal, supplier: str, name: str) -> Content:
    """To the proposer: a second curator has confirmed the refusal."""
    return Content(
        _("%(name)s has confirmed the refusal of %(supplier)s", name=name, supplier=supplier),
        [_("The supplier has been notified and given your reasons.")],
        f"/vetting/{refusal.vetting_id}",
        _("See the application"),
    )


@as_message("appeal_came", topic=Topic.APPLICATIONS, throttled=True)
def appeal_received(supplier: str, category: str, appeal_id: int, refused_by: str) -> Content:
    """To the curators who can decide an appeal."""
    return Content(
        _("%(supplier)s has appealed a refusal, and you decide", supplier=supplier),
        [
            _(
                "%(garden)s has refused the application for “%(kind)s”. You decide because you were not involved.",
                garden=refused_by,
                kind=taxonomy.group(category).label,
            )
        ],
        f"/vetting/appeals/{appeal_id}",
        _("Read the appeal"),
    )


@as_message("appeal_seen", topic=Topic.APPLICATIONS, throttled=True)
def appeal_reported(supplier: str, category: str, garden: str) -> Content:
    """To administrators: there is an appeal, and whether a garden can decide it."""
    reviewer = (
        _("%(garden)s is reviewing the case.", garden=garden)
        if garden
        else _("No other business garden has a curator who can decide the appeal. Invite one.")
    )
    return Content(
        _("%(supplier)s has appealed a refusal", supplier=supplier),
        [_("The appeal is about “%(kind)s”.", kind=taxonomy.group(category).label), reviewer],
        "/admin/appeals",
        _("See the appeals"),
    )


@as_message("appeal_receipt", topic=Topic.RECEIPTS)
def appeal_sent(category: str, garden: str) -> Content:
    """To the supplier: its appeal is received, and which garden decides it."""
    reviewer = (
        _("%(garden)s was not involved in the refusal and decides the appeal.", garden=garden)
        if garden
        else _("We will find a business garden that was not involved in the refusal.")
    )
    return Content(
        _("We have received your appeal for “%(kind)s”", kind=taxonomy.group(category).label),
        [reviewer, _("You will get an answer with reasons.")],
        "/profile",
        _("See your profile"),
    )


@as_message("appeal_decided")
def appeal_decided(vetting: Vetting, garden: str, reason: str, *, granted: bool) -> Content:
    """To the supplier: the decision on its appeal."""
    kind = taxonomy.group(vetting.category).label
    if granted:
        subject = _("Your appeal for “%(kind)s” has been upheld", kind=kind)
        lines = approval_lines(garden, vetting.approved_at)
    else:
        subject = _("The refusal for “%(kind)s” has been upheld", kind=kind)
        lines = [_("%(garden)s has reviewed your appeal and reached the same conclusion.", garden=garden)]
    lines.append(_("The business garden writes: %(reason)s", reason=reason))
    if not granted and vetting.decided_at:
        lines.append(reapply_line(vetting.decided_at))
    return Content(subject, lines, "/profile", _("See your profile"))


@as_message("appeal_decided", topic=Topic.APPLICATIONS)
def appeal_outcome(appeal: Appeal, garden: str, *, with_reason: bool) -> Content:
    """To the garden that refused, with the reason, or to administrators, without it."""
    supplier = appeal.vetting.supplier.name
    subject = (
        _("%(garden)s has approved %(supplier)s after an appeal", garden=garden, supplier=supplier)
        if appeal.state == appeal_rules.GRANTED
        else _("%(garden)s upholds the refusal of %(supplier)s", garden=garden, supplier=supplier)
    )
    lines = [_("The appeal is about “%(kind)s”.", kind=taxonomy.group(appeal.vetting.category).label)]
    if not with_reason:
        return Content(subject, lines, "/admin/appeals", _("See the appeals"))
    lines.append(_("The business garden writes: %(reason)s", reason=appeal.reason))
    return Content(subject, lines, f"/vetting/appeals/{appeal.id}", _("Read the appeal"))

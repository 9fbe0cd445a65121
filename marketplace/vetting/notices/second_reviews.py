"""Mails about refusals that wait for a second curator, and about appeals."""

from marketplace.core import taxonomy
from marketplace.core.i18n import format_date
from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, Message
from marketplace.vetting import rules, second_review
from marketplace.vetting.models import Appeal, Refusal, Vetting


def refusal_proposed(refusal: Refusal, supplier: str) -> Message:
    """Ask those who can confirm a refusal to look at it."""
    category, link = refusal.vetting.category, f"/vetting/refusals/{refusal.id}"
    garden, proposer = refusal.garden.name, refusal.proposed_by.name

    def compose() -> Content:
        return Content(
            _("Review a refusal of %(supplier)s", supplier=supplier),
            [
                _(
                    "%(name)s at %(garden)s proposes refusing the application from %(supplier)s for «%(kind)s».",
                    name=proposer,
                    garden=garden,
                    supplier=supplier,
                    kind=taxonomy.group(category).label,
                ),
                _("It takes effect when you confirm it. The supplier has not been notified yet."),
            ],
            link,
            _("Read the proposal"),
        )

    return Message("refusal_proposed", compose, throttled=True)


def refusal_waits(refusal: Refusal, supplier: str) -> Message:
    """Remind those who can confirm a refusal that it waits."""
    link, day = f"/vetting/refusals/{refusal.id}", refusal.proposed_at

    def compose() -> Content:
        return Content(
            _("A refusal of %(supplier)s is waiting for your decision", supplier=supplier),
            [
                _(
                    "It was proposed on %(date)s, and the supplier is waiting for an answer.",
                    date=format_date(day),
                )
            ],
            link,
            _("Read the proposal"),
        )

    return Message("refusal_proposed", compose)


def refusal_returned(refusal: Refusal, supplier: str, name: str) -> Message:
    """Tell the one who proposed a refusal that it came back."""
    link, answer = f"/vetting/{refusal.vetting_id}", refusal.answer

    def compose() -> Content:
        return Content(
            _("%(name)s does not agree to the refusal of %(supplier)s", name=name, supplier=supplier),
            [answer, _("The application has been returned to you. The supplier has not been notified.")],
            link,
            _("Read the application"),
        )

    return Message("refusal_answered", compose)


def refusal_confirmed(refusal: Refusal, supplier: str, name: str) -> Message:
    """Tell the one who proposed a refusal that it counts."""
    link = f"/vetting/{refusal.vetting_id}"

    def compose() -> Content:
        return Content(
            _("%(name)s has confirmed the refusal of %(supplier)s", name=name, supplier=supplier),
            [_("The supplier has been notified and given your reasons.")],
            link,
            _("See the application"),
        )

    return Message("refusal_answered", compose)


def appeal_came(supplier: str, category: str, appeal_id: int, refused_by: str) -> Message:
    """Ask another garden to judge an appeal."""

    def compose() -> Content:
        return Content(
            _("%(supplier)s has appealed a refusal, and you decide", supplier=supplier),
            [
                _(
                    "%(garden)s has refused the application for «%(kind)s». You decide because you were not involved.",
                    garden=refused_by,
                    kind=taxonomy.group(category).label,
                )
            ],
            f"/vetting/appeals/{appeal_id}",
            _("Read the appeal"),
        )

    return Message("appeal_came", compose, throttled=True)


def appeal_to_see(supplier: str, category: str, garden: str) -> Message:
    """Tell administrators of an appeal, and whether a garden can look at it."""

    def compose() -> Content:
        looks = (
            _("%(garden)s is reviewing the case.", garden=garden)
            if garden
            else _("No other business garden has a curator who can review this. Invite one.")
        )
        return Content(
            _("%(supplier)s has appealed a refusal", supplier=supplier),
            [_("It is about “%(kind)s”.", kind=taxonomy.group(category).label), looks],
            "/admin/appeals",
            _("See the appeals"),
        )

    return Message("appeal_seen", compose, throttled=True)


def appeal_receipt(category: str, garden: str) -> Message:
    """Tell the supplier who looks at its appeal."""

    def compose() -> Content:
        looks = (
            _("%(garden)s was not involved in the refusal and decides the appeal.", garden=garden)
            if garden
            else _("We will find a business garden that was not involved in the refusal.")
        )
        return Content(
            _("We have received your appeal for “%(kind)s”", kind=taxonomy.group(category).label),
            [looks, _("You will get an answer with reasons.")],
            "/profile",
            _("See your profile"),
        )

    return Message("appeal_receipt", compose)


def appeal_decided(item: Vetting, garden: str, reason: str, *, granted: bool) -> Message:
    """Tell the supplier what the other garden has decided."""
    category, approved_at, refused_at = item.category, item.approved_at, item.decided_at

    def compose() -> Content:
        kind = taxonomy.group(category).label
        if granted:
            subject = _("Your appeal for “%(kind)s” has been upheld", kind=kind)
            until = format_date(rules.due_on(approved_at)) if approved_at else ""
            lines = [
                _(
                    "%(garden)s has approved you. The approval is valid until %(date)s.",
                    garden=garden,
                    date=until,
                ),
                _("You are listed in the directory, and matching briefs can find you."),
            ]
        else:
            subject = _("The refusal for “%(kind)s” has been upheld", kind=kind)
            lines = [_("%(garden)s has reviewed your appeal and reached the same conclusion.", garden=garden)]
        lines.append(_("The business garden writes: %(reason)s", reason=reason))
        if not granted and refused_at:
            day = format_date(rules.reapply_from(refused_at))
            lines.append(_("You can apply again from %(date)s, when something has changed.", date=day))
        return Content(subject, lines, "/profile", _("See your profile"))

    return Message("appeal_decided", compose)


def appeal_decided_elsewhere(appeal: Appeal, garden: str, *, with_reason: bool) -> Message:
    """Tell the garden that refused how an appeal ended, and why; or administrators, who read no reasons."""
    supplier, category = appeal.vetting.supplier.name, appeal.vetting.category
    granted, reason = appeal.state == second_review.GRANTED, appeal.reason
    link = f"/vetting/appeals/{appeal.id}" if with_reason else "/admin/appeals"

    def compose() -> Content:
        subject = (
            _("%(garden)s has approved %(supplier)s after an appeal", garden=garden, supplier=supplier)
            if granted
            else _("%(garden)s upholds the refusal of %(supplier)s", garden=garden, supplier=supplier)
        )
        lines = [_("It is about “%(kind)s”.", kind=taxonomy.group(category).label)]
        if with_reason:
            lines.append(_("The business garden writes: %(reason)s", reason=reason))
        return Content(subject, lines, link, _("Read the appeal") if with_reason else _("See the appeals"))

    return Message("appeal_decided", compose)

"""Mails about applications and approvals. Kinds of service are named in the receiver's language."""

import datetime as dt
from collections.abc import Sequence

from marketplace.core import taxonomy
from marketplace.core.i18n import format_date, format_list, ngettext
from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, Message
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting


def _kinds(categories: Sequence[str]) -> str:
    return format_list([f"«{taxonomy.group(code).label}»" for code in categories])


def application_received(supplier: Supplier, categories: Sequence[str], vetting_id: int) -> Message:
    """Tell curators that a supplier has applied."""
    name, place, number = supplier.name, supplier.place, len(categories)

    def compose() -> Content:
        return Content(
            _("%(supplier)s is applying for approval", supplier=name),
            [
                _(
                    "%(supplier)s in %(place)s is applying for %(kinds)s.",
                    supplier=name,
                    place=place,
                    kinds=_kinds(categories),
                ),
                ngettext(
                    "You have promised a reply within %(days)s working days.",
                    "You have promised a reply to all %(num)s within %(days)s working days.",
                    number,
                    days=rules.PROMISED_WORKING_DAYS,
                ),
            ],
            f"/vetting/{vetting_id}",
            _("Read the application"),
        )

    return Message("vetting_received", compose, throttled=True)


def application_receipt(supplier: Supplier, categories: Sequence[str], garden: str) -> Message:
    """Tell the applicant what happens next."""
    name = supplier.name

    def compose() -> Content:
        return Content(
            _("%(garden)s has received your application", garden=garden),
            [
                _("%(supplier)s has applied for %(kinds)s.", supplier=name, kinds=_kinds(categories)),
                _(
                    "The business garden answers within %(days)s working days. You can still change your profile until then.",
                    days=rules.PROMISED_WORKING_DAYS,
                ),
            ],
            "/profile",
            _("See your profile"),
        )

    return Message("vetting_receipt", compose)


def decided(
    supplier: Supplier, item: Vetting, move: str, reason: str, missing: Sequence[rules.Criterion]
) -> Message:
    """Tell the supplier what the garden has decided for one kind of service, and what to do."""
    category, garden, approved_at, decided_at = (
        item.category,
        item.garden.name,
        item.approved_at,
        item.decided_at,
    )
    name = supplier.name

    def compose() -> Content:
        kind = taxonomy.group(category).label
        lines: list[str] = []
        if move in {rules.APPROVE, rules.REINSTATE}:
            subject = _("%(supplier)s is approved for %(kind)s", supplier=name, kind=kind)
            until = format_date(rules.due_on(approved_at)) if approved_at else ""
            lines.append(
                _(
                    "%(garden)s has approved you. The approval is valid until %(date)s.",
                    garden=garden,
                    date=until,
                )
            )
            lines.append(_("You are listed in the directory, and matching briefs can find you."))
        elif move == rules.ASK:
            subject = _("Add to your application for %(kind)s", kind=kind)
            lines.append(_("%(garden)s has read your application and something is missing.", garden=garden))
        elif move == rules.REFUSE:
            subject = _("%(kind)s was not approved", kind=kind)
            lines.append(_("%(garden)s has declined for now.", garden=garden))
        else:
            subject = _("Your approval for %(kind)s has been suspended", kind=kind)
            lines.append(
                _(
                    "%(garden)s has suspended the approval. Until it is restored, you are not listed for this kind of service.",
                    garden=garden,
                )
            )
        lines += [f"{criterion.label}: {criterion.ask}" for criterion in missing]
        if reason:
            lines.append(_("The business garden writes: %(reason)s", reason=reason))
        if move == rules.REFUSE and decided_at:
            day = format_date(rules.reapply_from(decided_at))
            lines.append(_("You can apply again from %(date)s, when something has changed.", date=day))
        return Content(subject, lines, "/profile", _("See your profile"))

    return Message("vetting_decided", compose)


def all_approved(supplier: Supplier, categories: Sequence[str], garden: str) -> Message:
    """Tell the supplier that several kinds of service were approved at once."""
    name = supplier.name

    def compose() -> Content:
        return Content(
            _("%(supplier)s is approved", supplier=name),
            [
                _("%(garden)s has approved you for %(kinds)s.", garden=garden, kinds=_kinds(categories)),
                _("You are listed in the directory, and matching briefs can find you."),
            ],
            "/profile",
            _("See your profile"),
        )

    return Message("vetting_decided", compose)


def renewal_due(categories: Sequence[str], garden: str, sleeps_on: dt.date) -> Message:
    """Tell the supplier that approvals are a year old. `sleeps_on` is the first day they no longer count."""

    def compose() -> Content:
        day = format_date(sleeps_on)
        return Content(
            _("Time to renew your approval"),
            [
                _("Your approval for %(kinds)s is a year old.", kinds=_kinds(categories)),
                _(
                    "Review your profile and ask %(garden)s to renew your approval before %(date)s. Until then you can be found as before.",
                    garden=garden,
                    date=day,
                ),
            ],
            "/profile",
            _("Renew the approval"),
        )

    return Message("vetting_renewal", compose)


def renewal_waits(supplier: Supplier, categories: Sequence[str], vetting_id: int) -> Message:
    """Tell curators that approvals are to be renewed."""
    name = supplier.name

    def compose() -> Content:
        return Content(
            _("Renew the approval of %(supplier)s", supplier=name),
            [_("The approval for %(kinds)s is a year old.", kinds=_kinds(categories))],
            f"/vetting/{vetting_id}",
            _("Review it again"),
        )

    return Message("vetting_renewal", compose)

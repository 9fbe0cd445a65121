"""Notices about applications, decisions and renewals."""

import datetime as dt
from collections.abc import Sequence

from marketplace.core import clock, taxonomy
from marketplace.core.i18n import format_date, format_list, gettext as _, ngettext, quoted
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.suppliers.models import Supplier
from marketplace.vetting import appeal_rules, rules
from marketplace.vetting.models import Vetting


def _category_names(categories: Sequence[str]) -> str:
    return format_list([quoted(taxonomy.group(code).label) for code in categories])


@as_message("vetting_received", topic=Topic.APPLICATIONS, throttled=True)
def application_received(supplier: Supplier, categories: Sequence[str], vetting_id: int) -> Content:
    """To curators: a supplier has applied."""
    return Content(
        _("%(supplier)s is applying for approval", supplier=supplier.name),
        [
            _(
                "%(supplier)s in %(place)s is applying for %(kinds)s.",
                supplier=supplier.name,
                place=supplier.place,
                kinds=_category_names(categories),
            ),
            ngettext(
                "You have promised a reply within %(days)s working days.",
                "You have promised a reply to each of them within %(days)s working days.",
                len(categories),
                days=rules.PROMISED_WORKING_DAYS,
            ),
        ],
        f"/vetting/{vetting_id}",
        _("Read the application"),
    )


@as_message("vetting_waits", topic=Topic.APPLICATIONS)
def application_waits(supplier: str, submitted_at: dt.datetime, vetting_id: int) -> Content:
    """To curators: a supplier has waited as long as the garden has promised at most."""
    date = format_date(submitted_at)
    return Content(
        _("Reply to %(supplier)s", supplier=supplier),
        [
            _("%(company)s has waited for your answer since %(date)s.", company=supplier, date=date),
            ngettext(
                "You have committed to answering within %(num)s working day.",
                "You have committed to answering within %(num)s working days.",
                rules.PROMISED_WORKING_DAYS,
            ),
        ],
        f"/vetting/{vetting_id}",
        _("Read the application"),
    )


@as_message("vetting_receipt", topic=Topic.RECEIPTS)
def application_sent(supplier: Supplier, categories: Sequence[str], garden: str) -> Content:
    """To the applicant: the application is received, and what happens next."""
    return Content(
        _("%(garden)s has received your application", garden=garden),
        [
            _(
                "%(supplier)s has applied for %(kinds)s.",
                supplier=supplier.name,
                kinds=_category_names(categories),
            ),
            _(
                "The business garden answers within %(days)s working days. You can still change your profile until then.",
                days=rules.PROMISED_WORKING_DAYS,
            ),
        ],
        "/profile",
        _("See your profile"),
    )


@as_message("vetting_decided")
def decided(
    supplier: Supplier, vetting: Vetting, action: str, reason: str, unmet: Sequence[rules.Criterion]
) -> Content:
    """To the supplier: the decision for one kind of service, and what to do next."""
    kind, garden = taxonomy.group(vetting.category).label, vetting.garden.name
    if (
        action == rules.REINSTATE
        and vetting.approved_at
        and rules.dormant_on(vetting.approved_at) <= clock.today()
    ):
        subject = _("The suspension of your approval for %(kind)s has been lifted", kind=kind)
        lines = [
            _(
                "The approval expired on %(date)s, so you are not listed for this kind of service. Request renewal to be listed again.",
                date=format_date(rules.dormant_on(vetting.approved_at)),
            )
        ]
    elif action in {rules.APPROVE, rules.REINSTATE}:
        subject = _("%(supplier)s is approved for %(kind)s", supplier=supplier.name, kind=kind)
        lines = approval_lines(garden, vetting.approved_at)
    elif action == rules.REQUEST_CHANGES:
        subject = _("Something is missing in your application for %(kind)s", kind=kind)
        lines = [_("%(garden)s has read your application and something is missing.", garden=garden)]
        if not unmet:
            subject = _("A question about your application for %(kind)s", kind=kind)
            lines = [_("%(garden)s has read your application and needs an answer from you.", garden=garden)]
    elif action == rules.REFUSE:
        subject = _("%(kind)s was not approved", kind=kind)
        lines = [_("%(garden)s has refused the application for now.", garden=garden)]
    else:
        subject = _("Your approval for %(kind)s has been suspended", kind=kind)
        lines = [
            _(
                "%(garden)s has suspended the approval. Until it is restored, you are not listed for this kind of service.",
                garden=garden,
            )
        ]
    lines += [f"{criterion.label}: {criterion.ask}" for criterion in unmet]
    if reason:
        lines.append(_("The business garden writes: %(reason)s", reason=reason))
    if action == rules.REFUSE and vetting.decided_at:
        lines.append(reapply_line(vetting.decided_at))
        lines.append(
            _(
                "Do you disagree with the garden? Until %(date)s you can ask a garden that was not involved to review the case.",
                date=format_date(appeal_rules.last_appeal_day(vetting.decided_at)),
            )
        )
    return Content(subject, lines, "/profile", _("See your profile"))


def approval_lines(garden: str, approved_at: dt.datetime | None) -> list[str]:
    """Lines about a new approval: when to renew it, and that the supplier is listed."""
    until = format_date(rules.due_on(approved_at)) if approved_at else ""
    return [
        _(
            "%(garden)s has approved you. It is time to renew the approval from %(date)s.",
            garden=garden,
            date=until,
        ),
        _("You are listed in the directory, and can be ranked for briefs that match."),
    ]


def reapply_line(refused_at: dt.datetime) -> str:
    """Line about the first day for a new application after a refusal."""
    day = format_date(rules.reapply_from(refused_at))
    return _("You can apply again from %(date)s, when something has changed.", date=day)


@as_message("vetting_decided")
def all_approved(supplier: Supplier, categories: Sequence[str], garden: str) -> Content:
    """To the supplier: several kinds of service were approved at once."""
    return Content(
        _("%(supplier)s is approved", supplier=supplier.name),
        [
            _("%(garden)s has approved you for %(kinds)s.", garden=garden, kinds=_category_names(categories)),
            _("You are listed in the directory, and can be ranked for briefs that match."),
        ],
        "/profile",
        _("See your profile"),
    )


@as_message("vetting_renewal")
def renewal_due(categories: Sequence[str], garden: str, dormant_on: dt.date) -> Content:
    """To the supplier: approvals are a year old and expire on `dormant_on`."""
    return Content(
        _("Time to renew your approval"),
        [
            _("Your approval for %(kinds)s is a year old.", kinds=_category_names(categories)),
            _(
                "Review your profile and ask %(garden)s to renew your approval before %(date)s. Until then you can be found as before.",
                garden=garden,
                date=format_date(dormant_on),
            ),
        ],
        "/profile",
        _("Renew the approval"),
    )


@as_message("vetting_renewal", topic=Topic.APPLICATIONS)
def renewal_pending(
    supplier: Supplier, categories: Sequence[str], vetting_id: int, dormant_on: dt.date
) -> Content:
    """To curators: a supplier's approvals should be renewed. Without that, they expire on `dormant_on`."""
    return Content(
        _("Renew the approval of %(supplier)s", supplier=supplier.name),
        [
            _("The approval for %(kinds)s is a year old.", kinds=_category_names(categories)),
            _(
                "If it is not renewed before %(date)s, the supplier is no longer listed.",
                date=format_date(dormant_on),
            ),
        ],
        f"/vetting/{vetting_id}",
        _("Review it again"),
    )


@as_message("vetting_renewal", topic=Topic.APPLICATIONS)
def renewal_requested(supplier: Supplier, categories: Sequence[str], vetting_id: int) -> Content:
    """To curators: a supplier asks for the renewal of an approval."""
    return Content(
        _("%(supplier)s asks you to renew its approval", supplier=supplier.name),
        [_("This is about the approval for %(kinds)s.", kinds=_category_names(categories))],
        f"/vetting/{vetting_id}",
        _("Review it again"),
    )

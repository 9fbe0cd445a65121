"""Notices about mandates and about acts that wait for a confirmation."""

import datetime as dt
from dataclasses import dataclass

from marketplace.core import clock
from marketplace.core.i18n import format_date, format_datetime, gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic

MANDATES = "/organisation/mandates"


@dataclass(frozen=True, slots=True)
class PreparedAct:
    """An act that an adviser has prepared: the names of act, adviser and garden, and the title of the brief."""

    act: object
    title: str
    adviser: str
    garden: str


@as_message("mandate_asked", throttled=True)
def mandate_asked(adviser: str, garden: str, garden_id: int) -> Content:
    """Ask the owners of a company for a mandate."""
    return Content(
        _("%(garden)s offers to write for you", garden=garden),
        [
            _(
                "%(adviser)s at %(garden)s can write your brief and your plan while you talk on the phone. You decide for how long.",
                adviser=adviser,
                garden=garden,
            ),
            _(
                "They cannot publish, withdraw or choose anything for you. You can end it at any time. If you do not want this, ignore the message."
            ),
        ],
        f"{MANDATES}?garden={garden_id}",
        _("Let them write for us"),
    )


def _offers_for_garden() -> str:
    return _("You can also read the offers they get, after the deadline, and prepare the choice.")


@as_message("mandate_given", topic=Topic.AREA)
def mandate_given(company: str, company_id: int, until: dt.date, *, reads_offers: bool) -> Content:
    """Notify the garden that a company has given it a mandate."""
    return Content(
        _("You can write for %(company)s", company=company),
        [
            _(
                "%(company)s lets you write their briefs and their plan until %(date)s. They must confirm before a brief is published or withdrawn.",
                company=company,
                date=format_date(until),
            ),
            *([_offers_for_garden()] if reads_offers else []),
        ],
        f"/companies/{company_id}",
        _("See the company"),
    )


@as_message("mandate_given_by_colleague")
def mandate_given_by_colleague(garden: str, until: dt.date, *, reads_offers: bool) -> Content:
    """Notify the other members of a company that a colleague has given a garden a mandate."""
    return Content(
        _("%(garden)s can write for you", garden=garden),
        [
            _(
                "They can write your briefs and your plan until %(date)s. They cannot publish, withdraw or choose anything for you.",
                date=format_date(until),
            ),
            *(
                [_("They can also read the offers you get, after the deadline, and prepare the choice.")]
                if reads_offers
                else []
            ),
        ],
        MANDATES,
        _("See who writes for you"),
    )


@as_message("mandate_changed", topic=Topic.AREA)
def mandate_changed(company: str, company_id: int, until: dt.date, *, reads_offers: bool) -> Content:
    """Notify the garden that a company has changed the end date of its mandate, or its access to offers."""
    return Content(
        _("You can write for %(company)s until %(date)s", company=company, date=format_date(until)),
        [
            _("The company has changed what you can do."),
            _offers_for_garden() if reads_offers else _("You cannot read the offers they get."),
        ],
        f"/companies/{company_id}",
        _("See the company"),
    )


@as_message("mandate_withdrawn", topic=Topic.AREA)
def mandate_withdrawn(company: str, company_id: int) -> Content:
    """Notify the garden that a company has withdrawn its mandate."""
    return Content(
        _("You no longer write for %(company)s", company=company),
        [
            _(
                "The company has ended the permission. What you have written stays with the company. What waited for a confirmation is not sent."
            )
        ],
        f"/companies/{company_id}",
        _("See the company"),
    )


@as_message("mandate_withdrawn_by_colleague")
def mandate_withdrawn_by_colleague(garden: str) -> Content:
    """Notify the other members of a company that a colleague has withdrawn a garden's mandate."""
    return Content(
        _("%(garden)s no longer writes for you", garden=garden),
        [_("A colleague has withdrawn the permission. You keep everything that they have written.")],
        MANDATES,
        _("See who writes for you"),
    )


@as_message("mandate_ends_soon_for_company")
def mandate_ends_soon_for_company(garden: str, until: dt.date) -> Content:
    """Remind the owners of a company that the mandate of its garden ends soon."""
    return Content(
        _("%(garden)s writes for you until %(date)s", garden=garden, date=format_date(until)),
        [
            _(
                "After that they cannot write your briefs and your plan. Choose a later date if they should continue."
            )
        ],
        MANDATES,
        _("Choose a later date"),
        expires_at=clock.end_of_day(until),
    )


@as_message("mandate_ends_soon", topic=Topic.AREA)
def mandate_ends_soon(company: str, company_id: int, until: dt.date) -> Content:
    """Remind the garden that its mandate for a company ends soon."""
    return Content(
        _("You write for %(company)s until %(date)s", company=company, date=format_date(until)),
        [_("The company can choose a later date. Ask them if you need more time.")],
        f"/companies/{company_id}",
        _("See the company"),
        expires_at=clock.end_of_day(until),
    )


@as_message("mandate_ended_for_company")
def mandate_ended_for_company(garden: str) -> Content:
    """Notify the owners of a company that the mandate of its garden has ended on its date."""
    return Content(
        _("%(garden)s no longer writes for you", garden=garden),
        [_("The date you chose has passed. You can let them write for you again at any time.")],
        MANDATES,
        _("See who writes for you"),
    )


@as_message("mandate_ended", topic=Topic.AREA)
def mandate_ended(company: str, company_id: int) -> Content:
    """Notify the garden that its mandate for a company has ended on its date."""
    return Content(
        _("You no longer write for %(company)s", company=company),
        [_("The date that the company chose has passed. What you have written stays with the company.")],
        f"/companies/{company_id}",
        _("See the company"),
    )


@as_message("confirmation_asked")
def confirmation_asked(prepared: PreparedAct, expires_at: dt.datetime, token: str) -> Content:
    """Ask an owner to confirm an act that an adviser has prepared."""
    return Content(
        _("Confirm: %(act)s, “%(title)s”", act=prepared.act, title=prepared.title),
        [
            _(
                "%(adviser)s at %(garden)s has prepared this for you. Nothing happens until you confirm.",
                adviser=prepared.adviser,
                garden=prepared.garden,
            ),
            _(
                "The link is yours alone and works until %(time)s. Do not forward this e-mail.",
                time=format_datetime(expires_at),
            ),
        ],
        f"/confirmations/{token}",
        _("Review and confirm"),
        expires_at=expires_at,
    )


@as_message("confirmation_given")
def confirmation_given(owner: str, company: str, act: object, title: str, path: str) -> Content:
    """Notify the adviser that an owner has confirmed the prepared act."""
    return Content(
        _("Confirmed: %(act)s, “%(title)s”", act=act, title=title),
        [_("%(name)s at %(company)s has confirmed, and it has been done.", name=owner, company=company)],
        path,
        _("See the brief"),
    )


@as_message("confirmation_declined")
def confirmation_declined(  # noqa: PLR0913, PLR0917 because each is a part of the message
    owner: str, company: str, act: object, reference: str, company_id: int, reason: str
) -> Content:
    """Notify the adviser that an owner has declined the prepared act."""
    lines = [_("%(name)s at %(company)s does not want this now.", name=owner, company=company)]
    if reason:
        lines.append(_("The reason: “%(reason)s”", reason=reason))
    return Content(
        _("Not confirmed: %(act)s, %(reference)s", act=act, reference=reference),
        lines,
        f"/companies/{company_id}",
        _("See the company"),
    )


@as_message("confirmation_void")
def confirmation_void(company: str, act: object, reference: str, company_id: int) -> Content:
    """Notify the adviser that an owner could not confirm, because the brief has changed since the request."""
    return Content(
        _("Ask again: %(act)s, %(reference)s", act=act, reference=reference),
        [
            _(
                "An owner of %(company)s wanted to confirm, but what you prepared has been changed since you asked. Check it and ask again.",
                company=company,
            )
        ],
        f"/companies/{company_id}",
        _("See the company"),
    )

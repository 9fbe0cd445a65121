"""Notices about organisations and their members."""

import datetime as dt

from marketplace.core.i18n import gettext as _, ngettext
from marketplace.organisations.contacts import Contact, contact_lines
from marketplace.organisations.limits import INVITATION_DAYS
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


@as_message("colleague_invited")
def colleague_invited(inviter: str, organisation: str, path: str, expires_at: dt.datetime) -> Content:
    """Invite a colleague to act for an organisation."""
    return Content(
        _("%(inviter)s has invited you to %(organisation)s", inviter=inviter, organisation=organisation),
        [
            _(
                "%(inviter)s would like you to act for %(organisation)s.",
                inviter=inviter,
                organisation=organisation,
            ),
            _(
                "The link works once and expires after %(days)s days. If you do not know the sender, ignore this e-mail.",
                days=INVITATION_DAYS,
            ),
        ],
        path,
        _("Accept the invitation"),
        expires_at=expires_at,
    )


@as_message("colleague_joined")
def colleague_joined(name: str, organisation: str, administered_garden_id: int | None = None) -> Content:
    """Tell the sender of an invitation that the colleague has accepted it.

    `administered_garden_id` is the business garden if an administrator invited its curator or adviser.
    """
    return Content(
        _("%(name)s can now act for %(organisation)s", name=name, organisation=organisation),
        [_("%(name)s has accepted the invitation.", name=name)],
        f"/admin/gardens/{administered_garden_id}" if administered_garden_id else "/organisation/colleagues",
        _("See who has access") if administered_garden_id else _("See who can act for you"),
    )


@as_message("company_registered", topic=Topic.AREA, throttled=True)
def company_registered(company: str, municipality: str, company_id: int, contact: Contact | None) -> Content:
    """Tell a garden that a company has registered in its area."""
    return Content(
        _("New company: %(company)s in %(place)s", company=company, place=municipality),
        [
            _("%(company)s has registered and is in your area. Get in touch.", company=company),
            *contact_lines(contact),
        ],
        f"/companies/{company_id}",
        _("See the company"),
    )


@as_message("company_moved_here", topic=Topic.AREA, throttled=True)
def company_moved_here(
    company: str, municipality: str, old_garden: str, company_id: int, contact: Contact | None
) -> Content:
    """Tell a garden that a company has moved into its area."""
    before = [_("%(garden)s followed the company until now.", garden=old_garden)] if old_garden else []
    return Content(
        _("%(company)s has moved to %(place)s", company=company, place=municipality),
        [
            _("The company is now in your area, and you can see its briefs. Get in touch."),
            *before,
            *contact_lines(contact),
        ],
        f"/companies/{company_id}",
        _("See the company"),
    )


@as_message("company_moved_away", topic=Topic.AREA, throttled=True)
def company_moved_away(company: str, municipality: str, new_garden: str, company_id: int | None) -> Content:
    """Tell a garden that a company has left its area. `company_id` is None if the garden no longer sees the company."""
    after = (
        _("%(garden)s follows the company from now on.", garden=new_garden)
        if new_garden
        else _("No business garden covers the municipality.")
    )
    access = (
        _("You no longer see the company and its briefs.")
        if company_id is None
        else _("You still see the company, because it takes part in your course or has asked you.")
    )
    return Content(
        _("%(company)s has moved to %(place)s", company=company, place=municipality),
        [_("The company is no longer in your area."), after, access],
        "/companies" if company_id is None else f"/companies/{company_id}",
        _("See your companies") if company_id is None else _("See the company"),
    )


@as_message("garden_changed", throttled=True)
def garden_changed(municipality: str, old_garden: str, new_garden: str) -> Content:
    """Tell a company that it has another business garden, or none, because it has moved."""
    if new_garden:
        subject = _("%(garden)s is your business garden now", garden=new_garden)
        lines = [
            _(
                "You have moved to %(place)s, which %(garden)s covers. They can see your company, your briefs, and your strategy while you share it, and read your drafts when you ask.",
                place=municipality,
                garden=new_garden,
            )
        ]
    else:
        subject = _("You no longer have a business garden")
        lines = [_("You have moved to %(place)s, which no business garden covers.", place=municipality)]
    if old_garden:
        lines.append(_("%(garden)s has been told that you have moved.", garden=old_garden))
    return Content(subject, lines, "/organisation", _("See who follows you"))


@as_message("garden_changed", throttled=True)
def garden_took_over(municipality: str, old_garden: str, new_garden: str) -> Content:
    """Tell a company that a business garden has begun to cover its municipality."""
    lines = [
        _(
            "%(garden)s covers %(place)s now. They can see your company, your briefs, and your strategy while you share it, and read your drafts when you ask.",
            place=municipality,
            garden=new_garden,
        )
    ]
    if old_garden:
        lines.append(_("%(garden)s no longer covers your municipality.", garden=old_garden))
    return Content(
        _("%(garden)s is your business garden now", garden=new_garden),
        lines,
        "/organisation",
        _("See who follows you"),
    )


@as_message("companies_taken_over", topic=Topic.AREA)
def companies_taken_over(count: int) -> Content:
    """Tell a garden how many companies it follows because it has begun to cover their municipalities."""
    return Content(
        ngettext("%(num)s more company is in your area", "%(num)s more companies are in your area", count),
        [_("Your business garden covers more municipalities. Get in touch with the companies there.")],
        "/companies",
        _("See your companies"),
    )


@as_message("companies_handed_over", topic=Topic.AREA)
def companies_handed_over(new_garden: str, count: int) -> Content:
    """Tell a garden how many companies another garden follows, because it no longer covers their municipalities."""
    return Content(
        ngettext(
            "%(garden)s now follows %(num)s company that was in your area",
            "%(garden)s now follows %(num)s companies that were in your area",
            count,
            garden=new_garden,
        ),
        [
            _(
                "You no longer cover the municipality. You still see a company that takes part in your course or has asked you."
            )
        ],
        "/companies",
        _("See your companies"),
    )


@as_message("asked_to_follow", topic=Topic.AREA, throttled=True)
def asked_to_follow(company: str, company_id: int, contact: Contact | None) -> Content:
    """Tell a garden that a company outside its area has asked it to follow the company."""
    return Content(
        _("%(company)s asks you to follow them", company=company),
        [
            _(
                "You can now see the company and its briefs, and read its drafts when it asks you. Get in touch."
            ),
            *contact_lines(contact),
        ],
        f"/companies/{company_id}",
        _("See the company"),
    )


@as_message("following_ended", topic=Topic.AREA, throttled=True)
def following_ended(company: str) -> Content:
    """Tell a garden that a company no longer asks it to follow the company."""
    return Content(
        _("%(company)s no longer asks you to follow them", company=company),
        [_("You see the company only if it is in your area or takes part in your course.")],
        "/companies",
        _("See your companies"),
    )


@as_message("follower_added", throttled=True)
def follower_added(garden: str) -> Content:
    """Tell a company that a business garden follows it, because a colleague has asked the garden to."""
    return Content(
        _("%(garden)s follows you now", garden=garden),
        [
            _(
                "The garden can see your company, your briefs, and your strategy while you share it, and read your drafts when you ask. You can stop asking the garden at any time."
            )
        ],
        "/organisation",
        _("See who follows you"),
    )


@as_message("follower_removed", throttled=True)
def follower_removed(garden: str) -> Content:
    """Tell a company that a colleague no longer asks a business garden to follow it."""
    return Content(
        _("You no longer ask %(garden)s to follow you", garden=garden),
        [_("The garden sees your company only if you are in its area or take part in its course.")],
        "/organisation",
        _("See who follows you"),
    )


@as_message("leads_now")
def became_leader(organisation: str) -> Content:
    """Tell a member to lead an organisation, because the account of its only leader has been erased."""
    return Content(
        _("You now have full rights for %(organisation)s", organisation=organisation),
        [
            _(
                "The account of the last person with full rights has been erased, and you have been there longest."
            ),
            _(
                "You can now decide for the organisation and invite colleagues. If somebody else should have full rights, invite them and choose that role for them."
            ),
        ],
        "/organisation/colleagues",
        _("See who can act for you"),
    )

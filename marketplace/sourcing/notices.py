"""Notices to suppliers and companies about invitations."""

import datetime as dt

from marketplace.briefs.models import Brief
from marketplace.briefs.queries import deadline_calendar
from marketplace.core import clock
from marketplace.core.i18n import format_datetime, gettext as _
from marketplace.core.web_address import contains_link
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.sourcing.decline_reasons import DECLINE_REASONS
from marketplace.sourcing.labels import brief_summary


@as_message("invited", topic=Topic.INVITATIONS, throttled=True)
def invited(
    company: str | None,
    place: str,
    brief: Brief,
    deadline: dt.datetime,
    suggestion: tuple[str, str] | None = None,
) -> Content:
    """Notify a supplier of an invitation. A company that hides its name is None and described by its place.

    `suggestion` is the business garden that added the supplier for the company, and its reason.
    """
    title, reference = brief.title, brief.reference
    name = company or _("A company in %(place)s", place=place)
    asked_by = brief.question_deadline
    questions = (
        [_("You can ask questions until %(date)s.", date=format_datetime(asked_by))]
        if asked_by and asked_by > clock.now()
        else []
    )
    unknown = [] if brief.company.is_known else [_("The company is not yet known to its business garden.")]
    return Content(
        _("%(company)s asks you for an offer: %(title)s", company=name, title=title),
        [
            *(
                [_("Suggested by %(garden)s: %(reason)s", garden=suggestion[0], reason=suggestion[1])]
                if suggestion
                else [_("%(company)s would like an offer from you.", company=name)]
            ),
            *_brief_lines(brief),
            _(
                "Reply by %(deadline)s. Your offer is sealed until then.",
                deadline=format_datetime(deadline),
            ),
            *questions,
            *unknown,
            _(
                "Not able to take it on? Decline on the page of the brief, so that they can invite someone else."
            ),
        ],
        f"/briefs/{reference}",
        _("Read the brief"),
        deadline_calendar(brief),
        expires_at=deadline,
    )


@as_message("brief_matches", topic=Topic.OPPORTUNITIES)
def brief_matches(brief: Brief) -> Content:
    """Notify a supplier of a new open brief that matches it."""
    lines = _brief_lines(brief)
    if brief.deadline is not None:
        lines.append(
            _("The reply deadline is %(deadline)s.", deadline=format_datetime(brief.deadline, weekday=True))
        )
    return Content(
        _("A new brief fits you: %(title)s", title=brief.title),
        lines,
        f"/briefs/{brief.reference}",
        _("Read the brief"),
    )


def _brief_lines(brief: Brief) -> list[str]:
    """Describe a brief by its services, place and budget."""
    summary = brief_summary(brief)
    return [
        _("Services: %(services)s", services=summary.services),
        _("Place: %(place)s", place=summary.place),
        _("Budget excl. VAT: %(budget)s", budget=summary.budget),
    ]


@as_message("supplier_suggested", topic=Topic.ANSWERS)
def supplier_suggested(garden: str, supplier: str, title: str, reference: str, reason: str) -> Content:
    """Notify a company that its business garden has invited a supplier to its brief."""
    return Content(
        _(
            "%(garden)s has invited %(supplier)s to “%(title)s”",
            garden=garden,
            supplier=supplier,
            title=title,
        ),
        [
            _("Suggested by %(garden)s: %(reason)s", garden=garden, reason=reason),
            _("If you do not want an offer from the supplier, withdraw the invitation in the list."),
        ],
        f"/briefs/{reference}/ranking",
        _("See the list"),
    )


@as_message("invitation_withdrawn", topic=Topic.INVITATIONS)
def invitation_withdrawn(company: str | None, title: str, reference: str) -> Content:
    """Notify a supplier that an invitation which a business garden suggested is withdrawn.

    A company that hides its name is None.
    """
    return Content(
        _("The invitation to “%(title)s” has been withdrawn", title=title),
        [
            _(
                "A business garden suggested you. %(company)s has now chosen to invite others.",
                company=company or _("The company"),
            ),
            _("If you have started an offer, you can still send it until the deadline."),
        ],
        f"/briefs/{reference}",
        _("Read the brief"),
    )


@as_message("suggestion_withdrawn", topic=Topic.AREA)
def suggestion_withdrawn(company: str, supplier: str, title: str, reference: str) -> Content:
    """Notify a business garden that a company has withdrawn the invitation of a supplier that it added."""
    return Content(
        _("%(company)s has withdrawn the invitation of %(supplier)s", company=company, supplier=supplier),
        [_("You invited the supplier to “%(title)s” for the company.", title=title)],
        f"/briefs/{reference}/ranking",
        _("See the list"),
    )


@as_message("invitation_declined", topic=Topic.ANSWERS, throttled=True)
def invitation_declined(supplier: str, title: str, reference: str, reason: str) -> Content:
    """Notify a company that an invited supplier declines. `reason` is a code: each recipient reads it in its language."""
    return Content(
        _("%(supplier)s cannot take on “%(title)s”", supplier=supplier, title=title),
        [
            _("Reason: %(reason)s.", reason=DECLINE_REASONS[reason]),
            _("You can invite another supplier from the list."),
        ],
        f"/briefs/{reference}/ranking",
        _("See the list"),
    )


@as_message("invitation_reconsidered", topic=Topic.ANSWERS, throttled=True)
def invitation_reconsidered(supplier: str, title: str, reference: str) -> Content:
    """Notify a company that a supplier has undone its decline."""
    return Content(
        _("%(supplier)s is considering “%(title)s” after all", supplier=supplier, title=title),
        [_("The supplier declined earlier, and has since undone that.")],
        f"/briefs/{reference}/ranking",
        _("See the list"),
    )


@as_message("outside_invited")
def outside_invited(brief: Brief, text: str, deadline: dt.datetime, path: str) -> Content:
    """Invite a supplier outside the network to apply, so that it can answer a brief. A title with a link is left out."""
    title = "" if contains_link(brief.title) else brief.title
    name = _("A company in %(place)s", place=brief.company.place) if brief.name_hidden else brief.company.name
    lines = [
        _("%(company)s would like an offer from you: %(title)s.", company=name, title=title)
        if title
        else _("%(company)s would like an offer from you.", company=name),
        _(
            "A business garden approves suppliers first. Apply, and you are invited as soon as you are approved."
        ),
        *_brief_lines(brief),
        _("The reply deadline is %(deadline)s.", deadline=format_datetime(deadline, weekday=True)),
    ]
    if text:
        lines.append(_("The company writes: “%(text)s”", text=text))
    lines.append(
        _(
            "If you are not interested, you do not need to do anything. Your address is deleted 90 days after the brief has closed."
        )
    )
    return Content(
        _("%(company)s would like an offer from you", company=name),
        lines,
        path,
        _("Read more and apply"),
        expires_at=deadline,
    )


@as_message("outside_confirmation")
def outside_confirmation(supplier: str, email: str, path: str) -> Content:
    """Ask the invited address to confirm that a supplier with another address may use the invitation."""
    return Content(
        _("Confirm who answers the invitation"),
        [
            _(
                "%(supplier)s (%(email)s) wants to use the invitation that was sent to this address.",
                supplier=supplier,
                email=email,
            ),
            _(
                "Is it you, or somebody you have forwarded the invitation to? Confirm, and they can use the invitation."
            ),
            _("If not, you do not need to do anything. Nobody can use the invitation without you."),
        ],
        path,
        _("See who it is and confirm"),
    )


@as_message("outside_approved", topic=Topic.ANSWERS)
def outside_approved(supplier: str, title: str, reference: str) -> Content:
    """Notify a company that a supplier it invited by e-mail is approved and invited."""
    return Content(
        _("%(supplier)s is approved and has been invited: %(title)s", supplier=supplier, title=title),
        [_("You invited the supplier by e-mail. It can now read the brief and send an offer.")],
        f"/briefs/{reference}/ranking",
        _("See the list"),
    )


@as_message("outside_late")
def outside_late(company: str | None, place: str) -> Content:
    """Notify a supplier invited by e-mail that it was not approved before the brief closed."""
    name = company or _("A company in %(place)s", place=place)
    return Content(
        _("The brief from %(company)s is closed", company=name),
        [
            _("You were invited by e-mail, and were not approved before the brief closed."),
            _("Suppliers that are approved get the next briefs that fit them. You can still apply."),
        ],
        "/suppliers/apply",
        _("Apply to be approved"),
    )


@as_message("outside_not_in_time", topic=Topic.ANSWERS)
def outside_not_in_time(email: str, title: str, reference: str, *, applied: bool) -> Content:
    """Notify a company that a supplier it invited by e-mail was not approved in time."""
    return Content(
        _("Not approved in time: %(email)s", email=email),
        [
            _("The supplier applied, but was not approved before the deadline of “%(title)s”.", title=title)
            if applied
            else _("The supplier did not apply before the deadline of “%(title)s”.", title=title),
            _("The supplier has been notified."),
        ],
        f"/briefs/{reference}/ranking",
        _("See the list"),
    )


@as_message("applicant_is_invited", topic=Topic.APPLICATIONS, throttled=True)
def applicant_is_invited(supplier: str, deadline: dt.datetime) -> Content:
    """Notify a garden that an applicant is invited to a brief with a deadline."""
    return Content(
        _("%(supplier)s is invited to a brief", supplier=supplier),
        [
            _("A company has invited the supplier by e-mail. It can answer if it is approved in time."),
            _("The reply deadline is %(deadline)s.", deadline=format_datetime(deadline, weekday=True)),
        ],
        "/vetting",
        _("See the applications"),
    )

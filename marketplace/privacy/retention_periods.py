"""Retention periods: used by the scheduled jobs and shown on the privacy page."""

from dataclasses import dataclass
from typing import Any

from marketplace.core.i18n import lazy_gettext as _

ACCOUNT_MONTHS, WARNING_MONTHS = 24, 22
DRAFT_MONTHS = 12
CLOSED_MONTHS = 24
REFUSED_MONTHS = 24
SENT_MAIL_DAYS = 90
MAIL_FILE_DAYS = 14
UNCONFIRMED_DAYS = 7
INVITATION_DAYS = 30
KNOWN_NETWORK_DAYS = 90
PROJECT_MONTHS = 24
NO_SEAT_MONTHS = 12
MANDATE_MONTHS = 24
SEARCH_COUNT_MONTHS = 13
CASEWORK_MONTHS = 24


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """A kind of data, how long it is stored, and the action taken then, as texts."""

    data: Any
    duration: Any
    action: Any


PERIODS = (
    RetentionPeriod(
        _("User accounts"),
        _("24 months after the last sign-in"),
        _(
            "Deleted. You receive an e-mail two months before. If only you have full rights for a company or supplier, a colleague gets them, or it is closed if there is none. Only the last administrator is kept."
        ),
    ),
    RetentionPeriod(
        _("Accounts whose e-mail address was never confirmed"),
        _("Seven days"),
        _(
            "Deleted, and an organisation without other people is closed: its organisation number is free again."
        ),
    ),
    RetentionPeriod(
        _("Invitations to colleagues that nobody accepted"),
        _("30 days after they expired"),
        _("Deleted."),
    ),
    RetentionPeriod(
        _("Invitations by e-mail to suppliers that were not approved yet"),
        _("90 days after they were used, or the brief was closed"),
        _("Deleted."),
    ),
    RetentionPeriod(
        _("Registrations whose e-mail address was never confirmed"),
        _("48 hours"),
        _("Deleted."),
    ),
    RetentionPeriod(
        _("Draft briefs, also those that wait for a business garden"),
        _("12 months after the last change"),
        _("Deleted, then permanently erased 30 days later."),
    ),
    RetentionPeriod(
        _("Digital strategies, self-assessments and lists of tools"),
        _("Until an owner of the company deletes them, or the company is closed"),
        _(
            "Deleted. If only a colleague's account is erased, the company keeps them, with a number in place of the name."
        ),
    ),
    RetentionPeriod(
        _("Closed briefs and their offers"),
        _("24 months after they were closed"),
        _("The texts and the offers are erased. The title and the figures are kept."),
    ),
    RetentionPeriod(
        _("Suppliers whose applications have all been refused"),
        _("24 months after the last answer"),
        _("The contact person, the profile text, case studies and appeals are erased. The reasons are kept."),
    ),
    RetentionPeriod(
        _("Contact persons of companies in a course, and lecturers"),
        _("24 months after the end of the project"),
        _(
            "The person and what the person wrote are erased. The company, its seat and its attendance remain as figures."
        ),
    ),
    RetentionPeriod(
        _(
            "Contact persons of companies that were invited to a course or signed up for one, but never took part"
        ),
        _("12 months after the last change"),
        _("The person and what the person wrote are erased."),
    ),
    RetentionPeriod(
        _("Hours, funding, costs, participation fees and state aid of a project"),
        _("Ten years after the end of the project"),
        _("Deleted. Reports that have been issued keep their figures."),
    ),
    RetentionPeriod(
        _("Links to a course session, for lecturers and for taking attendance"),
        _("Until they expire"),
        _("Deleted."),
    ),
    RetentionPeriod(
        _("Notes and tasks of a business garden about a company, and its reminders to the company"),
        _("24 months after they were written"),
        _(
            "Deleted. Only the garden reads them; the company reads the notes that it has asked for a copy of. If the company is closed, they are deleted at once."
        ),
    ),
    RetentionPeriod(
        _("Permissions to write for a company, and what was asked and answered through them"),
        _("24 months after they ended"),
        _("Deleted. The audit log keeps the numbers of what was done."),
    ),
    RetentionPeriod(
        _("Connections to suppliers that people in business gardens have declared"),
        _("30 days after the connection ended"),
        _("Deleted."),
    ),
    RetentionPeriod(_("Sent e-mails and read messages"), _("90 days"), _("Deleted.")),
    RetentionPeriod(
        _("E-mail written to files, where no mail server is set up"), _("14 days"), _("Deleted.")
    ),
    RetentionPeriod(_("Text you have written in a form but not sent"), _("14 days"), _("Deleted.")),
    RetentionPeriod(
        _("Networks you have signed in from, as a fingerprint"),
        _("90 days after the last sign-in"),
        _("Deleted."),
    ),
    RetentionPeriod(
        _("The number of searches without a result, by week, service and municipality"),
        _("13 months"),
        _("Deleted. Neither the words nor who searched is stored."),
    ),
    RetentionPeriod(_("Sign-ins and e-mailed links"), _("Until they expire"), _("Deleted.")),
    RetentionPeriod(
        _("Backups"), _("About a month"), _("Deleted, with what has been erased here since they were made.")
    ),
    RetentionPeriod(
        _("Audit log entries"),
        _("For as long as the service exists"),
        _(
            "It contains numbers and no names. Once your account has been erased, nobody can link the number to you."
        ),
    ),
)

"""The letter that confirms the state aid to a company, as a document to keep: its grants and its de minimis aid."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from marketplace.core import clock
from marketplace.core.currencies import format_amount
from marketplace.core.i18n import current_locale, format_date, format_number, gettext as _
from marketplace.core.organisation_number import format_organisation_number
from marketplace.finance.de_minimis import CEILING_EURO, DE_MINIMIS, PERIOD_YEARS, rolling_sum
from marketplace.finance.labels import AID_BASES
from marketplace.strategy.document_export.outline import Block, Outline, OutlineSection

FONT_SIZE = 11.0


@dataclass(frozen=True, slots=True)
class AidLine:
    """A grant: its date, legal basis and amount in øre, the project and the business garden that gave it."""

    granted_on: dt.date
    basis: str
    ore: int
    project: str
    garden: str
    reference: str


def aid_letter(company: str, organisation_number: str, lines: Sequence[AidLine], at: dt.datetime) -> Outline:
    """Return the letter in the current language, with the sums on the day of `at`."""
    day = clock.to_local(at).date()
    return Outline(
        language=current_locale(),
        title=_("Confirmation of state aid"),
        company=company,
        caption=_(
            "Organisation number %(number)s · %(date)s",
            number=format_organisation_number(organisation_number) or _("not known"),
            date=format_date(day),
        ),
        number=1,
        saved_at=at,
        sections=(_grants(lines), _de_minimis(lines, day)),
    )


def _grants(lines: Sequence[AidLine]) -> OutlineSection:
    title = _("Aid granted")
    if not lines:
        return OutlineSection("grants", title, (Block(title, text=_("No state aid has been recorded.")),))
    header = (_("Granted on"), _("From"), _("Legal basis"), _("Reference"), _("Amount"))
    rows = [
        (
            format_date(one.granted_on),
            f"{one.garden}, {one.project}",
            str(AID_BASES[one.basis]),
            one.reference,
            format_amount(one.ore, "NOK"),
        )
        for one in lines
    ]
    total = _("Sum: %(amount)s.", amount=format_amount(sum(one.ore for one in lines), "NOK"))
    about = _("The amounts are the value of what the company has received without paying for it.")
    return OutlineSection(
        "grants",
        title,
        (Block(title, header=header, rows=tuple(rows)), Block(title, text=f"{total} {about}")),
    )


def _de_minimis(lines: Sequence[AidLine], day: dt.date) -> OutlineSection:
    title = _("De minimis aid in three years")
    first = day - relativedelta(years=PERIOD_YEARS) + dt.timedelta(days=1)
    sum_ore = rolling_sum(((one.granted_on, one.basis, one.ore) for one in lines), day)
    texts = [
        _(
            "%(amount)s from %(first)s to %(last)s.",
            amount=format_amount(sum_ore, "NOK"),
            first=format_date(first),
            last=format_date(day),
        )
    ]
    if any(one.basis == DE_MINIMIS for one in lines):
        texts.append(
            _(
                "It was granted under Commission Regulation (EU) 2023/2831. An undertaking, with the companies linked to it, can get at most %(ceiling)s euro over any period of three years.",
                ceiling=format_number(CEILING_EURO),
            )
        )
    texts.append(
        _("Aid from others is not included: add it when somebody asks for the company's de minimis aid.")
    )
    return OutlineSection("de_minimis", title, tuple(Block(title, text=text) for text in texts))

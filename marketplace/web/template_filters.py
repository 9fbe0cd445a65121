"""Template globals and filters: translation, dates, money, municipalities and taxonomy labels."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from markupsafe import Markup, escape

from marketplace.core import clock, i18n, taxonomy
from marketplace.core.currencies import format_amount, format_rate
from marketplace.core.email_address import mailto_url
from marketplace.core.i18n import format_number
from marketplace.core.organisation_number import format_organisation_number
from marketplace.core.places import municipality_name
from marketplace.core.region import current_region
from marketplace.core.telephone import tel_url
from marketplace.web import form_recovery
from marketplace.web.url_cache import url_for
from marketplace.web.viewer import current_viewer

SCORE_DECIMALS = 0
DETAILED_SCORE_DECIMALS = 1
"""Decimals where the parts of a score are listed, and on the supplier's page about its own rank."""


def paragraphs(text: str | None) -> Markup:
    """Return plain text as HTML paragraphs, with the text escaped."""
    blocks = [block.strip() for block in (text or "").split("\n\n") if block.strip()]
    lines = [Markup("<br>").join(escape(line) for line in block.split("\n")) for block in blocks]
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)


def _day(iso: str) -> str:
    """Format an ISO date string in the user's language."""
    return i18n.format_date(dt.date.fromisoformat(iso))


def service_label(code: str) -> str:
    """Return the name of a service in the user's language, or the code if it is unknown."""
    service = taxonomy.services().get(code)
    return service.label if service else code


def group_label(code: str) -> str:
    """Return the name of a service group in the user's language, or the code if it is unknown."""
    group = taxonomy.groups_by_code().get(code)
    return group.label if group else code


def sector_label(code: str) -> str:
    """Return the name of a sector in the user's language, or the code if it is unknown."""
    sector = taxonomy.sectors().get(code)
    return sector.label if sector else code


def _language_url(locale: str) -> str:
    """Return the URL that changes the language and returns to the page; after a POST, to the page of the form."""
    this_page = request.full_path.rstrip("?") if request.method == "GET" else None
    page = this_page or form_recovery.referring_page() or "/"
    # Not as a value of url_for: the cache would keep an entry for each query string.
    return f"{url_for('pages.choose_language', locale=locale)}?{urlencode({'next': page}, safe='/?')}"


def register(app: Flask) -> None:
    """Add the globals and filters to the Jinja environment."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]  # because the i18n extension adds it
        gettext=i18n.gettext, ngettext=i18n.ngettext, pgettext=i18n.pgettext, newstyle=False
    )
    # The extension's own `_` looks gettext up in the template context on every call.
    env.globals["_"] = i18n.gettext
    env.globals.update(
        language_url=_language_url,
        viewer=current_viewer,
        locale=i18n.current_locale,
        region=current_region,
        now=clock.now,
        today=clock.today,
        format_list=i18n.format_list,
        money_range=i18n.format_money_range,
    )
    filters: dict[str, Any] = {
        "date": i18n.format_date,
        "day": _day,
        "datetime": i18n.format_datetime,
        "time_range": i18n.format_time_range,
        "time": i18n.format_time,
        "saved": i18n.format_saved,
        "money": i18n.format_money,
        "amount": format_amount,
        "exchange_rate": format_rate,
        "number": i18n.format_number,
        "score": format_score,
        "detailed_score": format_detailed_score,
        "paragraphs": paragraphs,
        "municipality": municipality_name,
        "service": service_label,
        "group": group_label,
        "sector": sector_label,
        "orgnr": format_organisation_number,
        "quoted": i18n.quoted,
        "mailto": mailto_url,
        "tel": tel_url,
    }
    env.filters.update(filters)


def format_score(score: float) -> str:
    """Format a score where it is shown beside a supplier or a brief."""
    return format_number(round(score, SCORE_DECIMALS))


def format_detailed_score(score: float) -> str:
    """Format a score where its parts are listed too."""
    return format_number(round(score, DETAILED_SCORE_DECIMALS))

"""Render e-mails in plain text and HTML, outside a web request."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from marketplace.core.i18n import current_locale, gettext


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an e-mail. With a `link`, its text links to that address."""

    text: str
    link: str = ""


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent.parent / "templates" / "mail"
    return Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        keep_trailing_newline=True,
    )


def render_mail(  # noqa: PLR0913 because each is a part of the e-mail, and all are keywords
    *,
    subject: str,
    paragraphs: Sequence[Paragraph],
    link: str,
    link_label: str,
    site_name: str,
    site_url: str,
    settings_link: str = "",
    unsubscribe_link: str = "",
) -> tuple[str, str]:
    """Render an e-mail in the current language. Returns its plain text and its HTML."""
    values = {
        "_": gettext,
        "locale": current_locale(),
        "subject": subject,
        "paragraphs": paragraphs,
        "link": link,
        "link_label": link_label,
        "site_name": site_name,
        "site_url": site_url,
        "settings_link": settings_link,
        "unsubscribe_link": unsubscribe_link,
    }
    environment = _environment()
    return environment.get_template("notice.txt").render(values), environment.get_template(
        "notice.html"
    ).render(values)

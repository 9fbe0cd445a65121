"""Mails are rendered without a web request: one layout in plain text and one in HTML."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from marketplace.core.i18n import current_locale, gettext


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent.parent / "templates" / "mail"
    return Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        keep_trailing_newline=True,
    )


def render_mail(  # noqa: PLR0913 because these are the mail's parts, all named
    *, subject: str, paragraphs: Sequence[str], link: str, link_label: str, site_name: str, site_url: str
) -> tuple[str, str]:
    """Return a mail's plain text and HTML in the language that is set."""
    values = {
        "_": gettext,
        "locale": current_locale(),
        "subject": subject,
        "paragraphs": paragraphs,
        "link": link,
        "link_label": link_label,
        "site_name": site_name,
        "site_url": site_url,
    }
    environment = _environment()
    return environment.get_template("notice.txt").render(values), environment.get_template(
        "notice.html"
    ).render(values)

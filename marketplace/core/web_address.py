"""Web addresses as people write them."""

import re

import idna

from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import gettext as _

_SCHEME = re.compile(r"(https?)\s?(?::|;)?\s?/{1,2}\s*|(https?)[:;](?=www\.)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|(?:javascript|data|mailto|tel|file|vbscript):)", re.IGNORECASE
)
_PARTS = re.compile(r"(?P<host>[^/?#:]+)(?P<port>:[0-9]{1,5})?(?P<rest>[/?#].*)?")
_LINK = re.compile(
    r"://|www\.|@|[a-z0-9-]\.(?:no|com|net|org|io|info|biz|ru|top|xyz|app|dev|shop|site|link|me)\b",
    re.IGNORECASE,
)
MAX_PORT = 65_535
_SHARED_HOSTS = (
    "facebook.com", "instagram.com", "linkedin.com", "linktr.ee", "tiktok.com", "youtube.com", "x.com", "vimeo.com",
    "behance.net", "github.com", "sites.google.com", "finn.no", "gulesider.no", "1881.no", "proff.no",
)  # fmt: skip


def parse_web_address(text: str) -> str:
    """Parse "www.example.no", "example.no/side" or "Https://Example.no" to a URL with a lower-case scheme and host.

    A missing scheme becomes https; letters such as æ, ø and å in the host are kept. Raises UnreadableInputError.
    """
    typed = text.strip().strip("<>\"'\u00ab\u00bb\u201c\u201d").rstrip(".,;")
    scheme, rest = "https", typed
    if match := _SCHEME.match(typed):
        scheme, rest = (match[1] or match[2]).lower(), typed[match.end() :]
    elif _OTHER_SCHEME.match(typed):
        raise UnreadableInputError(_("Enter a web address that begins with https:// or www."))
    if re.match(r"[^/@\s]+@", rest):
        raise UnreadableInputError(_("This is an e-mail address. Enter a web address, like www.company.no."))
    parts = _PARTS.fullmatch(rest)
    if parts is None or re.search(r"[\s<>\"\\]", rest):
        raise UnreadableInputError(_not_an_address())
    port = int(parts["port"][1:]) if parts["port"] else None
    if port is not None and not 0 < port <= MAX_PORT:
        raise UnreadableInputError(_not_an_address())
    return f"{scheme}://{_host(parts['host'])}{parts['port'] or ''}{parts['rest'] or ''}"


def _host(text: str) -> str:
    """Return a host name in lower case. Raises UnreadableInputError unless it is a domain name with a dot."""
    host = text.rstrip(".").lower()
    try:
        encoded = idna.encode(host, uts46=True).decode("ascii")
        shown = idna.decode(encoded)
    except (idna.IDNAError, UnicodeError) as error:
        raise UnreadableInputError(_not_an_address()) from error
    # A top-level domain has letters, which a dotted IP address lacks.
    if not re.fullmatch(r"[^.]+(?:\.[^.]+)*\.(?=[^.]*[a-z])[^.]{2,}", encoded):
        raise UnreadableInputError(_not_an_address())
    # Other alphabets have letters that look Latin: show those hosts as they are encoded.
    return str(shown if re.fullmatch(r"[a-z0-9.\-\u00df-\u024f]+", shown) else encoded)


def web_site_key(address: str) -> str:
    """Return a key that is equal for addresses of one site: the host without "www"; empty if it cannot be read.

    On hosts that many companies share, such as social media and site builders, the path is part of the key.
    """
    try:
        parts = _PARTS.fullmatch(parse_web_address(address).partition("://")[2]) if address else None
    except UnreadableInputError:
        return ""
    if parts is None:
        return ""
    host = parts["host"].removeprefix("www.")
    if any(host == shared or host.endswith(f".{shared}") for shared in _SHARED_HOSTS):
        return host + (parts["rest"] or "").partition("?")[0].rstrip("/").lower()
    return host


def _not_an_address() -> str:
    return _("Enter a web address, like www.company.no.")


def contains_link(text: str) -> bool:
    """Return True if a text contains a web or e-mail address, which an e-mail to a stranger must not."""
    return _LINK.search(text) is not None

"""What can go wrong in a use case, in words that the web layer turns into an answer."""

from collections.abc import Mapping


class MarketplaceError(Exception):
    """Base of the product's own errors."""


class NotFound(MarketplaceError):  # noqa: N818 because the answer's name, 404 Not Found, is the word all use
    """The thing does not exist, or the viewer may not know that it does."""


class Forbidden(MarketplaceError):  # noqa: N818 because the answer's name, 403 Forbidden, is the word all use
    """The viewer may see the thing but not do this to it."""


class Conflict(MarketplaceError):  # noqa: N818 because the answer's name, 409 Conflict, is the word all use
    """Somebody else was first. `current` holds what stands now, for the page that shows both."""

    def __init__(self, message: str, current: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.current = current or {}


class RuleBroken(MarketplaceError):  # noqa: N818 because it reads as what happened: a rule was broken
    """A rule says no. `message` is translated and says what to do; `field` names the input, if one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class TooMany(MarketplaceError):  # noqa: N818 because the answer's name, 429 Too Many Requests, is the word all use
    """Something was tried too often. `message` is translated; `seconds` is how long to wait."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.message = message
        self.seconds = seconds


class AlreadyProcessed(Exception):  # noqa: N818 because it is no error: the form that is sent was taken before
    """The same form was sent before, and what it asked for is done."""

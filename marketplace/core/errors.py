"""Exceptions of queries and use cases. The web layer maps each to an HTTP status (web/errors.py)."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Generic, TypeVar

R = TypeVar("R", bound="RuleBroken | Conflict")
T = TypeVar("T")


class MarketplaceError(Exception):
    """Base class of the application's exceptions."""


class NotFound(MarketplaceError):  # noqa: N818 because it is named after HTTP 404 Not Found
    """The object does not exist, or the viewer may not know that it does."""


def or_404(value: T | None) -> T:
    """Return a value that was looked up. Raises NotFound if it is None."""
    if value is None:
        raise NotFound
    return value


class InvalidLink(NotFound):
    """A secret link is unknown, has expired, or was replaced by a newer one."""


class Forbidden(MarketplaceError):  # noqa: N818 because it is named after HTTP 403 Forbidden
    """The viewer may see the object but not do this to it."""


class Conflict(MarketplaceError):  # noqa: N818 because it is named after HTTP 409 Conflict
    """Somebody else has changed the object. `current` has the saved values, for a page that shows both versions."""

    def __init__(self, message: str, current: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.current = current or {}


class RuleBroken(MarketplaceError):  # noqa: N818 because it names the condition: a rule was broken
    """A business rule refuses the action. `message` is translated and actionable; `field` names the form field, if any."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class TooMany(MarketplaceError):  # noqa: N818 because it is named after HTTP 429 Too Many Requests
    """A rate limit is exceeded. `message` is translated; `seconds` is the time to wait before a retry."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.message = message
        self.seconds = seconds


class AlreadyProcessed(Exception):  # noqa: N818 because it is not an error: the same form has been processed before
    """The same form has been processed before; its idempotency key exists."""


class UnreadableInputError(ValueError):
    """A text that a parser cannot read. The message is translated and says what to write instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CatchRefusal(Generic[R]):
    """Context manager that passes a refusal, such as RuleBroken, to a handler; the code after the block goes on."""

    def __init__(self, *kinds: type[R], handle: Callable[[R], None]) -> None:
        self.kinds = kinds
        self.handle = handle

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, self.kinds):
            self.handle(error)
            return True
        return False

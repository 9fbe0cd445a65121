"""Signed tokens for unsubscribing with one click (RFC 8058). They name a user and a subscription, and do not expire.

The user is 0 for a subscription of a person without an account (`hooks.contact_subscription`).
"""

from itsdangerous import BadSignature, URLSafeSerializer


def _serializer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="unsubscribe from messages")


def unsubscribe_path(secret_key: str, user_id: int, subscription: str) -> str:
    """Return the path of the page that ends a subscription."""
    return f"/unsubscribe/{_serializer(secret_key).dumps([user_id, subscription])}"


def read_token(secret_key: str, token: str) -> tuple[int, str] | None:
    """Return the user id and the subscription of a token, or None if it is not valid."""
    try:
        user_id, subscription = _serializer(secret_key).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(user_id), str(subscription)

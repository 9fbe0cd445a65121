"""Signed tokens by which the invited address lets a supplier with another address use its invitation by e-mail."""

from itsdangerous import BadSignature, URLSafeSerializer


def _serializer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="confirm the use of an invitation by e-mail")


def confirmation_path(secret_key: str, invitation_id: int, supplier_id: int) -> str:
    """Return the path of the page on which a supplier's use of an invitation is confirmed."""
    return f"/invited/confirm/{_serializer(secret_key).dumps([invitation_id, supplier_id])}"


def read_token(secret_key: str, token: str) -> tuple[int, int] | None:
    """Return the invitation and supplier ids of a token, or None if it is not valid."""
    try:
        invitation_id, supplier_id = _serializer(secret_key).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(invitation_id), int(supplier_id)

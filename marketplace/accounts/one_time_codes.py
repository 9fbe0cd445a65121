"""The second step of signing in: six digits from an app (RFC 6238), and codes on paper for when the phone is gone."""

import base64
import datetime as dt
import hashlib
import secrets

import pyotp
from cryptography.fernet import Fernet

STEP_SECONDS = 30
CLOCK_DRIFT_STEPS = 1
"""Clocks differ: the codes just before and just after count as well."""
RECOVERY_CODE_COUNT = 10
_GROUPS, _GROUP = 4, 4
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class SecretCipher:
    """Seals secrets with the installation's key, so that a stolen copy of the database holds none in clear."""

    def __init__(self, secret_key: str) -> None:
        digest = hashlib.sha256(b"second factor:" + secret_key.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    def encrypt(self, text: str) -> str:
        """Return a text as it may be stored."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, encrypted: str) -> str:
        """Return what was sealed. Raises cryptography's InvalidToken under another key."""
        return self._fernet.decrypt(encrypted.encode()).decode()


def generate_secret() -> str:
    """Return a fresh secret of 160 bits, as apps take it."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, email: str, site_name: str) -> str:
    """Return the otpauth address that a QR code carries."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=site_name)


def matching_time_step(secret: str, code: str, now: dt.datetime) -> int | None:
    """Return the half minute that a code belongs to, among those around now, or None when it fits none."""
    digits = "".join(code.split())
    present = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in range(present - CLOCK_DRIFT_STEPS, present + CLOCK_DRIFT_STEPS + 1):
        if secrets.compare_digest(totp.at(step * STEP_SECONDS).encode(), digits.encode()):
            return step
    return None


def generate_recovery_codes() -> list[str]:
    """Return codes for paper, 79 bits each, in letters and digits that are not mistaken for one another."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _letter in range(_GROUP)) for _group in range(_GROUPS))
        for _code in range(RECOVERY_CODE_COUNT)
    ]


def recovery_code_hash(code: str) -> str:
    """Return what is stored of a code on paper, however it was typed."""
    plain = "".join(character for character in code.casefold() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()

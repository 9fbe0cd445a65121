"""Two-factor codes: time-based one-time passwords (RFC 6238) and recovery codes."""

import base64
import datetime as dt
import hashlib
import secrets

import pyotp
from cryptography.fernet import Fernet, InvalidToken

STEP_SECONDS = 30
CLOCK_DRIFT_STEPS = 1
"""Accept the codes of this many time steps before and after now, since clocks differ."""
RECOVERY_CODE_COUNT = 10
_GROUPS, _GROUP = 4, 4
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class SecretCipher:
    """Encrypts two-factor secrets with a key derived from the installation's secret key."""

    def __init__(self, secret_key: str) -> None:
        digest = hashlib.sha256(b"second factor:" + secret_key.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    def encrypt(self, text: str) -> str:
        """Return the encrypted text for storage."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, encrypted: str) -> str:
        """Return the decrypted text. Raises cryptography's InvalidToken if the key differs."""
        return self._fernet.decrypt(encrypted.encode()).decode()

    def can_decrypt(self, encrypted: str) -> bool:
        """Return True if the text was encrypted with this key."""
        try:
            self.decrypt(encrypted)
        except InvalidToken:
            return False
        return True


def generate_secret() -> str:
    """Return a random 160-bit secret in base 32."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, email: str, site_name: str) -> str:
    """Return the otpauth URI that the QR code encodes."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=site_name)


def matching_time_step(secret: str, code: str, now: dt.datetime) -> int | None:
    """Return the time step whose code matches, within the allowed clock drift, or None."""
    digits = "".join(code.split())
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in range(current - CLOCK_DRIFT_STEPS, current + CLOCK_DRIFT_STEPS + 1):
        if secrets.compare_digest(totp.at(step * STEP_SECONDS).encode(), digits.encode()):
            return step
    return None


def generate_recovery_codes() -> list[str]:
    """Return random 79-bit recovery codes in characters that are not easily confused."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _letter in range(_GROUP)) for _group in range(_GROUPS))
        for _code in range(RECOVERY_CODE_COUNT)
    ]


def recovery_code_hash(code: str) -> str:
    """Return the hash of a recovery code, ignoring case, spaces and punctuation."""
    plain = "".join(character for character in code.casefold() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()

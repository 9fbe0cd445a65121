"""Signing in and out, one's own account, and the administrator's list of people."""

from marketplace.accounts.views import administration, own_account, sign_in, two_factor
from marketplace.accounts.views.base import blueprint, hash_cost, remember_sign_in

__all__ = [
    "administration",
    "blueprint",
    "hash_cost",
    "own_account",
    "remember_sign_in",
    "sign_in",
    "two_factor",
]

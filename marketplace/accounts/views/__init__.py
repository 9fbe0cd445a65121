"""Signing in and out, one's own account, and the administrator's list of people."""

from marketplace.accounts.views import administration, own_account, second_step, signing_in
from marketplace.accounts.views.base import blueprint, hash_cost, remember_sign_in

__all__ = [
    "administration",
    "blueprint",
    "hash_cost",
    "own_account",
    "remember_sign_in",
    "second_step",
    "signing_in",
]

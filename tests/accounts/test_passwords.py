"""Password strength and password hashes."""

import itertools

import argon2
import pytest
from argon2 import Type, extract_parameters
from flask import Flask

from marketplace.accounts import password_hashing, queries, use_cases
from marketplace.accounts.models import User
from marketplace.accounts.password_strength import check_strength, common_words, is_guessable
from marketplace.core.database import session
from marketplace.core.errors import RuleBroken
from tests import factories
from tests.support.sampling import Sampling

pytestmark = pytest.mark.once
OWN = (
    "Kari Lyngstad",
    "kari.lyngstad@fjordnett.example",
    "Leverandørtorget",
    "Bjørkvollen ysteri",
    "Fjellfoten næringshage",
)


SAMPLED_PASSWORDS = 400


@pytest.mark.parametrize(
    "password",
    [
        "kort",
        "x" * 11,
        "passord12345",
        "P@ssw0rd2026!",
        "Sommer2026!!!",
        "sommersommersommer",
        "aaaaaaaaaaaaaaaa",
        "123456789012",
        "qwertyuiop123",
        "1q2w3e4r5t6y",
        "zaq12wsxcde3",
        "abcdefghijklmnop",
        "iloveyou1234",
        "Trondheim2026",
        "Rosenborg1917",
        "manchesterunited",
        "nettbutikk2026",
        "velkommen til norge",
        "Næringshagen1!",
        "naeringshagen2026",
        "x" * 129,
    ],
)
def test_guessable_passwords_are_refused(password: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_strength(password)
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [
        "kari@fjordnett.example",
        "lyngstad lyngstad",
        "Leverandørtorget26",
        "leverandortorget!!",
        "Bjorkvollen-2026",
        "BJØRKVOLLEN ysteri 1",
        "fjellfoten12345",
    ],
)
def test_passwords_from_personal_words_are_refused(password: str) -> None:
    with pytest.raises(RuleBroken):
        check_strength(password, *OWN)


@pytest.mark.parametrize(
    "password",
    [
        "grønn traktor på jordet",
        "🧀🧀🧀 ost og brød i fjøset",
        "hvit elg synger tenor",
        "xK9#mQ2$vL7p",
        "vzqkxwpmtrhj",
        "7391846205138",
        "x" + "grønn traktor på jordet " * 5 + "y" * 7,
        "Ω≈ç√∫˜µ≤≥÷å∂ƒ",
    ],
)
def test_strong_passwords_of_any_composition_are_accepted(password: str) -> None:
    assert 12 <= len(password) <= 128
    check_strength(password, *OWN)


def test_common_words_with_suffixes_are_guessable(sampling: Sampling) -> None:
    words = sorted(common_words())
    assert len(words) >= 3000
    suffixed = [
        word + (suffix or word) for word, suffix in zip(words, itertools.cycle(("12345678", "2026!!", "")))
    ]
    passwords_tried = [password for password in suffixed if len(password) >= 12]
    assert len(passwords_tried) >= 3000
    sampled = sampling.choose(passwords_tried, SAMPLED_PASSWORDS, "passwords")
    assert [password for password in sampled if not is_guessable(password)] == []


def test_punctuation_around_words_does_not_add_strength() -> None:
    assert is_guessable("velkommen-til-norge!")
    assert not is_guessable("T7$k!2qP*z4W"), "punctuation inside a random password counts"


def test_unicode_forms_of_a_password_are_equivalent() -> None:
    cost = password_hashing.HashCost(1, 1024)
    composed, decomposed = "blåbærsyltetøy på låven", "bla\u030abærsyltetøy pa\u030a la\u030aven"
    kept = password_hashing.hash_password(composed, cost)
    assert password_hashing.verify(kept, decomposed, cost)
    assert not password_hashing.verify(kept, composed + "x", cost)
    assert kept.startswith("$argon2id$")


def test_hash_cost_meets_the_owasp_minimum() -> None:
    """OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB and 2 passes, or more."""
    cost = password_hashing.HashCost()
    kept = password_hashing.hash_password("grønn traktor på jordet", cost)
    price = extract_parameters(kept)
    assert (price.type, price.memory_cost >= 19 * 1024, price.time_cost >= 2) == (Type.ID, True, True)
    assert password_hashing.verify(kept, "grønn traktor på jordet", cost)


@pytest.mark.parametrize("kept", [None, "", "!", "x", "$2b$12$not-of-ours"])
def test_no_password_matches_a_missing_or_foreign_hash(kept: str | None) -> None:
    assert not password_hashing.verify(kept, "nobody has this password", password_hashing.HashCost(1, 1024))


def test_hash_with_another_cost_needs_rehash() -> None:
    kept = password_hashing.hash_password("grønn traktor på jordet", password_hashing.HashCost(1, 1024))
    assert password_hashing.needs_rehash(kept, password_hashing.HashCost(2, 1024))
    assert not password_hashing.needs_rehash(kept, password_hashing.HashCost(1, 1024))


def test_hash_with_another_cost_is_replaced_at_sign_in(app: Flask) -> None:
    old, new = password_hashing.HashCost(1, 1024), password_hashing.HashCost(2, 1024)
    person = factories.user()
    person.password_hash = password_hashing.hash_password(factories.PASSWORD, old)
    session.commit()
    assert use_cases.sign_in(use_cases.SignInAttempt(person.email, "wrong"), new) is None
    assert password_hashing.needs_rehash(_kept(person.id), new), "only the right password can be hashed anew"
    assert use_cases.sign_in(use_cases.SignInAttempt(person.email, factories.PASSWORD), new)
    kept = _kept(person.id)
    assert not password_hashing.needs_rehash(kept, new)
    assert use_cases.sign_in(use_cases.SignInAttempt(person.email, factories.PASSWORD), new)
    assert _kept(person.id) == kept


def _kept(user_id: int) -> str:
    session.expire_all()
    return str(session.get_one(User, user_id).password_hash)


def test_unknown_address_is_verified_against_a_hash_of_the_accounts_cost(app: Flask) -> None:
    """After a changed setting, the time of a sign-in must not tell accounts from unknown addresses."""
    old, new = password_hashing.hasher(1, 1024), password_hashing.hasher(2, 2048)
    for number in range(20):
        hashed = (new if number % 4 == 0 else old).hash(factories.PASSWORD)
        factories.user().password_hash = hashed
    session.flush()
    chosen = [queries.dummy_password_hash(f"nobody{number}@x.example") for number in range(200)]
    costs = [extract_parameters(str(found)).time_cost for found in chosen]
    assert 20 <= costs.count(2) <= 90, "a quarter of the accounts"
    assert chosen[0] == queries.dummy_password_hash("nobody0@x.example"), "the same one at each attempt"


def test_sign_in_verifies_the_dummy_hash_of_an_unknown_address(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    monkeypatch.setattr(
        argon2.PasswordHasher, "verify", lambda _hasher, hashed, _password: bool(verified.append(hashed))
    )
    known = factories.user()
    known.password_hash = password_hashing.hasher(2, 2048).hash(factories.PASSWORD)
    session.flush()
    for email in (known.email, "nobody@x.example"):
        use_cases.sign_in(use_cases.SignInAttempt(email, factories.PASSWORD), use_cases.HashCost(1, 1024))
    assert verified == [known.password_hash] * 2


def test_dummy_hash_never_grants_a_sign_in(app: Flask) -> None:
    factories.user()
    attempt = use_cases.SignInAttempt("nobody@x.example", factories.PASSWORD)
    assert use_cases.sign_in(attempt, use_cases.HashCost(1, 1024)) is None

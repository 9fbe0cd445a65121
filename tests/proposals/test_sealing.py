"""Offers are stored encrypted, and decrypt only with their key and in their own row."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, text, update

from marketplace import cli
from marketplace.config import Settings
from marketplace.core import sealing
from marketplace.core.database import db, keyring, session
from marketplace.core.sealing import KeyMissingError, Keyring, TamperedError
from marketplace.proposals import queries, use_cases
from marketplace.proposals.models.offers import Proposal
from marketplace.proposals.use_cases import key_rotation as custody
from tests.factories.market import Market
from tests.factories.offers import full_content

pytestmark = pytest.mark.both_databases

OLD, NEW, OTHER = ("0a" * 32, "0b" * 32, "0c" * 32)


@pytest.fixture
def written(market: Market) -> Market:
    """A market with a submitted offer, an unsubmitted change and a withdrawn offer."""
    market.send("kvistverk", understanding="Kvitmyra er vårt ord.")
    use_cases.save(market.kvistverk, market.reference, full_content(team="Kvitmyra to"))
    market.send("myrull", assumptions="Kvitmyra tre")
    use_cases.withdraw(market.myrull, market.reference, "Kvitmyra rekker ikke")
    return market


def everything() -> str:
    """Return everything that the tables store of offers, as text."""
    found = []
    for table in ("proposal", "proposal_revision", "sealed_event"):
        found += [str(tuple(row)) for row in session.execute(text(f"SELECT * FROM {table}"))]
    return "\n".join(found)


def test_offer_text_is_encrypted_in_database(written: Market) -> None:
    stored = everything()
    assert "Kvitmyra" not in stored
    assert "proposal.submit" not in stored
    assert written.proposal("kvistverk").content["team"] == "Kvitmyra to"
    assert written.proposal("kvistverk").submitted_content["understanding"] == "Kvitmyra er vårt ord."
    assert written.proposal("myrull").supplier_reason == "Kvitmyra rekker ikke"
    assert [part.content["understanding"] for part in written.proposal("kvistverk").revisions] == [
        "Kvitmyra er vårt ord."
    ]


def test_sealing_same_text_twice_differs(written: Market) -> None:
    proposal = written.proposal("kvistverk")
    assert proposal.seal("content", {}) != proposal.seal("content", {})


@pytest.mark.parametrize("part", ["sealed_content", "sealed_submission", "data_key"])
def test_altered_byte_is_detected(written: Market, part: str) -> None:
    proposal = written.proposal("kvistverk")
    stored = getattr(proposal, part)
    other = "A" if stored[30] != "A" else "B"
    session.execute(
        update(Proposal).where(Proposal.id == proposal.id).values({part: stored[:30] + other + stored[31:]})
    )
    session.commit()
    session.expire_all()
    with pytest.raises(TamperedError, match="backup"):
        _ = written.proposal("kvistverk").content, written.proposal("kvistverk").submitted_content
    assert len(custody.find_undecryptable()) == 1


def test_ciphertext_is_bound_to_its_row(written: Market) -> None:
    one, other = written.proposal("kvistverk"), written.proposal("myrull")
    for mine, theirs in (("sealed_content", one.sealed_submission), ("sealed_content", other.sealed_content)):
        before = getattr(one, mine)
        setattr(one, mine, theirs)
        with pytest.raises(TamperedError):
            _ = one.content
        setattr(one, mine, before)
    # Replace a whole offer by another one, with its data key.
    one.data_key, one.sealed_content = other.data_key, other.sealed_content
    with pytest.raises(TamperedError):
        _ = one.content
    session.rollback()


def test_missing_key_error_names_key_and_remedy(written: Market, app: Any) -> None:
    name = keyring().names[0]
    url = db.engine.url
    right = sealing.keyring_of(url)
    sealing.use_keyring(url, Keyring(lambda: [OTHER]))
    try:
        with pytest.raises(KeyMissingError, match=name) as caught:
            _ = written.proposal("kvistverk").content
        assert "SEAL_KEYS" in str(caught.value)
        assert custody.missing_keys() == [name]
        shown = (
            app.test_client().sign_in(written.kvistverk.user_id).get(f"/briefs/{written.reference}/proposal")
        )
        assert shown.status_code == 503
        assert name not in shown.text
    finally:
        sealing.use_keyring(url, right)
    assert custody.missing_keys() == []


def test_key_rotation_rewraps_and_retires_old_key(opened: Market) -> None:
    use_cases.open_due()
    proposal = opened.proposal("kvistverk")
    before = (proposal.sealed_content, proposal.sealed_submission, proposal.revisions[0].sealed_content)
    content = proposal.submitted_content
    url = db.engine.url
    right = sealing.keyring_of(url)
    old = "5ea1" * 16  # the keyring of the test suite
    try:
        sealing.use_keyring(url, Keyring(lambda: [NEW, old]))
        assert custody.rotate() == 3
        assert custody.rotate() == 0
        sealing.use_keyring(url, Keyring(lambda: [NEW]))
        session.expire_all()
        after = opened.proposal("kvistverk")
        assert (after.sealed_content, after.sealed_submission, after.revisions[0].sealed_content) == before
        assert after.submitted_content == content
        assert custody.find_undecryptable() == []
        assert len(queries.offers_for(opened.owner, opened.reference).offers) == 3
    finally:
        sealing.use_keyring(url, right)


@pytest.mark.once
def test_new_key_command_is_seen_by_running_service(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    run = CliRunner()
    assert run.invoke(cli.main, ["db", "upgrade"]).exit_code == 0
    first = (tmp_path / "seal_keys").read_text().strip()
    running = Settings.from_environment({"INSTANCE_PATH": str(tmp_path)}).keyring()
    done = run.invoke(cli.main, ["keys", "rotate"])
    assert done.exit_code == 0, done.output
    kept = (tmp_path / "seal_keys").read_text().split()
    assert kept[1:] == [first]
    assert (tmp_path / "seal_keys").stat().st_mode & 0o777 == 0o600
    newly = sealing.new_data_key(Keyring(lambda: kept), "proposal:1")
    assert running.unwrap(newly, "proposal:1")
    assert "All sealed offers and links can be decrypted." in run.invoke(cli.main, ["keys", "check"]).output


def test_keys_are_split_by_commas_and_lines() -> None:
    assert sealing.split_keys(f"{OLD},\n{NEW} {OTHER.upper()}") == [OLD, NEW, OTHER]
    with pytest.raises(sealing.UnreadableKeyError):
        sealing.split_keys(secrets.token_hex(8))


def test_save_without_key_is_refused_with_remedy(market: Market) -> None:
    url = db.engine.url
    right = sealing.keyring_of(url)
    sealing.use_keyring(url, Keyring(list))
    try:
        with pytest.raises(KeyMissingError, match="no key to seal with: set SEAL_KEYS"):
            use_cases.save(market.kvistverk, market.reference, full_content())
    finally:
        sealing.use_keyring(url, right)
    assert session.query(Proposal).count() == 0
    assert market.send("kvistverk").state == "submitted"


@pytest.mark.once
def test_database_outside_app_has_no_keys() -> None:
    with pytest.raises(KeyMissingError, match="through the `marketplace` command"):
        sealing.keyring_of(make_url("sqlite:////srv/elsewhere.sqlite3"))


def test_rotation_command_runs_once_and_names_missing_key(written: Market, command: Any) -> None:
    old = "5ea1" * 16  # the keyring of the test suite
    before, after = sealing.key_name(old), sealing.key_name(NEW)

    def said(*words: str, keys: str) -> tuple[int, str]:
        done = command("keys", *words, SEAL_KEYS=keys)
        return done.exit_code, done.output

    code, output = said("rotate", keys=old)
    assert (
        code,
        "0 offers have been re-encrypted" in output,
        "They all used this key already" in output,
    ) == (0, True, True)
    assert "Keep the old keys" not in output
    assert said("check", keys=old) == (
        0,
        f"Key {before}: 2 offers.\nAll sealed offers and links can be decrypted.\n",
    )
    code, output = said("rotate", keys=NEW)
    assert (code, f"needs the key {before}" in output) == (1, True)
    code, output = said("rotate", keys=f"{NEW},{old}")
    assert (code, f"2 offers have been re-encrypted with the key {after}" in output) == (0, True)
    assert f"Keep the old keys ({before})" in output
    assert "They all used this key already" not in output
    code, output = said("check", keys=old)
    assert (code, f"Key {after}: 2 offers (this key is missing here)." in output) == (1, True)
    assert output.count(f"needs the key {after}") == 2
    assert "All sealed offers and links can be decrypted." not in output
    assert said("check", keys=f"{NEW},{old}")[0] == 0
    assert written.proposal("kvistverk").content["team"] == "Kvitmyra to"

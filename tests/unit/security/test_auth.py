"""Keys, known by their digests, and the administrator's password with its lock-out."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.security.test_limits import Hand
from vartalaap.cli import main
from vartalaap.config import load_settings
from vartalaap.errors import ConfigurationError, TooManyRequests
from vartalaap.security.auth import AdminLogin, ApiKeys, hash_password, new_api_key

HASH = hash_password("correct horse")


def test_a_key_is_known_by_its_digest_as_well_as_by_itself() -> None:
    key, entry = new_api_key()
    assert key not in entry
    assert ApiKeys([entry]).fingerprint(key) == ApiKeys([key]).fingerprint(key)
    assert ApiKeys([entry]).fingerprint(key) is not None
    assert ApiKeys([entry]).fingerprint(entry) is None  # who has read the environment has no key yet
    assert new_api_key()[0] != key


async def test_the_right_password_is_accepted_until_the_address_has_guessed_too_often() -> None:
    hand = Hand()
    login = AdminLogin("owner", HASH, seconds=hand)
    assert await login.accepts("owner", "correct horse", "10.0.0.1")
    for _ in range(5):
        assert not await login.accepts("owner", "wrong", "10.0.0.1")
    with pytest.raises(TooManyRequests) as refused:
        await login.accepts("owner", "correct horse", "10.0.0.1")
    assert refused.value.details == {"retry_after_s": 30}
    assert await login.accepts("owner", "correct horse", "10.0.0.2")  # the owner elsewhere is not locked out
    hand.at += 30
    assert await login.accepts("owner", "correct horse", "10.0.0.1")


async def test_guessing_from_many_addresses_locks_the_name() -> None:
    hand = Hand()
    login = AdminLogin("owner", HASH, seconds=hand)
    for number in range(20):
        assert not await login.accepts("owner", "wrong", f"10.0.1.{number}")
    with pytest.raises(TooManyRequests):
        await login.accepts("owner", "correct horse", "10.0.2.1")
    hand.at += 30
    assert await login.accepts("owner", "correct horse", "10.0.2.1")


async def test_an_unknown_name_is_locked_like_a_known_one_and_takes_as_long() -> None:
    login = AdminLogin("owner", HASH)
    took = []
    for name in ("owner", "nobody"):
        started = time.perf_counter()
        assert not await login.accepts(name, "wrong", name)
        took.append(time.perf_counter() - started)
    assert min(took) > 0.005, "both paid for the hash"
    for number in range(19):
        await login.accepts("nobody", "wrong", f"10.0.0.{number}")
    with pytest.raises(TooManyRequests):
        await login.accepts("nobody", "wrong", "10.0.3.1")


async def test_without_a_configured_password_nobody_gets_in() -> None:
    for login in (AdminLogin("", ""), AdminLogin("owner", ""), AdminLogin("", HASH)):
        assert not login
        for name, password in (("", ""), ("owner", ""), ("", "correct horse")):
            assert not await login.accepts(name, password)


async def test_text_that_no_encoding_knows_is_only_wrong() -> None:
    assert not await AdminLogin("owner", HASH).accepts("\udcff", "\udcff\x00")


def test_another_password_is_another_credential() -> None:
    assert AdminLogin("owner", HASH).credential == AdminLogin("owner", HASH).credential
    assert AdminLogin("owner", HASH).credential != AdminLogin("owner", hash_password("correct horse")).credential


def test_the_command_prints_a_key_and_the_entry_that_knows_it() -> None:
    printed = CliRunner().invoke(main, ["keys", "api"]).output
    key, entry = re.findall(r"vk_\S+", printed)[0], re.findall(r"API_KEYS=(\S+)", printed)[0]
    assert ApiKeys([entry]).fingerprint(key) is not None


def test_a_digest_that_is_not_whole_stops_the_start_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"API_KEYS.*64 hexadecimal") as refused:
        load_settings(api_keys="a-key,sha256:abcdef")
    assert "abcdef" not in str(refused.value)

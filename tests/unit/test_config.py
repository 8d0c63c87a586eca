"""Settings: nothing is required to begin, and a wrong value stops the start with its name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vartalaap.bootstrap import login_hint
from vartalaap.bootstrap.login import admin_login
from vartalaap.config import Settings, load_settings
from vartalaap.config.access import AccessSettings
from vartalaap.config.models import ModelSettings
from vartalaap.config.privacy import PrivacySettings
from vartalaap.config.server import ServerSettings
from vartalaap.config.speech import SpeechSettings
from vartalaap.config.telephony import TelephonySettings
from vartalaap.config.whatsapp import WhatsAppSettings
from vartalaap.development import development_keys
from vartalaap.errors import ConfigurationError
from vartalaap.security.auth import hash_password

EXAMPLE = Path(__file__).parents[2] / ".env.example"
PRODUCTION = {
    "environment": "production",
    "public_url": "https://bot.example.in",
    "plivo_auth_token": "t" * 40,
    "phone_encryption_key": "ab" * 32,
    "phone_hash_pepper": "p" * 32,
}


@pytest.fixture(autouse=True)
def no_dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_nothing_is_required_in_development() -> None:
    settings = load_settings()
    assert settings.database == "sqlite+aiosqlite:///data/vartalaap.db"
    assert settings.reachable_url == "http://127.0.0.1:8000"
    assert settings.browser_phone


def test_production_with_everything_starts_without_the_browser_phone() -> None:
    assert not load_settings(**PRODUCTION).browser_phone
    assert load_settings(**PRODUCTION, browser_phone_enabled=True).browser_phone


@pytest.mark.parametrize(
    ("given", "signed"),
    [
        ("https://bot.example.in:443", "https://bot.example.in"),
        ("HTTPS://Bot.Example.IN/", "https://bot.example.in"),
        ("http://bot.example.in:80/Path/", "http://bot.example.in/Path"),
        ("https://bot.example.in:0443", "https://bot.example.in"),
        ("https://bot.example.in:", "https://bot.example.in"),
        ("https://bot.example.in:8443", "https://bot.example.in:8443"),
        ("http://bot.example.in:443", "http://bot.example.in:443"),
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]"),
    ],
)
def test_the_public_url_is_the_one_that_carriers_sign_however_it_is_written(given: str, signed: str) -> None:
    assert load_settings(public_url=given).reachable_url == signed


@pytest.mark.parametrize("missing", ["public_url", "plivo_auth_token", "phone_encryption_key", "phone_hash_pepper"])
def test_production_without_a_secret_is_refused_by_name(missing: str) -> None:
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    with pytest.raises(ConfigurationError, match=f"{missing.upper()} must be set in production"):
        load_settings(**given)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PHONE_ENCRYPTION_KEY", "abc123", "64 hexadecimal"),
        ("PHONE_HASH_PEPPER", "short", "32 bytes"),
        ("PUBLIC_URL", "bot.example.in", "http"),
        ("PUBLIC_URL", "https://:8443", "scheme and host"),
        ("PUBLIC_URL", "https://bot.example.in:99999", "scheme and host"),
        ("PUBLIC_URL", "https://bot example.in", "scheme and host"),
        ("PUBLIC_URL", "https://bot.example.in?a=b", "scheme and host"),
        ("PUBLIC_URL", "https://[bot", "scheme and host"),
        ("GROQ_BASE_URL", "api.groq.com", "scheme and host"),
        ("ADMIN_PASSWORD_HASH", "secret", "keys password"),
        ("ADMIN_PASSWORD_HASH", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "keys password"),
        ("ADMIN_PASSWORD_HASH", "=19=65536,t=3,p=4", "keys password"),
        ("PUBLIC_URL", "https://owner:hunter2@bot.example.in", "user"),
        ("PORT", "99999", "65535"),
        ("CLOCK_START", "2027-01-02T03:04:05", "time zone"),
        ("ENVIRONMENT", "staging", "development"),
        ("FORWARDED_ALLOW_IPS", "proxy.example.in", "addresses or networks"),
        ("FORWARDED_ALLOW_IPS", "10.0.0.1/8", "addresses or networks"),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(
    name: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=message) as refused:
        load_settings()
    assert name in refused.value.message
    assert value not in refused.value.message


def test_a_variable_that_is_named_like_a_group_of_settings_is_somebody_else_s(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCESS", "ADMIN", "GROQ", "PHONE", "PLIVO", "PRIVACY", "SERVER", "SPEECH", "WHATSAPP"):
        monkeypatch.setenv(name, "root")
    assert load_settings() == Settings()


def test_every_name_in_the_example_is_a_setting_and_every_setting_of_an_owner_is_there() -> None:
    names = set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    ours = {"PROCESS", "PROCESSES"}  # set by `serve` alone
    assert names ^ {name.upper() for name in Settings.model_fields} == ours


def test_every_setting_is_in_one_group_alone() -> None:
    groups = (
        AccessSettings, ModelSettings, PrivacySettings, ServerSettings, SpeechSettings, TelephonySettings,
        WhatsAppSettings,
    )  # fmt: skip
    assert sorted(name for group in groups for name in group.__annotations__) == sorted(Settings.model_fields)


def test_every_wrong_value_is_told_at_once_whatever_its_group(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"PORT": "0", "PIPER_URL": "piper", "BACKUP_KEY": "ff", "API_KEYS": "sha256:ff", "REDIS_URL": "http://x"}
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refused:
        load_settings()
    assert {line.partition(":")[0] for line in refused.value.message.split("; ")} == wrong.keys()


def test_a_moved_clock_is_refused_in_production() -> None:
    with pytest.raises(ConfigurationError, match="CLOCK_START"):
        load_settings(**PRODUCTION, clock_start="2026-11-25T14:00:00+05:30")


def test_secrets_do_not_show_in_the_settings_text() -> None:
    assert "t" * 40 not in repr(Settings(**PRODUCTION))  # type: ignore[arg-type]


def test_development_keys_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    key, pepper, made = development_keys(tmp_path / "data")
    assert made
    assert development_keys(tmp_path / "data") == (key, pepper, False)
    assert (tmp_path / "data" / "development-keys").stat().st_mode & 0o077 == 0
    load_settings(phone_encryption_key=key, phone_hash_pepper=pepper)


def test_the_brain_is_hybrid_with_a_key_and_local_without() -> None:
    assert load_settings().chosen_brain == "local"
    with_keys = load_settings(groq_api_key="gsk_one, gsk_two", groq_models="a/b,c/d")
    assert with_keys.chosen_brain == "hybrid"
    assert [key.get_secret_value() for key in with_keys.groq_api_key] == ["gsk_one", "gsk_two"]
    assert with_keys.groq_models == ("a/b", "c/d")
    assert "gsk_one" not in repr(with_keys)
    assert load_settings(groq_api_key="gsk_one", brain="local").chosen_brain == "local"


def test_a_brain_with_a_model_needs_a_key_or_a_server_of_one_s_own() -> None:
    with pytest.raises(ConfigurationError, match="GROQ_API_KEY"):
        load_settings(brain="hybrid")
    assert load_settings(brain="llm", groq_base_url="http://127.0.0.1:11434/v1").chosen_brain == "llm"


def test_what_hears_callers_follows_the_keys_unless_it_is_named() -> None:
    assert load_settings().chosen_recognisers == ("whisper",)
    keys = {"deepgram_api_key": "dg-1", "groq_api_key": "gsk_1"}
    assert load_settings(**keys).chosen_recognisers == ("deepgram", "groq", "whisper")
    assert load_settings(**keys, stt="groq, deepgram").chosen_recognisers == ("groq", "deepgram")
    elsewhere = load_settings(groq_api_key="gsk_1", groq_base_url="http://127.0.0.1:9000")
    assert elsewhere.chosen_recognisers == ("whisper",)


@pytest.mark.parametrize(
    ("stt", "message"),
    [
        ("deepgarm,whisper", "STT knows deepgram, groq, whisper; not deepgarm"),
        ("deepgram", "STT: deepgram needs a DEEPGRAM_API_KEY"),
        ("groq", "STT: groq needs a GROQ_API_KEY"),
    ],
)
def test_a_recogniser_that_cannot_be_is_refused_with_one_sentence(stt: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load_settings(stt=stt)


def test_as_many_calls_are_taken_as_can_be_borne_unless_a_limit_is_set() -> None:
    by_this_machine = load_settings(stt="whisper").most_calls
    assert by_this_machine >= 2
    assert by_this_machine % 2 == 0
    assert load_settings(deepgram_api_key="k").most_calls == 50
    assert load_settings(deepgram_api_key="k", max_calls=7).most_calls == 7
    with pytest.raises(ConfigurationError, match="MAX_CALLS"):
        load_settings(max_calls=0)


def test_the_voices_are_those_that_are_configured_and_the_built_in_one_last() -> None:
    assert load_settings().chosen_voices == ("espeak",)
    everything = {"piper_url": "http://127.0.0.1:5000", "edge_tts_enabled": True}
    assert load_settings(**everything).chosen_voices == ("piper", "edge", "espeak")
    assert load_settings(**everything, tts="espeak, piper").chosen_voices == ("espeak", "piper")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tts": "pipre,espeak"}, "TTS knows piper, edge, espeak; not pipre"),
        ({"tts": "piper"}, "TTS: piper needs a PIPER_URL"),
        ({"tts": "edge"}, "TTS: edge needs EDGE_TTS_ENABLED=true"),
        ({"piper_voices": "hi=hi_IN-rohan-medium"}, "PIPER_VOICES: must be language=voice"),
        ({"piper_voices": "hi=a,en=b,fr=c"}, "PIPER_VOICES: must be language=voice"),
    ],
)
def test_a_voice_that_cannot_be_is_refused_with_one_sentence(given: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load_settings(**given)


def test_a_login_that_is_set_by_half_is_refused_with_what_is_missing() -> None:
    made = hash_password("open sesame")
    assert load_settings(admin_username="owner", admin_password_hash=made).admin_username == "owner"
    with pytest.raises(ConfigurationError, match="ADMIN_PASSWORD_HASH must be set, as ADMIN_USERNAME is"):
        load_settings(admin_username="owner")
    with pytest.raises(ConfigurationError, match="ADMIN_USERNAME must be set, as ADMIN_PASSWORD_HASH is"):
        load_settings(admin_password_hash=made)


@pytest.mark.parametrize(
    "url", ["https://bot.example.in", "http://127.0.0.1:8000/", "https://[::1]:8443", "HTTPS://Bot.in"]
)
def test_a_url_that_is_one_is_taken(url: str) -> None:
    assert load_settings(piper_url=url).piper_url == url


async def test_whoever_starts_it_is_told_where_the_password_lies_and_never_the_password(tmp_path: Path) -> None:
    made = hash_password("open sesame")
    settings = {
        "admin, password in ": load_settings(data_dir=tmp_path),
        "none yet: set ADMIN_USERNAME, and ADMIN_PASSWORD_HASH": load_settings(public_url="https://bot.example.in"),
        "ADMIN_USERNAME, and the password whose hash": load_settings(
            **PRODUCTION, admin_username="owner", admin_password_hash=made
        ),
    }
    for said, given in settings.items():
        hint = login_hint(*await admin_login(given))
        assert hint.startswith(said)
        assert made not in hint
    password = (tmp_path / "development-password").read_text().strip()
    assert login_hint(*await admin_login(settings["admin, password in "])) == (
        f"admin, password in {tmp_path / 'development-password'}"
    )
    assert password not in str(settings)


def test_a_process_of_several_knows_the_next_until_all_others_were_asked() -> None:
    last = load_settings(public_url="https://bot.example.in", process=3, processes=3)
    assert [last.next_url(asked) for asked in range(4)] == [*2 * ["https://bot.example.in/p1"], None, None]
    assert load_settings(public_url="https://bot.example.in").next_url(0) is None

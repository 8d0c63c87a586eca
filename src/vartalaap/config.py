"""Settings from the environment (and a `.env` file). A wrong value stops the start with one sentence that names it."""

from __future__ import annotations

import os
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .dotenv import misspelt
from .errors import ConfigurationError
from .shipped import DEMO_BUSINESS

KEY_BYTES = 32
GROQ_URL = "https://api.groq.com"
DEEPGRAM_URL = "https://api.in.deepgram.com"
VOICES = ("piper", "edge", "espeak")
RECOGNISERS = ("deepgram", "groq", "whisper")
ENV_FILE = Path(".env")
"""Of the folder in which a command is started."""
_SHORTEST_SALT, _SHORTEST_DIGEST = 8, 16
"""Bytes of a password's hash; a shorter one was cut."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Settings(BaseSettings):
    """Every setting has a default that works with no key and no server; production asks for more."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_file_encoding="utf-8-sig", extra="ignore", env_ignore_empty=True
    )

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    forwarded_allow_ips: str = Field("127.0.0.1,::1", description="whose word on a visitor's address is taken")
    public_url: str = Field("", description="where callers' carriers reach us, for example https://bot.example.in")
    data_dir: Path = Path("data")
    database_url: str = Field("", description="SQLite under data_dir if empty")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    business_config: Path = DEMO_BUSINESS
    default_business_id: str = Field("", description="the business of BUSINESS_CONFIG if empty")

    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    api_requests_per_minute: int = Field(1200, ge=0, description="of one key, and of one address; 0: no limit")
    max_body_bytes: int = Field(1_048_576, ge=1024, description="the largest request")
    admin_username: str = ""
    admin_password_hash: SecretStr | None = Field(None, description="made by `vartalaap keys password`")
    phone_encryption_key: SecretStr | None = Field(None, description="64 hexadecimal characters")
    phone_encryption_key_id: str = Field("1", pattern=r"^[A-Za-z0-9_-]{1,16}$", description="changes with the key")
    phone_encryption_keys_old: Annotated[dict[str, SecretStr], NoDecode] = Field({}, description="id:hex, with commas")
    phone_hash_pepper: SecretStr | None = Field(None, description="at least 32 bytes")
    phone_hash_pepper_old: SecretStr | None = Field(None, description="what was hashed with it is still found")

    retention_transcript_days: int = Field(90, ge=1, description="what was said in a call")
    retention_phone_days: int = Field(90, ge=1, description="telephone numbers, from the visit; their hash stays")
    retention_reservation_days: int = Field(365, ge=1, description="bookings, from the visit; totals stay")
    retention_legal_copy_days: int = Field(0, ge=0, description="sealed copies of what was erased; 0: erased at once")
    backup_key: SecretStr | None = Field(None, description="64 hexadecimal characters; else made from the numbers' key")

    plivo_auth_id: str = ""
    plivo_auth_token: SecretStr | None = None
    plivo_base_url: str = "https://api.plivo.com"
    twilio_auth_token: SecretStr | None = Field(None, description="serves calls of Twilio too, at /twilio/answer")

    whatsapp_token: SecretStr | None = Field(None, description="of a system user; with it messages are sent")
    whatsapp_phone_number_id: str = Field("", pattern=r"^[0-9]*$", description="Meta's id, not the number")
    whatsapp_app_secret: SecretStr | None = Field(None, description="signs what WhatsApp reports")
    whatsapp_verify_token: SecretStr | None = Field(None, description="our own word, told to Meta with the webhook")
    whatsapp_base_url: str = "https://graph.facebook.com"
    whatsapp_api_version: str = Field("v26.0", pattern=r"^v[0-9]+\.[0-9]+$")
    whatsapp_template_prefix: str = Field("", pattern=r"^[a-z0-9_]*$", description="before each template's name")
    redis_url: SecretStr | None = Field(None, description="then `vartalaap worker` sends the messages")
    whatsapp_dry_run: bool = Field(False, description="development only: messages are promised, kept and not sent")

    brain: Literal["local", "llm", "hybrid"] | None = Field(None, description="hybrid with a model's key, else local")
    groq_api_key: Annotated[tuple[SecretStr, ...], NoDecode] = Field((), description="one key, or several with commas")
    groq_base_url: str = Field(GROQ_URL, description="or any server that speaks OpenAI's dialect")
    groq_models: Annotated[tuple[str, ...], NoDecode] = ("openai/gpt-oss-20b", "openai/gpt-oss-120b")
    groq_asked_ahead: bool = Field(True, description="in a pause that may be the end; sooner, and sometimes in vain")
    groq_first_token_ms: int = Field(700, ge=50, description="a model that is later is not waited for")

    stt: Annotated[tuple[str, ...], NoDecode] = Field((), description="recognisers in order; what the keys allow")
    deepgram_api_key: SecretStr | None = None
    deepgram_base_url: str = Field(DEEPGRAM_URL, description="the region: api.in, api.eu, api.au, or api for the USA")
    deepgram_model: str = Field("nova-3", description="or flux-general-multi, which says itself when a turn ends")

    barge_in: Literal["voice", "words"] = Field(
        "voice", description="what stops the bot: 300 ms of voice; or, sooner, the recogniser's first words"
    )

    tts: Annotated[tuple[str, ...], NoDecode] = Field((), description="voices in order; what is configured if empty")
    piper_url: str = Field("", description="Piper's HTTP server, for example http://127.0.0.1:5000")
    piper_voices: Annotated[dict[str, str], NoDecode] = Field(
        {"hi": "hi_IN-priyamvada-medium", "en": "en_US-lessac-medium"}, description="language=voice, with commas"
    )
    edge_tts_enabled: bool = Field(False, description="Microsoft's unofficial endpoint: for demonstrations only")

    process: int | None = Field(None, ge=1, description="which of several this is: set by `serve --processes`")
    processes: int = Field(1, ge=1, description="how many there are on this machine: set like `process`")
    max_call_seconds: float = Field(900, gt=0)
    drain_seconds: float = Field(600, ge=0, description="in which calls may end by themselves after SIGTERM")
    max_calls: int | None = Field(None, gt=0, description="at once, in this process; what it can bear if unset")
    browser_phone_enabled: bool | None = Field(None, description="the page at /; on in development only, if unset")
    clock_start: datetime | None = Field(None, description="development only: the clock starts here and runs on")

    @field_validator("api_keys", "groq_api_key", "groq_models", "stt", "tts", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        try:
            for part in () if value.strip() == "*" else value.split(","):
                ip_network(part.strip())
        except ValueError:
            raise ValueError("must be addresses or networks with commas, or * for everybody") from None
        return value.strip()

    @field_validator("api_keys")
    @classmethod
    def _hashes_are_whole(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        hashes = [key.get_secret_value().removeprefix("sha256:") for key in value if _is_hashed(key)]
        if any(len(_hex(digest)) != KEY_BYTES for digest in hashes):
            raise ValueError("what begins with sha256: needs 64 hexadecimal characters")
        return value

    @field_validator("phone_encryption_keys_old", mode="before")
    @classmethod
    def _keys_by_id(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [part.strip().partition(":") for part in value.split(",") if part.strip()]
        keys = {name: key for name, _, key in pairs}
        if len(keys) < len(pairs) or any(len(_hex(key)) != KEY_BYTES for key in keys.values()):
            raise ValueError("must be id:key with different ids, each key of 64 hexadecimal characters")
        return keys

    @field_validator("piper_voices", mode="before")
    @classmethod
    def _voices_by_language(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [part.strip().partition("=") for part in value.split(",") if part.strip()]
        voices = {language.strip(): voice.strip() for language, _, voice in pairs}
        if not {"hi", "en"} <= voices.keys() <= {"hi", "en", "hinglish"} or not all(voices.values()):
            raise ValueError("must be language=voice for hi and en (and for hinglish, if it has its own)")
        return voices

    @field_validator("phone_encryption_key", "backup_key")
    @classmethod
    def _is_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(_hex(value.get_secret_value())) != KEY_BYTES:
            raise ValueError("must be 64 hexadecimal characters")
        return value

    @field_validator("phone_hash_pepper", "phone_hash_pepper_old")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().encode()) < KEY_BYTES:
            raise ValueError("must be at least 32 bytes long")
        return value

    @field_validator("clock_start")
    @classmethod
    def _is_aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("needs a time zone, for example 2026-11-25T14:00:00+05:30")
        return value

    @field_validator("redis_url", mode="after")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value

    @field_validator("business_config")
    @classmethod
    def _is_found_from_anywhere(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator(
        "public_url", "plivo_base_url", "whatsapp_base_url", "groq_base_url", "deepgram_base_url", "piper_url"
    )
    @classmethod
    def _is_whole_url(cls, value: str) -> str:
        if value and not _is_web_url(value):
            raise ValueError("must be like https://your.domain: scheme and host, without spaces, ? and #")
        return value

    @field_validator("public_url")
    @classmethod
    def _as_carriers_sign_it(cls, value: str) -> str:
        """However it was written: small letters before the path, no port of the scheme's own."""
        if not value:
            return ""
        parts = urlsplit(value)
        if "@" in parts.netloc:
            raise ValueError("must name a host, and no user")
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORTS[parts.scheme]) else ""
        return parts._replace(netloc=f"{host}{port}").geturl().rstrip("/")

    @field_validator("admin_password_hash")
    @classmethod
    def _is_hash(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_argon2(value.get_secret_value()):
            raise ValueError("is no hash of a password; put the whole line of `vartalaap keys password` there")
        return value

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if bool(self.admin_username) != bool(self.admin_password_hash):
            there, missing = ("ADMIN_USERNAME", "ADMIN_PASSWORD_HASH")[:: 1 if self.admin_username else -1]
            raise ValueError(f"{missing} must be set, as {there} is; `vartalaap keys password` prints a hash")
        return self

    @model_validator(mode="after")
    def _production_is_complete(self) -> Self:
        if self.environment == "development":
            return self
        missing = [
            name.upper()
            for name in ("public_url", "plivo_auth_token", "phone_encryption_key", "phone_hash_pepper")
            if not getattr(self, name)
        ]
        if missing:
            raise ValueError(f"{', '.join(missing)} must be set in production")
        if self.clock_start is not None:
            raise ValueError("CLOCK_START is for development only")
        return self

    @model_validator(mode="after")
    def _messages_can_be_sent(self) -> Self:
        needed = ("whatsapp_token", "whatsapp_phone_number_id", "whatsapp_app_secret", "whatsapp_verify_token")
        missing = [name.upper() for name in needed if not getattr(self, name)]
        if missing and len(missing) < len(needed):
            raise ValueError(f"{', '.join(missing)} must be set to send on WhatsApp")
        if self.whatsapp_dry_run and (self.environment == "production" or not missing):
            raise ValueError("WHATSAPP_DRY_RUN is for development, without WhatsApp's keys")
        return self

    @model_validator(mode="after")
    def _current_key_is_another(self) -> Self:
        if self.phone_encryption_key_id in self.phone_encryption_keys_old:
            raise ValueError("PHONE_ENCRYPTION_KEY_ID: is the id of one of PHONE_ENCRYPTION_KEYS_OLD too")
        return self

    @model_validator(mode="after")
    def _model_can_be_asked(self) -> Self:
        if self.brain in ("llm", "hybrid") and not self.groq_api_key and self.groq_base_url == GROQ_URL:
            raise ValueError(f"BRAIN={self.brain} needs a GROQ_API_KEY, or a GROQ_BASE_URL that asks for none")
        return self

    @model_validator(mode="after")
    def _recognisers_can_be_asked(self) -> Self:
        if unknown := [name for name in self.stt if name not in RECOGNISERS]:
            raise ValueError(f"STT knows {', '.join(RECOGNISERS)}; not {', '.join(unknown)}")
        if "deepgram" in self.stt and not self.deepgram_api_key and self.deepgram_base_url == DEEPGRAM_URL:
            raise ValueError("STT: deepgram needs a DEEPGRAM_API_KEY, or a DEEPGRAM_BASE_URL that asks for none")
        if "groq" in self.stt and not self.groq_api_key and self.groq_base_url == GROQ_URL:
            raise ValueError("STT: groq needs a GROQ_API_KEY, or a GROQ_BASE_URL that asks for none")
        return self

    @model_validator(mode="after")
    def _voices_can_be_asked(self) -> Self:
        if unknown := [name for name in self.tts if name not in VOICES]:
            raise ValueError(f"TTS knows {', '.join(VOICES)}; not {', '.join(unknown)}")
        if "piper" in self.tts and not self.piper_url:
            raise ValueError("TTS: piper needs a PIPER_URL")
        if "edge" in self.tts and not self.edge_tts_enabled:
            raise ValueError("TTS: edge needs EDGE_TTS_ENABLED=true")
        return self

    @property
    def chosen_voices(self) -> tuple[str, ...]:
        """What speaks to callers, the first choice first: `TTS`, or what is configured and the built-in voice."""
        configured = {"piper": self.piper_url, "edge": self.edge_tts_enabled}
        return tuple(dict.fromkeys(self.tts)) or (*(name for name, given in configured.items() if given), "espeak")

    @property
    def messages_go_out(self) -> bool:
        """Is there anything that carries messages?"""
        return self.whatsapp_token is not None or self.whatsapp_dry_run

    @property
    def chosen_recognisers(self) -> tuple[str, ...]:
        """What hears callers, the first choice first: `STT`, or what the keys allow and Whisper on this machine."""
        deepgram = ("deepgram",) if self.deepgram_api_key else ()
        groq = ("groq",) if self.groq_api_key and self.groq_base_url == GROQ_URL else ()
        return tuple(dict.fromkeys(self.stt)) or (*deepgram, *groq, "whisper")

    @property
    def chosen_brain(self) -> Literal["local", "llm", "hybrid"]:
        """What answers callers: `BRAIN`, or what the keys allow."""
        return self.brain or ("hybrid" if self.groq_api_key else "local")

    @property
    def most_calls(self) -> int:
        """`MAX_CALLS`, or fifty; two for each core where this machine itself recognises speech."""
        if self.max_calls is not None:
            return self.max_calls
        if self.chosen_recognisers[0] == "whisper":
            return max(2 * (os.cpu_count() or 1) // self.processes, 1)
        return 50

    @property
    def browser_phone(self) -> bool:
        """Is the page at `/` served?"""
        if self.browser_phone_enabled is None:
            return self.environment == "development"
        return self.browser_phone_enabled

    @property
    def api_is_open(self) -> bool:
        """May a program on this machine use the API without a key? Never where others can reach us."""
        guarded = self.api_keys or self.admin_password_hash or self.public_url
        return self.environment == "development" and not guarded

    @property
    def reachable_url(self) -> str:
        """`PUBLIC_URL`, or this machine in development."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def process_path(self) -> str:
        """What leads to this process alone, of several; empty for one."""
        return f"/p{self.process}" if self.process else ""

    @property
    def own_url(self) -> str:
        """Where this very process is reached."""
        return self.reachable_url + self.process_path

    def next_url(self, asked: int) -> str | None:
        """Where the next of several processes is reached, if `asked` others have no place; None if those are all."""
        if self.process is None or asked + 1 >= self.processes:
            return None
        return f"{self.reachable_url}/p{self.process % self.processes + 1}"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'vartalaap.db'}"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"


def load_settings(**overrides: object) -> Settings:
    """Read the environment; `ConfigurationError` names the variables that are wrong, without their values."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as wrong:
        raise ConfigurationError("; ".join(_sentence(error) for error in wrong.errors())) from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{ENV_FILE.absolute()}: is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{ENV_FILE.absolute()}: cannot be read ({error.strerror})") from None


def misspelt_settings() -> list[str]:
    """A line for each name in `.env` that is no setting and looks like one."""
    return list(misspelt(ENV_FILE, {*Settings.model_fields}))


def _sentence(error: object) -> str:
    assert isinstance(error, dict)
    name = "_".join(str(part) for part in error["loc"]).upper()
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}" if name else message


def _is_web_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, a bracket that stays open
        return False
    return whole and not set(text) & set("?#\\") and not any(letter.isspace() for letter in text)


def _is_argon2(text: str) -> bool:
    try:
        found = extract_parameters(text)
    except InvalidHashError:
        return False
    return found.salt_len >= _SHORTEST_SALT and found.hash_len >= _SHORTEST_DIGEST


def _is_hashed(key: SecretStr) -> bool:
    return key.get_secret_value().startswith("sha256:")


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""

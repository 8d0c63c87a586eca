"""What `vartalaap doctor` looks at: each thing that a call depends on, and what to do about it. Changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException

from .. import __version__
from ..config import ModelSettings, Settings, SpeechSettings, TelephonySettings, WhatsAppSettings
from ..core.clock import Clock
from ..core.doubts import doubts
from ..db.migrate import schema_state
from ..db.probe import try_to_write
from ..db.repositories.businesses import Businesses
from ..db.session import Database
from ..development import development_keys_made
from ..errors import CannotListen, ConfigurationError, ProviderError, ProviderRefused
from ..services import weights
from ..services.tts.edge import EdgeSpeech
from .businesses import business_of_file
from .health import LEAST_DISK, free_bytes
from .hearing import deepgram_of
from .listening import bound, reached_at
from .messenger import open_workers

PATIENCE_S = 4.0
LATE_CLOCK_S = 5.0

State = Literal["ok", "off", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `off` is a part that is not used; `wrong` is what calls would fail on."""

    subject: str
    state: State
    found: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a server said: its status, or why it said nothing."""

    status: int | None
    trouble: str = ""
    date: datetime | None = None
    body: object = None


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """The findings in a fixed order, each as soon as those before it are there."""
    async with httpx.AsyncClient(timeout=PATIENCE_S, follow_redirects=False) as http:
        looks = [asyncio.ensure_future(look) for look in _looks(settings, http)]
        try:
            for look in looks:
                yield await look
        finally:
            for look in looks:
                look.cancel()


def _looks(settings: Settings, http: httpx.AsyncClient) -> list[Awaitable[Finding]]:
    return [
        _settings(settings),
        _business(settings),
        _database(settings),
        _disk(settings),
        _server(settings, http),
        _keys(settings),
        _models(settings),
        _clock(settings, http),
        _public_url(settings, http),
        _audio_socket(settings),
        _plivo(settings, http),
        _deepgram(settings),
        _groq(settings, http),
        _piper(settings, http),
        _edge(settings),
        _whatsapp(settings, http),
        _redis(settings),
    ]


async def _settings(settings: Settings) -> Finding:
    if settings.environment == "production":
        return Finding("settings", "ok", "complete for production")
    advice = "Set ENVIRONMENT=production before real callers are answered." if settings.public_url else ""
    return Finding("settings", "warning" if advice else "ok", "development", advice)


async def _business(settings: Settings) -> Finding:
    try:
        business = await asyncio.to_thread(business_of_file, settings)
    except ConfigurationError as error:
        advice = "Correct it; `vartalaap business check` names each mistake."
        if last := await _last_read(settings):
            return Finding("business", "warning", f"{last} serves as it was last read: {error.message}", advice)
        return Finding("business", "wrong", error.message, advice)
    found = f"{business.name}: {len(business.menu.items)} dishes, {len(business.faqs)} FAQs"
    if not business.phone_numbers:
        return Finding("business", "warning", found, "Name its telephone number under phone_numbers.")
    if unsure := len(doubts(business)):
        found += f"; `vartalaap business check` warns of {unsure}"
    return Finding("business", "ok", found)


async def _last_read(settings: Settings) -> str | None:
    """The business that a start would go on with; a database that is not there, or not ours, has none."""
    try:
        if await schema_state(settings.database) != "current":
            return None
        database = Database(settings.database)
        try:
            return await Businesses(database, Clock()).last_read()
        finally:
            await database.close()
    except (ConfigurationError, ProviderError):
        return None


async def _database(settings: Settings) -> Finding:
    kind = "SQLite" if settings.database.startswith("sqlite") else "PostgreSQL"
    try:
        state = await schema_state(settings.database)
        if state == "current":
            await try_to_write(settings.database)
    except (ConfigurationError, ProviderError) as error:
        return Finding("database", "wrong", error.message, "See that it runs and that DATABASE_URL is right.")
    match state:
        case "unknown":
            return Finding("database", "wrong", "made by another version", "Install the version that made it.")
        case "empty" | "behind":
            found = f"{kind}, {'not made yet' if state == 'empty' else 'of an earlier version'}"
            return Finding("database", "ok", f"{found}: the next start brings it up to date")
        case "current":
            return Finding("database", "ok", kind)


async def _disk(settings: Settings) -> Finding:
    free = await asyncio.to_thread(free_bytes, settings.data_dir)
    found = f"{free / 1e9:.1f} GB free in {settings.data_dir}"
    return Finding("disk", "ok", found) if free > LEAST_DISK else Finding("disk", "warning", found, "Make room.")


async def _server(settings: Settings, http: httpx.AsyncClient) -> Finding:
    """What a server that runs here says of itself, for only it knows which file it has open; else its port is free."""
    host = reached_at(settings.host)
    at = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    match (await _get(http, f"{at}/health")).body:
        case {"status": "ok", "version": str(version)} if version != __version__:
            advice = "Restart it; if no unit or terminal runs it, end it."
            return Finding("server", "wrong", f"one of version {version} runs here", advice)
    match (await _get(http, f"{at}/health/ready")).body:
        case {"ready": bool(ready), "dependencies": {**dependencies}}:
            wrong = [f"{name}: {state}" for name, state in dependencies.items() if state != "ok"]
            found = "; ".join(wrong) or ("ready" if ready else "not ready")
            advice = "" if ready and not wrong else f"See {at}/health/ready."
            return Finding("server", "warning" if ready and wrong else "ok" if ready else "wrong", found, advice)
    try:
        for one in await asyncio.to_thread(bound, settings.host, settings.port):
            one.close()
    except CannotListen as error:
        return Finding("server", "wrong", error.message, "A start would fail.")
    return Finding("server", "off", "none runs here")


async def _keys(settings: Settings) -> Finding:
    if settings.phone_encryption_key and settings.phone_hash_pepper:
        return Finding("keys", "ok", "from the environment")
    made = development_keys_made(settings.data_dir)
    found = f"{'generated into' if made else 'will be generated into'} {settings.data_dir}"
    if settings.public_url:
        return Finding("keys", "warning", found, "Put those of `vartalaap keys new` into the environment.")
    return Finding("keys", "ok", found)


async def _models(settings: Settings) -> Finding:
    """The built-in recogniser: the last resort of every chain."""
    try:
        await asyncio.to_thread(weights.must_be_there, settings.models_dir, whisper=True)
    except ConfigurationError as error:
        return Finding("speech models", "wrong", error.message, "Run `make setup`.")
    return Finding("speech models", "ok", "installed")


async def _clock(settings: Settings, http: httpx.AsyncClient) -> Finding:
    """Signatures, tokens and "today" hang on it; any server's `Date` is good enough to compare with."""
    if settings.clock_start:
        return Finding("clock", "warning", "started by CLOCK_START", "Unset it before real callers are answered.")
    for url in (settings.groq_base_url, settings.plivo_base_url, settings.public_url):
        if url and (date := (await _get(http, url)).date):
            off = abs((datetime.now(UTC) - date).total_seconds())
            if off > LATE_CLOCK_S:
                advice = "Switch time synchronisation on: timedatectl set-ntp true."
                return Finding("clock", "wrong", f"{off:.0f} seconds off", advice)
            return Finding("clock", "ok", "agrees with other servers")
    return Finding("clock", "off", "nothing to compare it with")


async def _public_url(settings: Settings, http: httpx.AsyncClient) -> Finding:
    url = settings.public_url
    if not url:
        return Finding("public URL", "off", "not set: no carrier can reach this server")
    answer = await _get(http, f"{url}/health")
    if isinstance(answer.body, dict) and answer.body.get("status") == "ok":
        if url.startswith("https://"):
            return Finding("public URL", "ok", "answers")
        return Finding("public URL", "warning", "answers without TLS", "Put a proxy with a certificate before it.")
    found = answer.trouble or f"answers {answer.status}, not as this server does"
    return Finding("public URL", "wrong", found, "Start the server; see name, proxy and firewall.")


async def _audio_socket(settings: Settings) -> Finding:
    """A proxy that does not pass WebSockets on answers otherwise than we do to a handshake without a token."""
    if not settings.public_url:
        return Finding("audio socket", "off", "looked at once PUBLIC_URL is set")
    url = f"ws{settings.public_url.removeprefix('http')}/ws/audio"
    try:
        async with connect(url, open_timeout=PATIENCE_S, proxy=None):
            found = "opens for everybody"
    except InvalidStatus as refused:
        if refused.response.status_code == httpx.codes.FORBIDDEN:
            return Finding("audio socket", "ok", "reached")
        found = f"answers {refused.response.status_code}"
    except (OSError, TimeoutError, WebSocketException) as error:
        found = f"not reached: {type(error).__name__}"
    return Finding("audio socket", "wrong", found, "Let the proxy pass WebSockets on (Upgrade and Connection headers).")


async def _plivo(settings: TelephonySettings, http: httpx.AsyncClient) -> Finding:
    token = settings.plivo_auth_token
    if not (settings.plivo_auth_id and token):
        return Finding("Plivo", "off", "PLIVO_AUTH_ID or PLIVO_AUTH_TOKEN not set")
    url = f"{settings.plivo_base_url}/v1/Account/{settings.plivo_auth_id}/"
    answer = await _get(http, url, auth=(settings.plivo_auth_id, token.get_secret_value()))
    return _with_key("Plivo", answer, "PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN")


async def _deepgram(settings: SpeechSettings) -> Finding:
    """A stream is opened as for a call: the key, the model and the region are all needed for it."""
    if "deepgram" not in settings.chosen_recognisers:
        return Finding("Deepgram", "off", "DEEPGRAM_API_KEY not set")
    try:
        async with aclosing(await deepgram_of(settings).open(lambda event: None)):
            return Finding("Deepgram", "ok", f"accepts the key for {settings.deepgram_model}")
    except ProviderRefused as error:
        advice = "Correct DEEPGRAM_API_KEY, DEEPGRAM_MODEL or DEEPGRAM_BASE_URL."
        return Finding("Deepgram", "wrong", error.message, advice)
    except ProviderError as error:
        return Finding("Deepgram", "wrong", error.message, "See the network and the provider's status page.")


async def _groq(settings: ModelSettings, http: httpx.AsyncClient) -> Finding:
    keys = settings.groq_api_key
    if not keys:
        return Finding("Groq", "off", "GROQ_API_KEY not set")
    for number, key in enumerate(keys, 1):
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"}
        answer = await _get(http, f"{settings.groq_base_url}/openai/v1/models", headers=headers)
        finding = _with_key("Groq", answer, f"GROQ_API_KEY (key {number} of {len(keys)})")
        if finding.state != "ok":
            return finding
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        known = {model.get("id") for model in data if isinstance(model, dict)} if isinstance(data, list) else set()
        if missing := [name for name in settings.groq_models if known and name not in known]:
            return Finding("Groq", "wrong", f"does not serve {', '.join(missing)}", "Change GROQ_MODELS.")
    return finding


async def _piper(settings: SpeechSettings, http: httpx.AsyncClient) -> Finding:
    """For a voice that its server lacks it would take another, of the wrong language perhaps."""
    if "piper" not in settings.chosen_voices:
        return Finding("Piper", "off", "PIPER_URL not set, or TTS without it")
    answer = await _get(http, f"{settings.piper_url}/voices")
    if answer.status != httpx.codes.OK or not isinstance(answer.body, dict):
        found = answer.trouble or f"answers {answer.status}, not as Piper's server does"
        return Finding("Piper", "wrong", found, "Start its server; see PIPER_URL and docs/voices.md.")
    if missing := sorted({*settings.piper_voices.values()} - {*answer.body}):
        commands = " and ".join(f"`vartalaap voices download {name}`" for name in missing)
        return Finding("Piper", "wrong", f"lacks {', '.join(missing)}", f"Run {commands}, or change PIPER_VOICES.")
    return Finding("Piper", "ok", "has the voices")


async def _edge(settings: SpeechSettings) -> Finding:
    if "edge" not in settings.chosen_voices:
        return Finding("Edge voices", "off", "EDGE_TTS_ENABLED not set, or TTS without it")
    try:
        await asyncio.to_thread(EdgeSpeech)
    except ConfigurationError:
        return Finding("Edge voices", "wrong", "not installed", "pip install vartalaap[edge]")
    return Finding("Edge voices", "warning", "installed", "For demonstrations only: the endpoint is unofficial.")


async def _whatsapp(settings: WhatsAppSettings, http: httpx.AsyncClient) -> Finding:
    token = settings.whatsapp_token
    if token is None:
        return Finding("WhatsApp", "off", "WHATSAPP_TOKEN not set: no caller is promised a message")
    url = f"{settings.whatsapp_base_url}/{settings.whatsapp_api_version}/{settings.whatsapp_phone_number_id}"
    answer = await _get(http, url, headers={"Authorization": f"Bearer {token.get_secret_value()}"})
    if answer.status in (httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND):  # Meta's words for a number of others
        return Finding("WhatsApp", "wrong", "does not know the number", "Correct WHATSAPP_PHONE_NUMBER_ID.")
    return _with_key("WhatsApp", answer, "WHATSAPP_TOKEN")


async def _redis(settings: WhatsAppSettings) -> Finding:
    async with open_workers(settings) as workers:
        if workers is None:
            return Finding("Redis", "off", "REDIS_URL not set, or no messages: the server itself sends what there is")
        try:
            if await workers.seen():
                return Finding("Redis", "ok", "answers, and a worker runs")
        except ProviderError as error:
            return Finding("Redis", "wrong", error.message, "See that it runs, and REDIS_URL.")
    return Finding("Redis", "warning", "answers, and no worker runs", "Start `vartalaap worker`.")


def _with_key(subject: str, answer: _Answer, variable: str) -> Finding:
    """What the answer of a server that wants a key says of the key."""
    if answer.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return Finding(subject, "wrong", "refuses the key", f"Correct {variable}.")
    if answer.status is None or not httpx.codes.is_success(answer.status):
        found = answer.trouble or f"answers {answer.status}"
        return Finding(subject, "wrong", found, "See the network and the provider's status page.")
    return Finding(subject, "ok", "answers, and accepts the key")


async def _get(
    http: httpx.AsyncClient,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> _Answer:
    try:
        answer = await http.get(url, headers=headers, auth=auth)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return _Answer(None, f"does not answer: {type(error).__name__}")
    try:
        date = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        date = None
    try:
        body: object = answer.json()
    except (ValueError, RecursionError):
        body = None
    return _Answer(answer.status_code, "", date, body)

"""`python -m bench.turns_servers ours|flux|least PORT [VENDORS]`: a server under test, or the least that answers."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import httpx
import orjson
import uvloop
from pydantic import SecretStr
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_sockets

from vartalaap.bootstrap import parts
from vartalaap.cli.serve import make_server
from vartalaap.config import Settings
from vartalaap.core.ports import SpeechToText, TextToSpeech

from .turns_least import LeastCall, LeastFluxCall
from .turns_stubs import StubRecogniser, StubVoice
from .turns_vendors import Vendors


@asynccontextmanager
async def _recogniser(*_: object, **__: object) -> AsyncIterator[SpeechToText]:
    yield StubRecogniser()


@asynccontextmanager
async def _voice(*_: object, **__: object) -> AsyncIterator[TextToSpeech]:
    yield StubVoice()


@contextmanager
def stubs() -> Iterator[None]:
    """The application is built with a recogniser and a voice that cost nothing."""
    with mock.patch.object(parts, "open_recogniser", _recogniser), mock.patch.object(parts, "open_voice", _voice):
        yield


def ours(port: int) -> None:
    """The whole application: signature-less webhook, token, Silero, turn taking, local brain, database."""
    with TemporaryDirectory() as folder, stubs():
        settings = Settings(port=port, data_dir=Path(folder), log_level="WARNING", brain="local", max_calls=1000)
        make_server(settings).run()


def flux(port: int, vendors: Vendors) -> None:
    """The whole application with its own clients of Deepgram's Flux, of a model and of Piper.

    What the model says is spoken past the same checks as ever.
    """
    with TemporaryDirectory() as folder:
        settings = Settings(
            port=port,
            data_dir=Path(folder),
            log_level="WARNING",
            max_calls=1000,
            brain="llm",
            groq_api_key=(SecretStr(vendors.groq_key),),
            groq_base_url=vendors.groq,
            groq_models=(vendors.groq_model,),
            stt=("deepgram",),
            deepgram_api_key=SecretStr(vendors.deepgram_key),
            deepgram_base_url=vendors.deepgram,
            deepgram_model="flux-general-multi",
            tts=("piper",),
            piper_url=vendors.piper,
        )
        make_server(settings).run()


async def least(port: int, vendors: Vendors | None) -> None:
    """The least code that answers the same callers in the same way; with vendors, by asking these."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(
            httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=None))
        )

        async def call(socket: ServerConnection) -> None:
            await (LeastFluxCall(socket, vendors, http) if vendors else LeastCall(socket)).run()

        server = serve_sockets(call, "127.0.0.1", port, compression=None, ping_interval=None)
        await (await stack.enter_async_context(server)).serve_forever()


if __name__ == "__main__":
    which, at = sys.argv[1], int(sys.argv[2])
    known = Vendors(**orjson.loads(sys.argv[3])) if len(sys.argv) > 3 else None
    if which == "ours":
        ours(at)
    elif which == "flux" and known:
        flux(at, known)
    else:
        uvloop.run(least(at, known))

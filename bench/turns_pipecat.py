"""`.venv-pipecat/bin/python bench/turns_pipecat.py PORT VENDORS`: a peer for the same callers, with the same vendors.

Pipecat's leanest pipeline: Deepgram's Flux says when a turn begins and ends, so that nothing of its own listens.
VENDORS is what `bench.turns_vendors` prints. Runs in an environment of its own and imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType

import aiohttp
import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger

for _name in ("piper", "piper.download_voices"):  # GPL, imported beside the HTTP client and not needed by it
    sys.modules[_name] = ModuleType(_name)
sys.modules["piper"].PiperVoice = object  # type: ignore[attr-defined]
sys.modules["piper.download_voices"].download_voice = None  # type: ignore[attr-defined]

from pipecat.frames.frames import TTSSpeakFrame  # noqa: E402
from pipecat.pipeline.pipeline import Pipeline  # noqa: E402
from pipecat.pipeline.worker import PipelineParams, PipelineWorker  # noqa: E402
from pipecat.processors.aggregators.llm_context import LLMContext  # noqa: E402
from pipecat.processors.aggregators.llm_response_universal import (  # noqa: E402
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.serializers.plivo import PlivoFrameSerializer  # noqa: E402
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService  # noqa: E402
from pipecat.services.groq.llm import GroqLLMService  # noqa: E402
from pipecat.services.piper.tts import PiperHttpTTSService  # noqa: E402
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport  # noqa: E402
from pipecat.turns.user_turn_strategies import ExternalUserTurnStrategies  # noqa: E402
from pipecat.workers.runner import WorkerRunner  # noqa: E402

RATE = 8000
PIPER_RATE = 22050
INSTRUCTION = "You answer the telephone of a restaurant, in one short sentence of simple Indian English."
GREETING = "Welcome, how can I help you?"


def application(vendors: dict[str, str]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as app.state.http:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.websocket("/ws/audio")
    async def audio(socket: WebSocket) -> None:
        await socket.accept()
        start = json.loads(await socket.receive_text())["start"]
        carrier = PlivoFrameSerializer(
            stream_id=start["streamId"],
            call_id=start["callId"],
            params=PlivoFrameSerializer.InputParams(auto_hang_up=False),
        )
        params = FastAPIWebsocketParams(audio_in_enabled=True, audio_out_enabled=True, serializer=carrier)
        await converse(FastAPIWebsocketTransport(websocket=socket, params=params), app.state.http, vendors)

    return app


async def converse(line: FastAPIWebsocketTransport, http: aiohttp.ClientSession, vendors: dict[str, str]) -> None:
    """One call."""
    ears = DeepgramFluxSTTService(
        api_key=vendors["deepgram_key"], url=f"ws{vendors['deepgram'].removeprefix('http')}/v2/listen"
    )
    model = GroqLLMService(
        api_key=vendors["groq_key"],
        base_url=f"{vendors['groq']}/openai/v1",
        settings=GroqLLMService.Settings(model=vendors["groq_model"], system_instruction=INSTRUCTION),
    )
    voice = PiperHttpTTSService(
        base_url=f"{vendors['piper']}/synthesize",
        aiohttp_session=http,
        sample_rate=PIPER_RATE,
        settings=PiperHttpTTSService.Settings(voice=vendors["piper_voice"]),
    )
    turns = LLMUserAggregatorParams(user_turn_strategies=ExternalUserTurnStrategies())
    asked, answered = LLMContextAggregatorPair(LLMContext(), user_params=turns)
    worker = PipelineWorker(
        Pipeline([line.input(), ears, asked, model, voice, line.output(), answered]),
        params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE),
    )

    async def greet(*_: object) -> None:
        await worker.queue_frames([TTSSpeakFrame(GREETING)])

    async def end(*_: object) -> None:
        await worker.cancel()

    line.event_handler("on_client_connected")(greet)
    line.event_handler("on_client_disconnected")(end)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    app = application(json.loads(sys.argv[2]))
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", loop="uvloop", ws_ping_interval=None)

"""Sentences that are always the same, made ahead and said from memory.

Which ones, is told from outside: only sentences that phrases and a business's configuration determine are kept, never
one of a conversation. They lie on disk under a digest of voice, language and text, so that a change of any of these
makes another file.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path
from tempfile import NamedTemporaryFile

from loguru import logger

from ...core.language import Language
from ...core.ports import TextToSpeech
from ...errors import ProviderError

Text = tuple[str, Language]

MOST_IN_MEMORY = 64_000_000
MOST_ON_DISK = 256_000_000
LOOK_AGAIN_SECONDS = 60.0
REST_SECONDS = 0.05
"""Between two clips,"""
REST_FOR_CALLS_SECONDS = 1.0
"""and while there are calls: they want the voice and the processor for themselves."""


class Clips:
    """A voice that has the fixed sentences ready; `core.ports.TextToSpeech`."""

    def __init__(
        self,
        voice: TextToSpeech,
        maker: TextToSpeech,
        voice_id: str,
        folder: Path,
        *,
        most_in_memory: int = MOST_IN_MEMORY,
        calls: Callable[[], int] = lambda: 0,
    ) -> None:
        """Everything but the clips is said by `voice`. `maker` makes the clips, and is the same voice for all.

        `voice_id` says which voice that is, with everything that its sound depends on; `calls`, how many calls are
        going on.
        """
        self._voice = voice
        self._maker = maker
        self._voice_id = voice_id
        self._folder = folder
        self._most = most_in_memory
        self._calls = calls
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._held = 0
        self._on_disk: set[str] = set()

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        """A clip is one chunk, at once."""
        key = self._key((text, language))
        if (clip := self._memory.get(key)) is None and key in self._on_disk:
            clip = await asyncio.to_thread(_read, self._folder / key)
        if clip:
            self._remember(key, clip)
            yield clip
            return
        async for chunk in self._voice.synthesize(text, language):
            yield chunk

    async def keep_ready(self, wanted: Callable[[], Awaitable[Collection[Text]]]) -> None:
        """Make what is wanted, and look every minute whether something else is. Runs until it is cancelled."""
        known: list[Text] = []
        while True:
            try:
                texts = list(await wanted())
                if texts != known:
                    await self.make(texts)
                    known = texts
            except ProviderError as error:
                logger.warning("clips are made later", error=error.message)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def make(self, texts: Collection[Text]) -> None:
        """Have a clip of each, one after the other as they are named, and remove all others. Raises `ProviderError`."""
        keys = {self._key(text): text for text in texts}
        present = await asyncio.to_thread(self._tidy, keys.keys())
        self._forget(self._on_disk - keys.keys())
        self._on_disk = present
        for key in present:
            if self._held < self._most and (clip := await asyncio.to_thread(_read, self._folder / key)):
                self._remember(key, clip)
        missing = [key for key in keys if key not in present]
        if not missing:
            return
        logger.info("clips are being made", count=len(missing))
        size = await asyncio.to_thread(self._size)
        for number, key in enumerate(missing, 1):
            clip = await self._made(*keys[key])
            if (size := size + len(clip)) > MOST_ON_DISK:
                logger.warning("no room for more clips", made=number - 1)
                return
            await asyncio.to_thread(_write, self._folder / key, clip)
            self._on_disk.add(key)
            self._remember(key, clip)
            if number % 50 == 0 or number == len(missing):
                logger.info("clips are being made", made=number, of=len(missing))
            await asyncio.sleep(REST_FOR_CALLS_SECONDS if self._calls() else REST_SECONDS)

    async def _made(self, text: str, language: Language) -> bytes:
        chunks = self._maker.synthesize(text, language)
        clip = b"".join([chunk async for chunk in chunks])
        if not clip:
            raise ProviderError("a clip has no sound")
        return clip

    def _key(self, text: Text) -> str:
        return hashlib.sha256("\n".join((self._voice_id, *reversed(text))).encode()).hexdigest()[:32] + ".ulaw"

    def _remember(self, key: str, clip: bytes) -> None:
        if key not in self._memory:
            self._memory[key] = clip
            self._held += len(clip)
        self._memory.move_to_end(key)
        while self._held > self._most:
            _, dropped = self._memory.popitem(last=False)
            self._held -= len(dropped)

    def _forget(self, keys: Collection[str]) -> None:
        for key in keys:
            self._held -= len(self._memory.pop(key, b""))

    def _tidy(self, wanted: Collection[str]) -> set[str]:
        """Remove what is not wanted (and what a crash left unfinished); which of the wanted are there?"""
        self._folder.mkdir(parents=True, exist_ok=True)
        present = set()
        for file in self._folder.iterdir():
            if file.name in wanted:
                present.add(file.name)
            else:
                file.unlink(missing_ok=True)
        return present

    def _size(self) -> int:
        return sum(file.stat().st_size for file in self._folder.iterdir())


def _read(file: Path) -> bytes:
    """Nothing if it has gone."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _write(file: Path, clip: bytes) -> None:
    """Whole or not at all."""
    with NamedTemporaryFile(dir=file.parent, delete=False) as unfinished:
        unfinished.write(clip)
    Path(unfinished.name).replace(file)

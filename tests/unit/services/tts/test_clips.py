"""Fixed sentences are said from memory; nothing else is ever kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path

import pytest

from vartalaap.bootstrap import speaking
from vartalaap.config import Settings
from vartalaap.core.business import Business
from vartalaap.core.language import Language
from vartalaap.db.business_file import load_business
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.dialogue.nlg.phrases import fixed_sentences
from vartalaap.errors import ProviderError
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.services.tts import clips
from vartalaap.services.tts.clips import Clips, Text
from vartalaap.services.tts.normal import normalise

WELCOME: Text = ("नमस्ते!", "hi")
MORE: Text = ("Anything else?", "en")


class CountedVoice:
    def __init__(self) -> None:
        self.asked: list[Text] = []
        self.fails = False

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        self.asked.append((text, language))
        if self.fails:
            raise ProviderError("gone")
        for letter in text:
            yield letter.encode() * 10


class Stage:
    def __init__(self, folder: Path, voice_id: str = "one", most_in_memory: int = 10_000) -> None:
        self.live, self.maker = CountedVoice(), CountedVoice()
        self.folder = folder
        self.clips = Clips(self.live, self.maker, voice_id, folder, most_in_memory=most_in_memory)

    async def say(self, text: Text) -> bytes:
        return b"".join([chunk async for chunk in self.clips.synthesize(*text)])

    @property
    def files(self) -> int:
        return len(list(self.folder.iterdir()))


async def test_a_fixed_sentence_is_made_once_and_said_in_one_piece_without_a_voice(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "clips")
    await stage.clips.make([WELCOME, MORE])
    assert [chunk async for chunk in stage.clips.synthesize(*MORE)] == [b"".join(c.encode() * 10 for c in MORE[0])]
    assert stage.live.asked == []
    assert sorted(stage.maker.asked) == sorted([WELCOME, MORE])


async def test_while_there_are_calls_clips_are_made_slowly(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "clips")
    slowly = Clips(stage.live, stage.maker, "one", stage.folder, calls=lambda: 1)
    making = asyncio.create_task(slowly.make([WELCOME, MORE]))
    await asyncio.sleep(0.5)
    assert stage.maker.asked == [WELCOME]
    making.cancel()
    await asyncio.wait([making])


async def test_a_sentence_of_a_conversation_never_comes_to_disk(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "clips")
    await stage.clips.make([MORE])
    assert await stage.say(("Thank you, Mr Sharma.", "en"))
    assert stage.files == 1
    assert stage.live.asked == [("Thank you, Mr Sharma.", "en")]


async def test_the_same_words_in_another_language_are_another_clip(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "clips")
    await stage.clips.make([WELCOME])
    await stage.say((WELCOME[0], "hinglish"))
    assert stage.live.asked == [(WELCOME[0], "hinglish")]


async def test_the_next_start_makes_nothing_again_and_another_voice_everything(tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    await Stage(folder).clips.make([WELCOME, MORE])
    again, other = Stage(folder), Stage(folder, voice_id="two")
    await again.clips.make([WELCOME, MORE])
    assert again.maker.asked == []
    assert await again.say(MORE)
    assert again.live.asked == []
    await other.clips.make([WELCOME, MORE])
    assert len(other.maker.asked) == 2
    assert other.files == 2


async def test_what_is_no_longer_wanted_goes_from_disk_and_from_memory(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "clips")
    await stage.clips.make([WELCOME, MORE])
    await stage.clips.make([MORE])
    assert stage.files == 1
    await stage.say(WELCOME)
    assert stage.live.asked == [WELCOME]


async def test_what_memory_does_not_hold_is_read_from_disk(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "clips", most_in_memory=150)
    await stage.clips.make([WELCOME, MORE])
    for text in (WELCOME, MORE, WELCOME):
        assert await stage.say(text) == b"".join(letter.encode() * 10 for letter in text[0])
    assert stage.live.asked == []


async def test_a_file_that_somebody_removed_is_said_by_the_voice(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "clips", most_in_memory=0)
    await stage.clips.make([MORE])
    next((tmp_path / "clips").iterdir()).unlink()
    assert await stage.say(MORE)
    assert stage.live.asked == [MORE]


async def test_a_voice_that_fails_leaves_what_was_made_and_no_part(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "clips")
    await stage.clips.make([MORE])
    stage.maker.fails = True
    with pytest.raises(ProviderError):
        await stage.clips.make([MORE, WELCOME])
    assert stage.files == 1
    assert await stage.say(MORE)
    assert stage.live.asked == []


async def test_clips_are_made_in_the_background_from_what_is_wanted_by_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips, "LOOK_AGAIN_SECONDS", 0.0)
    stage, looks, done = Stage(tmp_path / "clips"), iter([[MORE], [MORE, WELCOME], [WELCOME]]), asyncio.Event()

    async def wanted() -> list[Text]:
        if (look := next(looks, None)) is None:
            done.set()
        return look or [WELCOME]

    keeping = asyncio.create_task(stage.clips.keep_ready(wanted))
    async with asyncio.timeout(5):
        await done.wait()
    keeping.cancel()
    await asyncio.wait([keeping])
    assert stage.maker.asked == [MORE, WELCOME]


def test_the_fixed_sentences_of_a_business_hold_nothing_of_a_caller() -> None:
    business = load_business(Path("config/himalayan_kitchen.yaml"))
    fixed = fixed_sentences(business)
    texts = {text for text, _ in fixed}
    assert fixed[0] == ("नमस्ते!", "hi")  # calls begin with it
    assert len(set(fixed)) == len(fixed)
    assert ("और कुछ?", "hi") in fixed
    assert any(business.name in text for text in texts)
    assert not any("{" in text or "None" in text for text in texts)
    assert not any(map(str.isdigit, "".join(normalise(*text) for text in fixed)))
    assert 200 < len(fixed) < 1500


class OneBusiness(Businesses):
    def __init__(self) -> None:
        self.business = load_business(Path("config/himalayan_kitchen.yaml"))

    async def page(self, limit: int, offset: int, *, downwards: bool = False) -> tuple[list[tuple[Business, int]], int]:
        del limit, offset, downwards
        return [(self.business, 1)], 1


async def test_a_voice_is_given_words_only_and_a_clip_is_found_by_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice, businesses, made = CountedVoice(), OneBusiness(), asyncio.Event()
    address = next(t for t in fixed_sentences(businesses.business) if "110024" in t[0] and t[1] == "en")

    async def opened(*_: object) -> CountedVoice:
        return voice

    async def make(self: Clips, wanted: Callable[[], Awaitable[Collection[Text]]]) -> None:
        await self.make(await wanted())
        made.set()

    monkeypatch.setattr(speaking, "_voice", opened)
    monkeypatch.setattr(Clips, "keep_ready", make)
    monkeypatch.setattr(speaking, "CLIPS_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(speaking, "fixed_sentences", lambda _: [address])
    settings = Settings(data_dir=tmp_path, tts=["espeak"])
    async with speaking.open_voice(settings, ProviderMetrics(), businesses, lambda: 0) as spoken, asyncio.timeout(5):
        await made.wait()
        [_] = [chunk async for chunk in spoken.synthesize(*address)]
        assert [chunk async for chunk in spoken.synthesize("₹220", "en")]
    assert voice.asked == [(normalise(*address), "en"), ("two hundred and twenty rupees", "en")]

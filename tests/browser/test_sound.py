"""The page's sound in a real Chromium: codec, resampler, microphone, playback."""

from __future__ import annotations

import audioop
import itertools
from array import array
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Answered, Phone, opened, wait_until
from vartalaap.core.events import AudioIn, CallEnded, Checkpoint, CheckpointPlayed, ClearAudio, PlayAudio, TextTyped

pytestmark = pytest.mark.slow

FRAME = b"\x3c\xbc" * 80
"""20 ms of a loud 4 kHz square wave."""
SILENT_FRAME = b"\xff" * 160

RESAMPLED = """async ([rate, hertz]) => {
    const { Downsampler } = await import("/static/phone/resample.js");
    const input = Float32Array.from({ length: rate }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate));
    const downsampler = new Downsampler(rate);
    const output = [];
    for (let at = 0; at < input.length; at += 128) {
        downsampler.push(input.subarray(at, at + 128), (sample) => output.push(sample));
    }
    return output;
}"""

NOTE_SOURCES = """
    window.started = [];
    window.stopped = 0;
    const { start, stop } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (time) {
        window.started.push([time, this.buffer.length, this.context.sampleRate]);
        return start.call(this, time);
    };
    AudioBufferSourceNode.prototype.stop = function () {
        window.stopped += 1;
        return stop.call(this);
    };
"""


def test_the_page_decodes_mu_law_as_the_standard_says(page: Page) -> None:
    script = """async () => {
        const { decode, encode } = await import("/static/phone/mulaw.js");
        const samples = [...decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))];
        return [samples.map((sample) => sample * 32768), samples.map(encode)];
    }"""
    decoded, again = page.evaluate(script)
    everything = bytes(range(256))
    reference = memoryview(audioop.ulaw2lin(everything, 2)).cast("h").tolist()
    assert decoded == reference
    assert bytes(again) == everything.replace(b"\x7f", b"\xff")  # there is one zero, of two


def test_the_page_encodes_mu_law_as_the_standard_says(page: Page) -> None:
    samples = range(-32764, 32768, 36)  # multiples of four: the reference drops two bits
    script = """async (samples) => {
        const { encode } = await import("/static/phone/mulaw.js");
        return samples.map((sample) => encode(sample / 32767));
    }"""
    assert bytes(page.evaluate(script, list(samples))) == audioop.lin2ulaw(array("h", samples).tobytes(), 2)


@pytest.mark.parametrize("rate", [16000, 44100, 48000, 96000])
def test_the_resampler_keeps_speech_and_removes_what_would_alias(page: Page, rate: int) -> None:
    for hertz in (300, 1000, 3000):
        speech = page.evaluate(RESAMPLED, [rate, hertz])
        assert len(speech) == pytest.approx(8000, abs=30)
        assert loudness(speech[500:-500]) == pytest.approx(0.5**0.5, rel=0.03)
    for hertz in (4600, 5000, 7000):
        assert loudness(page.evaluate(RESAMPLED, [rate, hertz])[500:-500]) < 0.003


def loudness(samples: list[float]) -> float:
    """Root mean square."""
    return float((sum(sample * sample for sample in samples) / len(samples)) ** 0.5)


def start_call(page: Page, phone: Phone) -> Answered:
    """Press Call and wait until the call is on."""
    page.get_by_role("button", name="Call").click()
    call = phone.parts.next_call()
    page.wait_for_selector("[data-state=call]")
    return call


def test_the_microphone_arrives_in_frames_of_20_ms_in_real_time(page: Page, phone: Phone) -> None:
    call = start_call(page, phone)
    frames = [call.next_timed(AudioIn) for _ in range(120)]
    assert {len(event.mulaw) for _, event in frames} == {160}
    assert frames[-1][0] - frames[0][0] == pytest.approx(119 * 0.020, rel=0.1)
    peak = max(audioop.max(audioop.ulaw2lin(event.mulaw, 2), 2) for _, event in frames)
    assert peak > 1000, "the fake microphone beeps"


def test_a_muted_microphone_sends_silence_and_the_time_goes_on(page: Page, phone: Phone) -> None:
    call = start_call(page, phone)
    call.next(AudioIn)
    page.get_by_role("button", name="Mute").click()
    assert page.get_by_role("button", name="Unmute").get_attribute("aria-pressed") == "true"
    call.send(Checkpoint("muted"))
    call.next(CheckpointPlayed)
    for _ in range(10):  # what was on its way
        call.next(AudioIn)
    assert {call.next(AudioIn).mulaw for _ in range(75)} == {SILENT_FRAME}


def test_hanging_up_releases_the_microphone(page: Page, phone: Phone) -> None:
    page.evaluate("""() => {
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => (window.stream = await ask(wanted));
    }""")
    call = start_call(page, phone)
    wanted = page.evaluate("window.stream.getAudioTracks()[0].getSettings()")
    assert (wanted["echoCancellation"], wanted["noiseSuppression"]) == (True, True)
    page.get_by_role("button", name="Hang up").click()
    assert call.next(CallEnded) == CallEnded("hangup")
    assert page.evaluate("window.stream.getAudioTracks()[0].readyState") == "ended"


@pytest.fixture
def listening(silent_chromium: Browser, phone: Phone) -> Iterator[Page]:
    """A page that notes what it plays."""
    yield from opened(silent_chromium, phone.url, NOTE_SOURCES)


@pytest.fixture
def soundless(silent_chromium: Browser, phone: Phone) -> Iterator[Page]:
    """A browser that gives no sound at all."""
    yield from opened(silent_chromium, phone.url, "window.AudioContext = undefined")


@pytest.mark.parametrize("kind", ["listening", "soundless"])
def test_a_checkpoint_is_acknowledged_when_the_sound_before_it_was_played(
    kind: str, phone: Phone, request: pytest.FixtureRequest
) -> None:
    call = start_call(request.getfixturevalue(kind), phone)
    call.send(Checkpoint("at once"))
    began, first = call.next_timed(CheckpointPlayed)
    call.send(*[PlayAudio(FRAME)] * 20, Checkpoint("middle"), *[PlayAudio(FRAME)] * 20, Checkpoint("end"))
    middle, second = call.next_timed(CheckpointPlayed)
    end, third = call.next_timed(CheckpointPlayed)
    assert [first.name, second.name, third.name] == ["at once", "middle", "end"]
    assert middle - began >= 0.4
    assert end - began >= 0.8
    assert end - began < 1.5


def test_frames_are_played_without_a_gap(listening: Page, phone: Phone) -> None:
    """With the sound's clock held: a busy machine that brings the frames too late makes a gap of its own."""
    call = start_call(listening, phone)
    listening.evaluate("Object.defineProperty(BaseAudioContext.prototype, 'currentTime', { get: () => 1 })")
    call.send(*[PlayAudio(FRAME)] * 30, PlayAudio(FRAME[:100]), *[PlayAudio(FRAME)] * 5)
    wait_until(lambda: bool(listening.evaluate("window.started.length === 36")))
    started = listening.evaluate("window.started")
    for (time, length, rate), (following, _, _) in itertools.pairwise(started):
        assert rate == 8000
        assert following - time == pytest.approx(length / 8000, abs=1e-9)


def test_clear_stops_the_sound_at_once_and_its_checkpoints_are_never_acknowledged(
    listening: Page, phone: Phone
) -> None:
    call = start_call(listening, phone)
    call.send(*[PlayAudio(FRAME)] * 150, Checkpoint("never"))
    wait_until(lambda: bool(listening.evaluate("window.started.length === 150")))
    expect(listening.locator("#activity")).to_have_text("Speaking")
    call.send(ClearAudio(), *[PlayAudio(FRAME)] * 10, Checkpoint("after"))
    assert call.next(CheckpointPlayed) == CheckpointPlayed("after")
    assert listening.evaluate("window.stopped") > 100
    listening.wait_for_timeout(200)
    listening.fill("#words", "done")
    listening.press("#words", "Enter")
    assert call.next(TextTyped) == TextTyped("done")
    assert not [event for event in call.arrived() if isinstance(event, CheckpointPlayed)]


def test_sound_that_is_taken_away_in_mid_call_does_not_stop_the_call(silent_chromium: Browser, phone: Phone) -> None:
    note_context = """
        const Real = window.AudioContext;
        window.AudioContext = class extends Real { constructor(how) { super(how); window.context = this; } };
    """
    for page in opened(silent_chromium, phone.url, note_context):
        call = start_call(page, phone)
        call.send(*[PlayAudio(FRAME)] * 25, Checkpoint("end"))
        page.evaluate("window.context.suspend()")
        assert call.next(CheckpointPlayed) == CheckpointPlayed("end")
        page.evaluate("window.context.resume()")
        call.send(*[PlayAudio(FRAME)] * 5, Checkpoint("again"))
        assert call.next(CheckpointPlayed) == CheckpointPlayed("again")

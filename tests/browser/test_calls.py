"""A call as a person makes it on the page, in a real Chromium; the test answers on the server's side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Answered, Phone, opened
from vartalaap.core.events import (
    AudioIn,
    BookingMade,
    CallEnded,
    CallStarted,
    Caption,
    Checkpoint,
    CheckpointPlayed,
    DigitPressed,
    PlayAudio,
    TextTyped,
)
from vartalaap.errors import ProviderError

pytestmark = pytest.mark.slow


def start_call(page: Page, phone: Phone) -> Answered:
    """Press Call and wait until the call is on."""
    page.get_by_role("button", name="Call").click()
    call = phone.parts.next_call()
    page.wait_for_selector("[data-state=call]")
    return call


def test_typed_words_reach_the_server_and_both_sides_are_shown_with_the_latency(page: Page, phone: Phone) -> None:
    call = start_call(page, phone)
    page.get_by_label("Type instead of talking").fill("कल चार लोगों के लिए")
    page.get_by_role("button", name="Send").click()
    assert call.next(TextTyped) == TextTyped("कल चार लोगों के लिए")
    call.send(
        Caption("caller", "कल चार लोगों के लिए", "hi"),
        Caption("bot", "ज़रूर, कितने बजे?", "hi", 412),
        Caption("bot", "Table ready rahegi.", "hinglish"),
    )
    log = page.get_by_role("log")
    expect(log.locator(".caller p")).to_have_text("कल चार लोगों के लिए")
    expect(log.locator(".bot p")).to_have_text(["ज़रूर, कितने बजे?", "Table ready rahegi."])
    expect(log.locator(".bot")).to_have_count(1)
    expect(log.locator(".bot .latency")).to_have_text("412 ms")
    assert [p.get_attribute("lang") for p in log.locator("p").all()] == ["hi", "hi", "en-IN"]
    expect(page.get_by_label("Type instead of talking")).to_have_value("")


def test_speech_after_a_silence_is_a_bubble_of_its_own(page: Page, phone: Phone) -> None:
    call = start_call(page, phone)
    call.send(PlayAudio(b"\xff" * 800), Caption("bot", "नमस्ते!", "hi"), Checkpoint("1"))
    call.next(CheckpointPlayed)
    page.wait_for_timeout(1700)
    call.send(PlayAudio(b"\xff" * 800), Caption("bot", "क्या आप वहाँ हैं?", "hi"))
    call.send(PlayAudio(b"\xff" * 800), Caption("bot", "मैं सुन रही हूँ।", "hi"))
    expect(page.locator(".bot")).to_have_text(["Receptionist: नमस्ते!", "Receptionist: क्या आप वहाँ हैं?मैं सुन रही हूँ।"])


def test_markup_in_a_caption_stays_text(page: Page, phone: Phone) -> None:
    call = start_call(page, phone)
    call.send(Caption("caller", "<img src=x onerror=alert(1)>", "en"))
    expect(page.locator(".caller p")).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator(".caller img").count() == 0


def test_a_booking_appears_as_a_card(page: Page, phone: Phone) -> None:
    call = start_call(page, phone)
    call.send(BookingMade("BK-7Q2", "2026-08-05", "19:30", 4, "सुरेश"))
    card = page.locator(".booking")
    expect(card).to_contain_text("Table booked")
    for field, value in {
        "day": "Wednesday 5 August", "time": "7:30 pm", "people": "4 people", "name": "सुरेश", "reference": "BK-7Q2",
    }.items():  # fmt: skip
        shown = card.locator(f"[data-field={field}]").inner_text()
        assert shown.replace(",", "").replace("\u202f", " ") == value


def test_the_keypad_sends_digits_and_escape_closes_it(page: Page, phone: Phone) -> None:
    call = start_call(page, phone)
    page.get_by_role("button", name="Keypad").click()
    for digit in "59#":
        page.get_by_role("group", name="Keypad").get_by_role("button", name=digit, exact=True).click()
    assert [call.next(DigitPressed).digit for _ in range(3)] == ["5", "9", "#"]
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Keypad")).to_be_hidden()
    expect(page.get_by_role("button", name="Keypad")).to_be_focused()


def test_a_whole_call_can_be_made_with_the_keyboard(page: Page, phone: Phone) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Call")).to_be_focused()
    page.keyboard.press("Enter")
    call = phone.parts.next_call()
    expect(page.get_by_label("Type instead of talking")).to_be_focused()
    page.keyboard.type("two people")
    page.keyboard.press("Enter")
    assert call.next(TextTyped) == TextTyped("two people")
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Hang up")).to_be_focused()
    page.keyboard.press("Enter")
    assert call.next(CallEnded) == CallEnded("hangup")
    expect(page.get_by_role("button", name="Call again")).to_be_focused()


def test_the_bot_ends_the_call_and_the_page_calls_again(page: Page, phone: Phone) -> None:
    first = start_call(page, phone)
    first.send(Caption("bot", "धन्यवाद!", "hi"))
    first.hang_up()
    expect(page.get_by_role("status")).to_have_text("The call has ended.")
    expect(page.get_by_role("log")).to_contain_text("धन्यवाद!")
    page.get_by_role("button", name="Call again").click()
    second = phone.parts.next_call()
    assert second.next(CallStarted).call_id != first.next(CallStarted).call_id
    page.wait_for_selector("[data-state=call]")
    expect(page.get_by_role("status")).to_be_empty()
    expect(page.locator(".said")).to_have_count(0)


def test_an_example_starts_a_call_and_waits_in_the_text_box(page: Page, phone: Phone) -> None:
    page.get_by_role("button", name="What time do you close on Sunday?").click()
    call = phone.parts.next_call()
    expect(page.get_by_label("Type instead of talking")).to_have_value("What time do you close on Sunday?")
    page.wait_for_selector("[data-state=call]")
    page.get_by_role("button", name="Send").click()
    assert call.next(TextTyped) == TextTyped("What time do you close on Sunday?")


def test_a_caller_who_finds_every_line_taken_is_told_so(page: Page, phone: Phone) -> None:
    phone.parts.calls.full = True
    page.get_by_role("button", name="Call").click()
    expect(page.get_by_role("status")).to_have_text("All lines are busy at the moment. Please call again in a minute.")
    expect(page.get_by_role("button", name="Call again")).to_be_visible()


REFUSED = "window.WebSocket = class { constructor() { setTimeout(() => this.onclose(), 0); } close() {} };"


def test_a_call_that_is_refused_at_the_handshake_may_be_for_a_login_that_has_run_out(
    chromium: Browser, phone: Phone
) -> None:
    for page in opened(chromium, phone.url, REFUSED):
        page.get_by_role("button", name="Call").click()
        said = "The call could not be opened. Reload the page and call again."
        expect(page.get_by_role("status")).to_have_text(said)


def test_a_lost_connection_is_said(page: Page, phone: Phone) -> None:
    start_call(page, phone)
    phone.server.stop()
    expect(page.get_by_role("status")).to_contain_text("The connection was lost.")
    expect(page.get_by_role("button", name="Call again")).to_be_visible()


def test_a_server_that_cannot_serve_is_said(page: Page, phone: Phone) -> None:
    phone.parts.refuses_with = ProviderError("database is gone")
    page.get_by_role("button", name="Call").click()
    expect(page.get_by_role("status")).to_contain_text("cannot take calls at the moment")


def test_closing_the_page_ends_the_call(page: Page, phone: Phone) -> None:
    call = start_call(page, phone)
    page.goto("about:blank")
    assert isinstance(call.next(CallEnded), CallEnded)


@pytest.fixture
def refused(silent_chromium: Browser, phone: Phone) -> Iterator[Page]:
    """A page whose caller has said no to the microphone."""
    denied = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); };"
    yield from opened(silent_chromium, phone.url, denied)


@pytest.fixture
def insecure(silent_chromium: Browser, phone: Phone) -> Iterator[Page]:
    """A page on plain http from another machine: browsers offer no microphone at all."""
    gone = "Object.defineProperty(Navigator.prototype, 'mediaDevices', { get: () => undefined });"
    yield from opened(silent_chromium, phone.url, gone)


@pytest.mark.parametrize(
    ("fixture", "sentence"),
    [
        ("silent_page", "No microphone was found. You can type instead."),
        ("refused", "The microphone is blocked for this page. You can type instead"),
        ("insecure", "Browsers give the microphone only to pages on https or on this computer. You can type instead."),
    ],
)
def test_without_a_microphone_a_sentence_says_why_and_typing_works(
    fixture: str, sentence: str, phone: Phone, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(fixture)
    call = start_call(page, phone)
    expect(page.get_by_role("status")).to_contain_text(sentence)
    expect(page.get_by_role("button", name="Mute")).to_be_disabled()
    page.get_by_label("Type instead of talking").fill("hello")
    page.keyboard.press("Enter")
    assert call.next(TextTyped) == TextTyped("hello")


def test_a_microphone_that_is_pulled_out_is_said_and_the_call_goes_on(page: Page, phone: Phone) -> None:
    page.evaluate("""() => {
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => (window.stream = await ask(wanted));
    }""")
    call = start_call(page, phone)
    call.next(AudioIn)
    page.evaluate("window.stream.getAudioTracks()[0].dispatchEvent(new Event('ended'))")
    expect(page.get_by_role("status")).to_contain_text("The microphone was disconnected.")
    call.send(Caption("bot", "जी", "hi"))
    expect(page.locator(".bot")).to_contain_text("जी")


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_is_wider_than_the_screen(page: Page, phone: Phone, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    assert overflow(page) <= 0
    call = start_call(page, phone)
    call.send(
        Caption("caller", "क" * 200, "hi"),
        Caption("bot", "https://" + "a" * 200, "en", 1200),
        BookingMade("0190f2c4-7a31-7d55-9b1e-2f0c6a1d9e44", "2026-09-30", "12:30", 10, "Venkatanarasimharajuvaripeta"),
    )
    expect(page.locator(".booking")).to_be_visible()
    page.get_by_role("button", name="Keypad").click()
    assert overflow(page) <= 0
    expect(page.get_by_role("button", name="Hang up")).to_be_in_viewport(ratio=1)
    call.hang_up()
    expect(page.get_by_role("button", name="Call again")).to_be_in_viewport(ratio=1)
    assert overflow(page) <= 0


def overflow(page: Page) -> int:
    """Pixels by which any element sticks out of the window to the right, those in scrolled lists aside."""
    script = """() => Math.max(...[...document.querySelectorAll("main *:not(.examples *)")]
        .map((element) => element.getBoundingClientRect().right - innerWidth))"""
    return int(page.evaluate(script))


def test_the_newest_words_stay_in_sight_when_the_keypad_opens(page: Page, phone: Phone) -> None:
    call = start_call(page, phone)
    for number in range(12):
        call.send(Caption("caller", "हाँ", "hi"), Caption("bot", f"Reply {number}", "en", 300))
    page.get_by_role("button", name="Keypad").click()
    expect(page.get_by_text("Reply 11")).to_be_in_viewport(ratio=1)

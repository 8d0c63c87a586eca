/** The page: one call at a time, from the button to the end. */

import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Microphone } from "./microphone.js";
import { Speaker } from "./speaker.js";

const SAME_REPLY_SECONDS = 1.5; // speech after a longer silence is a reply of its own
const PERMISSION_MS = 10000; // how long the call waits for the question about the microphone

const ENDINGS = {
  finished: "The call has ended.",
  protocol: "This page and the server do not understand each other. Reload the page and call again.",
  busy: "All lines are busy at the moment. Please call again in a minute.",
  unavailable: "The receptionist cannot take calls at the moment. Please try again in a minute.",
};

const LOST = "The connection was lost. Check the network and call again.";
const NOT_OPENED = "The call could not be opened. Reload the page and call again."; // a login may have run out

const $ = (id) => document.getElementById(id);
const conversation = new Conversation($("transcript"));
let call = null;

class Call {
  #connection = null;
  #microphone = null;
  #speaker = new Speaker((name) => this.#connection.sendPlayed(name));
  #startedAt = 0;
  #ticking = 0;
  #muted = false;
  #newReply = true;
  #wakeLock = null;

  async start() {
    setState("connecting");
    notify("");
    conversation.clear();
    setMuted(false);
    $("timer").textContent = "0:00";
    $("activity").textContent = "Connecting…";
    await Promise.race([Promise.all([this.#openMicrophone(), this.#speaker.open()]), delay(PERMISSION_MS)]);
    if (call === this) this.#connect();
  }

  async #openMicrophone() {
    try {
      const lost = () => {
        notify("The microphone was disconnected. You can type instead.");
        this.#closeMicrophone();
      };
      const microphone = await Microphone.open((frame) => this.#connection?.sendAudio(frame), lost);
      if (call !== this) return microphone.close();
      this.#microphone = microphone;
      microphone.muted = this.#muted;
      $("mute").disabled = false;
    } catch (error) {
      if (call === this) notify(error.message);
    }
  }

  #closeMicrophone() {
    this.#microphone?.close();
    this.#microphone = null;
    $("mute").disabled = true;
  }

  #connect() {
    this.#connection = new Connection({
      open: () => this.#opened(),
      audio: (bytes) => this.#play(bytes),
      caption: (caption) => this.#show(caption),
      checkpoint: ({ name }) => this.#speaker.checkpoint(name),
      clear: () => this.#speaker.clear(),
      booking: (booking) => conversation.addBooking(booking),
      ended: ({ reason }) => this.#finish(ENDINGS[reason]),
      lost: () => this.#finish(this.#startedAt ? LOST : NOT_OPENED),
    });
  }

  #play(bytes) {
    if (this.#speaker.quietFor > SAME_REPLY_SECONDS) this.#newReply = true;
    this.#speaker.play(bytes);
  }

  /** A sentence's first audio comes before its caption. */
  #show(caption) {
    conversation.addCaption(caption, !this.#newReply);
    if (caption.speaker === "bot") this.#newReply = false;
  }

  #opened() {
    this.#startedAt = Date.now();
    this.#ticking = setInterval(() => this.#tick(), 250);
    setState("call");
    this.#tick();
    if (matchMedia("(pointer: fine)").matches) $("words").focus();
    navigator.wakeLock?.request("screen").then(
      (lock) => (call === this ? (this.#wakeLock = lock) : lock.release()),
      () => {}, // the screen may go dark; the call does not need it
    );
  }

  #tick() {
    const seconds = Math.floor((Date.now() - this.#startedAt) / 1000);
    $("timer").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const speaking = this.#speaker.quietFor === 0;
    document.body.classList.toggle("speaking", speaking);
    let listening = this.#microphone ? "Listening" : "Type below";
    if (this.#muted) listening = "Muted";
    $("activity").textContent = speaking ? "Speaking" : listening;
  }

  toggleMute() {
    this.#muted = !this.#muted;
    if (this.#microphone) this.#microphone.muted = this.#muted;
    setMuted(this.#muted);
  }

  type(text) {
    this.#connection?.sendText(text);
  }

  press(digit) {
    this.#connection?.sendDigit(digit);
  }

  hangUp() {
    this.#connection?.hangUp();
    this.#finish("You hung up.");
  }

  #finish(sentence) {
    clearInterval(this.#ticking);
    this.#closeMicrophone();
    this.#speaker.close();
    this.#wakeLock?.release();
    call = null;
    document.body.classList.remove("speaking");
    showKeypad(false);
    setState("ended");
    $("activity").textContent = "Call ended";
    $("call-label").textContent = "Call again";
    $("call").focus();
    notify(sentence);
  }
}

function delay(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

function setState(state) {
  document.body.dataset.state = state;
  $("words").disabled = $("send").disabled = state !== "call";
}

function setMuted(muted) {
  $("mute").setAttribute("aria-pressed", String(muted));
  $("mute-label").textContent = muted ? "Unmute" : "Mute";
}

function notify(sentence) {
  $("notice").textContent = sentence;
}

function showKeypad(shown) {
  $("keypad").hidden = !shown;
  $("keys").setAttribute("aria-expanded", String(shown));
}

function startCall() {
  if (call) return;
  call = new Call();
  call.start();
}

$("call").addEventListener("click", startCall);
$("hangup").addEventListener("click", () => call?.hangUp());
$("mute").addEventListener("click", () => call?.toggleMute());
$("keys").addEventListener("click", () => showKeypad($("keypad").hidden));
$("keypad").addEventListener("click", ({ target }) => {
  const key = target.closest("[data-digit]");
  if (key) call?.press(key.dataset.digit);
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && !$("keypad").hidden) {
    showKeypad(false);
    $("keys").focus();
  }
});
$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("words").value.trim();
  if (!text || !call) return;
  call.type(text);
  $("words").value = "";
});
for (const example of document.querySelectorAll("[data-example]")) {
  example.addEventListener("click", () => {
    $("words").value = example.textContent.trim();
    startCall();
    $("words").focus();
  });
}
window.addEventListener("pagehide", () => call?.hangUp());

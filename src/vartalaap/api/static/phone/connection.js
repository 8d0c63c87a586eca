/** The socket of one call: mu-law as binary frames, the rest as JSON (see `websocket/browser_phone.py`). */

const MAX_BACKLOG = 16000; // bytes of voice that may wait for a slow network: 2 s

export class Connection {
  #socket;
  #over = false;

  /** `on` has `open()`, `audio(bytes)`, one function for each type of message, and `lost()`. */
  constructor(on) {
    const url = new URL("/ws/phone", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => on.open();
    this.#socket.onmessage = ({ data }) => {
      if (this.#over) return;
      if (data instanceof ArrayBuffer) {
        on.audio(new Uint8Array(data));
      } else {
        const message = JSON.parse(data);
        if (message.type === "ended") this.#leave();
        on[message.type]?.(message);
      }
    };
    this.#socket.onclose = () => {
      if (this.#over) return;
      this.#over = true;
      on.lost();
    };
  }

  sendAudio(frame) {
    if (this.#ready && this.#socket.bufferedAmount < MAX_BACKLOG) this.#socket.send(frame);
  }

  sendText(text) {
    this.#send({ type: "text", text });
  }

  sendDigit(digit) {
    this.#send({ type: "digit", digit });
  }

  sendPlayed(name) {
    this.#send({ type: "played", name });
  }

  hangUp() {
    this.#send({ type: "hangup" });
    this.#leave();
  }

  get #ready() {
    return !this.#over && this.#socket.readyState === WebSocket.OPEN;
  }

  #send(message) {
    if (this.#ready) this.#socket.send(JSON.stringify(message));
  }

  #leave() {
    this.#over = true;
    this.#socket.close();
  }
}

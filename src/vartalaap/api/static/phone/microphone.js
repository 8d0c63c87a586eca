/** The caller's voice. */

const WANTED = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

const SENTENCES = {
  insecure: "Browsers give the microphone only to pages on https or on this computer. You can type instead.",
  refused: "The microphone is blocked for this page. You can type instead, or allow it in the browser and call again.",
  missing: "No microphone was found. You can type instead.",
  busy: "The microphone could not be opened; another program may be using it. You can type instead.",
};

/** Why there is no voice; the message is for the caller to read. */
export class NoMicrophone extends Error {
  constructor(why) {
    super(SENTENCES[why]);
  }
}

function reason(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "refused";
  return error.name === "NotFoundError" || error.name === "OverconstrainedError" ? "missing" : "busy";
}

export class Microphone {
  #context;
  #track;

  constructor(context, track) {
    this.#context = context;
    this.#track = track;
  }

  /** Begin to hear. `onFrame` gets 160 bytes of mu-law every 20 ms; `onLost` is told when the device goes away. */
  static async open(onFrame, onLost) {
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode || !window.AudioContext) throw new NoMicrophone("insecure");
    const context = new AudioContext({ latencyHint: "interactive" });
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: WANTED });
      await context.audioWorklet.addModule(new URL("microphone-worklet.js", import.meta.url));
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      await context.close();
      throw new NoMicrophone(reason(error));
    }
    const [track] = stream.getAudioTracks();
    track.onended = onLost;
    const worklet = new AudioWorkletNode(context, "phone-microphone");
    worklet.port.onmessage = ({ data }) => onFrame(data);
    context.createMediaStreamSource(stream).connect(worklet);
    worklet.connect(context.destination); // silent; some browsers run only what leads to an output
    context.resume();
    return new Microphone(context, track);
  }

  /** A muted microphone sends silence: the call's time goes on. */
  set muted(muted) {
    this.#track.enabled = !muted;
  }

  close() {
    this.#track.onended = null;
    this.#track.stop();
    this.#context.close();
  }
}

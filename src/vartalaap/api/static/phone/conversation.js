/** The call in writing: bubbles and booking cards. */

const NEAR_END = 80; // pixels: who has scrolled further up is reading, and is left there

const DAY = new Intl.DateTimeFormat("en-IN", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat("en-IN", { hour: "numeric", minute: "2-digit", timeZone: "UTC" });

/** The language tag that chooses the font and the screen reader's voice: it follows the script. */
function languageOf(text, language) {
  if (/\p{Script=Devanagari}/u.test(text)) return "hi";
  return language === "hi" ? "hi-Latn" : "en-IN";
}

function element(name, className, text = "") {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  return node;
}

export class Conversation {
  #list;
  #last = null; // { speaker, bubble } of the newest bubble
  #atEnd = true;

  constructor(list) {
    this.#list = list;
    list.addEventListener("scroll", () => {
      this.#atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
    });
    new ResizeObserver(() => this.#follow()).observe(list); // the keyboard opens, the keypad closes
  }

  clear() {
    this.#list.replaceChildren();
    this.#last = null;
    this.#atEnd = true;
  }

  /** Add a caption; with `sameReply` a sentence of the bot continues its bubble. */
  addCaption({ speaker, text, language, latency_ms: latency }, sameReply) {
    const following = sameReply && latency === null && speaker === "bot" && this.#last?.speaker === "bot";
    const bubble = following ? this.#last.bubble : this.#addBubble(speaker);
    const sentence = element("p", "", text);
    sentence.lang = languageOf(text, language);
    bubble.append(sentence);
    if (latency !== null) {
      const figure = element("span", "latency", `${latency.toLocaleString("en-IN")} ms`);
      figure.title = "From the end of the caller's words to the first sound of the reply";
      bubble.parentElement.append(figure);
    }
    this.#last = { speaker, bubble };
    this.#follow();
  }

  #addBubble(speaker) {
    const item = element("li", `said ${speaker}`);
    const bubble = element("div", "bubble");
    bubble.append(element("span", "visually-hidden", speaker === "bot" ? "Receptionist: " : "You: "));
    item.append(bubble);
    this.#list.append(item);
    return bubble;
  }

  /** Show what was really written into the book. */
  addBooking({ reference, date, time, party_size: people, name }) {
    const at = new Date(`${date}T${time}Z`);
    const item = document.getElementById("booking-card").content.firstElementChild.cloneNode(true);
    const values = {
      day: DAY.format(at),
      time: TIME.format(at),
      people: people === 1 ? "1 person" : `${people} people`,
      name,
      reference,
    };
    for (const [field, value] of Object.entries(values)) item.querySelector(`[data-field=${field}]`).textContent = value;
    item.querySelector("[data-field=name]").lang = languageOf(name, "en");
    this.#list.append(item);
    this.#last = null;
    this.#follow();
  }

  #follow() {
    if (this.#atEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }
}

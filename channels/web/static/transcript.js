// The conversation as it stands: what Hala said and what the citizen said, in order.
import { button, byId, h, icon, spoken } from "./dom.js";
import { card } from "./card.js";
import { readAloud } from "./speech.js";
import { say } from "./strings.js";

const SPOKEN_FOR = 8000; // how long a reply stays in the live region

class Transcript extends HTMLElement {
  #log = h("div", { role: "log", "aria-live": "off", label: "web.log", tabindex: "-1" });
  #live = h("div", { class: "unseen", "aria-live": "polite" });
  #typing = h("div", { class: "typing", "aria-hidden": "true", hidden: true }, h("i"), h("i"), h("i"));
  #bubbles = new Map(); // the citizen's own, by message id
  #turnStart = null;

  connectedCallback() {
    this.append(this.#log, this.#typing, this.#live);
  }

  get log() {
    return this.#log;
  }

  has(id) {
    return this.#bubbles.has(id);
  }

  /** Whether anything has been said. */
  get begun() {
    return this.#log.childElementCount > 0;
  }

  clear() {
    this.#log.replaceChildren();
    this.#live.replaceChildren();
    this.#bubbles.clear();
    this.waits(false);
  }

  /** One reply. `isNew`: it has just arrived, so it is read out once; history is not. */
  reply(entry, isNew) {
    const bubble = h("div", { class: `bubble reply ${entry.kind}` }, this.#speaker("web.hala"));
    // The card says the same, and more clearly.
    bubble.append(entry.card?.steps.length ? card(entry.card) : spoken("p", entry.text));
    if (entry.kind === "question") bubble.append(readAloud(entry.text));
    // Replies stand before what is still waiting to be sent.
    this.#log.insertBefore(bubble, this.#log.querySelector(".pending"));
    if (!isNew) return;
    this.announce(entry.text);
    this.#turnStart ??= bubble;
  }

  /** What the citizen said. `mark`: "pending" while it waits, "sent" once stored. */
  said(id, text, mark) {
    const note = h("span", { class: "mark" });
    const bubble = h("div", { class: "bubble said" }, this.#speaker("web.you"), spoken("p", text), note);
    this.#bubbles.set(id, bubble);
    this.#log.insertBefore(bubble, mark === "sent" ? this.#log.querySelector(".pending") : null);
    this.mark(id, mark);
    this.#turnStart = null;
    this.look();
  }

  /** Change a mark; `again` tries a refused message once more. */
  mark(id, mark, reason, again) {
    const bubble = this.#bubbles.get(id);
    if (!bubble) return;
    bubble.classList.toggle("pending", mark === "pending");
    bubble.classList.toggle("refused", mark === "refused");
    const note = bubble.querySelector(".mark");
    if (mark === "refused") this.#refuse(bubble, note, reason, again);
    else note.replaceChildren(icon(mark === "sent" ? "check" : "clock"), markWords(mark));
  }

  #refuse(bubble, note, reason, again) {
    const why = reason ? spoken("span", reason) : h("span", { t: "web.refused" });
    note.replaceChildren(icon("alert"), why);
    bubble.append(button("again", { t: "web.again", class: "chip" }, again));
    this.announce(why.textContent);
    this.look();
  }

  remove(id) {
    this.#bubbles.get(id)?.remove();
    this.#bubbles.delete(id);
  }

  /** Read out once, after what is being read. */
  announce(text) {
    const line = spoken("p", text);
    this.#live.append(line);
    setTimeout(() => line.remove(), SPOKEN_FOR);
  }

  waits(on) {
    this.#typing.hidden = !on;
    if (on) this.look();
  }

  /** Bring what is new into view; a turn longer than the screen is read from its beginning. */
  look() {
    if (!this.begun) return;
    const first = this.#turnStart;
    requestAnimationFrame(() => {
      const bottom = byId("end").getBoundingClientRect().bottom;
      const room = Math.min(byId("main").clientHeight, innerHeight);
      const isLong = first && bottom - first.getBoundingClientRect().top > room;
      if (isLong) first.scrollIntoView({ block: "start" });
      else byId("end").scrollIntoView({ block: "end" });
    });
  }

  #speaker(key) {
    return h("span", { class: "unseen", t: key });
  }
}

function markWords(mark) {
  const words = h("span", { class: mark === "sent" ? "unseen" : "waiting" });
  say(words, mark === "sent" ? "web.sent" : "web.waiting");
  return words;
}

customElements.define("hala-transcript", Transcript);

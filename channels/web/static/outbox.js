// What the citizen sent and the service has not yet acknowledged: in order, one at a time.
// Kept in sessionStorage only while it waits, so that a reload loses nothing.
import { language } from "./strings.js";

const KEY = "hala_unsent";

export class Outbox {
  #waiting = [];
  #flying = null;
  #transmit;

  /** `transmit(message)` tries to send; what became of it is told by `settled` or `lost`. */
  constructor(transmit) {
    this.#transmit = transmit;
  }

  /** Take up what an earlier page of this tab left; nothing older than `seconds`. */
  restore(seconds) {
    let kept = [];
    try {
      kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]").filter(({ id }) => !this.find(id));
    } catch {
      // Storage is refused in some frames.
    }
    this.#waiting = [...kept, ...this.#waiting].filter(({ at }) => Date.now() - at < seconds * 1000);
    this.#keep();
  }

  /** In the order in which they were written. */
  get waiting() {
    return [...this.#waiting];
  }

  find(id) {
    return this.#waiting.find((message) => message.id === id);
  }

  get empty() {
    return this.#waiting.length === 0;
  }

  add(text, choice = null) {
    const message = { id: newId(), text, choice, lang: language(), at: Date.now() };
    this.#waiting.push(message);
    this.#keep();
    return message;
  }

  /** Send the oldest, unless one is on its way. */
  flush() {
    if (this.#flying || this.empty) return;
    this.#flying = this.#waiting[0].id;
    const { id, text, choice, lang } = this.#waiting[0];
    this.#transmit({ type: "say", id, text, choice, lang });
  }

  /** Stored or refused: it is no longer ours. */
  settled(id) {
    this.#waiting = this.#waiting.filter((message) => message.id !== id);
    if (this.#flying === id) this.#flying = null;
    this.#keep();
  }

  /** The line broke: what was on its way is sent again, under the same id. */
  lost() {
    this.#flying = null;
  }

  clear() {
    this.#waiting = [];
    this.#flying = null;
    this.#keep();
  }

  #keep() {
    try {
      if (this.empty) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, JSON.stringify(this.#waiting));
    } catch {
      // Storage is refused in some frames: then the queue lives as long as the page.
    }
  }
}

// randomUUID exists on secure origins only; a trial on a plain address has none.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// Beside the text field, never instead of it: a calendar and a clock. They send what one would type.
import { button, h } from "./dom.js";
import { dayInWords, say } from "./strings.js";

const KINDS = { date: "date", partial_date: "date", time: "time" };

class Picker extends HTMLElement {
  #kind = null;

  /** Serve this kind of answer; any other hides the picker. */
  serve(answer) {
    const kind = KINDS[answer] ?? null;
    if (kind === this.#kind && this.hidden === !kind) return;
    this.#kind = kind;
    this.hidden = !kind;
    if (kind) this.#fold();
    else this.replaceChildren();
  }

  #fold() {
    const key = this.#kind === "date" ? "web.date.open" : "web.time.open";
    const sign = this.#kind === "date" ? "calendar" : "clock";
    this.replaceChildren(button(sign, { t: key, class: "chip" }, () => this.#unfold()));
  }

  #unfold() {
    const label = this.#kind === "date" ? "web.date.label" : "web.time.label";
    const field = h("input", { type: this.#kind, label, class: "field", max: this.#kind === "date" && today() });
    const words = h("span");
    const send = h("button", { type: "submit", class: "choice main", disabled: true }, words);
    say(words, "web.pick.send");
    field.addEventListener("input", () => {
      send.disabled = !field.validity.valid || !field.value;
      if (this.#kind !== "date") return;
      if (send.disabled) say(words, "web.pick.send");
      else say(words, "web.date.send", { day: dayInWords(field.value) });
    });
    const close = button("close", { label: "web.close", class: "quiet" }, () => this.#leave());
    const form = h("form", { class: "row" }, field, close, send);
    form.addEventListener("submit", (event) => this.#sent(event, field.value));
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.#leave();
    });
    this.replaceChildren(form);
    field.focus();
    try {
      field.showPicker();
    } catch {
      // An older browser, or a frame that may not: the field itself is there to use.
    }
  }

  #leave() {
    this.#fold();
    this.querySelector("button").focus();
  }

  #sent(event, value) {
    event.preventDefault();
    this.#fold();
    const text = this.#kind === "date" ? value.split("-").reverse().join("/") : value;
    this.dispatchEvent(new CustomEvent("hala-text", { detail: text, bubbles: true }));
  }
}

// The citizen's own day, not the one of Greenwich.
function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

customElements.define("hala-picker", Picker);

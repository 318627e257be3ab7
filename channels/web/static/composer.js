// The field in which anything may be written, at any time.
import { byId } from "./dom.js";

// What kind of keyboard an answer wants. Nothing is ever remembered by the browser: phones are shared.
const HINTS = {
  phone: { inputmode: "tel" },
  reference: { inputmode: "numeric" },
  count: { inputmode: "numeric" },
  identity: { autocapitalize: "characters", spellcheck: "false" },
  name: { autocapitalize: "words", spellcheck: "false" },
  full_name: { autocapitalize: "words", spellcheck: "false" },
  family_name: { autocapitalize: "words", spellcheck: "false" },
  full_text_name: { autocapitalize: "words", spellcheck: "false" },
};
const PLAIN = { inputmode: "text", autocapitalize: "sentences", spellcheck: "true" };
const ROWS = 5;

class Composer extends HTMLElement {
  #field;

  connectedCallback() {
    this.#field = this.querySelector("textarea");
    this.#field.addEventListener("input", () => this.#fit());
    this.#field.addEventListener("keydown", (event) => this.#keyed(event));
    this.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    // The field keeps the focus, and a phone its keyboard, when the button is pressed.
    byId("send").addEventListener("mousedown", (event) => {
      if (document.activeElement === this.#field) event.preventDefault();
    });
  }

  limit(characters) {
    this.#field.maxLength = characters;
  }

  hint(answer) {
    for (const [name, value] of Object.entries({ ...PLAIN, ...HINTS[answer] })) this.#field.setAttribute(name, value);
  }

  focus() {
    this.#field.focus();
  }

  clear() {
    this.#field.value = "";
    this.#fit();
  }

  /** Add words to what is written, for the citizen to complete and send. */
  insert(words) {
    const before = this.#field.value.trimEnd();
    this.#field.value = before ? `${before} ${words}` : words;
    this.#fit();
    this.focus();
  }

  #keyed(event) {
    // While a word is being composed, Enter belongs to the keyboard.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#field.value.trim();
    if (!text) return this.focus();
    this.clear();
    this.dispatchEvent(new CustomEvent("hala-text", { detail: text, bubbles: true }));
  }

  #fit() {
    const line = parseFloat(getComputedStyle(this.#field).lineHeight);
    this.#field.style.height = "auto";
    this.#field.style.height = `${Math.min(this.#field.scrollHeight + 2, line * ROWS)}px`;
  }
}

customElements.define("hala-composer", Composer);

// Where the declaration stands: how far, one step back, and why this is asked.
import { button, h } from "./dom.js";
import { say } from "./strings.js";

class Task extends HTMLElement {
  #back = button("back", { t: "web.do.back", class: "chip", "data-choice": "do:back" }, () => this.#choose("do:back"));
  #why = button("ask", { t: "web.do.why", class: "chip", "data-choice": "do:why" }, () => this.#choose("do:why"));
  #words = h("span");
  #bar = h("progress", { "aria-hidden": "true" });

  connectedCallback() {
    this.append(this.#back, h("div", { class: "progress" }, this.#words, this.#bar), this.#why);
  }

  serve({ done, total, can }) {
    this.#back.hidden = !can.includes("back");
    this.#why.hidden = !can.includes("why");
    this.hidden = !total && this.#back.hidden && this.#why.hidden;
    this.#words.parentElement.classList.toggle("none", !total);
    if (!total) return;
    say(this.#words, "web.progress", { done, total });
    this.#bar.max = total;
    this.#bar.value = done;
  }

  #choose(id) {
    this.dispatchEvent(new CustomEvent("hala-choice", { detail: { id }, bubbles: true }));
  }
}

customElements.define("hala-task", Task);

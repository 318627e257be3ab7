// What can be tapped under the last reply; at the review, the summary as a list of lines to change.
import { h, icon, spoken } from "./dom.js";

class Choices extends HTMLElement {
  #offered = null;

  /** Show these choices: `{id, label}`. None hides everything. */
  offer(choices) {
    if (choices === this.#offered) return; // still the same: the focus stays where it is
    this.#offered = choices;
    const lines = choices.filter(({ id }) => id.startsWith("edit:"));
    const rest = choices.filter(({ id }) => !id.startsWith("edit:"));
    this.replaceChildren();
    if (lines.length) this.append(summary(lines, (choice, event) => this.#choose(choice, event)));
    if (rest.length) this.append(this.#buttons(rest));
    this.hidden = !choices.length;
  }

  focusFirst() {
    this.querySelector("button")?.focus();
  }

  #buttons(choices) {
    const row = h("div", { class: "choices", role: "group", label: "web.choices" });
    for (const choice of choices) {
      const main = choice.id === "do:submit" ? "choice main" : "choice";
      const act = (event) => this.#choose(choice, event);
      const words = spoken("span", choice.label);
      row.append(h("button", { type: "button", class: main, "data-choice": choice.id, on: { click: act } }, words));
    }
    return row;
  }

  #choose(choice, event) {
    // A click without a pointer comes from the keyboard: the focus then goes on with the conversation.
    const byKeyboard = event?.detail === 0;
    this.dispatchEvent(new CustomEvent("hala-choice", { detail: { ...choice, byKeyboard }, bubbles: true }));
  }
}

function summary(lines, choose) {
  const items = lines.map((line) =>
    h("li", {}, h("button", { type: "button", "data-choice": line.id, on: { click: (event) => choose(line, event) } },
      ...halves(line.label), icon("edit"), h("span", { class: "unseen", t: "web.edit" }))));
  return h("div", { class: "summary" }, h("h2", { t: "web.summary" }), h("ul", {}, ...items));
}

// « Sexe : garçon »: the name of the line small, its value large. Without a colon, the label as it is.
function halves(label) {
  const [, name, value] = label.match(/^([^:]{1,40}?)\s*:\s*(.+)$/s) ?? [];
  if (!name) return [spoken("span", label, "value")];
  return [spoken("span", name, "name"), spoken("span", value, "value")];
}

customElements.define("hala-choices", Choices);

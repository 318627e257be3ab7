// Search of a commune beside the text field: a combobox as ARIA 1.2 describes it.
import { button, h, spoken } from "./dom.js";
import { language, say, t } from "./strings.js";

const KINDS = ["commune", "arrondissement", "place"];
const PAUSE = 180; // after the last key
const SHORTEST = 2;

class CommuneSearch extends HTMLElement {
  #panel = {};
  #input;
  #list;
  #note;
  #found = [];
  #at = -1;
  #timer;
  #asked = 0;

  /** Serve the question of this panel; any other kind of answer hides the search. */
  serve(panel) {
    const serves = KINDS.includes(panel.answer);
    const isSame = serves && panel.question === this.#panel.question && !this.hidden;
    this.#panel = panel;
    if (isSame) return;
    this.hidden = !serves;
    if (serves) this.#fold();
    else this.replaceChildren();
  }

  #fold() {
    clearTimeout(this.#timer);
    this.#asked++;
    this.replaceChildren(button("search", { t: "web.commune.open", class: "chip" }, () => this.#unfold()));
  }

  #unfold() {
    this.#list = h("ul", { id: "communes", role: "listbox", label: "web.commune.label", hidden: true });
    this.#note = h("p", { class: "unseen", role: "status" });
    this.#input = h("input", {
      type: "text", role: "combobox", class: "field", label: "web.commune.label", dir: "auto",
      autocomplete: "off", autocapitalize: "words", spellcheck: "false", enterkeyhint: "search",
      "aria-controls": "communes", "aria-expanded": "false", "aria-autocomplete": "list",
      on: { input: () => this.#typed(), keydown: (event) => this.#keyed(event) },
    });
    const close = button("close", { label: "web.close", class: "quiet" }, () => this.#leave());
    const hint = h("p", { class: "hint", t: "web.commune.hint" });
    this.replaceChildren(this.#list, h("div", { class: "row" }, this.#input, close), hint, this.#note);
    this.#input.focus();
  }

  #leave() {
    this.#fold();
    this.querySelector("button").focus();
  }

  #typed() {
    clearTimeout(this.#timer);
    const wanted = this.#input.value.trim();
    if (wanted.length < SHORTEST) return this.#show([]);
    this.#timer = setTimeout(() => this.#search(wanted), PAUSE);
  }

  async #search(wanted) {
    const mine = ++this.#asked;
    const query = new URLSearchParams({ q: wanted, lang: language(), kind: this.#panel.answer });
    const answer = await fetch(`/chat/communes?${query}`).catch(() => null);
    const found = answer?.ok ? await answer.json() : null;
    if (mine !== this.#asked) return; // a later search, or the list was closed
    this.#show(found ?? []);
    if (!found) say(this.#hint, "web.commune.offline");
    else say(this.#hint, found.length ? "web.commune.hint" : "web.commune.none");
    this.#note.textContent = found?.length ? t("web.commune.found", { count: found.length }) : this.#hint.textContent;
  }

  get #hint() {
    return this.querySelector(".hint");
  }

  #show(found) {
    this.#found = found;
    this.#list.replaceChildren(...found.map(({ label }, at) => {
      const option = spoken("li", label);
      option.id = `commune-${at}`;
      option.setAttribute("role", "option");
      // The list must not take the focus from the field before the tap has counted.
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => this.#choose(at));
      return option;
    }));
    this.#list.hidden = !found.length;
    this.#input.setAttribute("aria-expanded", String(found.length > 0));
    this.#move(-1);
  }

  #move(at) {
    this.#at = at;
    for (const [index, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(index === at));
      if (index === at) option.scrollIntoView({ block: "nearest" });
    }
    if (at < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `commune-${at}`);
  }

  #keyed(event) {
    const count = this.#found.length;
    const { key } = event;
    if (key === "ArrowDown" && count) this.#move((this.#at + 1) % count);
    else if (key === "ArrowUp" && count) this.#move(this.#at > 0 ? this.#at - 1 : count - 1);
    else if (key === "Enter" && count) this.#choose(Math.max(this.#at, 0));
    else if (key === "Escape") this.#leave();
    else return;
    event.preventDefault();
  }

  // A place may need more words (the hospital): its commune goes into the field. Else it is the answer.
  #choose(at) {
    const { code, label } = this.#found[at];
    const { answer, question } = this.#panel;
    this.#fold();
    const detail = answer === "place" ? { insert: label } : { id: `answer:${question}=${code}`, label };
    this.dispatchEvent(new CustomEvent(answer === "place" ? "hala-insert" : "hala-choice", { detail, bubbles: true }));
  }
}

customElements.define("hala-communes", CommuneSearch);

// The menu of what is always possible, and of what makes sense at this step.
import { button, byId, h, icon } from "./dom.js";
import { language, sayLabel } from "./strings.js";

const STEP = {
  review: ["list", "web.do.review"],
  skip: ["skip", "web.do.skip"],
  dont_know: ["ask", "web.do.dont_know"],
  pause: ["clock", "web.do.pause"],
  cancel: ["close", "web.do.cancel"],
};
const ALWAYS = {
  agent: ["person", "web.do.agent"],
  forget: ["trash", "web.do.forget"],
};

class Menu extends HTMLElement {
  #opener;
  #panel = { can: [], papers: false };

  connectedCallback() {
    this.#opener = byId("menu-button");
    this.#opener.addEventListener("click", () => this.toggle());
    document.addEventListener("click", (event) => {
      if (!this.hidden && !this.contains(event.target) && !this.#opener.contains(event.target)) this.toggle(false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.hidden) {
        event.stopPropagation();
        this.toggle(false);
        this.#opener.focus();
      }
    });
  }

  /** The commands that make sense now are named by the panel. */
  serve(panel) {
    this.#panel = panel;
    if (!this.hidden) this.#draw();
  }

  toggle(open = this.hidden) {
    if (open) this.#draw();
    this.hidden = !open;
    this.#opener.setAttribute("aria-expanded", String(open));
    sayLabel(this.#opener, open ? "web.menu.close" : "web.menu");
    if (open) this.querySelector("button").focus();
  }

  #draw() {
    const { can, papers } = this.#panel;
    const steps = can.filter((name) => name in STEP).map((name) => this.#command(name, STEP[name]));
    if (papers) steps.push(this.#event("camera", { t: "web.menu.papers" }, "hala-papers"));
    const always = Object.entries(ALWAYS).map(([name, words]) => this.#command(name, words));
    const read = h("a", { href: `/procedures/${language()}`, target: "_blank", rel: "noopener" },
      icon("papers"), h("span", { t: "web.procedures" }));
    const end = this.#event("door", { t: "web.end", id: "end-here" }, "hala-end");
    const list = (nodes) => h("ul", {}, ...nodes.map((node) => h("li", {}, node)));
    this.replaceChildren(...(steps.length ? [list(steps)] : []), list([...always.slice(0, 1), read]), list([...always.slice(1), end]));
  }

  #command(name, [sign, t]) {
    const id = `do:${name}`;
    return button(sign, { t, "data-choice": id }, () => {
      this.toggle(false);
      this.#opener.focus();
      this.dispatchEvent(new CustomEvent("hala-choice", { detail: { id }, bubbles: true }));
    });
  }

  #event(sign, props, name) {
    return button(sign, props, () => {
      this.toggle(false);
      this.#opener.focus();
      this.dispatchEvent(new Event(name, { bubbles: true }));
    });
  }
}

customElements.define("hala-menu", Menu);

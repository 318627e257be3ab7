// The end of a conversation on this screen: by the citizen's wish, or because nobody uses it.
import { button, h } from "./dom.js";

const LOOK = 10_000;
const STAY = 300_000;
const WARNING = 120; // seconds before the end

/** Ask first; `act()` answers what to do when it is done, or false. Nothing is said to be erased
 * before it is; and as long as the dialog is open, nothing else can have the focus. */
export function askToEnd(act) {
  const problem = h("p", { class: "problem", role: "alert" });
  const yes = button("trash", { t: "web.end.yes", class: "choice main stop" }, async () => {
    yes.disabled = true;
    const done = await act();
    if (done) {
      dialog.close();
      return done();
    }
    yes.disabled = false;
    problem.replaceChildren(h("span", { t: "web.end.failed" }));
  });
  const no = button("back", { t: "web.end.no", class: "choice" }, () => dialog.close());
  const dialog = h("dialog", { "aria-labelledby": "end-title" },
    h("h2", { id: "end-title", t: "web.end.ask" }), h("p", { t: "web.end.told" }), problem, h("div", { class: "choices" }, yes, no));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** The screen that is left when everything has been wiped. `how`: "idle", "erased" or "closed". */
export function endScreen(how, begin) {
  const told = { idle: "web.ended.idle", erased: "web.ended.erased", closed: "web.ended.closed" }[how];
  const title = h("h2", { t: "web.ended", tabindex: "-1" });
  const again = button("again", { t: "web.ended.begin", class: "choice main" }, begin);
  return h("section", { class: "ended" }, title, h("p", { t: told, role: "status" }), again);
}

/**
 * Watches for use. `warn(true)` two minutes before `end()`, `warn(false)` when it is used again;
 * `stay()` now and then while it is used, because the service knows of messages only.
 */
export class Idle {
  seconds = 1800;
  #last = Date.now();
  #warned = false;
  #timer;
  #warn;
  #end;
  #stay;
  #told = Date.now();

  constructor(warn, end, stay) {
    this.#warn = warn;
    this.#end = end;
    this.#stay = stay;
    for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => this.used(), { passive: true });
    // A phone that slept, or a page brought back by "back", must not show what is past its time.
    document.addEventListener("visibilitychange", () => this.#look());
    addEventListener("pageshow", () => this.#look());
  }

  start(seconds) {
    this.seconds = seconds;
    this.#last = Date.now();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#look(), LOOK);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  used() {
    if (!this.#timer) return;
    this.#look(); // too late is too late, even for a touch
    if (!this.#timer) return;
    this.#last = Date.now();
    if (this.#warned || this.#last - this.#told > STAY) this.#stayed();
    this.#say(false);
  }

  #stayed() {
    this.#told = this.#last;
    this.#stay();
  }

  #look() {
    if (!this.#timer) return;
    const left = this.seconds - (Date.now() - this.#last) / 1000;
    if (left <= 0) this.#end();
    else this.#say(left <= Math.min(WARNING, this.seconds / 2));
  }

  #say(warned) {
    if (warned === this.#warned) return;
    this.#warned = warned;
    this.#warn(warned);
  }
}

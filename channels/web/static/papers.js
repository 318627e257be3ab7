// The papers of a declaration: each one "attach now" or "I will bring it".
import { button, h, icon, spoken } from "./dom.js";
import { language, say, t } from "./strings.js";

const TYPES = "image/*,application/pdf";
const LARGEST_SIDE = 2000;
const QUALITY = 0.85;
const MEGABYTE = 1024 * 1024;

class Papers extends HTMLElement {
  #known = null; // the last answer of the service
  #brought = new Set();
  #loading = false;
  #wasOpened = false;

  /** Not in the way of the questions: shown at the review, after the reference, or when opened. */
  async serve({ papers, at, reference }) {
    if (!papers) this.clear();
    this.hidden = !papers || !(reference || at === "review" || this.#wasOpened);
    if (!this.hidden && !this.#known) await this.#load();
  }

  async open(panel) {
    this.#wasOpened = true;
    await this.serve(panel);
    const details = this.querySelector("details");
    if (!details) return;
    details.open = true;
    details.querySelector("summary").focus({ preventScroll: true });
  }

  async #load() {
    if (this.#loading) return;
    this.#loading = true;
    const answer = await fetch("/chat/papers", { cache: "no-store" }).catch(() => null);
    this.#loading = false;
    if (answer?.ok) this.#draw(await answer.json());
    else this.hidden = true;
  }

  clear() {
    this.#known = null;
    this.#wasOpened = false;
    this.#brought.clear();
    this.replaceChildren();
  }

  #draw(known) {
    const isOpen = this.querySelector("details")?.open ?? false;
    this.#known = known;
    this.hidden = !known.papers.length;
    const heading = h("summary", {}, icon("papers"), h("span", { t: "web.papers" }));
    const limits = h("p", { class: "hint" });
    const { bytes, files } = known.limits;
    say(limits, "web.papers.limits", { megabytes: Math.floor(bytes / MEGABYTE), files });
    const list = h("ul", {}, ...known.papers.map((paper) => this.#paper(paper)));
    const details = h("details", { open: isOpen }, heading, limits, list);
    details.addEventListener("toggle", () => details.open && !isOpen && this.scrollIntoView({ block: "start" }));
    this.replaceChildren(details);
  }

  #paper(paper) {
    const row = h("li", {}, spoken("h3", paper.label));
    for (const file of paper.attached) row.append(this.#file(file, row));
    row.append(this.#actions(paper, row), h("p", { class: "problem", role: "alert" }));
    return row;
  }

  #actions(paper, row) {
    const field = h("input", { type: "file", accept: TYPES, class: "unseen", tabindex: "-1", "aria-hidden": "true" });
    field.addEventListener("change", () => field.files[0] && this.#attach(paper, row, field.files[0]));
    const attach = button("camera", { t: "web.papers.attach", class: "chip" }, () => field.click());
    const bring = button("check", { t: "web.papers.bring", class: "chip" }, () => {
      if (!this.#brought.delete(paper.id)) this.#brought.add(paper.id);
      bring.setAttribute("aria-pressed", String(this.#brought.has(paper.id)));
    });
    bring.setAttribute("aria-pressed", String(this.#brought.has(paper.id)));
    // Which paper a button is about is in its name too.
    for (const node of [attach, bring]) node.append(h("span", { class: "unseen", text: ` ${paper.label}` }));
    bring.hidden = paper.attached.length > 0;
    return h("div", { class: "row" }, attach, field, bring);
  }

  #file(file, row) {
    const size = h("span", { class: "hint", text: sizeInWords(file.bytes) });
    const remove = button("trash", { t: "web.papers.remove", class: "chip" }, () => this.#remove(file, row));
    remove.append(h("span", { class: "unseen", text: ` ${file.name}` }));
    return h("div", { class: "row file" }, icon("check"), spoken("span", file.name, "name"), size, remove);
  }

  async #attach(paper, row, file) {
    this.#complain(row, "");
    const small = await smaller(file);
    if (small.size > this.#known.limits.bytes) return this.#complain(row, t("web.papers.too_large"));
    const bar = h("progress", { max: "1", value: "0", label: "web.papers.sending" });
    row.querySelector(".problem").before(bar);
    const path = `/chat/papers/${encodeURIComponent(paper.id)}`;
    const told = await upload(path, small, file.name, (part) => (bar.value = part));
    bar.remove();
    this.#answered(told, row);
  }

  async #remove(file, row) {
    const path = `/chat/papers/${encodeURIComponent(file.id)}`;
    const answer = await fetch(path, { method: "DELETE" }).catch(() => null);
    const body = await answer?.json().catch(() => null);
    this.#answered({ ok: Boolean(answer?.ok), body }, row);
  }

  async #answered({ ok, body }, row) {
    if (!ok) return this.#complain(row, body?.message ?? t("web.papers.failed"));
    if (body?.papers) return this.#draw(body);
    await this.#load(); // answered without a list
  }

  #complain(row, text) {
    const problem = row.querySelector(".problem");
    problem.textContent = text;
    if (text) problem.scrollIntoView({ block: "nearest" });
  }
}

// A photograph is made small on the phone: a bad line carries it, and HEIC becomes JPEG where the
// browser can read it. What cannot be read is sent as it is; the service says what it thinks of it.
async function smaller(file) {
  if (!file.type.startsWith("image/")) return file;
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LARGEST_SIDE / Math.max(image.width, image.height));
    const canvas = h("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff"; // what was transparent
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY))) ?? file;
  } catch {
    return file;
  }
}

// fetch tells nothing of how far a body has gone.
function upload(path, body, name, progress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.setRequestHeader("X-File-Name", encodeURIComponent(name));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onloadend = () => done({ ok: request.status >= 200 && request.status < 300, body: request.response });
    request.send(body);
  });
}

function sizeInWords(bytes) {
  const unit = bytes < MEGABYTE ? "kilobyte" : "megabyte";
  const amount = bytes / (bytes < MEGABYTE ? 1024 : MEGABYTE);
  const locale = language() === "ar" ? "ar-MA-u-nu-latn" : "fr-MA";
  const style = { style: "unit", unit, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(locale, style).format(amount);
}

customElements.define("hala-papers", Papers);

// The reference, large: to copy, to keep, and what to do next.
import { button, h, icon, spoken } from "./dom.js";
import { dayInWords, say } from "./strings.js";

const FEEDBACK = 2500;

/** The card of a reply that gives a reference. */
export function card(data) {
  const heading = spoken("h2", data.title);
  const node = h("section", { class: "card", label: "web.card" }, heading, number(data.reference));
  if (data.last_day) node.append(lastDay(data.last_day));
  node.append(h("ol", {}, ...data.steps.map((step) => spoken("li", step))));
  node.append(h("div", { class: "row" }, form(data.receipt), copyButton(data.reference), printButton(node)));
  return node;
}

// Always from left to right, in three groups of four; selected whole by one tap.
function number(reference) {
  const groups = reference.match(/.{1,4}/g).map((group) => h("span", { text: group }));
  return h("p", { class: "number", dir: "ltr" }, ...groups);
}

function lastDay(iso) {
  const line = h("p", { class: "last-day" });
  const tell = () => say(line, "web.card.last_day", { day: dayInWords(iso) });
  tell();
  // The name of the day is in the page's language too.
  document.addEventListener("hala-language", tell);
  return line;
}

function copyButton(reference) {
  const node = button("copy", { t: "web.card.copy", class: "chip", "aria-live": "polite" }, async () => {
    const done = await copy(reference);
    const words = node.querySelector("span");
    say(words, done ? "web.card.copied" : "web.card.copy_by_hand");
    setTimeout(() => say(words, "web.card.copy"), FEEDBACK);
  });
  return node;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // refused, or not a secure page
  }
}

// The form to bring, in a tab of its own: many telephones show a PDF there and can keep it.
function form(address) {
  if (!address) return null;
  const words = h("span", { t: "web.card.receipt" });
  return h("a", { class: "as-button chip", href: address, target: "_blank", rel: "noopener" }, icon("papers"), words);
}

function printButton(node) {
  return button("print", { t: "web.card.print", class: "chip" }, () => {
    node.classList.add("to-print");
    print();
    node.classList.remove("to-print");
  });
}

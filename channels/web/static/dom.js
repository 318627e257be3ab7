// Builds the page node by node: text is only ever text, nothing is parsed as HTML.
import { say, sayLabel } from "./strings.js";

/**
 * A new element. `t` is the key of its text and `label` that of its accessible name: both follow the
 * language. `on` holds listeners, `text` plain text; true and false set and leave out attributes.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (name === "text") node.textContent = value;
    else if (name === "t") say(node, value);
    else if (name === "label") sayLabel(node, value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/** One of the signs of the sprite in the page; never read aloud. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon", `icon-${name}`);
  svg.append(use);
  return svg;
}

/** A button with a sign and a text, or with a sign and an accessible name. */
export function button(sign, props, act) {
  const { t, text, ...rest } = props;
  const words = t ? [h("span", { t })] : text ? [h("span", { text })] : [];
  return h("button", { type: "button", on: { click: act }, ...rest }, sign && icon(sign), ...words);
}

/** Text of unknown direction and language, as a citizen or the catalogue wrote it. */
export function spoken(tag, text, className) {
  const lang = /[\u0600-\u06ff]/.test(text) ? "ar" : "fr";
  return h(tag, { dir: "auto", lang, text, class: className });
}

export const byId = (id) => document.getElementById(id);

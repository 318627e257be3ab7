// Draws the messages of one telephone. Texts go in as text nodes: nothing a citizen types is markup.

import { counted, label, locale } from "./labels.js";

const TICKS = {
  waiting: ["✓", ""], taken: ["✓✓", "done"], refused: ["!", "wrong"], lost: ["–", "wrong"],
  queued: ["…", ""], sent: ["✓", ""], delivered: ["✓✓", "done"], undelivered: ["!", "wrong"],
};

function element(name, className, text = "") {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  return node;
}

function tick(message) {
  const state = message.mine ? message.webhook : message.status;
  const [sign, kind] = TICKS[state] ?? TICKS.queued;
  const node = element("span", `tick ${kind}`, sign);
  node.role = "img";
  node.ariaLabel = node.title = label(state in TICKS ? state : "queued");
  return node;
}

function meta(message) {
  const line = element("div", "meta");
  const at = new Date(message.at).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
  // Each part stands alone: in one run the Latin name of the encoding would turn the Arabic round.
  const size = message.text ? [message.encoding, "·", counted("segments", message.segments)] : [];
  for (const part of [at, ...size, message.error ?? ""]) if (part) line.append(element("bdi", "", part));
  line.append(tick(message));
  return line;
}

function bubble(message, old, isNew) {
  const item = element("li", `${message.mine ? "mine" : "theirs"}${isNew ? " new" : ""}`);
  const words = message.media ? `[ ${label(message.media)} ] ${message.text}`.trim() : message.text;
  const drawn = old && !message.media;
  const body = element("p", drawn ? "bubble drawn" : "bubble", drawn ? message.old_phone.join("\n") : words);
  body.dir = message.rtl || (message.media && document.dir === "rtl") ? "rtl" : "ltr";
  body.lang = message.rtl ? "ar" : "fr";
  item.append(body, meta(message));
  return item;
}

let known = new Set();

export function draw(list, messages, old) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const today = element("li", "day", label("today"));
  const drawn = messages.map((message) => bubble(message, old, !known.has(message.id)));
  known = new Set(messages.map((message) => message.id));
  list.replaceChildren(...(messages.length ? [today, ...drawn] : []));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

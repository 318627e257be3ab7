// Brings the parts together: what comes over the line goes to the page, what is done on the page to
// the line.
import "./choices.js";
import "./communes.js";
import "./composer.js";
import "./menu.js";
import "./papers.js";
import "./pickers.js";
import "./task.js";
import "./transcript.js";
import { byId } from "./dom.js";
import { askToEnd, endScreen, Idle } from "./ending.js";
import { Outbox } from "./outbox.js";
import { hush } from "./speech.js";
import { language, say, setLanguage, t } from "./strings.js";
import { Line } from "./transport.js";

const embedded = "embed" in document.documentElement.dataset;
// What the page itself offers, so that history can say it back: the ids are the conversation's.
const OWN = {
  "do:start_declare_birth": "web.welcome.birth",
  "do:start_check_status": "web.welcome.status",
  "do:papers": "web.welcome.papers",
  "do:agent": "web.do.agent",
  "do:back": "web.do.back",
  "do:why": "web.do.why",
  "do:skip": "web.do.skip",
  "do:dont_know": "web.do.dont_know",
  "do:review": "web.do.review",
  "do:pause": "web.do.pause",
  "do:cancel": "web.do.cancel",
  "do:forget": "web.do.forget",
};
const SWITCH = { ar: "do:arabic", fr: "do:french" };
const finePointer = matchMedia("(pointer: fine)");
const NONE = [];
const NOTHING = { answer: null, question: null, done: 0, total: 0, can: [], papers: false };
const RETRY = 4000;
const DOWN_FOR = 1500; // a line that is back sooner is not worth a word

const page = Object.fromEntries(
  ["transcript", "choices", "composer", "task", "menu", "papers", "picker", "communes"].map((name) => [
    name, document.querySelector(`hala-${name}`)]));
const line = new Line(() => ({ lang: language(), resume: true, embed: embedded }));
const outbox = new Outbox((message) => line.send(message));
const idle = new Idle(warnOfEnd, () => end("idle"), () => line.stay());
const labels = new Map(Object.entries(OWN)); // choice id -> catalogue key, or words once offered
let panel = NOTHING;
let offered = NONE;
let byKeyboard = false;
let downTimer;
let erasing = false;

// ---- from the service

line.addEventListener("line", ({ detail: up }) => {
  clearTimeout(downTimer);
  if (!up) outbox.lost();
  else outbox.flush();
  if (up) showDown(false);
  else downTimer = setTimeout(() => showDown(true), DOWN_FOR);
  if (!up) page.transcript.waits(false);
});

function showDown(down) {
  byId("offline").hidden = !down;
  document.body.classList.toggle("down", down);
}

line.addEventListener("frame", ({ detail: frame }) => {
  const act = { hello, reply, said, stored, refused, panel: panelled, ended }[frame.type];
  act?.(frame);
});

function hello(frame) {
  idle.start(frame.idle_seconds);
  page.composer.limit(frame.limits.text);
  byId("trial").hidden = !frame.trial;
  if (frame.whole) redraw(frame.entries);
  else for (const entry of frame.entries) take(entry, true);
  panelled(frame);
}

// The whole history: shown as it was, nothing of it read aloud; then what still waits to be sent.
function redraw(entries) {
  page.transcript.clear();
  offered = NONE;
  outbox.restore(idle.seconds); // before the history says which of it has arrived after all
  for (const entry of entries) take(entry, false);
  for (const message of outbox.waiting) show(message);
}

function take(entry, isNew) {
  if (entry.type === "reply") reply(entry, isNew);
  else said(entry, isNew);
}

function reply(entry, isNew = true) {
  if (entry.seq <= line.lastSeen && isNew) return;
  page.transcript.waits(false);
  page.transcript.reply(entry, isNew);
  for (const { id, label } of entry.choices) labels.set(id, { label });
  if (entry.choices.length) offered = entry.choices;
  if (isNew) offer();
}

function said({ id, text, choice }, isNew = true) {
  if (page.transcript.has(id)) {
    settle(id);
    return;
  }
  outbox.settled(id);
  const words = (choice && labelOf(choice)) || text;
  if (words) page.transcript.said(id, words, "sent");
  offered = NONE;
  if (isNew) offer();
}

function stored({ id }) {
  settle(id);
  if (outbox.empty) page.transcript.waits(true);
}

function settle(id) {
  page.transcript.mark(id, "sent");
  outbox.settled(id);
  outbox.flush();
}

function refused({ id, code, message }) {
  if (code === "unavailable") {
    // Not the message's fault: it stays in the queue and leaves a little later.
    outbox.lost();
    return void setTimeout(() => line.up && outbox.flush(), RETRY);
  }
  const { text, choice } = outbox.find(id) ?? {};
  outbox.settled(id);
  page.transcript.waits(false);
  // What was written comes back into the field, to be changed or sent again.
  page.transcript.mark(id, "refused", message, () => {
    page.transcript.remove(id);
    if (choice) send(text, choice);
    else page.composer.insert(text ?? "");
  });
  outbox.flush();
}

function panelled(frame) {
  panel = frame.panel ?? NOTHING;
  // The page follows the conversation, but not back while a switch is on its way.
  if (panel.language && page.transcript.begun && outbox.empty) setLanguage(panel.language);
  page.transcript.waits(false);
  page.task.serve(panel);
  page.menu.serve(panel);
  page.composer.hint(panel.answer);
  page.picker.serve(panel.answer);
  page.communes.serve(panel);
  page.papers.serve(panel);
  offer();
  byKeyboard = false;
}

function ended({ reason }) {
  // While it is erased from here, the answer to that says how it ended.
  if (!erasing) end(reason);
}

// ---- from the citizen

function offer() {
  const waiting = !outbox.empty;
  byId("welcome").hidden = page.transcript.begun;
  page.choices.offer(waiting ? NONE : offered);
  page.transcript.look();
  if (byKeyboard && offered.length && !waiting) {
    byKeyboard = false;
    page.choices.focusFirst();
  }
}

function labelOf(id) {
  const known = labels.get(id);
  return typeof known === "string" ? t(known) : known?.label;
}

function send(text, choice = null) {
  hush();
  const message = outbox.add(text, choice);
  show(message);
  offered = NONE;
  offer();
  if (line.up) outbox.flush();
}

function show({ id, text }) {
  page.transcript.said(id, text, "pending");
}

function choose({ id, label, byKeyboard: keyboard }) {
  byKeyboard = Boolean(keyboard);
  send(label ?? labelOf(id) ?? "", id);
  // The button that had the focus is gone. On a phone no keyboard pops up, and a screen reader stays.
  if (keyboard || finePointer.matches) page.composer.focus();
  else if (document.activeElement === document.body) page.transcript.log.focus({ preventScroll: true });
}

function switchLanguage() {
  const wanted = language() === "ar" ? "fr" : "ar";
  const name = byId("language").querySelector(`[lang="${wanted}"]`).textContent;
  setLanguage(wanted);
  if (page.transcript.begun) send(name, SWITCH[wanted]);
  else line.stay(); // the session says in which language a conversation begins
}

// ---- the end

function warnOfEnd(warned) {
  byId("idle").hidden = !warned;
  if (warned) page.transcript.announce(t("web.still"));
}

function wipe() {
  line.close();
  idle.stop();
  outbox.clear();
  hush();
  page.transcript.clear();
  page.composer.clear();
  labels.clear();
  for (const [id, key] of Object.entries(OWN)) labels.set(id, key);
  offered = NONE;
  panelled({ panel: NOTHING });
  for (const id of ["welcome", "footer", "idle"]) byId(id).hidden = true;
  clearTimeout(downTimer);
  showDown(false);
}

function end(how) {
  if (byId("ended").childElementCount) return;
  wipe();
  byId("ended").replaceChildren(endScreen(how, begin));
  byId("ended").querySelector("h2").focus();
}

function begin() {
  byId("ended").replaceChildren();
  for (const id of ["welcome", "footer"]) byId(id).hidden = false;
  line.lastSeen = 0;
  line.open();
  page.composer.focus();
}

async function erase() {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"erase":true}' };
  erasing = true;
  const answer = await fetch("/chat/end", options).catch(() => null);
  erasing = false;
  const done = Boolean(answer?.ok) || answer?.status === 401;
  return done && (() => end("erased"));
}

// ---- the page

document.addEventListener("hala-choice", ({ detail }) => choose(detail));
document.addEventListener("hala-text", ({ detail }) => send(detail));
document.addEventListener("hala-insert", ({ detail }) => page.composer.insert(detail.insert));
document.addEventListener("hala-papers", () => page.papers.open(panel));
document.addEventListener("hala-end", () => askToEnd(erase));
byId("language").addEventListener("click", switchLanguage);
byId("idle").querySelector("button").addEventListener("click", () => idle.used());
for (const node of byId("welcome").querySelectorAll("[data-choice]")) {
  node.addEventListener("click", (event) => choose({ id: node.dataset.choice, byKeyboard: event.detail === 0 }));
}
addEventListener("pagehide", hush);
// The keyboard of a phone came up or went, or a picker unfolded: what was last said stays in view.
addEventListener("resize", () => page.transcript.look());
new ResizeObserver(() => page.transcript.look()).observe(byId("footer"));
if (embedded) {
  // Only "close me" and "I am here" are said to the page around us; whose page it is, is not known.
  const tell = (word) => parent.postMessage({ hala: word }, "*");
  byId("close").addEventListener("click", () => tell("close"));
  addEventListener("keydown", (event) => {
    const isOurs = event.defaultPrevented || document.querySelector("dialog[open]");
    if (event.key === "Escape" && !isOurs) tell("close");
  });
  tell("ready");
}
document.body.classList.remove("unready");
line.open();

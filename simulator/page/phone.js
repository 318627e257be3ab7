// One telephone: types, reads, and is told by the server when something changed.

import { draw } from "./bubbles.js";
import { counted, label, locale, speak } from "./labels.js";
import { drawSwitches } from "./switches.js";

const $ = (id) => document.getElementById(id);
const number = $("number"), text = $("text"), problem = $("problem"), old = $("old-phone");
let shown = [];

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  }).catch(() => null);
  problem.textContent = !answer ? label("away") : answer.status === 422 ? label("not_a_number") : "";
  return answer?.ok ? (answer.status === 204 ? {} : answer.json()) : null;
}

function redraw() {
  document.querySelector(".handset").classList.toggle("old", old.checked);
  draw($("messages"), shown, old.checked);
}

async function refresh() {
  const seen = await post("/phone/messages", { number: number.value });
  if (!seen) return;
  $("service-number").textContent = seen.service;
  shown = seen.messages;
  redraw();
}

async function send(media = null) {
  const typed = text.value;
  if (!typed.trim() && !media) return;
  if (await post("/phone/send", { number: number.value, text: media ? "" : typed, media })) {
    if (!media) text.value = "";
    await count();
  }
  text.focus();
}

async function count() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
  if (!text.value) { $("count").textContent = ""; return; }
  const size = await post("/phone/count", { text: text.value });
  if (size) $("count").textContent = `${size.encoding} · ${counted("segments", size.segments)}`;
}

async function choose(language) {
  speak(language);
  redraw();
  await Promise.all([drawSwitches(document.querySelector("#switches > div")), count()]);
  showTime();
}

function showTime() {
  $("clock").textContent = new Date().toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
}

$("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
$("settings").addEventListener("submit", (event) => event.preventDefault());
text.addEventListener("input", count);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
});
number.addEventListener("change", () => { localStorage.setItem("number", number.value); refresh(); });
old.addEventListener("change", redraw);
$("clear").addEventListener("click", () => post("/phone/clear", {}));
for (const button of document.querySelectorAll("[data-language]"))
  button.addEventListener("click", () => choose(button.dataset.language));
for (const button of document.querySelectorAll("[data-media]"))
  button.addEventListener("click", () => { button.closest("details").open = false; send(button.dataset.media); });

number.value = localStorage.getItem("number") ?? number.value;
await choose(undefined);
await refresh();
new EventSource("/phone/events").addEventListener("message", refresh);
setInterval(showTime, 10_000);

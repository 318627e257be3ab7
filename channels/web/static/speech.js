// Reads a question aloud with the browser's own voice; the text stays where it is.
import { button } from "./dom.js";

const speaks = "speechSynthesis" in window;
const LOCALES = { ar: "ar-MA", fr: "fr-FR" };

function voiceOf(lang) {
  return speechSynthesis.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(lang));
}

/** A button that reads this text; hidden as long as there is no voice for its language. */
export function readAloud(text) {
  const lang = /[\u0600-\u06ff]/.test(text) ? "ar" : "fr";
  const node = button("speak", { label: "web.speak", class: "quiet speak" }, () => toggle(text, lang));
  const look = () => (node.hidden = !speaks || !voiceOf(lang));
  look();
  // Voices arrive late in some browsers.
  if (node.hidden && speaks) speechSynthesis.addEventListener?.("voiceschanged", look, { once: true });
  return node;
}

function toggle(text, lang) {
  const wasSpeaking = speechSynthesis.speaking;
  speechSynthesis.cancel();
  if (wasSpeaking) return;
  // Marks of direction are for the eye.
  const words = new SpeechSynthesisUtterance(text.replace(/[\u2066-\u2069\u200e\u200f]/g, ""));
  words.lang = LOCALES[lang];
  words.voice = voiceOf(lang);
  words.rate = 0.9;
  speechSynthesis.speak(words);
}

/** Be silent: the page was left, wiped or went on. */
export function hush() {
  if (speaks) speechSynthesis.cancel();
}

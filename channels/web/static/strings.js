// The page's own sentences in both languages, and the language itself.
const words = JSON.parse(document.getElementById("strings").textContent);
const root = document.documentElement;
const values = new WeakMap();
const YEAR = 31536000;

export const language = () => root.lang;

/** The sentence of a key; `{name}` is filled from `filling`. */
export function t(key, filling = {}) {
  return words[root.lang][key].replace(/\{(\w+)\}/g, (_, name) => filling[name]);
}

/** Put a sentence into a node; it is said anew when the language changes. */
export function say(node, key, filling) {
  node.dataset.t = key;
  if (filling) values.set(node, filling);
  node.textContent = t(key, filling);
}

/** The same for the accessible name. */
export function sayLabel(node, key) {
  node.dataset.tLabel = key;
  node.setAttribute("aria-label", t(key));
}

/** Switch the whole page at once. Only the language is kept, in a cookie. */
export function setLanguage(code) {
  if (!(code in words) || code === root.lang) return;
  root.lang = code;
  root.dir = code === "ar" ? "rtl" : "ltr";
  document.cookie = `hala_lang=${code}; path=/; max-age=${YEAR}; samesite=lax`;
  document.title = t("web.title");
  for (const node of document.querySelectorAll("[data-t]")) say(node, node.dataset.t, values.get(node));
  for (const node of document.querySelectorAll("[data-t-label]")) sayLabel(node, node.dataset.tLabel);
  for (const node of document.querySelectorAll("[data-t-placeholder]")) node.placeholder = t(node.dataset.tPlaceholder);
  document.dispatchEvent(new Event("hala-language"));
}

/** A day in words, "lundi 17 novembre 2025", with Western digits and Moroccan month names. */
export function dayInWords(iso) {
  const locale = root.lang === "ar" ? "ar-MA-u-nu-latn-ca-gregory" : "fr-MA";
  const style = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  const told = new Intl.DateTimeFormat(locale, style).format(new Date(`${iso}T00:00:00Z`));
  return root.lang === "ar" ? told.replace("،", "") : told.replace(/ 1 /, " 1er ");
}

// The page's words, in Arabic and French. Elements name their label; this puts it in.

const all = await (await fetch("/page/labels.json")).json();
let language = localStorage.getItem("language") ?? (navigator.language.startsWith("ar") ? "ar" : "fr");

export const locale = () => (language === "ar" ? "ar-MA-u-nu-latn" : "fr-MA");
export const label = (key) => key.split(".").reduce((found, part) => found[part], all[language]);

export function counted(key, number) {
  const forms = label(key);
  const form = new Intl.PluralRules(language).select(number);
  return (forms[form] ?? forms.other).replace("{n}", number);
}

export function speak(chosen = language) {
  language = chosen;
  localStorage.setItem("language", language);
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  document.title = `Hala — ${label("title")}`;
  for (const node of document.querySelectorAll("[data-label]")) node.textContent = label(node.dataset.label);
  for (const node of document.querySelectorAll("[data-label-aria]")) node.ariaLabel = label(node.dataset.labelAria);
  for (const node of document.querySelectorAll("[data-label-placeholder]"))
    node.placeholder = label(node.dataset.labelPlaceholder);
  for (const button of document.querySelectorAll("[data-language]"))
    button.ariaPressed = String(button.dataset.language === language);
}

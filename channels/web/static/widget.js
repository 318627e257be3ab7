// Shows Hala inside another site: <script src="https://…/widget.js" data-lang="ar" async></script>
// Everything of ours stands in a shadow tree and a frame of our own origin; nothing global is made.
(() => {
  const script = document.currentScript;
  if (!script) return;
  const origin = new URL(script.src).origin;
  const lang = script.dataset.lang === "fr" ? "fr" : "ar";
  const words = HALA_WORDS[lang]; // put in by the service, from its catalogues
  const style = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    button { font: 600 17px/1.4 system-ui, "Noto Sans Arabic", sans-serif; color: #fff; background: #0b5d3b; border: 2px solid #fff; cursor: pointer; }
    button:hover { background: #08432b; }
    button:focus-visible { outline: 3px solid #0b5d3b; outline-offset: 3px; }
    .open { position: fixed; z-index: 2147483000; inset-block-end: 16px; inset-inline-end: 16px; min-height: 56px; padding: 8px 20px; border-radius: 28px; box-shadow: 0 4px 16px rgb(0 0 0 / 30%); }
    dialog { position: fixed; z-index: 2147483001; inset: auto; inset-block-end: 16px; inset-inline-end: 16px; inline-size: 420px; block-size: min(720px, calc(100vh - 32px)); max-inline-size: none; max-block-size: none; margin: 0; padding: 0; border: 1px solid #7c8a81; border-radius: 16px; overflow: hidden; background: #f7f4ee; box-shadow: 0 8px 40px rgb(0 0 0 / 35%); }
    dialog::backdrop { background: rgb(0 0 0 / 55%); }
    iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; }
    .close { position: absolute; inset-block-start: 8px; inset-inline-end: 8px; min-height: 44px; padding: 4px 16px; border-radius: 22px; }
    [hidden] { display: none; }
    @media (max-width: 640px) { dialog { inset: 0; inline-size: 100%; block-size: 100%; border: 0; border-radius: 0; } }`;

  const make = (tag, attributes, text) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text) node.textContent = text;
    return node;
  };

  const host = make("div", { lang, dir: lang === "ar" ? "rtl" : "ltr" });
  const root = host.attachShadow({ mode: "closed" });
  const opener = make("button", { type: "button", class: "open", "aria-haspopup": "dialog" }, words.open);
  const dialog = make("dialog", { "aria-label": words.title });
  const closer = make("button", { type: "button", class: "close" }, words.close);
  let frame = null;
  dress();
  dialog.append(closer);
  root.append(opener, dialog);

  // A sheet made by script passes the style rules of strict sites; older browsers take an element.
  function dress() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(make("style", {}, style));
    }
  }

  function open() {
    if (!frame) {
      const address = `${origin}/?embed=1&lang=${lang}`;
      frame = make("iframe", { title: words.title, src: address, allow: "clipboard-write" });
      dialog.prepend(frame);
    }
    opener.hidden = true;
    // On a phone it covers the page, so the page behind is out of reach; beside a wide page it is not.
    if (matchMedia("(max-width: 640px)").matches) dialog.showModal();
    else dialog.show();
    frame.focus();
  }

  function closed() {
    opener.hidden = false;
    opener.focus();
  }

  // The dialog tells of its end a moment later; a key pressed meanwhile must find the button.
  function close() {
    dialog.close();
    closed();
  }

  opener.addEventListener("click", open);
  closer.addEventListener("click", close);
  dialog.addEventListener("close", closed);
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && close());
  addEventListener("message", (event) => {
    if (event.origin !== origin || !frame || event.source !== frame.contentWindow) return;
    if (event.data?.hala === "ready") closer.hidden = true; // the page in the frame has its own
    if (event.data?.hala === "close") close();
  });
  const stand = () => document.body.append(host);
  if (document.body) stand();
  else addEventListener("DOMContentLoaded", stand, { once: true });
})();

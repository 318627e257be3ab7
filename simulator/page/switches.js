// The faults: one control for each switch the server has, so that a new one appears by itself.

import { label } from "./labels.js";

async function set(name, value) {
  await fetch("/control", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ [name]: value }),
  });
}

function control(name, value) {
  const line = document.createElement("label");
  const input = document.createElement("input");
  const words = document.createElement("span");
  words.textContent = label(`switch.${name}`);
  const onOff = typeof value === "boolean";
  input.type = onOff ? "checkbox" : "number";
  if (onOff) input.checked = value;
  else { input.min = 0; input.value = value ?? ""; }
  input.addEventListener("change", () =>
    set(name, onOff ? input.checked : input.value === "" ? null : Number(input.value)));
  line.className = onOff ? "check" : "";
  line.append(...(onOff ? [input, words] : [words, input]));
  return line;
}

export async function drawSwitches(place) {
  const values = await (await fetch("/control")).json();
  place.replaceChildren(...Object.entries(values).map(([name, value]) => control(name, value)));
}

"use strict";
// Steps from change to change, and shows the versions side by side or in one column.
const changes = [...document.querySelectorAll("[data-change]")];
const at = document.getElementById("at"), view = document.getElementById("view");
let here = -1;
function go(step) {
  if (!changes.length) { at.textContent = "no change"; return; }
  here = here < 0 && step < 0 ? changes.length - 1 : (here + step + changes.length) % changes.length;
  changes[here].focus({preventScroll: true});
  changes[here].scrollIntoView({block: "center"});
  at.textContent = `change ${here + 1} of ${changes.length}`;
}
changes.forEach((row, number) => row.addEventListener("focusin", () => { here = number; }));
document.getElementById("next").addEventListener("click", () => go(1));
document.getElementById("before").addEventListener("click", () => go(-1));
view.addEventListener("click", () => {
  const one = document.body.classList.toggle("one");
  view.setAttribute("aria-pressed", String(one));
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) { return; }
  if (event.key === "n") { go(1); }
  if (event.key === "p") { go(-1); }
});
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));

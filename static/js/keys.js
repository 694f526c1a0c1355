// <details data-keys>: each <kbd data-key="j"> in it says what the key does. data-step walks the
// [data-row] links, data-focus goes to an element (and chooses it), data-press presses one; within
// the row that has the focus if it holds such an element. Never while somebody writes.
const WRITING =
  'textarea, select, [contenteditable], input:not([type="radio"], [type="checkbox"], [type="submit"])';

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.indexOf(document.activeElement?.closest("tr")?.querySelector("[data-row]"));
  rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
}

function find(selector) {
  const row = document.activeElement?.closest("tr");
  return row?.querySelector(selector) ?? (row ? null : document.querySelector(selector));
}

function act({ step: by, focus, press }) {
  if (by) return step(Number(by));
  const target = find(focus ?? press);
  if (press || target?.type === "radio") target?.click();
  if (focus) target?.focus();
}

document.addEventListener("keydown", (event) => {
  const { key, target, altKey, ctrlKey, metaKey, isComposing } = event;
  if (altKey || ctrlKey || metaKey || isComposing || target.closest?.(WRITING)) return;
  const found = [...document.querySelectorAll("[data-keys] [data-key]")].find(
    (kbd) => kbd.dataset.key === key.toLowerCase(),
  );
  if (!found) return;
  event.preventDefault();
  act(found.dataset);
});

// A plain script, not a module: it runs before the first paint, so a chosen theme never flashes.
(() => {
  const root = document.documentElement;
  let chosen = "";
  try {
    chosen = localStorage.getItem("theme") || "";
  } catch {
    // Storage may be switched off; the device's own scheme then holds.
  }
  const show = () => {
    if (chosen) root.dataset.theme = chosen;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-themes] button")) {
      button.setAttribute("aria-pressed", String(button.value === chosen));
    }
  };
  show();
  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll("[data-themes]")) {
      group.hidden = false;
      group.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        chosen = button.value;
        try {
          localStorage.setItem("theme", chosen);
        } catch {
          // The choice then lasts for this page.
        }
        show();
      });
    }
    show();
  });
})();

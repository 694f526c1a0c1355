// <form data-once>: a second press sends nothing; the button says what it waits for.
let waiting = [];

function hold(button) {
  const text = button.querySelector("span") ?? button;
  waiting.push({ button, text, label: text.textContent });
  text.textContent = button.dataset.waiting || "Sending";
  button.disabled = true;
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form) return;
  const button = event.submitter ?? form.querySelector('[type="submit"]');
  // After this turn: a disabled button would leave its own name and value out of the request.
  if (button) setTimeout(hold, 0, button);
});

function release() {
  for (const { button, text, label } of waiting) {
    text.textContent = label;
    button.disabled = false;
  }
  waiting = [];
}

// Back from the next page, the browser restores this one as it was left.
window.addEventListener("pageshow", release);
document.addEventListener("htmx:afterRequest", release);
document.addEventListener("upload:failed", release);

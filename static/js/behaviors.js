// Loads a module when the page (or a swapped-in part) first needs it. Addresses come from this
// script's own data attributes, because only the template knows the hashed file names.
const modules = { ...document.getElementById("behaviors").dataset };
const attribute = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function look() {
  for (const [name, address] of Object.entries(modules)) {
    if (document.querySelector(`[data-${attribute(name)}]:not(script)`)) {
      delete modules[name];
      import(address);
    }
  }
}

look();
document.addEventListener("htmx:afterSettle", look);
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/);
  if (token) event.detail.headers["X-CSRFToken"] = token[1];
});

// Loads a module when the page (or a swapped-in part) first holds its attribute: data-on-menu names
// the module of [data-menu]. Only the template knows the hashed file names.
const modules = new Map(
  [...document.getElementById("behaviors").attributes]
    .filter(({ name }) => name.startsWith("data-on-"))
    .map(({ name, value }) => [name.replace("on-", ""), value]),
);

function look() {
  for (const [attribute, address] of modules) {
    if (document.querySelector(`[${attribute}]`)) {
      modules.delete(attribute);
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

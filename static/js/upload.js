// [data-upload][data-max-bytes]: progress; the answer's page replaces this one, messages and all.
const size = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`;

function say(box, words) {
  box.hidden = false;
  box.querySelector("span").textContent = words;
}

function measure(input) {
  const most = Number(input.dataset.maxBytes);
  const large = most && input.files[0]?.size > most;
  input.setCustomValidity(large ? `The file is larger than ${size(most)}.` : "");
  if (large) input.reportValidity();
}

function show({ responseText, responseURL }) {
  const page = new DOMParser().parseFromString(responseText, "text/html");
  const main = page.querySelector("main");
  if (!main) return location.assign(responseURL);
  document.title = page.title;
  history.pushState(null, "", responseURL);
  document.querySelector("main").replaceWith(document.adoptNode(main));
  document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
  (main.querySelector("[autofocus]") ?? main).focus();
}

function send(form, submitter, box) {
  const request = new XMLHttpRequest();
  request.upload.onprogress = ({ loaded, total }) => {
    box.querySelector("progress").value = (100 * loaded) / total;
    say(box, loaded === total ? "Received; being stored" : `${size(loaded)} of ${size(total)}`);
  };
  request.onload = () => show(request);
  request.onerror = () => {
    say(box, "The connection broke. Send it again.");
    document.dispatchEvent(new Event("upload:failed"));
  };
  request.open("POST", form.getAttribute("action") || location.href);
  request.send(new FormData(form, submitter));
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-upload]")) measure(event.target);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.querySelector("[data-upload]")?.files.length) return;
  event.preventDefault();
  send(form, event.submitter, form.querySelector("[data-upload-state]"));
});
window.addEventListener("popstate", () => location.reload());

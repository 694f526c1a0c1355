// [data-upload][data-max-bytes]: progress; the answer's page replaces this one, messages and all.
// With [data-begin] the file goes up first, in pieces (pieces.js).
const size = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`;

async function sendPieces(file, input, box) {
  const pieces = await import(document.getElementById("behaviors").dataset.onBegin);
  return pieces.sendPieces(file, input, (words, share) => say(box, words, share));
}

function say(box, words, share) {
  box.hidden = false;
  box.querySelector("span").textContent = words;
  if (share !== undefined) box.querySelector("progress").value = share;
}

function measure(input) {
  const most = Number(input.dataset.maxBytes);
  const large = most && [...input.files].find((file) => file.size > most);
  const words = large ? `${large.name} is larger than ${size(most)}.` : "";
  input.setCustomValidity(words);
  if (large) input.reportValidity();
}

function show(text, address) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.querySelector("main");
  if (!main) return location.assign(address);
  document.title = page.title;
  history.pushState(null, "", address);
  document.querySelector("main").replaceWith(document.adoptNode(main));
  document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
  (main.querySelector("[autofocus]") ?? main).focus();
}

function failed(box, words) {
  say(box, words);
  document.dispatchEvent(new Event("upload:failed"));
}

function post(form, data, box) {
  const request = new XMLHttpRequest();
  request.upload.onprogress = ({ loaded, total }) =>
    say(box, loaded === total ? "Received; being stored" : `${size(loaded)} of ${size(total)}`, (100 * loaded) / total);
  request.onload = () => show(request.responseText, request.responseURL);
  request.onerror = () => failed(box, "The connection broke. Send it again.");
  request.open("POST", form.getAttribute("action") || location.href);
  request.send(data);
}

function lineFor(file, list) {
  const line = document.createElement("li");
  line.className = "upload";
  line.innerHTML = '<progress max="100" value="0"></progress><span role="status"></span>';
  line.querySelector("progress").setAttribute("aria-label", `Upload of ${file.name}`);
  list.hidden = false;
  list.append(line);
  return line;
}

async function sendSeveral(form, input, list) {
  list.replaceChildren();
  const lines = [...input.files].map((file) => [file, lineFor(file, list)]);
  let whole = true;
  for (const [file, line] of lines) {
    try {
      await sendPieces(file, input, line);
    } catch (error) {
      whole = false;
      say(line, `${file.name}: ${error.message}`);
    }
  }
  if (whole) location.assign(form.getAttribute("action") || location.href);
  else document.dispatchEvent(new Event("upload:failed"));
}

async function sendOne(form, input, box) {
  const data = new FormData(form);
  try {
    data.set("upload", await sendPieces(input.files[0], input, box));
    data.delete(input.name);
    post(form, data, box);
  } catch (error) {
    failed(box, error.message);
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-upload]")) measure(event.target);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  const input = form.querySelector("[data-upload]");
  if (!input?.files.length) return;
  event.preventDefault();
  const box = form.querySelector("[data-upload-state]");
  if (!input.checkValidity()) return failed(box, input.validationMessage);
  if (input.multiple) sendSeveral(form, input, form.querySelector("[data-upload-list]"));
  else if (input.dataset.begin) sendOne(form, input, box);
  else post(form, new FormData(form, event.submitter), box);
});
window.addEventListener("popstate", () => location.reload());

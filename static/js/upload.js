// [data-upload][data-max-bytes]: progress; the answer's page replaces this one, messages and all.
// With [data-begin] the file goes up first, in pieces: a line that drops costs one piece, and the
// same file chosen again goes on where it stopped. [data-drop] takes what is dropped on it.
const WAITS = [1, 2, 4, 8, 15];
const size = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`;
const pause = (seconds) =>
  new Promise((done) => {
    setTimeout(done, 1000 * seconds);
    addEventListener("online", done, { once: true });
  });

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

// The answer of the server; waits and asks again while the line is away or the server asks to wait.
async function ask(address, options, waiting) {
  for (let tries = 0; ; tries++) {
    try {
      const response = await fetch(address, options());
      const isTold = response.headers.get("Content-Type")?.startsWith("application/json");
      if (response.status < 429) {
        const lost = { sentence: "You are no longer signed in. Load this page again and go on." };
        return { ok: response.ok && isTold, told: isTold ? await response.json() : lost };
      }
      waiting(isTold ? (await response.json()).sentence : undefined);
    } catch {
      waiting("The line is away. It goes on by itself.");
    }
    await pause(WAITS[Math.min(tries, WAITS.length - 1)]);
  }
}

async function sendPieces(file, input, box) {
  const token = { "X-CSRFToken": input.form.elements.csrfmiddlewaretoken.value };
  const waiting = (words) => say(box, words ?? "The server is busy. It goes on by itself.");
  const body = new URLSearchParams({ name: file.name, size: file.size });
  const begin = () => ({ method: "POST", headers: token, body });
  let { ok, told } = await ask(input.dataset.begin, begin, waiting);
  if (!ok) throw new Error(told.sentence);
  const { address, piece, id } = told;
  while (told.received < file.size) {
    const at = told.received;
    say(box, `${file.name}: ${size(at)} of ${size(file.size)}`, (100 * at) / file.size);
    const headers = { ...token, "Upload-Offset": at, "Content-Type": "application/octet-stream" };
    const send = () => ({ method: "POST", headers, body: file.slice(at, at + piece) });
    const before = at;
    ({ ok, told } = await ask(address, send, waiting));
    if (!ok && !(told.received > before)) throw new Error(told.sentence);
  }
  say(box, `${file.name}: all of it has arrived`, 100);
  return id;
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
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.toggle("is-over", name === "dragover");
    if (name !== "drop") return;
    const input = zone.querySelector("[data-upload]");
    const files = new DataTransfer();
    const dropped = [...event.dataTransfer.files];
    for (const file of input.multiple ? dropped : dropped.slice(0, 1)) files.items.add(file);
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
window.addEventListener("popstate", () => location.reload());

// Sends a file in pieces: a line that drops costs one piece, and the same file chosen again goes on
// where it stopped. `say` is given each sentence, with the share in percent once there is one.
const WAITS = [1, 2, 4, 8, 15];
const pause = (seconds) =>
  new Promise((done) => {
    setTimeout(done, 1000 * seconds);
    addEventListener("online", done, { once: true });
  });

const size = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`;

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

export async function sendPieces(file, input, say) {
  const token = { "X-CSRFToken": input.form.elements.csrfmiddlewaretoken.value };
  const waiting = (words) => say(words ?? "The server is busy. It goes on by itself.");
  const body = new URLSearchParams({ name: file.name, size: file.size });
  const begin = () => ({ method: "POST", headers: token, body });
  let { ok, told } = await ask(input.dataset.begin, begin, waiting);
  if (!ok) throw new Error(told.sentence);
  const { address, piece, id } = told;
  while (told.received < file.size) {
    const at = told.received;
    say(`${file.name}: ${size(at)} of ${size(file.size)}`, (100 * at) / file.size);
    const headers = { ...token, "Upload-Offset": at, "Content-Type": "application/octet-stream" };
    const send = () => ({ method: "POST", headers, body: file.slice(at, at + piece) });
    const before = at;
    ({ ok, told } = await ask(address, send, waiting));
    if (!ok && !(told.received > before)) throw new Error(told.sentence);
  }
  say(`${file.name}: all of it has arrived`, 100);
  return id;
}

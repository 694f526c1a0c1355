// [data-check-in]: while the line is away, a check-in is kept here with its own time and told later.
const box = document.querySelector("[data-check-in]");
const form = box.querySelector("form");
const note = box.querySelector("[data-kept]");
const KEY = "check-ins";
const read = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const write = (kept) => localStorage.setItem(KEY, JSON.stringify(kept));
const token = () => document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/)?.[1] ?? "";
let busy = false;

async function tell({ url, day, at }) {
  const answer = await fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: { "X-CSRFToken": token(), Accept: "text/plain" },
    body: new URLSearchParams({ day, at }),
  });
  if (answer.status === 204) return "";
  if ([404, 409, 422].includes(answer.status)) return answer.status === 404 ? "" : answer.text();
  throw new Error(answer.status); // signed out, or the service is away: it stays here
}

function show(words) {
  if (words) note.textContent = words;
  note.hidden = false;
  if (form) form.hidden = true;
}

async function send() {
  if (busy || !read().length) return;
  busy = true;
  let refused = "";
  let told = false;
  try {
    for (const one of read()) {
      refused = (await tell(one)) || refused;
      write(read().filter(({ day }) => day !== one.day));
      told = true;
    }
  } catch {
    show();
  }
  busy = false;
  if (refused) show(refused);
  else if (told && !read().length) location.reload();
}

form?.addEventListener("submit", (event) => {
  const day = new FormData(form).get("day");
  const kept = read();
  event.preventDefault();
  if (!kept.some((one) => one.day === day)) {
    write([...kept, { url: box.dataset.checkIn, day, at: new Date().toISOString() }]);
  }
  form.querySelector("button").disabled = true;
  send();
});
window.addEventListener("online", send);
send();

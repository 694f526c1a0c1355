// <time datetime data-local data-zone="America/Chicago">: adds the reader's own clock where it
// differs. Signed-in readers get it from the server.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const words = { weekday: "short", day: "numeric", month: "short" };
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const write = (at, timeZone) =>
  `${new Intl.DateTimeFormat("en-GB", { ...words, timeZone }).format(at).replace(",", "")}, ` +
  new Intl.DateTimeFormat("en-GB", { ...clock, timeZone }).format(at);

function look() {
  for (const time of document.querySelectorAll("time[data-local]")) {
    delete time.dataset.local;
    const at = new Date(time.dateTime);
    const here = write(at, zone);
    if (here === write(at, time.dataset.zone || "UTC")) continue;
    const note = document.createElement("span");
    note.className = "muted";
    note.textContent = ` (${here} your time)`;
    time.after(note);
  }
}

look();
document.addEventListener("htmx:afterSettle", look);

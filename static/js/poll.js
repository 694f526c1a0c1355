// <div data-poll="/part" data-poll-seconds="20">: asks again while the page is looked at.
// 200 replaces the content, 204 changes nothing, 286 replaces it and ends the asking.
// With hx-get the element gets a "poll" event instead (hx-trigger="poll").
const LEAST_SECONDS = 2;

async function ask(part) {
  if (part.hasAttribute("hx-get")) {
    part.dispatchEvent(new CustomEvent("poll"));
    return true;
  }
  try {
    const answer = await fetch(part.dataset.poll, { headers: { "HX-Request": "true" } });
    if (answer.redirected) location.assign(answer.url);
    else if (answer.ok && answer.status !== 204) part.innerHTML = await answer.text();
    return answer.status !== 286;
  } catch {
    return true;
  }
}

function start(part) {
  if (part.dataset.polling) return;
  part.dataset.polling = "yes";
  const seconds = Math.max(Number(part.dataset.pollSeconds) || 30, LEAST_SECONDS);
  const tick = async () => {
    if (!part.isConnected) return;
    if (document.hidden || (await ask(part))) setTimeout(tick, seconds * 1000);
  };
  setTimeout(tick, seconds * 1000);
}

const look = () => document.querySelectorAll("[data-poll]").forEach(start);
look();
document.addEventListener("htmx:afterSettle", look);

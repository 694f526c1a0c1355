// <input type="hidden" data-time-zone>: the browser's zone, unless the form already carries one.
for (const input of document.querySelectorAll("input[data-time-zone]")) {
  input.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// <button data-copy="words">: puts the words on the clipboard and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = button.querySelector("span") ?? button;
  const label = text.textContent;
  text.setAttribute("role", "status");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    text.textContent = "Copied";
  } catch {
    text.textContent = "Select and copy it by hand";
  }
  setTimeout(() => {
    text.textContent = label;
  }, 3000);
});

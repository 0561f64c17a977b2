// The keyboard is the app's from the first moment, without a click in it first.
const ready = new MutationObserver(() => {
  if (document.body.classList.contains("-first-byte")) {
    ready.disconnect();
    document.querySelector("#terminal textarea")?.focus();
  }
});

window.addEventListener("load", () => ready.observe(document.body, { attributes: true, attributeFilter: ["class"] }));

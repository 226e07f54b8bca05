// What a browser says when a passkey does not work is said on the page, in words (allauth only writes it to the console).
const SENTENCES = {
  NotAllowedError: "No passkey was used. You may have cancelled, it may have taken too long, or this device has no passkey for this site. Try again, or choose another way.",
  InvalidStateError: "This device already has a passkey for your account. Use that one.",
  SecurityError: "Your browser does not allow passkeys at this address. Choose another way.",
};
const OTHERWISE = "The passkey did not work. Try again, or choose another way.";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const { exception } = event.detail;
  const summary = document.getElementById("passkey-problem").content.firstElementChild.cloneNode(true);
  summary.querySelector("li").textContent = SENTENCES[exception && exception.name] || OTHERWISE;
  document.querySelectorAll(".govuk-error-summary").forEach((old) => old.remove());
  document.getElementById("content").prepend(summary);
  summary.focus();
});

import { initAll } from "../vendor/govuk-frontend/govuk-frontend.min.js";

initAll();

// A form is sent once, however often its button is pressed. Coming back to the page frees it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 10000);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// Registers that are open in other tabs forget their names.
document.querySelectorAll(".site-header__out").forEach((form) => form.addEventListener("submit", () => {
  try { localStorage.setItem("signed-out", String(Date.now())); } catch { /* a browser without storage */ }
}));

// Progress of work in the background: asks every second, then every five, until it is finished.
async function follow(job) {
  const label = job.querySelector(".job__label");
  const bar = job.querySelector("progress");
  for (let asked = 0; asked < 1000; asked += 1) {
    try {
      const answer = await fetch(job.dataset.job, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const state = await answer.json();
        label.textContent = state.label;
        bar.max = state.total || 1;
        bar.value = state.done || 0;
        if (state.finished || state.failed) {
          job.classList.add(state.failed ? "job--failed" : "job--finished");
          if (state.next && !state.failed) window.location.assign(state.next);
          return;
        }
      }
    } catch {
      label.textContent = "We cannot reach the site at the moment. We will keep trying.";
    }
    await new Promise((wake) => setTimeout(wake, asked < 30 ? 1000 : 5000));
  }
}
document.querySelectorAll("[data-job]").forEach(follow);

// “Print this page”, only where it works.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// An address that is to be copied is marked as a whole when somebody comes to it.
document.querySelectorAll("[data-select]").forEach((box) => box.addEventListener("focus", () => box.select()));

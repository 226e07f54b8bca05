// What is typed into a statement is also kept in this browser until it is saved. If the session ends in between, or
// the connection fails, the text is offered back on the next visit. Copies go when saved, when signing out, or after a week.
const PREFIX = "draft:";
const WEEK = 7 * 24 * 3600 * 1000;

function each(visit) {
  for (let i = localStorage.length - 1; i >= 0; i -= 1) {
    const key = localStorage.key(i);
    if (key && key.startsWith(PREFIX)) visit(key);
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

const same = (a, b) => a.replace(/\r\n/g, "\n").trim() === b.replace(/\r\n/g, "\n").trim();

function offer(area, kept) {
  const box = document.createElement("div");
  box.className = "kept-draft";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Text that was not saved");
  const words = document.createElement("p");
  words.textContent = "You typed this here earlier, but it was not saved:";
  const text = document.createElement("div");
  text.className = "kept-draft__text";
  text.tabIndex = 0;
  text.textContent = kept.text;
  const back = document.createElement("button");
  back.type = "button";
  back.className = "govuk-button govuk-!-margin-bottom-0 govuk-!-margin-right-2";
  back.textContent = "Put it back";
  const away = document.createElement("button");
  away.type = "button";
  away.className = "link-button";
  away.textContent = "Discard it";
  back.addEventListener("click", () => {
    area.value = kept.text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.dispatchEvent(new Event("keyup", { bubbles: true }));
    box.remove();
    area.focus();
  });
  away.addEventListener("click", () => {
    localStorage.removeItem(PREFIX + area.dataset.draft);
    box.remove();
    area.focus();
  });
  box.append(words, text, back, away);
  area.closest(".govuk-form-group").before(box);
}

function watch(area) {
  const key = area.dataset.draft;
  const kept = read(key);
  if (kept && kept.text.trim() && !same(kept.text, area.value)) offer(area, kept);
  else if (!document.querySelector(".govuk-error-summary")) localStorage.removeItem(PREFIX + key);
  area.addEventListener("input", () => {
    localStorage.setItem(PREFIX + key, JSON.stringify({ text: area.value, at: Date.now() }));
  });
}

try {
  const saved = new URLSearchParams(window.location.search).get("saved");
  if (saved) {
    localStorage.removeItem(PREFIX + saved);
    window.history.replaceState(null, "", window.location.pathname);
  }
  each((key) => {
    const kept = read(key.slice(PREFIX.length));
    if (!kept || Date.now() - kept.at > WEEK) localStorage.removeItem(key);
  });
  document.querySelectorAll("textarea[data-draft]").forEach(watch);
  document.querySelectorAll(".site-header__out").forEach((form) => {
    form.addEventListener("submit", () => each((key) => localStorage.removeItem(key)));
  });
} catch {
  // A browser without storage: the page works as before.
}

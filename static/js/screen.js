// The code on the screen changes each minute, and the number of those who are here more often. Without this script: load the page again.
const screen = document.querySelector("[data-screen]");

async function look() {
  let wait = 5;
  try {
    const answer = await fetch(screen.dataset.screen, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) {
      const now = await answer.json();
      if (!now.code) { window.location.reload(); return; }
      screen.querySelector("[data-screen-code]").textContent = now.code;
      screen.querySelector("[data-screen-picture]").src = now.picture;
      screen.querySelector("[data-screen-count]").textContent = now.here;
      wait = Math.min(10, now.left);
    }
  } catch {
    // No signal: asked again soon.
  }
  setTimeout(look, wait * 1000 + 100);
}

if (screen) setTimeout(look, Math.min(10, Number(screen.dataset.left)) * 1000 + 100);

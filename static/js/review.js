// Scoring saves each field as it changes; the ranking counts what is ticked. Without this script both forms work as forms.
const saver = (form) => {
  const state = form.querySelector("[data-save-state]");
  const waiting = new Map();
  let timer = 0;
  let running = Promise.resolve();
  const say = (words) => { if (state) state.textContent = words; };
  const send = async () => {
    if (!waiting.size) return;
    const body = new FormData();
    const seen = form.querySelector("[name=seen-before]");
    body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    if (seen) body.set(seen.name, seen.value);
    const sent = new Map(waiting);
    waiting.clear();
    sent.forEach((value, name) => body.set(name, value));
    say("Saving…");
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, keepalive: true });
      if (answer.ok) {
        const saved = await answer.json();
        if (seen && saved.seen) seen.value = saved.seen; // the page knows what it has saved itself
        say("Saved.");
        return;
      }
      const told = answer.status === 409 ? await answer.json() : { message: "This could not be saved. Please reload the page." };
      say(told.message);
    } catch {
      sent.forEach((value, name) => { if (!waiting.has(name)) waiting.set(name, value); });
      say("You seem to be offline. What you type is kept here, and will be saved as soon as possible.");
      clearTimeout(timer);
      timer = setTimeout(flush, 5000);
    }
  };
  const flush = () => { clearTimeout(timer); running = running.then(send); return running; };
  form.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.name || field.name === "csrfmiddlewaretoken") return;
    waiting.set(field.name, field.value);
    clearTimeout(timer);
    timer = setTimeout(flush, field.type === "radio" ? 0 : 800);
  });
  form.addEventListener("change", flush);
  window.addEventListener("pagehide", flush);
};

const ticker = (form) => {
  const boxes = [...form.querySelectorAll("input[name=application]")];
  const all = form.querySelector("[data-tick-all]");
  const words = form.querySelector("[data-tick-count]");
  const count = () => { if (words) words.textContent = `${boxes.filter((box) => box.checked).length} selected`; };
  all?.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); count(); });
  form.addEventListener("change", count);
  count();
};

document.querySelectorAll("[data-autosave]").forEach(saver);
document.querySelectorAll("[data-ticks]").forEach(ticker);

// The register saves at each tap. Without a signal the marks wait in this browser, as numbers without names, and are sent when it is back.
// Without this script the form works as a form.
(() => {
  "use strict";

  const form = document.querySelector("[data-register]");
  if (!form) return;
  const QUEUE = `register:${form.dataset.user}`;
  const DEVICE = "register-device";
  const SIGNED_OUT = "signed-out";
  const PART = 200; // as many are sent at once
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const people = [...form.querySelectorAll("[data-enrolment]")];
  const state = form.querySelector("[data-register-state]");
  let memory = []; // where the browser keeps nothing
  let running = null;
  let timer = 0;
  let clock = 0;

  const uuid = () =>
    crypto.randomUUID?.() ||
    "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  const kept = (read, otherwise) => { try { return read(); } catch { return otherwise; } };
  const queue = () => kept(() => JSON.parse(localStorage.getItem(QUEUE) || "[]"), null) || memory;
  const store = (taps) => {
    memory = taps;
    kept(() => (taps.length ? localStorage.setItem(QUEUE, JSON.stringify(taps)) : localStorage.removeItem(QUEUE)));
  };
  const device = kept(() => {
    if (!localStorage.getItem(DEVICE)) localStorage.setItem(DEVICE, uuid());
    return localStorage.getItem(DEVICE);
  }, null) || uuid();

  const say = (words) => { state.hidden = !words; state.textContent = words; };
  const counted = (number) => (number === 1 ? "1 mark" : `${number} marks`);

  // A moment for each tap, and no two alike: the order of one device.
  const moment = () => { clock = Math.max(Date.now(), clock + 1); return new Date(clock).toISOString(); };

  const choose = (person, said) => {
    const box = person.querySelector(`input[value="${said}"]`);
    if (box) box.checked = true;
  };

  const tap = (person, said) => {
    const made = { to: form.dataset.register, key: uuid(), enrolment: Number(person.dataset.enrolment), said, at: moment(), saw: person.dataset.key };
    person.dataset.key = made.key;
    person.dataset.said = said;
    store([...queue(), made]);
  };

  const count = () => {
    const left = people.filter((person) => !person.dataset.said).length;
    const words = form.querySelector("[data-register-count]");
    if (words) words.textContent = left ? `${left} of ${people.length} still to mark.` : "Everybody has been marked. You can still make corrections.";
    const all = form.querySelector(".su-register__all");
    if (all) all.hidden = !left;
  };

  // How the register stands on the server, but for those who were tapped here since.
  const show = (told) => {
    const waiting = new Set(queue().map((one) => one.enrolment));
    for (const person of people) {
      const line = told.lines[person.dataset.enrolment];
      const refused = person.querySelector("[data-register-refused]");
      if (person.dataset.enrolment in told.refused) {
        refused.textContent = told.refused[person.dataset.enrolment];
        refused.hidden = false;
      }
      if (!line || waiting.has(Number(person.dataset.enrolment))) continue;
      person.dataset.key = line.key;
      person.dataset.said = line.said;
      if (line.said) choose(person, line.said);
      else if (person.dataset.enrolment in told.refused) person.querySelectorAll("input:checked").forEach((box) => { box.checked = false; });
      const was = form.querySelector(`[name="was-${person.dataset.enrolment}"]`);
      if (was) was.value = line.said;
      if (line.differs && !person.querySelector(".su-register__differs")) {
        refused.textContent = "Another device says something else. Load the page again to settle it.";
        refused.hidden = false;
      }
    }
    const seen = form.querySelector("[name=seen-before]");
    if (seen) seen.value = told.seen;
    count();
  };

  const post = (to, taps) =>
    fetch(to, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, "X-Requested-With": "fetch" },
      body: JSON.stringify({ device, taps: taps.map(({ key, enrolment, said, at, saw }) => ({ key, enrolment, said, at, saw })) }),
      keepalive: taps.length < 50,
      redirect: "manual",
    });

  const send = async () => {
    let waiting = queue();
    while (waiting.length) {
      const { to } = waiting[0]; // those of another register too, that was left without a signal
      const taps = waiting.filter((one) => one.to === to).slice(0, PART);
      say(`Saving ${counted(waiting.length)}…`);
      let answer;
      try {
        answer = await post(to, taps);
      } catch {
        say(`No signal. ${counted(waiting.length)} kept on this device, and sent when it is back. You can go on.`);
        return again();
      }
      if (answer.status === 404 || answer.status === 400) {
        store(queue().filter((one) => one.to !== to));
        say("Some marks could not be saved: that register is not yours any more. Load the page again.");
      } else if (!answer.ok) {
        say(`${counted(waiting.length)} kept on this device, not saved yet. Sign in again in another tab, or load the page again.`);
        return again();
      } else {
        const told = await answer.json();
        const received = new Set(told.received);
        store(queue().filter((one) => !received.has(one.key)));
        if (to === form.dataset.register) show(told);
        say("Saved.");
      }
      waiting = queue();
    }
  };

  const again = () => { clearTimeout(timer); timer = setTimeout(flush, 5000); };

  function flush() {
    running = (running || Promise.resolve()).then(() =>
      // One tab at a time: two would send the same, which is received once, but shown twice.
      navigator.locks ? navigator.locks.request(QUEUE, send) : send());
    return running;
  }

  // A click rather than a change: “excused” that is proposed is saved by a tap on it.
  form.addEventListener("click", (event) => {
    const person = event.target.closest("[data-enrolment]");
    if (!person || event.target.type !== "radio" || person.dataset.said === event.target.value) return;
    person.querySelector("[data-register-refused]").hidden = true;
    tap(person, event.target.value);
    count();
    flush();
  });

  form.querySelector("[data-register-all]")?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const person of people.filter((one) => !one.dataset.said)) {
      const said = person.querySelector("input:checked")?.value || "present"; // whoever cannot come is excused
      choose(person, said);
      tap(person, said);
    }
    count();
    flush();
  });

  // What is sent with the button is what was tapped: nothing is on its way beside it.
  form.addEventListener("submit", (event) => {
    if (!queue().length || event.submitter?.name === "settle") return;
    event.preventDefault();
    flush().then(() => { if (!queue().length) form.requestSubmit(); });
  });

  const blank = () => {
    const page = form.closest(".su-register");
    page.replaceChildren(Object.assign(document.createElement("p"), { textContent: "You have signed out, so the names are gone from this page." }));
  };
  window.addEventListener("storage", (event) => { if (event.key === SIGNED_OUT && event.newValue) blank(); });
  // Whoever signs out here leaves nothing behind that was not sent.
  document.querySelector("#logout-form")?.addEventListener("submit", (event) => {
    if (!queue().length) return;
    event.preventDefault();
    flush().then(() => { localStorage.setItem(SIGNED_OUT, String(Date.now())); event.target.submit(); });
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && queue().length) flush(); });
  // Somebody may have left a register without a signal and come back to it.
  for (const made of queue()) {
    const person = made.to === form.dataset.register && people.find((one) => Number(one.dataset.enrolment) === made.enrolment);
    if (person) { person.dataset.key = made.key; person.dataset.said = made.said; choose(person, made.said); }
  }
  count();
  flush();
})();

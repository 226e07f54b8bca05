// The email as it will look follows what is typed in the form above it (steppingup/desk/texts.py).
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.querySelector("[data-text-preview]");
  const form = document.getElementById("messagetemplate_form");
  if (!panel || !form || !form.elements.body) return;
  const names = ["subject", "body", "button_label"];
  let waiting;
  let latest = 0;

  async function show() {
    latest += 1;
    const mine = latest;
    const words = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
    const answer = await fetch(panel.dataset.textPreview, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      body: JSON.stringify(words),
    });
    if (!answer.ok || mine !== latest) return;
    const shown = await answer.json();
    panel.querySelector("[data-subject]").textContent = shown.subject;
    panel.querySelector("iframe").srcdoc = shown.html;
    panel.querySelector("[data-problems]").replaceChildren(
      ...shown.problems.map((sentence) => {
        const item = document.createElement("li");
        item.textContent = sentence;
        return item;
      }),
    );
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 400);
  });
});

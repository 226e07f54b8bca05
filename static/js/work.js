// Shows of the part about work what the way of working needs that is chosen. Nothing that was typed is cleared, and the
// server takes of it what is asked.
const said = document.querySelector("[data-shown-for]");
const form = said && document.querySelector("form[data-application]");

if (form) {
  const shownFor = JSON.parse(said.dataset.shownFor);
  const others = new Set(Object.values(shownFor).flat().concat("which"));

  const show = () => {
    const chosen = form.querySelector("input[name=standing]:checked");
    const asked = chosen ? shownFor[chosen.value] : ["standing", "job_title", "grade"];
    for (const name of others) {
      const field = form.querySelector(`[name="${name}"]`);
      const group = field && field.closest(".govuk-form-group");
      // The question which organisation is meant goes with its name.
      const wanted = asked.includes(name === "which" ? "employer_name" : name);
      if (group && name !== "standing") group.hidden = !wanted;
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "standing") show();
  });
  show();
}

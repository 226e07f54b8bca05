/* What Unfold's markup lacks for a keyboard and a screen reader. Loaded in the head, before Unfold's own scripts start. */
(() => {
  "use strict";

  const SCROLLS = [
    ["#nav-sidebar-apps", "Admin pages"],
    [".formset-wrapper", "Rows"],
    ["#changelist-filter [data-simplebar]", "Filters"],
    ["#changelist-form [data-simplebar]", "List"],
  ];

  /* Simplebar makes each of them a region, all with the same name unless it is told another. */
  function nameScrollingParts() {
    for (const [selector, name] of SCROLLS) {
      document.querySelectorAll(selector).forEach((part, number) => {
        if (!part.hasAttribute("data-simplebar")) return;
        const heading = part.closest("fieldset")?.querySelector("h2, h3")?.textContent.trim();
        part.dataset.simplebarAriaLabel = heading || (number ? `${name} ${number + 1}` : name);
      });
    }
  }

  /* The heading of the column, or of the filter, is the name of a field that has no label of its own. */
  function nameFields(root) {
    for (const cell of root.querySelectorAll("td[data-label]")) {
      for (const field of cell.querySelectorAll("input:not([type=hidden]), select, textarea")) {
        if (!field.labels?.length && !field.getAttribute("aria-label")) field.setAttribute("aria-label", cell.dataset.label);
      }
    }
  }

  /* A select with a search box (Select2): what is shown instead of it gets its name. */
  function nameSelect(container) {
    const select = container.previousElementSibling;
    if (!select?.matches("select")) return;
    const group = select.closest("#changelist-filter div:has(> h3)")?.querySelector("h3");
    const name = (select.labels?.[0] || group)?.textContent.replace("*", "").trim() || select.getAttribute("aria-label");
    for (const part of container.querySelectorAll(".select2-selection, .select2-selection__rendered")) {
      if (name) part.setAttribute("aria-label", name);
    }
  }

  function watchSelects() {
    document.querySelectorAll(".select2-container").forEach(nameSelect);
    new MutationObserver((changes) => {
      for (const node of changes.flatMap((change) => [...change.addedNodes])) {
        if (node.nodeType === 1 && node.matches(".select2-container")) nameSelect(node);
      }
    }).observe(document.body, { childList: true, subtree: true });
  }

  function mendHeadings() {
    for (const heading of document.querySelectorAll("#changelist-filter h3")) {
      heading.setAttribute("role", "heading");
      heading.setAttribute("aria-level", "2");
    }
    for (const empty of document.querySelectorAll("table.formset thead th:not(:has(*))")) {
      if (!empty.textContent.trim()) empty.innerHTML = '<span class="su-hidden">Remove</span>';
    }
    for (const tip of document.querySelectorAll(".help-tooltip[aria-label]")) tip.setAttribute("role", "img");
  }

  /* Things to click that are neither links nor buttons: a keyboard reaches them and works them. */
  const NAMES = { dock_to_right: "Show or hide the menu", close: "Close", search: "Search", unfold_more: "Your account" };
  const CLICKS = "a:not([href]), span, div:not([id$='-close'])";
  function isFalseButton(part) {
    return part.hasAttribute("x-on:click") && part.matches(CLICKS) && !part.querySelector("a[href], button, input");
  }

  function isIconOnly(part) {
    if (part.matches(".material-symbols-outlined")) return true;
    const icons = [...part.querySelectorAll(".material-symbols-outlined")].map((icon) => icon.textContent.trim());
    return icons.length > 0 && part.textContent.trim() === icons.join("");
  }

  function makeButtons(root) {
    for (const part of root.querySelectorAll("*")) {
      if (!isFalseButton(part) || part.hasAttribute("role")) continue;
      part.setAttribute("role", "button");
      part.tabIndex = 0;
      part.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        part.click();
      });
    }
    for (const part of root.querySelectorAll("a, button, [role=button]")) {
      if (!part.getAttribute("aria-label") && isIconOnly(part)) {
        part.setAttribute("aria-label", part.title || NAMES[part.textContent.trim()] || "More");
      }
    }
    for (const icon of root.querySelectorAll(".material-symbols-outlined:not([x-on\\:click])")) {
      icon.setAttribute("aria-hidden", "true");
    }
  }

  /* On a telephone the heading of its column stands beside each value; Unfold writes some of them small. */
  function raiseLabels() {
    for (const cell of document.querySelectorAll("[data-label]")) {
      cell.dataset.label = cell.dataset.label.charAt(0).toUpperCase() + cell.dataset.label.slice(1);
    }
  }

  /* A button that is pressed twice sends once. After a few seconds it may be pressed again. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    else {
      form.dataset.sent = "yes";
      window.setTimeout(() => delete form.dataset.sent, 5000);
    }
  });

  /* A day is typed, or chosen in the browser's own calendar beside the box. */
  const MONTHS = "January February March April May June July August September October November December".split(" ");

  function addCalendar(box) {
    const picker = document.createElement("input");
    Object.assign(picker, { type: "date", className: "su-calendar", title: "Choose from a calendar" });
    picker.setAttribute("aria-label", "Calendar");
    picker.addEventListener("change", () => {
      const [year, month, day] = picker.value.split("-").map(Number);
      if (!day) return;
      box.value = `${day} ${MONTHS[month - 1]} ${year}`;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
    const row = document.createElement("div");
    row.className = "su-day";
    box.replaceWith(row);
    row.append(box, picker);
  }

  /* What takes longer comes after the page. Where it does not come, the link that stands there leads to it. */
  async function fetchPart(part) {
    part.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(part.dataset.part, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && !answer.redirected) part.innerHTML = await answer.text();
    } catch { /* no connection */ }
    part.removeAttribute("aria-busy");
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-part]").forEach(fetchPart);
    document.querySelectorAll("input[data-day]").forEach(addCalendar);
    nameScrollingParts();
    raiseLabels();
    mendHeadings();
    makeButtons(document);
    watchSelects();
  });
  window.addEventListener("load", () => nameFields(document));
  document.addEventListener("formset:added", (event) => window.setTimeout(() => nameFields(event.target)));

  /* “/” leads to the search, wherever nobody is typing and the page has no list of its own to search; Enter in the switcher goes to the first cohort that is left. */
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !document.getElementById("searchbar") && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-search]");
      if (search?.offsetParent) { event.preventDefault(); search.focus(); }
    }
    const first = event.key === "Enter" && event.target.id === "su-switch" && document.querySelector("#su-cohorts li:not([hidden]) button");
    if (first) { event.preventDefault(); first.click(); }
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "su-switch") return;
    const words = event.target.value.toLowerCase().split(/\s+/);
    for (const one of document.querySelectorAll("#su-cohorts li")) one.hidden = !words.every((word) => one.textContent.toLowerCase().includes(word));
  });

  /* A slider says where it stands. */
  document.addEventListener("input", (event) => {
    const told = event.target.type === "range" && event.target.parentElement.querySelector("output");
    if (told) told.value = event.target.value;
  });

  /* Registers that are open in other tabs forget their names. */
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "logout-form") return;
    try { localStorage.setItem("signed-out", String(Date.now())); } catch { /* a browser without storage */ }
  });
})();

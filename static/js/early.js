// Before the page is drawn: says that scripts run, so that menus are folded from the start.
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
}

"""The admin itself."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite

from steppingup.desk import menu, saved, searching


class DeskSite(UnfoldAdminSite):
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Worked out only where a page shows it. Django does so for every page, asking each model what one may do with it
        and where its pages are; our sidebar has entries of its own."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def get_urls(self) -> list[Any]:
        return [
            path("set-up/", self.admin_view(self.set_up), name="set_up"),
            path("views/", self.admin_view(partial(saved.save, self)), name="save_view"),
            path("columns/", self.admin_view(partial(saved.choose_columns, self)), name="choose_columns"),
            path("views/<int:pk>/remove/", self.admin_view(partial(saved.remove, self)), name="remove_view"),
            *super().get_urls(),
        ]

    def set_up(self, request: HttpRequest) -> TemplateResponse:
        """Everything that this person may open, in the groups of a year's work."""
        shown = {**self.each_context(request), "title": "All pages", "groups": menu.pages_of(request.user)}
        return TemplateResponse(request, "admin/set_up.html", shown)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What this person may see by a name, reference or number; straight on to it, where that is the code of one thing.
        Unfold's own keeps what it found for minutes, whatever somebody may see by then, and finds no more than our lists."""
        text = request.GET.get("s", "")
        groups = searching.find(self, request, text)
        exact = [one.url for _, found in groups for one in found if one.is_it]
        if len(exact) == 1:
            return HttpResponseRedirect(exact[0])
        shown = {**self.each_context(request), "title": "Search", "text": text.strip(), "groups": groups}
        return TemplateResponse(request, "admin/search.html", shown)

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Ours as it is: Unfold would copy it, and look in each entry for what ours do not have."""
        return menu.sidebar(request)

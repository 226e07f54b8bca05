"""The admin itself."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite

from steppingup.desk import menu


class DeskSite(UnfoldAdminSite):
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Worked out only where a page shows it. Django does so for every page, asking each model what one may do with it
        and where its pages are; our sidebar has entries of its own."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Ours as it is: Unfold would copy it, and look in each entry for what ours do not have."""
        return menu.sidebar(request)

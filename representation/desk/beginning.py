"""Where figures of a workforce begin: the lists of files, of snapshots and of grids each lead to the page on which a table is read in (R9)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from representation.permissions import RepresentationPermission
from steppingup.desk.stepping import SteppedAdmin

READ = "admin:representation_countfile_read"


class ReadsInFigures(SteppedAdmin):
    """A list with “Read in figures of a workforce” above it, for whoever may."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may = self.allows(request, RepresentationPermission.KEEP_PLAN)
        tools = [("Read in figures of a workforce", reverse(READ))] if may else []
        return super().changelist_view(request, {**(extra_context or {}), "tools": tools})

"""The pages of a cohort as each person will see them, for whoever sets it up."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse

from applications import rehearsal
from cohorts.desk.filters import cohort_or_404
from cohorts.permissions import CohortPermission
from steppingup.desk.admin import ScopedAdmin, own_page
from steppingup.history.lifecycle import NotPossible

#: Links and forms on a page that is only shown lead nowhere.
STILL = '<head><base target="_blank">'


class Rehearses(ScopedAdmin):
    """The page on which somebody looks at all the others."""

    @own_page("rehearsal/<int:cohort>/", "rehearsal")
    def rehearsal_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        """Which pages there are, and the one that was asked for. It is asked for by a button: what made-up people do for it
        is written, and undone."""
        found = cohort_or_404(request, cohort, CohortPermission.EDIT_PROGRAMMES)
        pages = rehearsal.pages_of(found)
        wanted = next((one for one in pages if one.key == request.POST.get("page")), None)
        html = refused = ""
        if wanted is not None:
            try:
                html = rehearsal.page_of(request, found, wanted.key).replace("<head>", STILL, 1)
            except NotPossible as sentence:
                refused = str(sentence)
        return self.page(
            request,
            "admin/applications/rehearsal.html",
            title="As people will see it",
            workspace_of=found,
            by_person=[(who, list(own)) for who, own in groupby(pages, key=lambda page: page.who)],
            wanted=wanted,
            html=html,
            refused=refused,
            on_phone=request.POST.get("width") == "phone",
            trail_to=[(str(found), "")],
        )

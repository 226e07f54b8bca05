"""The page of one session, for whoever is due at it: when, where, what to bring, what to read."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cohorts.models import Enrolment, Session, SessionPaper
from cohorts.pages.participant import own_enrolment, trail_from
from cohorts.progress.dates import date_of
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.files.serving import serve
from steppingup.site.sections import one_page

PAGE = "session"


def _own(user: User, pk: int, session: int) -> tuple[Enrolment, Session]:
    """Raises Http404 for a session that is not theirs."""
    enrolment = own_enrolment(user, pk)
    found = Session.objects.for_enrolment(enrolment).for_steps().filter(pk=session).first()
    if found is None:
        raise Http404
    return enrolment, found


@require_safe
@login_required
@one_page()
def session(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    enrolment, found = _own(request.user, pk, session)
    context: dict[str, Any] = {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from("calendar", enrolment),
        "session": found,
        "date": date_of(found, enrolment),
        "papers": list(SessionPaper.objects.shown_at(found).select_related("file")),
        "page": PAGE,
    }
    return render(request, "cohorts/session.html", context)


@require_safe
@login_required
def paper(request: SignedInRequest, pk: int, session: int, paper: int) -> FileResponse:
    _, found = _own(request.user, pk, session)
    shown = get_object_or_404(SessionPaper.objects.shown_at(found).select_related("file"), pk=paper)
    if shown.file is None:
        raise Http404
    return serve(shown.file)

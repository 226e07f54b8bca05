"""“I cannot come”, and that I can after all: one tap each, on the page of the calendar."""

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cohorts.actions import apologies
from cohorts.pages.participant import own_enrolment
from steppingup.accounts.requests import SignedInRequest
from steppingup.history.lifecycle import NotPossible


def _answer(request: SignedInRequest, pk: int, session: int, action: object, done: str) -> HttpResponse:
    enrolment = own_enrolment(request.user, pk)
    found = apologies.theirs(enrolment).filter(pk=session).first()
    if found is None:
        raise Http404
    try:
        action(enrolment=enrolment, session=found, by=request.user)  # type: ignore[operator]
    except NotPossible as sentence:
        notices.error(request, str(sentence))
    else:
        notices.success(request, done.format(session=found))
    return redirect("cohorts:calendar", pk)


@require_POST
@login_required
def cannot_come(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    done = "Thank you for saying that you cannot come to “{session}”. You will be excused. If you can come after all, say so below."
    return _answer(request, pk, session, apologies.cannot_come, done)


@require_POST
@login_required
def can_come(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    return _answer(request, pk, session, apologies.can_come, "Good: you are expected at “{session}”.")

"""Recording and removing a session: the same pages for both of a pair, each fetched through the person."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from mentoring.actions import sessions
from mentoring.forms import SessionForm
from mentoring.models import Pair
from mentoring.words import duration
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats.english import day_date
from steppingup.history.lifecycle import NotPossible


def record_page(request: SignedInRequest, pair: Pair, back_url: str, other: str) -> HttpResponse:
    """The form; a second session on one day is asked about before it is recorded."""
    asked = request.method == "POST" and "ask" in request.POST
    form = SessionForm(request.POST if request.method == "POST" else None, pair=pair, ask_if_another=asked)
    warning = ""
    if request.method == "POST" and form.is_valid():
        try:
            session = sessions.record(pair=pair, by=request.user, **form.cleaned_data)
        except sessions.SameDay as sentence:
            warning, asked = str(sentence), True
            form = SessionForm(pair=pair, ask_if_another=True, initial=form.cleaned_data)
        except NotPossible as sentence:
            form.add_error(None, str(sentence))
        else:
            notices.success(request, f"Recorded: {day_date(session.on)}, {duration(session.minutes)}.")
            return redirect(back_url)
    context = {
        "form": form,
        "pair": pair,
        "other": other,
        "warning": warning,
        "asked": asked,
        "back_url": back_url,
        "provider": pair.enrolment.cohort.programme.provider,
    }
    return render(request, "mentoring/session.html", context)


def remove_page(request: SignedInRequest, pair: Pair, pk: int, back_url: str) -> HttpResponse:
    """Ask, then take the session back."""
    session = get_object_or_404(pair.sessions.all(), pk=pk)
    session.pair = pair
    words = f"{day_date(session.on)}, {duration(session.minutes)}, {session.get_mode_display().lower()}"
    if session.removed_at:  # by the other of the two, or by a second click
        notices.success(request, f"Removed: {words}.")
        return redirect(back_url)
    if request.method == "POST":
        try:
            sessions.remove(session=session, by=request.user)
        except NotPossible as sentence:
            notices.error(request, str(sentence))
        else:
            notices.success(request, f"Removed: {words}.")
        return redirect(back_url)
    context = {
        "heading": "Remove this session?",
        "text": f"{words}. It will not count towards the days any more.",
        "told": [],
        "button": "Remove the session",
        "is_warning": True,
        "back_url": back_url,
        "provider": pair.enrolment.cohort.programme.provider,
    }
    return render(request, "confirm.html", context)

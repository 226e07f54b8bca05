"""Recording and removing a session: the same pages for both of a pair, each fetched through the person."""

from typing import Any

from django.contrib import messages as notices
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from cohorts.actions.days import DayFull
from mentoring.actions import sessions
from mentoring.forms import SessionForm
from mentoring.minutes import duration
from mentoring.models import MentoringSession, Pair
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats.english import day_date
from steppingup.history.lifecycle import NotPossible
from steppingup.site.stepping import SignedInStepView


def record_page(request: SignedInRequest, pair: Pair, back_url: str, other: str) -> HttpResponse:
    """The form; a second session on one day, and one on a day that is full, are asked about before they are recorded."""
    asked = request.POST.getlist("ask")
    form = SessionForm(request.POST if request.method == "POST" else None, subject=pair, ask=asked)
    warning = ""
    if request.method == "POST" and form.is_valid():
        try:
            session = sessions.record(pair=pair, by=request.user, **form.cleaned_data)
        except (sessions.SameDay, DayFull) as sentence:
            warning, asked = str(sentence), [*asked, sentence.field]
            form = SessionForm(subject=pair, ask=asked, initial=form.cleaned_data)
        except NotPossible as sentence:
            form.add_error(sentence.field if sentence.field in form.fields else None, str(sentence))
        else:
            notices.success(request, f"Recorded: {day_date(session.on)}, {duration(session.minutes)}.")
            return redirect(back_url)
    context = {
        "form": form,
        "pair": pair,
        "other": other,
        "warning": warning,
        "asked": asked,
        "was_asked": request.POST.getlist("ask"),
        "back_url": back_url,
        "provider": pair.enrolment.cohort.programme.provider,
    }
    return render(request, "mentoring/session.html", context)


class Remove(SignedInStepView):
    """Take a session back. `pairs` are those through which this person may."""

    step = sessions.remove

    def pairs(self) -> QuerySet[Pair]:
        raise NotImplementedError

    def load(self) -> MentoringSession:
        rows = MentoringSession.objects.filter(pair__in=self.pairs()).for_steps()
        return get_object_or_404(rows, pk=self.kwargs["session"])

    def get_extra(self, subject: MentoringSession) -> dict[str, Any]:
        return {"provider": subject.pair.enrolment.cohort.programme.provider}

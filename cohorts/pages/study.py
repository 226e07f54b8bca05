"""The participant's own log of what they study."""

from typing import Any

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohorts.actions import study
from cohorts.actions.belonging import joined_on
from cohorts.actions.days import DayFull
from cohorts.extensions import Beside
from cohorts.forms import OwnLogForm
from cohorts.models import Component, Enrolment, Study
from cohorts.pages.participant import around, own_enrolment, own_place, topic_page
from cohorts.progress import parts_on_page, progress_on_page
from cohorts.progress.study import hours_of, weeks_of
from cohorts.states import EnrolmentStatus, Recording
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.site.sections import one_page
from steppingup.site.stepping import SignedInStepView

SHOWN = 12  # weeks


def _log(enrolment: Enrolment, pk: int | None, is_beside: bool) -> Component | Beside:
    """The one in the address, else the first."""
    parts = [] if is_beside else study.parts_of(enrolment)
    found = next((part for part in parts if pk in (None, part.pk)), None)
    log = found or (study.beside_of(enrolment) if pk is None else None)
    if log is None:
        raise Http404
    return log


def address_of(entry: Study) -> str:
    """The page of the log that it stands in."""
    enrolment = entry.enrolment
    if entry.component is None:
        return reverse("cohorts:study_beside", args=[enrolment.pk])
    component = entry.component.same_in(enrolment.cohort.plan_id) or entry.component
    return reverse("cohorts:study_of", args=[enrolment.pk, component.pk])


def _answer(request: SignedInRequest, form_of: Any, act: Any) -> tuple[Study | None, OwnLogForm, str]:
    """What was recorded, or the form with a warning: when they studied on a full day is asked once it arises."""
    asked = [name for name in request.POST.getlist("ask") if name == "beside"]
    form = form_of(request.POST if request.method == "POST" else None, ask=asked)
    if request.method != "POST" or not form.is_valid():
        return None, form, ""
    try:
        return act(**form.cleaned_data), form, ""
    except DayFull as full:
        return None, form_of(None, ask=["beside"], initial=form.cleaned_data), str(full)
    except NotPossible as sentence:
        form.add_error(sentence.field if sentence.field in form.fields else None, str(sentence))
        return None, form, ""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@one_page()
def log(request: SignedInRequest, pk: int, component: int | None = None, is_beside: bool = False) -> HttpResponse:
    """What I studied, week by week, and a form for more."""
    enrolment = own_place(request.user, pk)
    if component is None and not is_beside and len(parts_on_page(enrolment, Recording.OWN)) > 1:
        return topic_page(request, enrolment, "study")  # which of them is to be chosen first
    own = _log(enrolment, component, is_beside)
    part = own if isinstance(own, Component) else None

    def form_of(data: Any, **more: Any) -> OwnLogForm:
        return OwnLogForm(data, subject=enrolment, **more)

    def act(**given: Any) -> Study:
        return study.record_study(enrolment=enrolment, component=part, is_beside=part is None, by=request.user, **given)

    made, form, warning = _answer(request, form_of, act)
    if made:
        notices.success(request, f"Recorded: {made}.")
        return redirect(request.path)
    of_it = Q(component__key=part.key) if part else Q(component=None)
    entries = list(enrolment.studies.standing().filter(of_it))
    begins = own.since if isinstance(own, Beside) else max(joined_on(enrolment), enrolment.cohort.starts_on)
    context = {
        "log": own,
        "part": progress_on_page(enrolment).of(part) if part else None,
        "hours": english.days_counted(hours_of(entries), "hour"),
        "weeks": weeks_of(own, entries, begins)[:SHOWN],
        "entries": entries,
        "form": form,
        "warning": warning,
        "asks": "beside" in form.fields,
        "may_record": part is None or enrolment.status == EnrolmentStatus.ENROLLED,
        **around(enrolment, request.user, "study"),
        "topic": "study" if part else "qualification",  # from where one comes to a log beside the plan
    }
    return render(request, "cohorts/study.html", context)


def _own_entry(request: SignedInRequest, pk: int, entry: int) -> Study:
    own = own_enrolment(request.user, pk)
    found = get_object_or_404(own.studies.select_related("component"), pk=entry)
    found.enrolment = own
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def correct(request: SignedInRequest, pk: int, entry: int) -> HttpResponse:
    """An entry of the log, to be put right."""
    found = _own_entry(request, pk, entry)
    back = address_of(found)
    if refusal := study.correct.refusal(request.user, found):
        notices.error(request, str(refusal))
        return redirect(back)

    def form_of(data: Any, **more: Any) -> OwnLogForm:
        return OwnLogForm(data, subject=found.enrolment, entry=found, **more)

    def act(**given: Any) -> Study:
        return study.correct(study=found, by=request.user, **given)

    made, form, warning = _answer(request, form_of, act)
    if made:
        notices.success(request, f"Corrected: {made}.")
        return redirect(back)
    context = {
        "entry": found,
        "form": form,
        "warning": warning,
        "asks": "beside" in form.fields,
        "back_url": back,
        "provider": found.enrolment.cohort.programme.provider,
    }
    return render(request, "cohorts/study_entry.html", context)


class Remove(SignedInStepView):
    """Take an entry back that was recorded by mistake."""

    step = study.remove

    def load(self) -> Study:
        return _own_entry(self.request, self.kwargs["pk"], self.kwargs["entry"])

    def after(self, subject: Study, result: Any) -> str:
        return address_of(subject)

    def get_extra(self, subject: Study) -> dict[str, Any]:
        return {"provider": subject.enrolment.cohort.programme.provider}

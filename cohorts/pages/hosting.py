"""The page of whoever looks after a participant at the host, by a link: what was agreed, whom to ring, and which days are right (B10)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate

from cohorts.actions import supervising
from cohorts.models import Needs, Placement, PlacementDay, Supervisor
from cohorts.notices.choosing import when_of
from cohorts.notices.supervising import HOST_LINK
from cohorts.progress.planned import SHOWN, planned_of
from cohorts.states import EnrolmentStatus
from cohorts.states.reports import Side
from cohorts.states.staying import NeedsReader
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible

RIGHT, WRONG, LATER = "right", "wrong", "later"


class AnswerForm(forms.Form):
    """For each day that waits: right, not right with a sentence, or later."""

    def __init__(self, *args: Any, days: list[PlacementDay], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        for day in days:
            self.fields[f"day_{day.pk}"] = forms.ChoiceField(
                label=f"{day.in_words}{f': {day.what}' if day.what else ''}",
                choices=[(RIGHT, "This is right"), (WRONG, "Something is not right"), (LATER, "I will say it later")],
                widget=forms.RadioSelect,
                initial=RIGHT,
                error_messages={"required": "Say whether this day is right."},
            )
            self.fields[f"reason_{day.pk}"] = forms.CharField(
                label=f"What is not right about {day.in_words}? (only if something is not)",
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for day in self.days:
            if values.get(f"day_{day.pk}") == WRONG and not (values.get(f"reason_{day.pk}") or "").strip():
                self.add_error(f"reason_{day.pk}", supervising.NOT_RIGHT)
        return values

    def said(self, answer: str) -> list[PlacementDay]:
        return [day for day in self.days if self.cleaned_data[f"day_{day.pk}"] == answer]

    @property
    def wrong(self) -> list[tuple[PlacementDay, str]]:
        return [(day, self.cleaned_data[f"reason_{day.pk}"]) for day in self.said(WRONG)]


def supervisor_behind(link: TokenLink) -> Supervisor:
    """Raises LinkGone once it is ended, or the participant has left."""
    behind: Any = link.target
    found = Supervisor.objects.for_steps().get(pk=behind.pk)
    if found.ended_at or found.placement.enrolment.status == EnrolmentStatus.WITHDRAWN:
        raise LinkGone(link=link)
    return found


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it. It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if found.ended_at is None and found.placement.enrolment.status != EnrolmentStatus.WITHDRAWN:
        return None
    cohort = found.placement.enrolment.cohort
    return (
        "There is nothing more to do",
        f"This link was for an assignment on {cohort.programme.name}. It is not needed any more.",
    )


def needs_of(placement: Placement) -> str:
    """What the participant lets their host know that they need, as long as they are there or are to come."""
    if not placement.is_to_come_or_runs:
        return ""
    person = placement.enrolment.participant_id
    return Needs.objects.shown(NeedsReader.HOST, [person]).get(person, "")


@token_view(HOST_LINK, afterwards)
def hosting(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What was agreed, the days that wait, and those that count, which where nobody confirms them are all."""
    supervisor = supervisor_behind(link)
    placement = supervisor.placement
    here = placement.days.of_this_host().select_related("placement__component")
    waiting = list(here.waiting().order_by("on"))
    form = AnswerForm(request.POST if request.method == "POST" else None, days=waiting)
    if request.method == "POST" and waiting and form.is_valid():
        try:
            supervising.answer(placement=placement, right=form.said(RIGHT), wrong=form.wrong, by=LinkHolder(link))
        except NotPossible:
            # Why says something of their other days, which is not the host's to know.
            form.add_error(None, "One of these days cannot be confirmed as things stand. The coordinator can say why.")
        else:
            messages.success(request, "Thank you. What you said is kept.")
            return redirect(reverse("cohorts:hosting", args=[link.raw]))
    counting = Q(confirmed_at__isnull=False) | Q(waits=False)
    done = here.standing().filter(counting)
    given = placement.reports.given().order_by("asked_at", "pk")
    cohort = placement.enrolment.cohort
    context = {
        "supervisor": supervisor,
        "placement": placement,
        "participant": placement.enrolment.participant,
        "programme": cohort.programme,
        "cohort": cohort,
        "provider": cohort.programme.provider,
        "when": when_of(placement),
        "form": form,
        "waiting": waiting,
        "needs": needs_of(placement),
        "coming": planned_of(placement).coming[:SHOWN],
        "confirmed": list(done.order_by("-on")),
        "to_write": placement.reports.waiting().filter(side=Side.HOST).order_by("asked_at", "pk"),
        # What was written of another host is not for this one.
        "reports": [one for one in given if placement.host_on(localdate(one.given_at)) == placement.host],
    }
    return render(request, "cohorts/opportunities/hosting.html", context)

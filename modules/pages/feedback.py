"""What a participant takes from a talk (L7)."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohorts.models import Enrolment, Session
from cohorts.models.joint import host_of
from cohorts.pages.participant import own_enrolment, trail_from
from modules.actions import feedback
from modules.models import SessionSpeaker, TalkFeedback
from modules.models.module import LONGEST
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.stepping import act_on


class FeedbackForm(forms.Form):
    words = forms.CharField(
        label="What do you take from it?",
        help_text="A sentence is enough. Those who run the programme read it.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": feedback.NO_WORDS},
    )
    to_speaker = forms.BooleanField(required=False)

    def __init__(self, *args: object, talk: SessionSpeaker, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        speaker = self.fields["to_speaker"]
        speaker.label = f"{talk.speaker.name} may read it, with my first name"


def _talk(enrolment: Enrolment, session: Session, pk: int) -> SessionSpeaker:
    """Who spoke there; on a joint day, at its host's. Raises Http404."""
    held = {session.pk, host_of(session).pk}
    return get_object_or_404(SessionSpeaker.objects.filter(session__in=held).for_steps(), pk=pk)


def _session(enrolment: Enrolment, pk: int) -> Session:
    found = Session.objects.for_enrolment(enrolment).for_steps().filter(pk=pk).first()
    if found is None or not feedback.is_open(found, enrolment):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def about_talk(request: SignedInRequest, pk: int, session: int, talk: int) -> HttpResponse:
    """Written, changed and removed by whoever was due there."""
    enrolment = own_enrolment(request.user, pk)
    found = _session(enrolment, session)
    speech = _talk(enrolment, found, talk)
    said = (
        TalkFeedback.objects.filter(talk=speech, enrolment=enrolment).select_related("enrolment__participant").first()
    )
    back = redirect(reverse("cohorts:session", args=[pk, session]))
    if request.method == "POST" and "remove" in request.POST:
        if said:
            feedback.remove_words(feedback=said, by=request.user)
            messages.success(request, "What you wrote is removed.")
        return back
    initial = {"words": said.words, "to_speaker": said.to_speaker} if said else {}
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial=initial, talk=speech)
    if act_on(form, feedback.say_about_talk, enrolment=enrolment, talk=speech, by=request.user):
        messages.success(request, "Thank you. What you wrote is kept.")
        return back
    context = {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": [
            *trail_from("calendar", enrolment),
            (str(found), reverse("cohorts:session", args=[pk, session])),
        ],
        "session": found,
        "talk": speech,
        "said": said,
        "form": form,
    }
    return render(request, "modules/about_talk.html", context)

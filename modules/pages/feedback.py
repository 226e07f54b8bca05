"""What a participant took away from a talk (L7)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohorts.pages.participant import own_enrolment, trail_from
from modules.actions import feedback
from modules.models import SessionSpeaker, TalkFeedback
from modules.models.module import LONGEST
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.stepping import act_on


class FeedbackForm(forms.Form):
    words = forms.CharField(
        label="What did you take away from it?",
        help_text="A sentence is enough. Those who run the programme read it.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": feedback.NO_WORDS},
    )
    to_speaker = forms.BooleanField(required=False)

    def __init__(self, *args: Any, talk: SessionSpeaker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speaker = self.fields["to_speaker"]
        speaker.label = f"{talk.speaker.name} may read it, with my first name"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def about_talk(request: SignedInRequest, pk: int, session: int, talk: int) -> HttpResponse:
    """Written and changed by whoever was there; removed at any time."""
    enrolment = own_enrolment(request.user, pk)
    words = TalkFeedback.objects.filter(talk=talk, enrolment=enrolment)
    said = words.select_related("enrolment__participant").first()
    speech = SessionSpeaker.objects.for_steps().filter(pk=talk).first()
    held = feedback.heard_at(enrolment, speech) if speech else None
    is_open = held is not None and held.pk == session and feedback.is_open(held, enrolment)
    if speech is None or (said is None and not is_open):
        raise Http404
    if request.method == "POST" and "remove" in request.POST:
        if said:
            feedback.remove_words(feedback=said, by=request.user)
            messages.success(request, "What you wrote is removed.")
        return redirect(request.path if is_open else reverse("cohorts:participant", args=[pk]))
    initial = {"words": said.words, "to_speaker": said.to_speaker} if said else {}
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial=initial, talk=speech)
    if act_on(form, feedback.say_about_talk, enrolment=enrolment, talk=speech, by=request.user):
        messages.success(request, "Thank you. What you wrote is kept.")
        return redirect("cohorts:session", pk, session)
    context = {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from("calendar", enrolment),
        "session": held if is_open else None,
        "talk": speech,
        "said": said,
        "form": form,
    }
    return render(request, "modules/about_talk.html", context)

"""The page of a talk, for the speaker, by a link: when and where it is, and whether they come."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from modules.actions import talks
from modules.models import SessionSpeaker
from modules.models.module import LONGEST
from modules.states import Comes
from modules.talk_notices import TALK_LINK
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink
from steppingup.formats.sameness import address
from steppingup.site.stepping import act_on


class TalkForm(forms.Form):
    comes = forms.ChoiceField(
        label="Will you speak?",
        choices=[(Comes.YES, "Yes, I will be there"), (Comes.NO, "No, I cannot come")],
        widget=forms.RadioSelect,
        error_messages={"required": talks.NO_ANSWER},
    )
    said = forms.CharField(
        label="Is there anything that we should know? (optional)",
        help_text="Such as what you need in the room, or who could come in your place.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@token_view(TALK_LINK)
def talk(request: HttpRequest, link: TokenLink) -> HttpResponse:
    behind: Any = link.target
    found = SessionSpeaker.objects.for_steps().get(pk=behind.pk)
    session = found.session
    form = TalkForm(
        request.POST if request.method == "POST" else None, initial={"comes": found.comes, "said": found.said}
    )
    if act_on(form, talks.answer, talk=found, by=LinkHolder(link)):
        messages.success(request, "Thank you. What you said is kept.")
        return redirect(reverse("modules:talk", args=[link.raw]))
    programme = session.cohort.programme
    # An older link may have gone to an address that was put right since.
    is_theirs = address(link.email) == address(found.speaker.email)
    shown = (
        found.feedback.filter(to_speaker=True, enrolment__participant__is_active=True)
        if is_theirs
        else found.feedback.none()
    )
    words = shown.select_related("enrolment__participant").order_by("said_at", "pk")
    context = {
        "words": list(words),
        "talk": found,
        "session": session,
        "programme": programme,
        "provider": programme.provider,
        "form": form,
        "is_open": session.cancelled_at is None and session.starts_at > clock.now(),
    }
    return render(request, "modules/talk.html", context)

"""“I am here”: the participant types the code on the screen, or scans it."""

from allauth.core import ratelimit
from django import forms
from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohorts.actions import checking_in
from cohorts.pages.participant import own_enrolment, trail
from cohorts.relations import SELF, enrolments_of
from cohorts.states import EnrolmentStatus
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.stepping import act_on

TOO_OFTEN = "That was too many codes. Wait a few minutes, or ask whoever takes the register to mark you."


class CodeForm(forms.Form):
    """What stands on the screen."""

    code = forms.CharField(
        label="The code on the screen",
        help_text="Six digits. It changes each minute.",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-10"}),
        error_messages={"required": "Type the code that is on the screen."},
    )


@require_http_methods(["GET", "HEAD"])
@login_required
def scanned(request: SignedInRequest) -> HttpResponse:
    """Where the picture on the screen leads: to the programme whose session is on, with the code filled in."""
    own = enrolments_of(request.user, SELF).filter(status=EnrolmentStatus.ENROLLED).order_by("-cohort__starts_on", "pk")
    rows = list(own.select_related("cohort"))
    found = next((one for one in rows if checking_in.on_now(one).exists()), None)
    if found is None:
        return redirect("cohorts:own_programmes")
    code = "".join(sign for sign in request.GET.get("code", "")[:20] if sign.isalnum())
    return redirect(f"{reverse('cohorts:check_in', args=[found.pk])}?code={code}")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def check_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """The session that is on, and the box for its code."""
    enrolment = own_enrolment(request.user, pk)
    session = checking_in.on_now(enrolment).first() if enrolment.status == EnrolmentStatus.ENROLLED else None
    form = CodeForm(request.POST or None, initial={"code": request.GET.get("code", "")[:20]})
    if session and form.is_valid() and not ratelimit.consume(request, action="check_in", user=request.user):
        form.add_error("code", TOO_OFTEN)
    elif session and (done := act_on(form, _entering, enrolment=enrolment, session=session, by=request.user)):
        notices.success(request, done)
        return redirect("cohorts:calendar", pk)
    context = {
        "enrolment": enrolment,
        "session": session,
        "form": form,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail(enrolment),
    }
    return render(request, "cohorts/check_in.html", context)


def _entering(**given: object) -> str:
    made = checking_in.check_in(**given)  # type: ignore[arg-type]
    if made is None:
        return "Thank you. You had been marked otherwise before: whoever takes the register sees that you are here."
    return f"Thank you, you are here: “{made.session}”."

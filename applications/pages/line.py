"""Whether we may ask people near the line how their work goes on, what is kept of it, and the question itself, by a link."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.actions import line
from applications.line_notices import LINE_LINK
from applications.models import LineAnswer, LineConsent
from applications.pages.apply import mine, page
from steppingup.accounts.actors import Actor, LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on

AGREED = "Thank you. We will ask you for the first time in a year."
THANKS = "Thank you. That is all we ask."
STOPPED = "We will not ask you again."
RESUMED = "Thank you. We will ask you again when the next question is due."
REMOVED = "It is removed. We will not ask you again."


class Form(line.AnswerForm):
    """The same question, laid out for a telephone."""

    helper = laid_out(Field.checkboxes("moves", legend_size=Size.MEDIUM))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def question(request: SignedInRequest, pk: int) -> HttpResponse:
    """May we ask? Why, what is kept and until when, and the words that they would agree to."""
    application = mine(request, pk)
    consent = line.consent_of(application)
    if consent is None and line.line_to_agree(application) is None:
        raise Http404
    if consent is None and request.method == "POST":
        consent = line.agree(application=application, by=request.user)
        messages.success(request, AGREED)
    if consent is not None:
        return redirect("applications:line_consent", consent.pk)
    return page(request, "line/question", application, wording=line.wording(application.cohort), asked=line.QUESTION)


def _around(consent: LineConsent, **more: Any) -> dict[str, Any]:
    programme = consent.line.cohort.programme
    answers = consent.answers.all()
    return {
        "consent": consent,
        "answers": answers,
        "cohort": consent.line.cohort,
        "programme": programme,
        "provider": programme.provider,
        **more,
    }


def _done(request: HttpRequest, consent: LineConsent, by: Actor) -> bool:
    """What the buttons do that stand beside the question; was it one of them?"""
    do = request.POST.get("do", "")
    if do == "back":
        line.take_consent_back(consent=consent, by=by)
        messages.success(request, REMOVED)
    elif do == "stop":
        line.stop(consent=consent, by=by)
        messages.success(request, STOPPED)
    elif do == "resume":
        line.resume(consent=consent, by=by)
        messages.success(request, RESUMED)
    else:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that is kept, whatever became of the application; to stop, and to have it removed."""
    consent = get_object_or_404(LineConsent.objects.filter(person=request.user).for_steps(), pk=pk)
    if request.method == "POST":
        if not _done(request, consent, request.user):
            raise Http404
        if request.POST["do"] == "back":
            return redirect("applications:list")
        return redirect("applications:line_consent", consent.pk)
    trail = [("Home", "/"), ("Your applications", reverse("applications:list"))]
    return render(request, "applications/line/own.html", _around(consent, breadcrumbs=trail))


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it. It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if found.consent.person.is_active:
        return None
    return ("There is nothing more to do", "We had a question. It is not asked any more.")


@token_view(LINE_LINK, afterwards)
def by_link(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What whoever has the link from our email sees: the question, what they said, and what is kept."""
    behind: Any = link.target
    asked = LineAnswer.objects.for_steps().filter(pk=behind.pk, consent__person__is_active=True).first()
    if asked is None:
        raise LinkGone(link=link)
    here, by = reverse("applications:line_answer", args=[link.raw]), LinkHolder(link)
    if request.method == "POST" and _done(request, asked.consent, by):
        return redirect("home" if request.POST["do"] == "back" else here)
    form = Form(request.POST if request.method == "POST" else None, subject=asked, by=by)
    act: Any = line.answer
    if request.method == "POST" and act_on(form, act, answer=asked, by=by):
        messages.success(request, THANKS)
        return redirect(here)
    return render(request, "applications/line/answer.html", _around(asked.consent, asked=asked, form=form))

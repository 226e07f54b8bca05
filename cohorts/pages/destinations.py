"""Where a graduate is now: one page by a link, with no account, and the same one from their own pages (B58)."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohorts.actions import destinations
from cohorts.actions.confirmations import standing_of
from cohorts.models import Destination, DestinationAnswer, Story
from cohorts.models.destinations import after
from cohorts.notices.destinations import DESTINATION_LINK
from cohorts.pages import confirmations
from cohorts.pages.participant import own_enrolment, trail
from cohorts.pages.topics import OWN
from cohorts.states import EnrolmentStatus
from steppingup.accounts.actors import Actor, LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on
from steppingup.site.topics import Ask, Status, Topic

THANKS = "Thank you. That is all we ask."
STOPPED = "We will not ask you again."
RESUMED = "Thank you. We will ask you again at the next moment."


class Form(destinations.AnswerForm):
    """The same questions, laid out for a telephone."""

    helper = laid_out(
        Field.checkboxes("moves", legend_size=Size.MEDIUM),
        Field.text("job_title", label_size=Size.SMALL),
        Field.textarea("words", label_size=Size.SMALL, rows=3),
    )


def _destination(link: TokenLink) -> Destination:
    """Raises LinkGone once it is not asked any more: the completion was recorded by mistake, or the account is closed."""
    behind: Any = link.target
    found = Destination.objects.for_steps().of_graduates().filter(pk=behind.pk).first()
    if found is None:
        raise LinkGone(link=link)
    return found


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it. It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if Destination.objects.of_graduates().filter(pk=found.pk).exists():
        return None
    programme = found.enrolment.cohort.programme
    return (
        "There is nothing more to do",
        f"We had a question about {programme.name}. We do not need an answer any more.",
    )


def _answer(request: HttpRequest, destination: Destination, by: Actor, here: str, **around: Any) -> HttpResponse:
    """The page and all that can be done on it: to answer, to answer again, not to be asked any more, and to be asked after all."""
    do = request.POST.get("do", "answer") if request.method == "POST" else ""
    is_stopped = Destination.objects.filter(enrolment=destination.enrolment_id).exclude(stopped_at=None).exists()
    form = Form(request.POST if do == "answer" else None, subject=destination, by=by)
    if do == "stop" and not is_stopped:
        destinations.stop(destination=destination, by=by)
        messages.success(request, STOPPED)
        return redirect(here)
    if do == "resume" and is_stopped:
        stopped = Destination.objects.filter(enrolment=destination.enrolment_id).exclude(stopped_at=None).for_steps()
        destinations.resume(destination=stopped[0] if stopped[0].pk != destination.pk else destination, by=by)
        messages.success(request, RESUMED)
        return redirect(here)
    act: Any = destinations.answer
    if do == "answer" and act_on(form, act, destination=destination, by=by):
        messages.success(request, THANKS)
        return redirect(here)
    said = standing_of(destination)
    part = confirmations.part_of(request, do, destination, said, by)
    if part is None:
        return redirect(here)
    programme = destination.enrolment.cohort.programme
    wrong = part["ask_form"]
    context = {
        "destination": destination,
        "moment": after(destination.months),
        "answer": said,
        "programme": programme,
        "cohort": destination.enrolment.cohort,
        "provider": programme.provider,
        "form": wrong if wrong is not None and wrong.errors else form,
        "answer_form": form,
        "is_stopped": is_stopped,
        "may_tell": said is not None
        and bool(said.steps)
        and not Story.objects.told().filter(enrolment=destination.enrolment_id).exists(),
        **part,
        **around,
    }
    return render(request, "cohorts/destinations/answer.html", context)


@token_view(DESTINATION_LINK, afterwards)
def by_link(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What whoever has the link from our email sees: the question, and what they have said so far for this moment."""
    here = reverse("cohorts:destination", args=[link.raw])
    return _answer(request, _destination(link), LinkHolder(link), here)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same from one's own pages: for the moment that was asked about last."""
    enrolment = own_enrolment(request.user, pk)
    found = Destination.objects.for_steps().of_graduates().filter(enrolment=enrolment).order_by("-months").first()
    if found is None:
        raise Http404
    here = reverse("cohorts:where_now", args=[pk])
    return _answer(request, found, request.user, here, breadcrumbs=trail(enrolment), enrolment=enrolment)


def _facts(viewer: Any) -> dict[str, Any]:
    rows = Destination.objects.filter(enrolment=OuterRef("pk"))
    # Of an earlier moment nobody asks any more once there is a later one: the page is about the last.
    later = Destination.objects.filter(enrolment=OuterRef("enrolment"), months__gt=OuterRef("months"))
    answered = DestinationAnswer.objects.filter(destination=OuterRef("pk"), replaced_at=None)
    return {
        "was_asked_where": Exists(rows),
        "is_asked_where": Exists(rows.filter(~Exists(answered), ~Exists(later), stopped_at=None)),
    }


def _status(*, subject: Any, viewer: Any) -> Status | None:
    if subject.status != EnrolmentStatus.COMPLETED or not subject.was_asked_where:
        return None
    return Status("We would like to know" if subject.is_asked_where else "You can change what you said")


def _asks(*, subject: Any, viewer: Any) -> list[Ask]:
    if subject.status != EnrolmentStatus.COMPLETED or not subject.is_asked_where:
        return []
    page = reverse("cohorts:where_now", args=[subject.pk])
    return [Ask("Tell us where you are now", "Tell us", page, line="It takes less than a minute.")]


TOPICS = (
    Topic(
        OWN,
        "destination",
        8,
        "Where you are now",
        "cohorts:where_now",
        _status,
        asks=_asks,
        facts=_facts,
    ),
)

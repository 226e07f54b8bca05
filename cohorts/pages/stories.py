"""One's own story, and the stories that everybody may read (C7, L9, N21)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.actions import stories
from cohorts.actions.asking_for_stories import asked_lately
from cohorts.models import Programme, Story
from cohorts.pages.participant import around, own_place
from cohorts.pages.topics import OWN
from cohorts.states import IN_THE_DIRECTORY
from cohorts.states.stories import StoryStatus
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.sections import one_page
from steppingup.site.stepping import act_on
from steppingup.site.topics import Ask, Status, Topic

PER_PAGE = 12
THANKS = {
    "tell": "Thank you. We propose a wording, and you decide.",
    "agree": "Thank you. Your story is used in exactly these words.",
    "wish": "Thank you. We propose another wording.",
    "withdraw": "Your story is withdrawn. It is shown nowhere any more.",
}


# -- one's own ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@one_page()
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tell it; read the wording that is proposed; agree, or ask for another; withdraw it."""
    enrolment = own_place(request.user, pk)
    story = Story.objects.told().for_steps().filter(enrolment=enrolment).first()
    if story is None and enrolment.status not in IN_THE_DIRECTORY:
        raise Http404
    do = request.POST.get("do", "") if request.method == "POST" else ""
    about: Any = {"subject": story or enrolment, "by": request.user}
    forms: dict[str, Any] = {}
    acts: dict[str, Any] = {}
    if story is None:
        forms["tell"] = stories.TellForm(request.POST if do == "tell" else None, **about)
        acts["tell"] = stories.tell_story
    else:
        if story.status == StoryStatus.PROPOSED:
            initial = {"words": story.fingerprint}
            forms["agree"] = stories.AgreeForm(request.POST if do == "agree" else None, **about, initial=initial)
            forms["wish"] = stories.WishForm(request.POST if do == "wish" else None, **about)
            acts |= {"agree": stories.agree, "wish": stories.ask_for_changes}
        forms["withdraw"] = stories.StepForm(request.POST if do == "withdraw" else None, **about)
        acts["withdraw"] = stories.withdraw
    if do in acts:
        given = {"story": story} if story else {"enrolment": enrolment}
        if act_on(forms[do], acts[do], by=request.user, **given):
            messages.success(request, THANKS[do])
            return redirect("cohorts:story", pk)
    wrong = next((form for form in forms.values() if form.errors), None)
    if story and wrong and do == "agree":  # the words as they stand now are those that the next press agrees to
        forms["agree"] = stories.AgreeForm(None, **about, initial={"words": story.fingerprint})
    context = {
        **around(enrolment, request.user, "story"),
        "story": story,
        "forms": forms,
        "form": wrong,
        "programme": enrolment.cohort.programme,
    }
    return render(request, "cohorts/stories/own.html", context)


# -- everybody's -------------------------------------------------------------------------------------


def _programme(path: str) -> Programme:
    return get_object_or_404(Programme.objects.published().at(path).select_related("provider"))


def _around(programme: Programme, *more: tuple[str, str]) -> dict[str, Any]:
    crumbs = [("Home", "/"), ("Programmes", "/programmes/"), (programme.name, f"/programmes/{programme.path}/"), *more]
    return {"programme": programme, "provider": programme.provider, "breadcrumbs": crumbs}


@require_safe
def listing(request: HttpRequest, path: str) -> HttpResponse:
    """The stories of a programme, the newest first."""
    programme = _programme(path)
    page = Paginator(Story.objects.on_pages(programme), PER_PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    context = {**_around(programme), "page_obj": page, "page_range": numbers}
    return render(request, "cohorts/stories/listing.html", context)


@require_safe
def one(request: HttpRequest, path: str, reference: str) -> HttpResponse:
    """One of them; gone at once when it is withdrawn."""
    programme = _programme(path)
    story = get_object_or_404(Story.objects.on_pages(programme), reference=reference)
    above = ("Stories", reverse("cohorts:stories", args=[programme.path]))
    return render(request, "cohorts/stories/one.html", {**_around(programme, above), "story": story})


# -- the topic ---------------------------------------------------------------------------------------

SAID = {
    StoryStatus.SENT: "We have your story",
    StoryStatus.PROPOSED: "Read the wording, and decide",
    StoryStatus.PUBLISHED: "You agreed to its wording",
}


def _facts(viewer: Any) -> dict[str, Any]:
    return {
        "story_status": Subquery(Story.objects.told().filter(enrolment=OuterRef("pk")).values("status")[:1]),
        "story_asked": Exists(asked_lately().filter(to=OuterRef("participant"))),
    }


def _status(*, subject: Any, viewer: Any) -> Status | None:
    if subject.story_status:
        return Status(SAID[subject.story_status])
    return Status("What it was like, for those who come after you") if subject.status in IN_THE_DIRECTORY else None


def _asks(*, subject: Any, viewer: Any) -> list[Ask]:
    if subject.story_asked and not subject.story_status and subject.status in IN_THE_DIRECTORY:
        return [Ask("Tell your story", "Tell it", TOPICS[0].url(subject), line="You may leave it.")]
    if subject.story_status != StoryStatus.PROPOSED:
        return []
    line = "Nothing is shown before you agree."
    return [Ask("Read the wording of your story", "Read it", TOPICS[0].url(subject), line=line)]


TOPICS = (Topic(OWN, "story", 9, "Your story", "cohorts:story", _status, asks=_asks, facts=_facts),)

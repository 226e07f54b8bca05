"""Mentors, and people to shadow, at the own employer: the pages of participant and line manager, and the colleague's by a link (B48)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import internal
from cohorts.models import InternalMentor
from cohorts.notices.internal import INTERNAL_LINK
from cohorts.pages.participant import entry_of
from cohorts.pages.sides import place_of
from cohorts.pages.topics import MANAGED, OWN
from cohorts.states import EnrolmentStatus
from cohorts.states.conversations import Side
from cohorts.states.internal import STANDING, InternalStatus
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.site.sections import one_page
from steppingup.site.stepping import SignedInStepView, act_on
from steppingup.site.topics import Status, Topic

TOPIC = "internal"
#: How each side's addresses begin.
NAMES = {Side.PARTICIPANT: "cohorts:internal", Side.MANAGER: "cohorts:managed_internal"}


def at(side: Side, what: str, *args: Any) -> str:
    return reverse(f"{NAMES[side]}{what}", args=args)


@require_safe
@login_required
@one_page()
def listing(request: SignedInRequest, pk: int, side: Side) -> HttpResponse:
    """Who was asked, and what they said, the latest first."""
    enrolment, context = place_of(request, pk, side, TOPIC)
    entry_of(context["menu"], TOPIC)
    rows = list(InternalMentor.objects.filter(enrolment=enrolment))
    standing, most = sum(one.status in STANDING for one in rows), enrolment.cohort.programme.mentors_at_work
    reminded = internal.reminded(rows)
    context |= {
        "rows": [(one, reminded.get(one.pk)) for one in rows],
        "may_name": not internal.why_not(enrolment) and standing < most,
        "is_full": standing >= most,
        "most": most,
        "names": {what: f"{NAMES[side]}_{what}" for what in ("name", "again", "end")},
    }
    return render(request, "cohorts/internal/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def name(request: SignedInRequest, pk: int, side: Side) -> HttpResponse:
    """One more; they are written to."""
    enrolment, context = place_of(request, pk, side, TOPIC)
    if internal.why_not(enrolment):
        raise Http404
    form = internal.InternalForm(
        request.POST if request.method == "POST" else None, subject=enrolment, by=request.user, initial={}
    )
    if act_on(form, internal.name_somebody, enrolment=enrolment, by=request.user):
        messages.success(request, f"{form.cleaned_data['name']} gets an email with a link, and answers there.")
        return redirect(at(side, "", pk))
    entry = entry_of(context["menu"], TOPIC)
    own = {"form": form, "back_url": at(side, "", pk)}
    own["breadcrumbs"] = [*context["breadcrumbs"], (entry.title, entry.url)]
    return render(request, "cohorts/internal/name.html", {**context, **own})


def _one(request: SignedInRequest, pk: int, side: Side, mentor: int) -> InternalMentor:
    enrolment, _ = place_of(request, pk, side, TOPIC)
    return get_object_or_404(InternalMentor.objects.for_steps().filter(enrolment=enrolment), pk=mentor)


@require_POST
@login_required
def again(request: SignedInRequest, pk: int, side: Side, mentor: int) -> HttpResponse:
    """The same person gets another link."""
    found = _one(request, pk, side, mentor)
    try:
        internal.ask_again(mentor=found, by=request.user)
    except NotPossible as why:
        messages.error(request, str(why))
    else:
        messages.success(
            request, f"{found.name} gets another email. The link in the one before does not work any more."
        )
    return redirect(at(side, "", pk))


class End(SignedInStepView):
    """By the participant, or by the line manager."""

    step = internal.end

    def load(self) -> InternalMentor:
        return _one(self.request, self.kwargs["pk"], self.kwargs["side"], self.kwargs["mentor"])

    def after(self, subject: InternalMentor, result: Any) -> str:
        return at(self.kwargs["side"], "", self.kwargs["pk"])

    def get_extra(self, subject: InternalMentor) -> dict[str, Any]:
        return {"provider": subject.enrolment.cohort.programme.provider}


# -- by a link -------------------------------------------------------------------------------------


def _is_over(mentor: InternalMentor) -> bool:
    return mentor.status == InternalStatus.ENDED or mentor.enrolment.status == EnrolmentStatus.WITHDRAWN


def _of_link(link: TokenLink) -> InternalMentor:
    """Raises LinkGone once it has ended, or the participant has left."""
    behind: Any = link.target
    found = InternalMentor.objects.for_steps().get(pk=behind.pk)
    if _is_over(found):
        raise LinkGone(link=link)
    return found


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it. It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if _is_over(found):
        return "There is nothing more to do", "This link was for mentoring or shadowing at work. It is over."
    if link.revoked_at is not None:
        return "This link has been replaced", "Please use the link in our latest email."
    return None


DONE = {
    "agree": (internal.agree, "Thank you. {} gets an email that you have agreed."),
    "decline": (
        internal.decline,
        "Thank you for saying so. {} gets an email. Should you change your mind, come back here.",
    ),
    "end": (internal.end, "It has ended. {} gets an email. Thank you for your time."),
}


@token_view(INTERNAL_LINK, afterwards)
def answer(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What is asked of them, and their answer, without an account."""
    mentor, error = _of_link(link), ""
    if request.method == "POST" and request.POST.get("do") in DONE:
        action, said = DONE[request.POST["do"]]
        try:
            action(mentor=mentor, by=LinkHolder(link))  # type: ignore[operator]
        except NotPossible as why:
            error = str(why)
        else:
            messages.success(request, said.format(mentor.enrolment.participant))
            return redirect(reverse("cohorts:internal_answer", args=[link.raw]))
    cohort = mentor.enrolment.cohort
    context = {
        "mentor": mentor,
        "error": error,
        "enrolment": mentor.enrolment,
        "participant": mentor.enrolment.participant,
        "programme": cohort.programme,
        "cohort": cohort,
        "provider": cohort.programme.provider,
    }
    return render(request, "cohorts/internal/answer.html", context)


# -- the topic, on both front pages ------------------------------------------------------------------


def _facts(viewer: Any) -> dict[str, Any]:
    rows = InternalMentor.objects.filter(enrolment=OuterRef("pk")).order_by("-asked_at", "-pk")
    return {"internal_found": ArraySubquery(rows.values_list(JSONObject(name="name", status="status"), flat=True))}


def _status(*, subject: Any, viewer: Any) -> Status | None:
    found = subject.internal_found
    agreed = [one["name"] for one in found if one["status"] == InternalStatus.AGREED]
    if agreed:
        return Status(english.listed(agreed))
    asked = [one["name"] for one in found if one["status"] == InternalStatus.ASKED]
    if asked:
        return Status(f"Waiting for {english.listed(asked)}")
    if not internal.why_not(subject):
        return Status("Nobody, unless you name somebody")
    return Status("What there was") if found else None


TOPICS = (
    Topic(
        OWN, TOPIC, 61, "Mentoring at your own work", "cohorts:internal", _status, facts=_facts, steps=(internal.end,)
    ),
    Topic(MANAGED, TOPIC, 34, "Mentoring at your organisation", "cohorts:managed_internal", _status, facts=_facts),
)

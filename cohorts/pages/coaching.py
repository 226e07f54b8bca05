"""Coaching: the participant's page, and the line manager's where it goes beyond the plan, signed in or by a link (B49, B50, B51)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import coaching as requests
from cohorts.actions import coaching_needs as needs
from cohorts.actions import coaching_support as supporting
from cohorts.models import CoachingRequest, CoachingSession, Enrolment
from cohorts.models.coaching import LONGEST
from cohorts.notices.coaching import COACHING_LINK
from cohorts.pages.manager import around as around_person
from cohorts.pages.manager import managed_person
from cohorts.pages.participant import around, entry_of, own_enrolment, own_place, trail_from
from cohorts.pages.topics import MANAGED, OWN
from cohorts.states import EnrolmentStatus
from cohorts.states.coaching import GOING_ON, CoachingStatus, CoachingTheme
from steppingup.accounts.actors import Actor, LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.site.sections import one_page
from steppingup.site.stepping import SignedInStepView, act_on
from steppingup.site.topics import Ask, Status, Topic

TOPIC = "coaching"


# -- the participant's -----------------------------------------------------------------------------


@require_safe
@login_required
@one_page()
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was asked for, how it stands, and the sessions that were had, which count for no days."""
    enrolment = own_place(request.user, pk)
    context = around(enrolment, request.user, TOPIC)
    entry_of(context["menu"], TOPIC)
    found = (
        CoachingRequest.objects.filter(enrolment=enrolment)
        .select_related("coach", "goal__entry")
        .prefetch_related("had")
    )
    rows = []
    for one in found:
        one.enrolment = enrolment
        rows.append(
            {
                "coaching": one,
                "minutes": sum(session.minutes for session in one.had.all()),
                "may_note": one.status in (CoachingStatus.ARRANGED, CoachingStatus.ENDED) and one.coach_id is not None,
                "may_end": one.status in GOING_ON,
            }
        )
    going, most = sum(one.status in GOING_ON for one in found), enrolment.cohort.programme.coaching_at_once
    context |= {
        "topic_title": enrolment.cohort.programme.name,
        "rows": rows,
        "may_ask": enrolment.status == EnrolmentStatus.ENROLLED and going < most,
        "is_full": going >= most,
        "most": most,
    }
    return render(request, "cohorts/coaching/own.html", context)


class _Step(SignedInStepView):
    def after(self, subject: Any, result: Any) -> str:
        return reverse("cohorts:coaching", args=[self.kwargs["pk"]])

    def get_extra(self, subject: Any) -> dict[str, Any]:
        enrolment = subject if isinstance(subject, Enrolment) else subject.enrolment
        return {"provider": enrolment.cohort.programme.provider}


class AskFor(_Step):
    """Coaching for a need."""

    step = requests.request_coaching

    def load(self) -> Enrolment:
        return own_place(self.request.user, self.kwargs["pk"])


def _own_one(request: SignedInRequest, pk: int, coaching: int) -> CoachingRequest:
    rows = CoachingRequest.objects.for_steps().filter(enrolment=own_enrolment(request.user, pk))
    return get_object_or_404(rows, pk=coaching)


class End(_Step):
    """It is over, or not wanted any more."""

    step = requests.end

    def load(self) -> CoachingRequest:
        return _own_one(self.request, self.kwargs["pk"], self.kwargs["coaching"])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def note(request: SignedInRequest, pk: int, coaching: int) -> HttpResponse:
    """A session that was had."""
    found = _own_one(request, pk, coaching)
    if found.coach_id is None:
        raise Http404
    form = requests.SessionForm(request.POST if request.method == "POST" else None, subject=found, by=request.user)
    page = reverse("cohorts:coaching", args=[pk])
    if act_on(form, requests.note_session, coaching=found, by=request.user):
        messages.success(request, "Noted. It counts for no days of the programme.")
        return redirect(page)
    context = {
        "coaching": found,
        "form": form,
        "back_url": page,
        "breadcrumbs": trail_from(TOPIC, found.enrolment),
        "provider": found.enrolment.cohort.programme.provider,
    }
    return render(request, "cohorts/coaching/note.html", context)


@require_POST
@login_required
def remove(request: SignedInRequest, pk: int, coaching: int, session: int) -> HttpResponse:
    found = _own_one(request, pk, coaching)
    one = get_object_or_404(CoachingSession.objects.filter(coaching=found), pk=session)
    one.coaching = found
    requests.remove_session(session=one, by=request.user)
    messages.success(request, "Removed. Note it again if that was a mistake.")
    return redirect(reverse("cohorts:coaching", args=[pk]))


@require_POST
@login_required
def forget_goal(request: SignedInRequest, pk: int, coaching: int) -> HttpResponse:
    """The goal is not named any more."""
    needs.forget_goal(coaching=_own_one(request, pk, coaching), by=request.user)
    messages.success(request, "The goal is not named any more. The request stands as it is.")
    return redirect(reverse("cohorts:coaching", args=[pk]))


# -- the employer's --------------------------------------------------------------------------------


class AnswerForm(forms.Form):
    """Yes, or no with a reason."""

    answer = forms.ChoiceField(
        label="Do you support it?",
        choices=[("yes", "Yes, we support it"), ("no", "No, we do not support it at the moment")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you support it."},
    )
    words = forms.CharField(
        label="Is there anything to say?",
        help_text="The participant reads it. If you say no, please say why.",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("answer") == "no" and not (given.get("words") or "").strip():
            self.add_error("words", supporting.NO_REASON)
        return given


def _answering(request: HttpRequest, coaching: CoachingRequest, by: Actor, page: str, **more: Any) -> HttpResponse:
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        action = supporting.support if form.cleaned_data["answer"] == "yes" else supporting.refuse
        try:
            action(coaching=coaching, words=form.cleaned_data["words"], by=by)
        except NotPossible as why:
            form.add_error(why.field if why.field in form.fields else None, str(why))
        else:
            messages.success(request, f"Thank you. {coaching.enrolment.participant} gets an email with what you said.")
            return redirect(page)
    cohort = coaching.enrolment.cohort
    context = {
        "coaching": coaching,
        "enrolment": coaching.enrolment,
        "participant": coaching.enrolment.participant,
        "programme": cohort.programme,
        "cohort": cohort,
        "provider": cohort.programme.provider,
        "form": form,
        "waits": coaching.status == CoachingStatus.WITH_EMPLOYER,
        **more,
    }
    return render(request, "cohorts/coaching/support.html", context)


def _asked(enrolment: Enrolment) -> Any:
    """What the employer was asked to support."""
    return CoachingRequest.objects.filter(enrolment=enrolment, employer_asked_at__isnull=False)


@require_safe
@login_required
@one_page()
def managed(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the line manager is asked to support, and what was said."""
    enrolment = managed_person(request.user, pk)
    context = around_person(enrolment, request.user, with_lines=False)
    entry_of(context["menu"], TOPIC)
    front = reverse("cohorts:managed", args=[pk])
    context |= {"front": front, "topic": TOPIC, "topic_title": str(enrolment.participant)}
    context["breadcrumbs"] = [*context["breadcrumbs"], (str(enrolment.participant), front)]
    return render(request, "cohorts/coaching/managed.html", {**context, "rows": list(_asked(enrolment))})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def managed_answer(request: SignedInRequest, pk: int, coaching: int) -> HttpResponse:
    """The line manager answers, signed in."""
    enrolment = managed_person(request.user, pk)
    found = get_object_or_404(
        CoachingRequest.objects.for_steps().filter(enrolment=enrolment, employer_asked_at__isnull=False), pk=coaching
    )
    page = reverse("cohorts:managed_coaching", args=[pk])
    crumbs = [("Home", reverse("home")), (str(enrolment.participant), reverse("cohorts:managed", args=[pk]))]
    return _answering(request, found, request.user, page, breadcrumbs=[*crumbs, ("Coaching", page)])


def _is_over(link: TokenLink, coaching: CoachingRequest) -> bool:
    has_left = coaching.enrolment.status == EnrolmentStatus.WITHDRAWN
    asks = coaching.status == CoachingStatus.WITH_EMPLOYER or coaching.employer_answered_at is not None
    return has_left or not asks or not supporting.holds(link, coaching)


def _of_link(link: TokenLink) -> CoachingRequest:
    """Raises LinkGone once it is not asked any more, somebody else is the line manager, or the participant has left."""
    behind: Any = link.target
    found = CoachingRequest.objects.for_steps().get(pk=behind.pk)
    if _is_over(link, found):
        raise LinkGone(link=link)
    return found


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it. It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if _is_over(link, found):
        return "There is nothing more to do", "We asked whether you support some coaching. It is not asked any more."
    if link.revoked_at is not None:
        return "This link has been replaced", "Please use the link in our latest email."
    return None


@token_view(COACHING_LINK, afterwards)
def support(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """The line manager answers, without an account."""
    page = reverse("cohorts:coaching_support", args=[link.raw])
    return _answering(request, _of_link(link), LinkHolder(link), page, by_link=True)


# -- the topic, on both front pages ------------------------------------------------------------------


def _facts(viewer: Any) -> dict[str, Any]:
    rows = CoachingRequest.objects.filter(enrolment=OuterRef("pk")).order_by("-requested_at", "-pk")
    return {"coaching_found": ArraySubquery(rows.values_list("status", flat=True))}


def _own(*, subject: Any, viewer: Any) -> Status | None:
    found = subject.coaching_found
    for status, said in (
        (CoachingStatus.ARRANGED, "Arranged"),
        (CoachingStatus.WITH_EMPLOYER, "Waiting for your employer"),
        (CoachingStatus.REQUESTED, "Waiting for an answer"),
        (CoachingStatus.SUPPORTED, "Waiting for an answer"),
        (CoachingStatus.NOT_SUPPORTED, "Waiting for an answer"),
    ):
        if status in found:
            return Status(said)
    if found:
        return Status("What there was")
    return Status("If you need some, ask") if subject.status == EnrolmentStatus.ENROLLED else None


def _managers_facts(viewer: Any) -> dict[str, Any]:
    rows = CoachingRequest.objects.filter(enrolment=OuterRef("pk"), employer_asked_at__isnull=False)
    found = JSONObject(pk="pk", theme="theme", status="status")
    return {"coaching_asked": ArraySubquery(rows.order_by("-requested_at", "-pk").values_list(found, flat=True))}


def _waiting(subject: Any) -> list[dict[str, Any]]:
    if subject.status != EnrolmentStatus.ENROLLED:
        return []
    return [one for one in subject.coaching_asked if one["status"] == CoachingStatus.WITH_EMPLOYER]


def _managed(*, subject: Any, viewer: Any) -> Status | None:
    if not subject.coaching_asked:
        return None
    waits = len(_waiting(subject))
    return Status(f"{english.counted(waits, 'question')} for you" if waits else "What you were asked to support")


def _managers_asks(*, subject: Any, viewer: Any) -> list[Ask]:
    return [
        Ask(
            "Say whether you support coaching beyond the programme",
            "Read and answer",
            reverse("cohorts:managed_coaching_answer", args=[subject.pk, one["pk"]]),
            line=CoachingTheme(one["theme"]).label,
        )
        for one in _waiting(subject)
    ]


TOPICS = (
    Topic(
        OWN,
        TOPIC,
        62,
        "Your coaching",
        "cohorts:coaching",
        _own,
        facts=_facts,
        steps=(requests.request_coaching, requests.end),
    ),
    Topic(MANAGED, TOPIC, 35, "Coaching", "cohorts:managed_coaching", _managed, _managers_asks, _managers_facts),
)

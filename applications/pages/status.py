"""Following an application: the list, its page, the confirmation, and withdrawing."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.actions import applications as actions
from applications.actions import line, paper
from applications.equality.questions import has_answered
from applications.fee.standing import fee_state
from applications.form.task_list import progress, task_groups
from applications.models import Application, LineConsent, Window
from applications.pages.apply import frame, mine, page
from applications.pages.check import openings, with_places_left
from applications.pages.timeline import events_of
from applications.queries import place_on_waiting_list
from applications.states import APPLICATION, InterviewStatus, OfferStatus
from applications.states import ApplicationStatus as S
from applications.words import for_applicants
from cohorts.models import Programme
from funding.queries import agreement_of
from steppingup.accounts.requests import SignedInRequest
from steppingup.messaging.models import Message
from steppingup.site.stepping import StepView
from steppingup.steps.actions import back

#: Without a place: the next cohort is worth pointing to.
ENDED = (S.TURNED_DOWN, S.DECLINED, S.EXPIRED, S.WITHDRAWN)


def own_applications(request_user: Any) -> list[Application]:
    found = Application.objects.of_applicant(request_user).order_by("-started_at").with_own_closing()
    return list(found.select_related("cohort__programme__provider", "cohort__window", "cohort__rule_set"))


@login_required
@require_safe
def application_list(request: SignedInRequest) -> HttpResponse:
    found = own_applications(request.user)
    agreed = LineConsent.objects.filter(person=request.user).for_steps()
    context = {
        "applications": cards(found),
        "agreed": agreed,
        "breadcrumbs": [("Home", "/"), ("Your applications", "")],
    }
    return render(request, "applications/list.html", context)


def cards(found: list[Application]) -> list[dict[str, Any]]:
    """Each application with its heading in the applicant's words."""
    return [{"application": a, "heading": for_applicants(a)[0], "is_draft": a.status == S.DRAFT} for a in found]


@login_required
@never_cache
@require_safe
def application_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list of parts while it is being written; after that, how it stands."""
    application = mine(request, pk)
    trail = {"back_url": "", "breadcrumbs": [("Home", "/"), ("Your applications", reverse("applications:list"))]}
    if application.status == S.DRAFT:
        groups = task_groups(application)
        done, count = progress(groups)
        again = _open_again(request, application) if application.own_window.has_closed() else None
        shown = {"window": with_places_left(application.own_window, application.cohort)}
        return page(
            request, "task_list", application, **trail, **shown, groups=groups, done=done, count=count, again=again
        )
    return page(request, "status", application, **trail, **_standing(request, application))


def _standing(request: SignedInRequest, application: Application) -> dict[str, Any]:
    heading, then = for_applicants(application)
    interview = application.interviews.filter(status=InterviewStatus.ARRANGED).first()
    offer = application.offers.filter(status=OfferStatus.MADE).first()
    return {
        "heading": heading,
        "next": then,
        "events": events_of(application),
        "interview": interview if application.status in (S.INTERVIEW,) else None,
        "waiting_place": place_on_waiting_list(application) if application.status == S.WAITING else None,
        "offer": offer,
        "offer_url": reverse("applications:offer", args=[application.pk]) if offer else "",
        "sent": _sent_to(request.user, application),
        "fee": fee_state(application),
        "take_back": back.own_latest_on(application, request.user),
        "may_withdraw": "withdraw" in APPLICATION.possible(application.status),
        "again": _open_again(request, application) if application.status in (*ENDED, S.WAITING) else None,
        "was_turned_down": application.status == S.TURNED_DOWN,
        "may_ask_later": line.line_to_agree(application),
        "asked_later": line.consent_of(application) if application.status in line.TOLD else None,
        "has_equality_answers": has_answered(application),
        "others": application.status == S.TURNED_DOWN
        and Programme.objects.published().exclude(pk=application.cohort.programme_id).exists(),
    }


def _open_again(request: SignedInRequest, application: Application) -> Window | None:
    """The window of another cohort of the programme that is open now, where this person has not begun to apply yet."""
    windows: list[Window] = openings(application.cohort.programme)["windows"]
    begun = set(Application.objects.of_applicant(request.user).values_list("cohort", flat=True)) if windows else set()
    return next((window for window in windows if window.cohort_id not in begun), None)


def _sent_to(user: Any, application: Application) -> Any:
    """What this person was told about the application and its fee, the newest first."""
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    return Message.objects.about(*filter(None, (application, agreement))).filter(to=user).left()


@login_required
@require_safe
def submitted(request: SignedInRequest, pk: int) -> HttpResponse:
    """The confirmation: the reference, and what happens next."""
    application = mine(request, pk)
    if application.status == S.DRAFT:
        return redirect("applications:application", pk)
    heading, then = for_applicants(application)
    return page(
        request,
        "submitted",
        application,
        back_url="",
        heading=heading,
        next=then,
        offer=application.offers.filter(status=OfferStatus.MADE).first(),
        again=_open_again(request, application) if application.status == S.WAITING else None,
    )


class OwnStep(LoginRequiredMixin, StepView):
    """A step that applicants take on their own application: what it means and who is told, before it is done."""

    def load(self) -> Application:
        return mine(cast(SignedInRequest, self.request), self.kwargs["pk"])

    def after(self, subject: Any, result: Any) -> str:
        return reverse("applications:application", args=[self.kwargs["pk"]])

    def get_extra(self, subject: Any) -> dict[str, Any]:
        return frame(getattr(subject, "application", subject), back_url=self.after(subject, None))

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)


class Withdraw(OwnStep):
    step = actions.withdraw


class TakeBack(OwnStep):
    """The last thing that the applicant did, if nobody has done anything since."""

    step = back.take_back

    def load(self) -> Any:
        taking = back.latest_on(super().load(), self.request.user)
        if taking is None:
            raise Http404
        return taking

    def get_extra(self, subject: Any) -> dict[str, Any]:
        return frame(subject.subject, back_url=self.after(subject, None))


class Alone(OwnStep):
    """Nobody else is to fill in the draft any more."""

    step = paper.stop_help


class Delete(OwnStep):
    """Throw away a draft."""

    step = actions.delete_draft

    def after(self, subject: Any, result: Any) -> str:
        is_there = Application.objects.filter(pk=subject.pk).exists()
        return super().after(subject, result) if is_there else reverse("applications:list")

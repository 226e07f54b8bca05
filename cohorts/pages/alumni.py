"""The day after, and the years after: what a graduate agrees to, and what employers offer them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from cohorts.actions import alumni
from cohorts.models import AlumniChoice, GraduateInterest, GraduateOffer, Partner
from cohorts.models.alumni import OPEN
from cohorts.pages.participant import around, own_place, trail_from
from cohorts.pages.topics import OWN
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.site.sections import one_page
from steppingup.site.stepping import act_on
from steppingup.site.topics import Ask, Status, Topic


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@one_page()
def stay_in_touch(request: SignedInRequest, pk: int) -> HttpResponse:
    """What I agree to, changed whenever I like, and what is offered to graduates now."""
    enrolment = own_place(request.user, pk)
    if enrolment.status != EnrolmentStatus.COMPLETED:
        raise Http404
    form = alumni.AlumniForm(request.POST if request.method == "POST" else None, subject=enrolment, by=request.user)
    act: Any = alumni.choose_as_graduate
    if act_on(form, act, enrolment=enrolment, by=request.user):
        messages.success(request, "Thank you. You can change it whenever you like.")
        return redirect("cohorts:stay_in_touch", pk)
    said = GraduateInterest.objects.filter(enrolment=enrolment).values_list("offer", flat=True)
    context = {
        **around(enrolment, request.user, "alumni"),
        "form": form,
        "offers": [(one, one.pk in set(said)) for one in alumni.offers_for(enrolment)],
    }
    return render(request, "cohorts/alumni/stay_in_touch.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@one_page()
def offer(request: SignedInRequest, pk: int, offer: int) -> HttpResponse:
    """One of them: what it is about, and “I am interested”, which can be taken back. Once it is closed, that it is."""
    enrolment = own_place(request.user, pk)
    found = get_object_or_404(alumni.offers_shown(enrolment), pk=offer)
    is_open = found.how_it_stands == OPEN
    interest = GraduateInterest.objects.filter(enrolment=enrolment, offer=found).first()
    given = request.POST.copy() if request.method == "POST" and is_open else None
    wish = given.get("wish", "") if given is not None else ""
    if wish == ("interested" if interest else "not"):  # pressed twice: it is so already
        return redirect("cohorts:graduate_offer", pk, found.pk)
    act: Any = alumni.end_interest if interest else alumni.say_interest
    if given is not None:
        given["offer"] = str(found.pk)
    kind: Any = alumni.NoInterestForm if interest else alumni.InterestForm
    form = kind(given, subject=enrolment, by=request.user)
    if wish in ("interested", "not") and act_on(form, act, enrolment=enrolment, by=request.user):
        done = "You are not interested any more, and they know." if interest else "They have your name and address."
        messages.success(request, f"Thank you. {done}" if not interest else done)
        return redirect("cohorts:graduate_offer", pk, found.pk)
    form.fields.pop("offer")
    context = {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from("alumni", enrolment),
        "offer": found,
        "policy": _policy_of(found),
        "interest": interest,
        "is_open": is_open,
        "form": form,
    }
    return render(request, "cohorts/alumni/offer.html", context)


def _policy_of(offer: GraduateOffer) -> str:
    """What the employer says of fast-tracking or positive action, where it is a partner and listed (B59)."""
    partners = Partner.objects.filter(programme=offer.programme_id, organisation=offer.organisation_id, is_listed=True)
    return partners.values_list("policy", flat=True).first() or ""


def _facts(viewer: Any) -> dict[str, Any]:
    choices = AlumniChoice.objects.filter(enrolment=OuterRef("pk"))
    offers = GraduateOffer.objects.filter(
        Q(opened_at__isnull=False, closed_at=None, closes_on__gte=clock.today()),
        programme=OuterRef("cohort__programme"),
    )
    number = offers.order_by().values("programme").annotate(number=Count("pk")).values("number")
    return {"has_chosen_as_graduate": Exists(choices), "offers_open": Coalesce(Subquery(number), 0)}


def _status(*, subject: Any, viewer: Any) -> Status | None:
    if subject.status != EnrolmentStatus.COMPLETED:
        return None
    if subject.offers_open:
        return Status(f"{english.counted(subject.offers_open, 'opportunity', 'opportunities')} for graduates")
    return Status("What you agree to" if subject.has_chosen_as_graduate else "Speak, mentor, hear of opportunities")


def _asks(*, subject: Any, viewer: Any) -> list[Ask]:
    if subject.status != EnrolmentStatus.COMPLETED or subject.has_chosen_as_graduate:
        return []
    line = "You may leave it."
    return [Ask("Say how you would like to stay in touch", "Say it", TOPICS[0].url(subject), line=line)]


TOPICS = (
    Topic(
        OWN,
        "alumni",
        7,
        "Staying in touch",
        "cohorts:stay_in_touch",
        _status,
        asks=_asks,
        facts=_facts,
        steps=(alumni.choose_as_graduate, alumni.say_interest, alumni.end_interest),
    ),
)

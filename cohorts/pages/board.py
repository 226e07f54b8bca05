"""The board of openings for participants and graduates: what is open, what I said about it and what is kept of that (L5, L6, B60)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from cohorts.actions import alumni, openings
from cohorts.models import AlumniChoice, GraduateInterest, GraduateOffer, Partner
from cohorts.models.alumni import OPEN
from cohorts.notices.openings import STOP_LINK
from cohorts.pages.participant import around, own_place, trail_from
from cohorts.pages.topics import OWN
from cohorts.states import EnrolmentStatus
from cohorts.states.alumni import GRADUATES_TOO, PARTICIPANTS_TOO, SEEN_BY, GraduateOfferKind
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.site.sections import one_page
from steppingup.site.stepping import act_on
from steppingup.site.topics import Status, Topic

TOPIC = "openings"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@one_page()
def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is open for me, all or of one kind; what I said that I am interested in; and of what I hear by email."""
    enrolment = own_place(request.user, pk)
    if enrolment.status not in SEEN_BY:
        raise Http404
    form = openings.HearForm(request.POST if request.method == "POST" else None, subject=enrolment, by=request.user)
    act: Any = openings.choose_openings
    if act_on(form, act, enrolment=enrolment, by=request.user):
        messages.success(request, "Saved. You can change it whenever you like.")
        return redirect("cohorts:openings", pk)
    mine = GraduateInterest.objects.of_place(enrolment).select_related("offer__organisation")
    said = {one.offer_id for one in mine}
    found = list(alumni.offers_for(enrolment).order_by("closes_on", "title"))
    kinds = [kind for kind in GraduateOfferKind if any(one.kind == kind for one in found)]
    wanted = request.GET.get("kind", "") if request.GET.get("kind", "") in kinds else ""
    context = {
        **around(enrolment, request.user, TOPIC),
        "form": form,
        "offers": [(one, one.pk in said) for one in found if wanted in ("", one.kind)],
        "kinds": kinds if len(kinds) > 1 else [],
        "wanted": wanted,
        "mine": mine,
    }
    return render(request, "cohorts/alumni/board.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@one_page()
def offer(request: SignedInRequest, pk: int, offer: int) -> HttpResponse:
    """One of them: what it is about, and “I am interested”, which can be taken back. Once it is closed, that it is."""
    enrolment = own_place(request.user, pk)
    found = get_object_or_404(alumni.offers_shown(enrolment), pk=offer)
    is_open = found.how_it_stands == OPEN
    mine = GraduateInterest.objects.of_place(enrolment).filter(offer=found)
    interest = mine.first()
    may_end = interest is not None and interest.got_on is None and (is_open or interest.handed_on_at is None)
    can_act = may_end if interest else is_open
    given = request.POST.copy() if request.method == "POST" and can_act else None
    wish = given.get("wish", "") if given is not None else ""
    if wish == ("interested" if interest else "not"):  # pressed twice: it is so already
        return redirect("cohorts:graduate_offer", pk, found.pk)
    kind, act, done = _what(wish, interest)
    if given is not None:
        given["offer"] = str(found.pk)
    form = kind(given, subject=enrolment, by=request.user)
    if wish in ("interested", "not", "send") and act_on(form, act, enrolment=enrolment, by=request.user):
        messages.success(request, done(bool(given and given.get("first_to_us"))))
        return redirect("cohorts:graduate_offer", pk, found.pk)
    form.fields.pop("offer")
    context = {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from(TOPIC, enrolment),
        "offer": found,
        "policy": _policy_of(found),
        "interest": interest,
        "is_open": is_open,
        "may_end": may_end,
        "form": form,
    }
    return render(request, "cohorts/alumni/offer.html", context)


def _what(wish: str, interest: GraduateInterest | None) -> tuple[Any, Any, Any]:
    """What is asked, what is done, and what is said then."""
    if interest and wish == "send":
        return alumni.HandOnForm, alumni.hand_on_name, lambda quiet: "Thank you. They have your name and address."
    if interest:
        told = ", and they know" if interest.handed_on_at else ""
        return alumni.NoInterestForm, alumni.end_interest, lambda quiet: f"You are not interested any more{told}."
    return (
        alumni.InterestForm,
        alumni.say_interest,
        lambda quiet: (
            "Thank you. Those who run the programme see it. Your name was not sent."
            if quiet
            else "Thank you. They have your name and address."
        ),
    )


def _policy_of(offer: GraduateOffer) -> str:
    """What the employer says of fast-tracking or positive action, where it is a partner and listed (B59)."""
    partners = Partner.objects.filter(programme=offer.programme_id, organisation=offer.organisation_id, is_listed=True)
    return partners.values_list("policy", flat=True).first() or ""


@token_view(STOP_LINK)
def stop(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """One press, without an account. Nobody is named here: the mail may have been passed on."""
    choice: Any = link.target
    if request.method == "POST":
        openings.stop_hearing(choice=choice, by=LinkHolder(link))
        return redirect("cohorts:stop_openings", link.raw)
    found = AlumniChoice.objects.for_steps().get(pk=choice.pk)
    return render(
        request,
        "cohorts/alumni/stop.html",
        {"choice": found, "provider": found.enrolment.cohort.programme.provider},
    )


# -- in the menu -------------------------------------------------------------------------------------


def _facts(viewer: Any) -> dict[str, Any]:
    open_now = Q(opened_at__isnull=False, closed_at=None, closes_on__gte=clock.today())
    offers = GraduateOffer.objects.filter(open_now, programme=OuterRef("cohort__programme")).order_by()

    def number(whom: Any) -> Any:
        counted = offers.filter(for_whom__in=whom).values("programme").annotate(number=Count("pk"))
        return Coalesce(Subquery(counted.values("number")), 0)

    return {"openings_for_graduates": number(GRADUATES_TOO), "openings_for_participants": number(PARTICIPANTS_TOO)}


def _status(*, subject: Any, viewer: Any) -> Status | None:
    if subject.status == EnrolmentStatus.COMPLETED:
        found = subject.openings_for_graduates
        said = f"{english.counted(found, 'opportunity', 'opportunities')} for graduates"
    elif subject.status == EnrolmentStatus.ENROLLED:
        found = subject.openings_for_participants
        said = f"{english.counted(found, 'opening')} for you"
    else:
        return None
    return Status(said if found else "Nothing is open at the moment")


TOPICS = (
    Topic(
        OWN,
        TOPIC,
        75,
        "Openings",
        "cohorts:openings",
        _status,
        facts=_facts,
        steps=(openings.choose_openings, alumni.say_interest, alumni.hand_on_name, alumni.end_interest),
    ),
)

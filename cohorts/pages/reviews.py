"""Three-way reviews: the participant's and the line manager's pages, and the page of each of the three by a link."""

from collections.abc import Iterable
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.actions import review_signing, reviews
from cohorts.models import Enrolment, ReviewParty, ReviewSignature, ThreeWayReview
from cohorts.models.agreements import fingerprint
from cohorts.models.reviews import PARTS
from cohorts.notices.reviews import REVIEW_LINK
from cohorts.pages.manager import around as around_person
from cohorts.pages.manager import managed_person
from cohorts.pages.participant import around, entry_of, own_place, trail_from
from cohorts.pages.topics import MANAGED, OWN
from cohorts.states import EnrolmentStatus, Signatory
from steppingup.accounts.actors import Actor, LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink, User
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import NotPossible
from steppingup.site.layout import laid_out
from steppingup.site.sections import one_page
from steppingup.site.stepping import SignedInStepView
from steppingup.site.topics import Ask, Status, Topic

TOPIC = "reviews"


class SignForm(forms.Form):
    """The signature: the name, and a tick, under the words that were read."""

    name = NameInput(
        label="Your full name",
        help_text="This is your signature.",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": review_signing.NO_NAME},
    )
    agreed = forms.BooleanField(
        label="I have read it, and it says what we talked about",
        error_messages={"required": "Tick the box to say that you have read it."},
    )
    digest = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = laid_out(Field.text("name", label_size=Size.SMALL), Field.checkbox("agreed"), Field("digest"))


def _respond(request: HttpRequest, review: ThreeWayReview, by: Actor, page: str, **shown: Any) -> HttpResponse:
    """The words with the names below them, and the form for whoever has still to sign."""
    digest = fingerprint(review.text)
    form = SignForm(initial={"digest": digest})
    if request.method == "POST":
        form = SignForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                review_signing.sign(review=review, name=given["name"], digest=given["digest"] or None, by=by)
            except NotPossible as why:
                form.add_error(why.field if why.field in form.fields else None, str(why))
                form.data = {**request.POST.dict(), "digest": digest}
            else:
                messages.success(request, "Thank you. Your name is kept below these words.")
                return redirect(page)
    return render(request, "cohorts/review.html", {**_context(review, by, form), **shown})


def _whose(review: ThreeWayReview, signature: ReviewSignature) -> str:
    """Whom they signed for, without saying their name twice: “the line manager”."""
    called = reviews.called(review, Signatory(signature.role))
    is_the_same = f"{called}, ".startswith(f"{signature.name}, ")
    return called[len(signature.name) + 2 :] if is_the_same else called


def _context(review: ThreeWayReview, by: Actor, form: SignForm) -> dict[str, Any]:
    role = reviews.role_of(by, review)
    is_open = review.sent_at and not review.signed_at and not review.called_off_at
    return {
        "review": review,
        "enrolment": review.enrolment,
        "parts": [(title, getattr(review, name)) for name, title in PARTS.items()],
        "signatures": [(one, _whose(review, one)) for one in review.standing],
        "missing": [reviews.called(review, one) for one in review.missing] if is_open else [],
        "form": form,
        "own": review.signed_by(role) if role else None,
        "may_sign": bool(role and is_open and review.signed_by(role) is None),
        "provider": review.enrolment.cohort.programme.provider,
    }


# -- signed in -------------------------------------------------------------------------------------


@require_safe
@login_required
@one_page()
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mine, the latest first."""
    enrolment = own_place(request.user, pk)
    context = around(enrolment, request.user, TOPIC)
    entry_of(context["menu"], TOPIC)
    rows = ThreeWayReview.objects.filter(enrolment=enrolment)
    may_prepare = reviews.prepare.is_offered(request.user, enrolment)
    more = {"topic_title": enrolment.cohort.programme.name, "is_own": True, "may_prepare": may_prepare}
    return render(request, "cohorts/reviews.html", {**context, "reviews": rows, **more})


@require_safe
@login_required
@one_page()
def managed(request: SignedInRequest, pk: int) -> HttpResponse:
    """Those that the line manager is asked to sign, or has signed."""
    enrolment = managed_person(request.user, pk)
    context = around_person(enrolment, request.user, with_lines=False)
    entry_of(context["menu"], TOPIC)
    front = reverse("cohorts:managed", args=[pk])
    context |= {"front": front, "topic": TOPIC, "topic_title": str(enrolment.participant)}
    context["breadcrumbs"] = [*context["breadcrumbs"], (str(enrolment.participant), front)]
    rows = ThreeWayReview.objects.of_manager(request.user).filter(enrolment=enrolment)
    return render(request, "cohorts/reviews.html", {**context, "reviews": rows})


def _seen(user: User, pk: int) -> ThreeWayReview:
    """The participant's own; of a line manager, what they are asked to sign. Everybody else gets 404."""
    return get_object_or_404(ThreeWayReview.objects.of_party(user).for_steps(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def one(request: SignedInRequest, pk: int) -> HttpResponse:
    """The words, who has signed, and the place to sign."""
    review = _seen(request.user, pk)
    is_own = review.enrolment.participant_id == request.user.pk
    steps = (reviews.send, reviews.change, reviews.call_off) if is_own else ()
    names = {reviews.send: "review_send", reviews.change: "review_change", reviews.call_off: "review_call_off"}
    return _respond(
        request,
        review,
        request.user,
        reverse("cohorts:review", args=[pk]),
        buttons=[
            (one.label, reverse(f"cohorts:{names[one]}", args=[pk]))
            for one in steps
            if one.is_offered(request.user, review)
        ],
        breadcrumbs=_way_to(review.enrolment, is_own=is_own),
    )


def _way_to(enrolment: Enrolment, *, is_own: bool) -> list[tuple[str, str]]:
    if is_own:
        return trail_from(TOPIC, enrolment)
    return [
        ("Home", reverse("home")),
        (str(enrolment.participant), reverse("cohorts:managed", args=[enrolment.pk])),
        ("Reviews", reverse("cohorts:managed_reviews", args=[enrolment.pk])),
    ]


class _WithBoxes(SignedInStepView):
    def get_extra(self, subject: Any) -> dict[str, Any]:
        enrolment = subject.enrolment if isinstance(subject, ThreeWayReview) else subject
        return {"provider": enrolment.cohort.programme.provider}


class Prepare(_WithBoxes):
    step = reviews.prepare

    def load(self) -> Enrolment:
        return own_place(self.request.user, self.kwargs["pk"])

    def after(self, subject: Enrolment, result: Any) -> str:
        return reverse("cohorts:review", args=[result.pk]) if result else reverse("cohorts:reviews", args=[subject.pk])


class _OfReview(_WithBoxes):
    def load(self) -> ThreeWayReview:
        own = ThreeWayReview.objects.of_participant(self.request.user)
        return get_object_or_404(own.for_steps(), pk=self.kwargs["pk"])

    def after(self, subject: ThreeWayReview, result: Any) -> str:
        return reverse("cohorts:review", args=[subject.pk])


class Send(_OfReview):
    step = reviews.send


class Change(_OfReview):
    step = reviews.change


class CallOff(_OfReview):
    step = reviews.call_off


# -- by a link -------------------------------------------------------------------------------------


def _behind(link: TokenLink) -> tuple[ThreeWayReview, ReviewParty]:
    party: Any = link.target
    return ThreeWayReview.objects.for_steps().get(pk=party.review_id), party


def _is_over(review: ThreeWayReview, party: ReviewParty) -> bool:
    has_left = review.enrolment.status == EnrolmentStatus.WITHDRAWN
    return bool(review.called_off_at) or has_left or not reviews.holds(party, review)


def _of_link(link: TokenLink) -> ThreeWayReview:
    """Raises LinkGone for one that was called off, whose participant has left, and for whoever is not what they were."""
    review, party = _behind(link)
    if _is_over(review, party):
        raise LinkGone(link=link)
    return review


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it. It names nobody: the mail may have been passed on."""
    review, party = _behind(link)
    about = f"a review on {review.enrolment.cohort.programme.name}"
    if _is_over(review, party):
        return "There is nothing more to do", f"We asked about {about}. It is not needed any more."
    if link.revoked_at is not None:
        return "There is nothing to sign with this link", f"We asked about {about}. A newer link was sent since."
    return None


@token_view(REVIEW_LINK, afterwards)
def by_link(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """Read and signed on a phone, without an account."""
    review = _of_link(link)
    page = reverse("cohorts:review_by_link", args=[link.raw])
    return _respond(request, review, LinkHolder(link), page, by_link=True, party=_behind(link)[1])


# -- the topic, on both front pages ------------------------------------------------------------------


def _counts(rows: Any, viewer_signs: str) -> dict[str, Any]:
    mine = rows.filter(enrolment=OuterRef("pk"))
    waits = mine.lacking(viewer_signs).order_by().values("enrolment").annotate(number=Count("pk")).values("number")
    return {"reviews_any": Exists(mine), "reviews_to_sign": waits}


def _own_facts(viewer: Any) -> dict[str, Any]:
    return _counts(ThreeWayReview.objects.filter(enrolment=OuterRef("pk")), Signatory.PARTICIPANT)


def _managers_facts(viewer: Any) -> dict[str, Any]:
    return _counts(ThreeWayReview.objects.of_manager(viewer), Signatory.EMPLOYER)


def _line(subject: Any) -> str:
    return f"{english.counted(subject.reviews_to_sign, 'review')} for you to sign" if subject.reviews_to_sign else ""


def _own(*, subject: Any, viewer: Any) -> Status | None:
    if subject.reviews_any:
        return Status(_line(subject) or "What you looked back on, the three of you")
    can = subject.status == EnrolmentStatus.ENROLLED and subject.line_manager_id
    return Status("None yet: with your line manager and the coordinator") if can else None


def _managed(*, subject: Any, viewer: Any) -> Status | None:
    return Status(_line(subject) or "What you looked back on, the three of you") if subject.reviews_any else None


def _asks_of(rows: Iterable[ThreeWayReview]) -> list[Ask]:
    return [
        Ask(
            f"Sign the review of {english.day_date(one.on)}",
            "Read and sign",
            reverse("cohorts:review", args=[one.pk]),
            hidden=f"the review of {english.day_date(one.on)}",
        )
        for one in rows
    ]


def _own_asks(*, subject: Any, viewer: Any) -> list[Ask]:
    if not subject.reviews_to_sign:
        return []
    return _asks_of(ThreeWayReview.objects.filter(enrolment=subject.pk).lacking(Signatory.PARTICIPANT))


def _managers_asks(*, subject: Any, viewer: Any) -> list[Ask]:
    if not subject.reviews_to_sign:
        return []
    return _asks_of(ThreeWayReview.objects.of_manager(viewer).filter(enrolment=subject.pk).lacking(Signatory.EMPLOYER))


TOPICS = (
    Topic(
        OWN,
        TOPIC,
        57,
        "Your reviews",
        "cohorts:reviews",
        _own,
        _own_asks,
        _own_facts,
        (reviews.prepare, reviews.change, reviews.send, reviews.call_off),
    ),
    Topic(MANAGED, TOPIC, 32, "Reviews", "cohorts:managed_reviews", _managed, _managers_asks, _managers_facts),
)

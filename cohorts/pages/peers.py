"""The page of one's peer group: who is in it, its meetings, its agendas and notes, and the half-day that suits most (B11, B12)."""

import uuid
from typing import Any

from crispy_forms_gds.layout import Field
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import peers
from cohorts.models import Enrolment, PeerAnswer, PeerCard, PeerGroup, PeerPaper, PeerPoll, Session
from cohorts.models.peers import LONGEST
from cohorts.pages.participant import around, own_enrolment, own_place, trail_from
from cohorts.pages.topics import OWN
from cohorts.states.peers import PaperKind
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats.fields import NameInput, TelephoneInput
from steppingup.site.layout import laid_out
from steppingup.site.sections import one_page
from steppingup.site.stepping import act_on
from steppingup.site.topics import Ask, Status, Topic

TOPIC = "peer-group"
PER_PAGE = 20


def own_group(user: User, pk: int) -> tuple[Enrolment, PeerGroup]:
    """One's own place and the group that one is in now; whoever is in none gets 404."""
    enrolment = own_enrolment(user, pk)
    group = peers.group_of(enrolment)
    if group is None:
        raise Http404
    group.cohort = enrolment.cohort
    return enrolment, group


def around_page(enrolment: Enrolment, **more: Any) -> dict[str, Any]:
    return {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from(TOPIC, enrolment),
        **more,
    }


def poll_of(group: PeerGroup) -> PeerPoll | None:
    """The one under way."""
    return PeerPoll.objects.asking().filter(peer_group=group).for_steps().first()


@require_safe
@login_required
@one_page()
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything of the group on one page."""
    enrolment = own_place(request.user, pk)
    group = peers.group_of(enrolment)
    if group is None:
        raise Http404
    papers = PeerPaper.objects.filter(peer_group=group).select_related("changed_by__participant").defer("text")
    page = Paginator(papers.order_by("-changed_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    sessions = Session.objects.filter(peer_group=group, ends_at__gte=clock.now()).going_ahead()
    latest = PeerPoll.objects.filter(peer_group=group).exclude(chosen=None).select_related("chosen").first()
    poll = poll_of(group)
    context = around(enrolment, request.user, TOPIC) | {
        "group": group,
        "members": list(peers.members_of(group)),
        "card": PeerCard.objects.filter(enrolment=enrolment).first(),
        "sessions": sessions.order_by("starts_at", "pk"),
        "poll": poll,
        "answered": bool(poll) and PeerAnswer.objects.filter(half_day__poll=poll, enrolment=enrolment).exists(),
        "chosen": latest if latest and latest.chosen and not latest.chosen.is_over else None,
        "page_obj": page,
        "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    return render(request, "cohorts/peers/group.html", context)


# -- what the others know of me ----------------------------------------------------------------------------


class CardForm(forms.Form):
    shows_work = forms.BooleanField(label="My job title and employer", required=False)
    shows_email = forms.BooleanField(label="My email address", required=False)
    phone = TelephoneInput(label="My telephone number", max_length=40, required=False)
    about = forms.CharField(
        label="About me",
        help_text="What you work on, what you would like to learn, when you are best reached.",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "govuk-textarea"}),
        error_messages={"max_length": "Keep it to 600 characters."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = laid_out("shows_work", "shows_email", Field.text("phone"), "about")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def card(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the group may know beside my name."""
    enrolment, group = own_group(request.user, pk)
    found = PeerCard.objects.filter(enrolment=enrolment).first()
    names = ("shows_work", "shows_email", "phone", "about")
    form = CardForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(found, name) for name in names} if found else {},
    )
    if act_on(form, peers.keep_card, enrolment=enrolment, by=request.user):
        messages.success(request, "Saved. Your group sees it from now on.")
        return redirect("cohorts:peer_group", pk)
    context = around_page(enrolment, group=group, form=form, number=peers.members_of(group).count() - 1)
    return render(request, "cohorts/peers/card.html", context)


# -- agendas and notes ------------------------------------------------------------------------------------


class PaperForm(forms.Form):
    kind = forms.ChoiceField(
        label="What is it?",
        choices=PaperKind.choices,
        widget=forms.RadioSelect,
        initial=PaperKind.NOTES,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose whether it is an agenda or notes."),
    )
    title = NameInput(label="Title", max_length=120, error_messages={"required": peers.NO_TITLE})
    text = forms.CharField(
        label="Text",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 14, "class": "govuk-textarea"}),
        error_messages={
            "required": peers.NO_TEXT,
            "max_length": f"Keep it to {LONGEST:,} characters, and write the rest in another one.",
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, paper: PeerPaper | None = None, **kwargs: Any) -> None:
        names = ("kind", "title", "text", "version")
        begins: dict[str, Any] = (
            {name: getattr(paper, name) for name in names} if paper else {"submission": uuid.uuid4()}
        )
        kwargs["initial"] = begins
        super().__init__(*args, **kwargs)
        del self.fields["submission" if paper else "version"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "version" in self.fields:
            values["version"] = values.get("version") or 0
        return values


def _paper(group: PeerGroup, key: int) -> PeerPaper:
    rows = PeerPaper.objects.select_related("written_by__participant", "changed_by__participant")
    found = get_object_or_404(rows, pk=key, peer_group=group)
    found.peer_group = group
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def write(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another agenda, or more notes."""
    enrolment, group = own_group(request.user, pk)
    form = PaperForm(request.POST if request.method == "POST" else None)
    if made := act_on(form, peers.write, enrolment=enrolment, by=request.user):
        messages.success(request, "Kept. Your group can read it and write on, and nobody else.")
        return redirect("cohorts:peer_paper", pk, made.pk)
    return render(
        request,
        "cohorts/peers/write.html",
        around_page(enrolment, group=group, form=form, heading="Write an agenda or notes"),
    )


@require_safe
@login_required
def paper(request: SignedInRequest, pk: int, paper: int) -> HttpResponse:
    enrolment, group = own_group(request.user, pk)
    return render(request, "cohorts/peers/paper.html", around_page(enrolment, group=group, paper=_paper(group, paper)))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: SignedInRequest, pk: int, paper: int) -> HttpResponse:
    """Write on, with what stands there now."""
    enrolment, group = own_group(request.user, pk)
    found = _paper(group, paper)
    form = PaperForm(request.POST if request.method == "POST" else None, paper=found)
    if act_on(form, peers.change, paper=found, enrolment=enrolment, by=request.user):
        messages.success(request, "Saved.")
        return redirect("cohorts:peer_paper", pk, paper)
    context = around_page(enrolment, group=group, form=form, paper=found, heading=f"Change “{found.title}”")
    return render(request, "cohorts/peers/write.html", context)


@require_POST
@login_required
def delete(request: SignedInRequest, pk: int, paper: int) -> HttpResponse:
    """By whoever began it."""
    enrolment, group = own_group(request.user, pk)
    found = _paper(group, paper)
    if found.written_by_id != enrolment.pk:
        raise Http404
    peers.delete(paper=found, enrolment=enrolment, by=request.user)
    messages.success(request, "Deleted. Nothing of it is kept.")
    return redirect("cohorts:peer_group", pk)


# -- the topic on the front page ---------------------------------------------------------------------------


def _line(*, subject: Enrolment, viewer: Any) -> Status | None:
    group = peers.group_of(subject)
    if group is None:
        return None

    return Status(f"{group}: who is in it, what you write down together, and when you meet")


def _asked(*, subject: Enrolment, viewer: Any) -> list[Ask]:
    """Which half-day suits, until they have said it."""
    group = peers.group_of(subject)
    if group is None:
        return []
    said = PeerAnswer.objects.filter(enrolment=subject).values("half_day__poll")
    asking = PeerPoll.objects.asking().filter(peer_group=group).exclude(pk__in=said)
    page = reverse("cohorts:peer_poll", args=[subject.pk])
    return [Ask(f"Say which half-day suits you for “{one.title}”", "Say what suits you", page) for one in asking]


TOPICS = (Topic(OWN, TOPIC, 72, "Your peer group", "cohorts:peer_group", _line, asks=_asked),)

"""The half-day that suits most of a peer group: asked for, answered and chosen by its members (B11)."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST

from cohorts.actions import peers
from cohorts.forms import DayField
from cohorts.models import Enrolment, PeerGroup, Session
from cohorts.models.peers import best_first
from cohorts.pages.peers import around_page, own_group, poll_of
from cohorts.states.peers import Half, Suits
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import NotPossible
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on

WEEKDAYS = (("1", "Monday"), ("2", "Tuesday"), ("3", "Wednesday"), ("4", "Thursday"), ("5", "Friday"))


class WhenForm(forms.Form):
    """What for, and which half-days to ask about."""

    session: Any = forms.ModelChoiceField(
        Session.objects.none(),
        label="For which session?",
        help_text="The coordinator moves it to the half-day that you choose together.",
        empty_label="None: we meet by ourselves",
        required=False,
    )
    title = NameInput(label="What is it for?", max_length=120, error_messages={"required": peers.NO_TITLE})
    first: Any = DayField(
        missing="Enter the first day.",
        label="From which day?",
        help_text="For example, 27 3 2020",
        require_all_fields=False,
    )
    last: Any = DayField(
        missing="Enter the last day.",
        label="Until which day?",
        help_text="For example, 9 4 2020",
        require_all_fields=False,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="On which days of the week?",
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        initial=[key for key, _ in WEEKDAYS],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose at least one day of the week."),
    )
    halves = forms.MultipleChoiceField(
        label="In the morning or in the afternoon?",
        choices=Half.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=list(Half),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose mornings, afternoons or both."),
    )

    def __init__(self, *args: Any, group: PeerGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["session"]
        field.queryset = peers.sessions_to_date(group)  # type: ignore[attr-defined]
        field.label_from_instance = _named  # type: ignore[attr-defined]
        if not field.queryset.exists():  # type: ignore[attr-defined]
            del self.fields["session"]
        small = Size.SMALL
        rows = (Field.checkboxes(name, legend_size=small, small=True) for name in ("weekdays", "halves"))
        self.helper = laid_out(*(name for name in self.fields if name not in ("weekdays", "halves")), *rows)


def _named(session: Session) -> str:
    return f"{session}, now on {english.weekday_date(localtime(session.starts_at))}"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask_when(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the group which half-day suits."""
    enrolment, group = own_group(request.user, pk)
    form = WhenForm(request.POST if request.method == "POST" else None, group=group)
    if act_on(form, peers.ask_when, enrolment=enrolment, by=request.user):
        messages.success(request, "The others have been asked. Now say what suits you.")
        return redirect("cohorts:peer_poll", pk)
    part_time = peers.members_of(group).exclude(works_on=[])
    return render(
        request, "cohorts/peers/ask_when.html", around_page(enrolment, group=group, form=form, part_time=part_time)
    )


class SuitsForm(forms.Form):
    """One question for each half-day that is not over."""

    def __init__(self, *args: Any, half_days: list[Any], enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in half_days:
            if not one.is_over:
                said = [each.suits for each in one.said if each.enrolment_id == enrolment.pk]
                self.fields[f"half_{one.pk}"] = forms.ChoiceField(
                    label=str(one),
                    choices=Suits.choices,
                    widget=forms.RadioSelect,
                    required=False,
                    initial=said[0] if said else None,
                    error_messages={"invalid_choice": "Choose one of the answers."},
                )
        self.helper = laid_out(
            *(Field.radios(name, inline=True, small=True, legend_size=Size.SMALL) for name in self.fields)
        )

    def clean(self) -> dict[str, Any]:
        if not any(self.cleaned_data.values()) and not self.errors:
            raise forms.ValidationError("Say of at least one half-day whether it suits you.", code="none")
        return self.cleaned_data

    @property
    def answers(self) -> dict[int, str]:
        return {int(name.removeprefix("half_")): value for name, value in self.cleaned_data.items() if value}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def poll(request: SignedInRequest, pk: int) -> HttpResponse:
    """What suits me, what suits the others, and the choice."""
    enrolment, group = own_group(request.user, pk)
    found = poll_of(group)
    if found is None:
        messages.info(request, "Your group is not looking for a half-day now.")
        return redirect("cohorts:peer_group", pk)
    half_days = peers.with_answers(found)
    form = SuitsForm(request.POST if request.method == "POST" else None, half_days=half_days, enrolment=enrolment)
    if request.method == "POST" and form.is_valid():
        try:
            peers.answer(poll=found, enrolment=enrolment, answers=form.answers, by=request.user)
        except NotPossible as sentence:
            form.add_error(None, str(sentence))
        else:
            messages.success(request, "Thank you. You can change it until a half-day is chosen.")
            return redirect("cohorts:peer_poll", pk)
    answered = {one.enrolment_id for each in half_days for one in each.said}
    context = around_page(
        enrolment,
        group=group,
        poll=found,
        form=form,
        rows=[(one, _said(one)) for one in best_first(half_days)],
        waiting=_without_answer(group, answered),
        any_answers=bool(answered),
        may_end=found.opened_by_id == enrolment.pk,
    )
    return render(request, "cohorts/peers/poll.html", context)


def _without_answer(group: PeerGroup, answered: set[int]) -> str:
    return english.listed([str(one.participant) for one in peers.members_of(group) if one.pk not in answered])


def _said(half_day: Any) -> str:
    """“2 can (Ann and Bo), 1 if need be (Cy)”."""
    found = []
    for suits, words in ((Suits.YES, "can"), (Suits.IF_NEEDED, "if need be"), (Suits.NO, "cannot")):
        who = sorted(str(one.enrolment.participant) for one in half_day.said if one.suits == suits)
        if who:
            found.append(f"{len(who)} {words} ({english.listed(who)})")
    return ", ".join(found) or "Nobody has answered"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose(request: SignedInRequest, pk: int, half_day: int) -> HttpResponse:
    """This one: what everybody said of it and who gets an email first, as it is not taken back."""
    enrolment, group = own_group(request.user, pk)
    found = poll_of(group)
    one = found.half_days.filter(pk=half_day).first() if found else None
    if found is None or one is None:
        raise Http404
    if request.method != "POST":
        half_days = peers.with_answers(found)
        answered = {said.enrolment_id for each in half_days for said in each.said}
        context = around_page(
            enrolment,
            group=group,
            poll=found,
            half_day=one,
            said=next(_said(each) for each in half_days if each.pk == one.pk),
            waiting=_without_answer(group, answered),
        )
        return render(request, "cohorts/peers/choose.html", context)
    try:
        peers.choose(poll=found, enrolment=enrolment, half_day=one, by=request.user)
    except NotPossible as sentence:
        messages.error(request, str(sentence))
        return redirect("cohorts:peer_poll", pk)
    messages.success(request, f"Chosen: {one}. Everybody in your group has been told.")
    return redirect("cohorts:peer_group", pk)


@require_POST
@login_required
def call_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """No more."""
    enrolment, group = own_group(request.user, pk)
    found = poll_of(group)
    if found is None or found.opened_by_id != enrolment.pk:
        raise Http404
    peers.call_off(poll=found, enrolment=enrolment, by=request.user)
    messages.success(request, "Called off. You can ask again whenever you like.")
    return redirect("cohorts:peer_group", pk)

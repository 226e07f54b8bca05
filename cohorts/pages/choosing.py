"""A participant reads the opportunities of their cohort, and puts those that they would like in order (L6)."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from cohorts.actions import choosing as actions
from cohorts.actions.choosable import kept_from, open_for
from cohorts.models import Choosing, Enrolment, Opportunity, Ranking
from cohorts.pages.participant import own_enrolment, trail_from
from cohorts.planning.placing import ORDINALS
from steppingup.accounts.requests import SignedInRequest
from steppingup.history.lifecycle import NotPossible
from steppingup.site.layout import laid_out


class RankingForm(forms.Form):
    """A box for each choice, the dearest first."""

    def __init__(self, *args: Any, most: int, offered: list[Opportunity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [("", "None"), *((str(one.pk), f"{one.title}, {one.host}") for one in offered)]
        for number, ordinal in enumerate(ORDINALS[: min(most, len(offered))], 1):
            self.fields[f"choice_{number}"] = forms.ChoiceField(
                label=f"Your {ordinal} choice",
                choices=known,
                required=False,
                error_messages={"invalid_choice": "This one is not offered any more. Choose another one."},
            )
        self.by_key = {str(one.pk): one for one in offered}
        self.helper = laid_out(*(Field.select(name, label_size=Size.SMALL) for name in self.fields))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        seen: set[str] = set()
        for name in self.fields:
            value = values.get(name)
            if value and value in seen:
                self.add_error(
                    name, f"You have chosen “{self.by_key[value].title}” twice. Choose another one, or “None”."
                )
            seen.add(value or "")
        return values

    @property
    def chosen(self) -> list[Opportunity]:
        """In their order; a box that was left empty in between makes no gap."""
        return [self.by_key[value] for name in self.fields if (value := self.cleaned_data.get(name))]


def _offered(choosing: Choosing, enrolment: Enrolment) -> tuple[list[Opportunity], list[Opportunity]]:
    """Those that they can choose, and those that their employer keeps from them."""
    every = open_for(choosing)
    not_at = kept_from([enrolment], choosing.component, [one.host_id for one in every])[enrolment.pk]
    return [one for one in every if one.host_id not in not_at], [one for one in every if one.host_id in not_at]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose(request: SignedInRequest, pk: int, choosing: int) -> HttpResponse:
    """What is offered, and which of it they would like."""
    enrolment = own_enrolment(request.user, pk)
    asked = get_object_or_404(Choosing.objects.for_steps(), pk=choosing, cohort=enrolment.cohort)
    offered, kept = _offered(asked, enrolment)
    said = Ranking.objects.filter(choosing=asked, enrolment=enrolment).first()
    known = {one.pk for one in offered}
    begins = [one for one in said.choices if one in known] if said else []
    form = RankingForm(
        request.POST if request.method == "POST" else None,
        most=asked.most,
        offered=offered,
        initial={f"choice_{number}": str(one) for number, one in enumerate(begins, 1)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.rank(choosing=asked, enrolment=enrolment, choices=form.chosen, by=request.user)
        except NotPossible as sentence:
            form.add_error(None, str(sentence))
        else:
            messages.success(request, "Thank you. You can change it until the last day.")
            return redirect(request.path)
    context = {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from("assignment", enrolment),
        "choosing": asked,
        "form": form,
        "offered": offered,
        "kept": kept,
        "said": said,
        "gone": len(said.choices) - len(begins) if said else 0,
        "chosen": [one for key in begins for one in offered if one.pk == key],
    }
    return render(request, "cohorts/opportunities/choose.html", context)

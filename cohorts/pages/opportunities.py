"""What an organisation offers, by a link and without an account: its opportunities, one more, a change, and none of them any more."""

from typing import Any

from crispy_forms_gds.layout import Field, Fieldset, Size
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.actions import opportunities
from cohorts.models import Opportunity, OpportunityInvitation, Placement
from cohorts.models.opportunities import CHECKS, MOST_PLACES
from cohorts.notices.opportunities import OFFER_LINK
from cohorts.pages.offering import Offering, optional_date, sent
from cohorts.states import COHORT_OVER
from cohorts.states.opportunities import OpportunityStatus
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink
from steppingup.formats.fields import AddressInput, NameInput, TelephoneInput
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on


class OfferForm(forms.Form):
    """One opportunity, as whoever offers it says it."""

    title = NameInput(
        label="What would you call it?",
        help_text="In a few words, such as “A new front desk for the museum”.",
        max_length=150,
        error_messages={"required": "Give it a title."},
    )
    kind = forms.ChoiceField(
        label="What is it?",
        choices=Placement.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it is a project or a consultancy."},
    )
    description = forms.CharField(
        label="What is it about?",
        help_text="What is to be done, and what you hope will be different at the end. Participants read this.",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Say what it is about."},
    )
    learning = forms.CharField(
        label="What would somebody learn? (optional)",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    place = NameInput(
        label="Where is it?",
        help_text="An address, a town, or “from anywhere”.",
        max_length=200,
        error_messages={"required": "Say where it is."},
    )
    working_pattern = NameInput(
        label="Which days? (optional)",
        help_text="Such as “every Tuesday” or “two days a week, as it suits”.",
        max_length=120,
        required=False,
    )
    places = forms.IntegerField(
        label="For how many people?",
        initial=1,
        min_value=1,
        max_value=MOST_PLACES,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), f"Enter a whole number from 1 to {MOST_PLACES}."
        ),
    )
    starts_on = optional_date(label="From when? (optional)", help_text="For example, 27 3 2020.")
    ends_on = optional_date(label="Until when? (optional)", help_text="For example, 27 6 2020.")
    needed = forms.MultipleChoiceField(
        label="What does somebody need before they begin?",
        help_text="Tick all that apply.",
        choices=[(name, f"{said[:1].upper()}{said[1:]}") for name, said in CHECKS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    other_checks = NameInput(label="Anything else that is needed? (optional)", max_length=300, required=False)
    supervisor_name = NameInput(
        label="Name",
        max_length=150,
        error_messages={"required": "Enter the name of whoever would look after the participant."},
    )
    supervisor_email = AddressInput(
        label="Email address", error_messages={"required": "Enter the supervisor’s email address."}
    )
    supervisor_phone = TelephoneInput(label="Telephone number (optional)", max_length=30, required=False)

    def __init__(self, *args: Any, about: Opportunity | None = None, **kwargs: Any) -> None:
        if about is not None:
            ticked = [name for name in CHECKS if getattr(about, name)]
            begins = {name: getattr(about, name) for name in opportunities.SAID if name not in CHECKS}
            kwargs["initial"] = {**begins, "needed": ticked}
        super().__init__(*args, **kwargs)
        small = {"label_size": Size.SMALL}
        self.helper = laid_out(
            Field.text("title", **small),
            Field.radios("kind", legend_size=Size.SMALL, inline=True),
            Field.textarea("description", **small),
            Field.textarea("learning", **small),
            Field.text("place", **small),
            Field.text("working_pattern", **small),
            Field.text("places", field_width=2, **small),
            Field("starts_on"),
            Field("ends_on"),
            Field.checkboxes("needed", legend_size=Size.SMALL),
            Field.text("other_checks", **small),
            Fieldset(
                "supervisor_name",
                "supervisor_email",
                "supervisor_phone",
                legend="Who would look after the participant?",
                legend_size=Size.MEDIUM,
            ),
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        ticked = values.pop("needed", [])
        return values | {name: name in ticked for name in CHECKS}


PAGES = Offering(OpportunityInvitation.objects.for_steps, Opportunity.objects.for_steps, "cohorts:offer")


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it, for whoever has the link that we sent them. It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if found.ended_at is None:
        return None
    about = f"{found.cohort.programme.name} ({found.cohort.name})"
    return (
        "There is nothing more to do",
        f"We had asked for assignments on {about}. This link is not needed any more.",
    )


@token_view(OFFER_LINK, afterwards)
def offer(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What they have offered so far, and a form for one more."""
    invitation = PAGES.invitation(link)
    form = OfferForm(sent(request), initial={"supervisor_name": invitation.name, "supervisor_email": link.email})
    if act_on(form, opportunities.offer, invitation=invitation, by=LinkHolder(link)):
        messages.success(request, "Thank you. We will read it, and write to you once participants can see it.")
        return redirect(PAGES.all(link))
    return PAGES.page(
        request,
        link,
        "cohorts/opportunities/offer.html",
        form=form,
        offered=list(invitation.opportunities.all()),
        is_over=invitation.cohort.status in COHORT_OVER,
    )


@token_view(OFFER_LINK, afterwards)
def change(request: HttpRequest, link: TokenLink, pk: int) -> HttpResponse:
    """Until it is open, whoever offered it can change it."""
    opportunity = PAGES.own(link, pk)
    form = OfferForm(sent(request), about=opportunity)
    if act_on(form, opportunities.change, opportunity=opportunity, by=LinkHolder(link)):
        messages.success(request, "Changed.")
        return redirect(PAGES.all(link))
    may_change = opportunity.status == OpportunityStatus.OFFERED
    return PAGES.page(
        request, link, "cohorts/opportunities/change.html", form=form, opportunity=opportunity, may_change=may_change
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Why? (optional)", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


@token_view(OFFER_LINK, afterwards)
def withdraw(request: HttpRequest, link: TokenLink, pk: int) -> HttpResponse:
    """It cannot be offered any more."""
    opportunity = PAGES.own(link, pk)
    form = WithdrawForm(sent(request))
    if act_on(form, opportunities.withdraw, opportunity=opportunity, by=LinkHolder(link)):
        messages.success(request, f"“{opportunity.title}” is withdrawn.")
        return redirect(PAGES.all(link))
    may_withdraw = opportunity.status != OpportunityStatus.WITHDRAWN
    return PAGES.page(
        request,
        link,
        "cohorts/opportunities/withdraw.html",
        form=form,
        opportunity=opportunity,
        may_withdraw=may_withdraw,
    )

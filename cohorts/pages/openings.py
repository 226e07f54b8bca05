"""What an employer puts on the board, by a link and without an account: its openings, one more, a change, and one of them no more."""

from typing import Any

from crispy_forms_gds.layout import Field, Fieldset, Size
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.actions import openings
from cohorts.models import GraduateOffer, OpeningInvitation
from cohorts.notices.openings import OPENINGS_LINK
from cohorts.pages.offering import Offering, optional_date, sent
from cohorts.states.alumni import ForPeople, GraduateOfferKind
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink
from steppingup.formats.date_fields import ThreeBoxes
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on

WHOM = {
    ForPeople.PARTICIPANTS: "People who are on the programme now",
    ForPeople.GRADUATES: "People who have completed it",
    ForPeople.BOTH: "Both",
}


class OpeningForm(forms.Form):
    """One opening, as whoever offers it says it."""

    title = NameInput(
        label="What would you call it?",
        help_text="In a few words, such as “Deputy head of care, for six months”.",
        max_length=150,
        error_messages={"required": "Give it a title."},
    )
    kind = forms.ChoiceField(
        label="What is it?",
        choices=GraduateOfferKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is."},
    )
    for_whom = forms.ChoiceField(
        label="For whom is it?",
        choices=[(value.value, said) for value, said in WHOM.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose for whom it is."},
    )
    description = forms.CharField(
        label="What is it about?",
        help_text="What somebody would do, and in which team.",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Say what it is about."},
    )
    gives = forms.CharField(
        label="What does it give them? (optional)",
        help_text="Such as leading a budget for the first time, or a higher grade while it lasts.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    place = NameInput(label="Where is it? (optional)", max_length=200, required=False)
    starts_on = optional_date(label="From when? (optional)", help_text="For example, 27 3 2020.")
    ends_on = optional_date(label="Until when? (optional)", help_text="For example, 27 9 2020.")
    how_to_apply = forms.CharField(
        label="How do people apply? (optional)",
        help_text="We send you the names of those who are interested. Say here if they have to do more than that.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    closes_on = ThreeBoxes(
        label="Until which day can people say that they are interested?",
        help_text="For example, 27 2 2020. After that day it is not shown any more.",
        sentence="Enter a real date, such as 27 2 2020.",
        required=True,
    )
    contact_name = NameInput(
        label="Name", max_length=150, error_messages={"required": "Enter the name of whoever people can ask."}
    )
    contact_email = AddressInput(
        label="Email address", error_messages={"required": "Enter the email address of whoever people can ask."}
    )

    def __init__(self, *args: Any, about: GraduateOffer | None = None, **kwargs: Any) -> None:
        if about is not None:
            kwargs["initial"] = {name: getattr(about, name) for name in openings.SAID}
        super().__init__(*args, **kwargs)
        self.fields["closes_on"].error_messages["required"] = "Enter the last day on which people can say so."
        small = {"label_size": Size.SMALL}
        self.helper = laid_out(
            Field.text("title", **small),
            Field.radios("kind", legend_size=Size.SMALL),
            Field.radios("for_whom", legend_size=Size.SMALL),
            Field.textarea("description", **small),
            Field.textarea("gives", **small),
            Field.text("place", **small),
            Field("starts_on"),
            Field("ends_on"),
            Field.textarea("how_to_apply", **small),
            Field("closes_on"),
            Fieldset(
                "contact_name",
                "contact_email",
                legend="Whom can people ask?",
                legend_size=Size.MEDIUM,
            ),
        )


PAGES = Offering(OpeningInvitation.objects.for_steps, GraduateOffer.objects.for_steps, "cohorts:offer_openings")


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it, for whoever has the link that we sent them. It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if found.ended_at is None:
        return None
    return (
        "There is nothing more to do",
        f"We had asked for openings for people of {found.programme.name}. This link is not needed any more.",
    )


@token_view(OPENINGS_LINK, afterwards)
def offer(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What they have offered so far, and a form for one more."""
    invitation = PAGES.invitation(link)
    form = OpeningForm(sent(request), initial={"contact_name": invitation.name, "contact_email": link.email})
    if act_on(form, openings.offer_opening, invitation=invitation, by=LinkHolder(link)):
        messages.success(request, "Thank you. We will read it. You see on this page once it is on the board.")
        return redirect(PAGES.all(link))
    offered = list(invitation.openings.order_by("-pk"))
    return PAGES.page(request, link, "cohorts/openings/offer.html", form=form, offered=offered)


@token_view(OPENINGS_LINK, afterwards)
def change(request: HttpRequest, link: TokenLink, pk: int) -> HttpResponse:
    """Until it is on the board, whoever offered it can change it."""
    opening = PAGES.own(link, pk)
    form = OpeningForm(sent(request), about=opening)
    if act_on(form, openings.change_opening, opening=opening, by=LinkHolder(link)):
        messages.success(request, "Changed.")
        return redirect(PAGES.all(link))
    may_change = opening.opened_at is None and opening.closed_at is None
    return PAGES.page(
        request, link, "cohorts/openings/change.html", form=form, opening=PAGES.own(link, pk), may_change=may_change
    )


@token_view(OPENINGS_LINK, afterwards)
def take_back(request: HttpRequest, link: TokenLink, pk: int) -> HttpResponse:
    """It is not offered after all."""
    opening = PAGES.own(link, pk)
    form = forms.Form(sent(request))
    if act_on(form, openings.take_opening_back, opening=opening, by=LinkHolder(link)):
        messages.success(request, f"“{opening.title}” is not offered any more.")
        return redirect(PAGES.all(link))
    may = opening.opened_at is None and opening.closed_at is None
    return PAGES.page(request, link, "cohorts/openings/take_back.html", form=form, opening=opening, may_change=may)

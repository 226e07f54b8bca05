"""A step up that the employer may confirm: the graduate’s part, on the page on which they say where they are, and the page of whoever is
asked, by a link (B58)."""

from typing import Any

from crispy_forms_gds.layout import Field, Fluid, Size
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cohorts.actions import confirmations
from cohorts.models import Destination, DestinationAnswer, StepConfirmation
from cohorts.models.destinations import after
from cohorts.notices.confirmations import CONFIRMATION_LINK
from steppingup.accounts.actors import Actor, LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink, User
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on

ASKED = "Thank you. {} gets an email with a link. You hear from us once they have answered."
WITHDRAWN = "Thank you. Nobody is asked about it any more."


class AskForm(confirmations.AskForm):
    """Laid out for a telephone."""

    helper = laid_out(
        Field.text("name", label_size=Size.SMALL, field_width=Fluid.TWO_THIRDS),
        Field.text("email", label_size=Size.SMALL, field_width=Fluid.TWO_THIRDS),
        Field.checkbox("agrees"),
    )


class Form(confirmations.ConfirmForm):
    helper = laid_out(
        Field.radios("said", legend_size=Size.MEDIUM),
        Field.textarea("words", label_size=Size.SMALL, rows=3),
    )


def part_of(
    request: HttpRequest, do: str, destination: Destination, answer: DestinationAnswer | None, by: Actor
) -> dict[str, Any] | None:
    """What the graduate's page shows of it, and what can be done there; nothing when it was done."""
    rows = list(StepConfirmation.objects.filter(answer__destination__enrolment=destination.enrolment_id).for_steps())
    counts = [one for one in rows if one.counts]
    standing = next((one for one in counts if one.answer.destination_id == destination.pk), None)
    others = [one for one in counts if one is not standing]
    form = None
    if standing is None and not confirmations.why_nobody(destination, answer):
        form = AskForm(request.POST if do == "ask" else None, subject=destination, by=by)
        if act_on(form, confirmations.ask_employer, destination=destination, by=by):
            messages.success(request, ASKED.format(form.cleaned_data["name"]))
            return None
    # By the link of one moment nothing of another is read or changed; signed in, everything is.
    is_signed_in = isinstance(by, User)
    within = [one.answer.destination for one in counts if one is standing or is_signed_in]
    chosen = next((one for one in within if str(one.pk) == request.POST.get("of")), None)
    if do == "withdraw" and chosen is not None:
        confirmations.withdraw_asking(destination=chosen, by=by)
        messages.success(request, WITHDRAWN)
        return None
    return {
        "ask_form": form,
        "standing": standing,
        "others": others if is_signed_in else [],
        "asked_elsewhere": bool(others) and not is_signed_in,
        "earlier": [
            one for one in rows if not one.counts and (is_signed_in or one.answer.destination_id == destination.pk)
        ],
    }


# -- by a link -------------------------------------------------------------------------------------


def _of_link(link: TokenLink) -> StepConfirmation:
    """Raises LinkGone once it is not asked any more."""
    behind: Any = link.target
    found = StepConfirmation.objects.for_steps().get(pk=behind.pk)
    if not found.is_open:
        raise LinkGone(link=link)
    return found


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it. It names nobody: the mail may have been passed on."""
    behind: Any = link.target
    found = StepConfirmation.objects.for_steps().get(pk=behind.pk)
    if not found.is_open:
        return "There is nothing more to do", "We had a question for you. We do not need an answer any more."
    if link.revoked_at is not None:
        return "This link has been replaced", "Please use the link in our latest email."
    return None


@token_view(CONFIRMATION_LINK, afterwards)
def by_link(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """Who asks, what the graduate has said of their step up, and one question."""
    confirmation, by = _of_link(link), LinkHolder(link)
    form = Form(request.POST if request.method == "POST" else None, subject=confirmation, by=by)
    if act_on(form, confirmations.confirm, confirmation=confirmation, by=by):
        messages.success(request, "Thank you. That is all we ask.")
        return redirect(reverse("cohorts:confirm_step", args=[link.raw]))
    destination = confirmation.answer.destination
    programme = destination.enrolment.cohort.programme
    context = {
        "confirmation": confirmation,
        "answer": confirmation.answer,
        "moment": after(destination.months),
        "graduate": destination.enrolment.participant,
        "cohort": destination.enrolment.cohort,
        "programme": programme,
        "provider": programme.provider,
        "form": form,
    }
    return render(request, "cohorts/destinations/confirm.html", context)

"""Who agrees the fee (B36 to B38): the applicant's page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from applications.actions import own_fee, sponsors
from applications.fee.standing import FeeState, fee_state, if_i_leave
from applications.form.submitting import SponsorForm
from applications.models import Application
from applications.pages.apply import mine, page
from applications.pages.status import OwnStep
from applications.states import LIVE, ApplicationStatus
from funding.models import FeeAgreement
from funding.queries import agreement_of, pots_of
from funding.states import BursaryStatus
from funding.terms import terms_of
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats.english import pounds, when
from steppingup.site.stepping import act_on


@login_required
@never_cache
def fee(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is asked of the employer, and how it stands; a form to name the sponsor or somebody else."""
    application = mine(request, pk)
    if application.status not in (ApplicationStatus.DRAFT, *LIVE):
        return redirect("applications:application", pk)
    state = fee_state(application)
    if not state.is_asked and state.kind != "nothing":
        return redirect("applications:application", pk)
    elsewhere = state.kind == "own" and state.or_own and (request.method == "POST" or "else" in request.GET)
    may_ask = (state.kind in ("draft", "declined", "asked") or elsewhere) and sponsors.ask.is_offered(
        request.user, application
    )
    own = own_steps(request, application, state)
    may_ask = may_ask and not (own and "own" in request.GET)
    form = SponsorForm(request.POST or None, subject=application) if may_ask else None
    if form and (asked := act_on(form, sponsors.ask, application=application, by=request.user)):
        messages.success(request, f"We have written to {asked.sponsor_name}. You will get an email when they answer.")
        return redirect("applications:fee", pk)
    return page(
        request,
        "fee",
        application,
        state=state,
        form=form,
        agreement=state.agreement,
        leaving=if_i_leave(application, state),
        own=own,
        names_somebody=elsewhere and form is not None,
        ask=sponsors.ask,
        remind=sponsors.remind if sponsors.remind.is_offered(request.user, application) else None,
        asked_rows=_asked(state),
        has_bursary=form is not None and pots_of(application.cohort).exists(),
        somebody_else=state.kind == "asked" and (request.method == "POST" or "else" in request.GET),
    )


def own_steps(request: SignedInRequest, application: Application, state: FeeState) -> dict[str, Any] | None:
    """What the applicant can say about a fee that they pay themselves; nothing where somebody else agrees it."""
    may_agree = own_fee.agree.is_offered(request.user, application)
    mine = state.kind == "own" or state.or_own or bool(state.agreement and state.agreement.self_paid)
    if not mine or not may_agree:
        return None
    agreement = state.agreement if state.agreement and state.agreement.self_paid else None
    return {
        "bursary": agreement.bursary_amount if agreement else 0,
        "to_pay": agreement.fee - agreement.bursary_amount if agreement else application.cohort.fee,
        "refused": agreement.bursary_requests.filter(status=BursaryStatus.REFUSED).first() if agreement else None,
        "may_ask": own_fee.ask_for_bursary.is_offered(request.user, application),
    }


class OwnFee(OwnStep):
    """Agreeing to pay for one's own place: the terms, the address for the invoice, and who is told."""

    step = own_fee.agree
    template_name = "applications/own_fee.html"
    done = "You have agreed to pay the fee. We have sent you a copy of what you agreed to."

    def after(self, subject: Any, result: Any) -> str:
        return reverse("applications:fee", args=[self.kwargs["pk"]])

    def get_extra(self, subject: Any) -> dict[str, Any]:
        return super().get_extra(subject) | {"terms": terms_of_oneself(subject)}


class OwnBursary(OwnStep):
    """Asking for a bursary for one's own place."""

    step = own_fee.ask_for_bursary
    done = "We have your request. We will write to you when we have decided."

    def after(self, subject: Any, result: Any) -> str:
        return reverse("applications:fee", args=[self.kwargs["pk"]])


def terms_of_oneself(application: Application) -> str:
    """The terms as they would be agreed to now."""
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    if agreement is None or not agreement.self_paid:
        agreement = FeeAgreement(person=application.applicant, cohort=application.cohort, self_paid=True)
    held = agreement if agreement.bursary_amount else agreement.cohort
    cost = agreement.place_costs if held is agreement else held.cost
    return str(terms_of(agreement, held.fee, agreement.bursary_amount, cost=cost)["terms"])


def _asked(state: FeeState) -> list[dict[str, str]]:
    agreement = state.agreement
    if state.kind != "asked" or agreement is None:
        return []
    return [
        {"key": "Who", "value": agreement.sponsor_name},
        {"key": "Email address", "value": agreement.sponsor_email},
        {"key": "Job title", "value": agreement.sponsor_job_title},
        {"key": "Fee", "value": pounds(agreement.amount)},
        {"key": "Asked", "value": when(agreement.asked_at)},
    ]


@login_required
@require_POST
def remind(request: SignedInRequest, pk: int) -> HttpResponse:
    application = mine(request, pk)
    agreement = sponsors.remind(application=application, by=request.user)
    messages.success(request, f"We have written to {agreement.sponsor_name} again.")
    return redirect("applications:fee", pk)

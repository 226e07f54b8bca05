"""Who agrees the fee (B36 to B38): the applicant's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from applications.actions import sponsors
from applications.fee.standing import FeeState, fee_state, if_i_leave
from applications.form.submitting import SponsorForm
from applications.pages.apply import mine, page
from applications.states import LIVE, ApplicationStatus
from funding.queries import pots_of
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
    may_ask = state.kind in ("draft", "declined", "asked") and sponsors.ask.is_offered(request.user, application)
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
        ask=sponsors.ask,
        remind=sponsors.remind if sponsors.remind.is_offered(request.user, application) else None,
        asked_rows=_asked(state),
        has_bursary=form is not None and pots_of(application.cohort).exists(),
        somebody_else=state.kind == "asked" and (request.method == "POST" or "else" in request.GET),
    )


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

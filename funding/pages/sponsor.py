"""The pages of whoever has a link and no account: the sponsor, who agrees. Reading changes nothing; every answer
has a check page first (B36, B38)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render

from funding.actions import answers
from funding.documents import agreement_response, answered_rows, place_rows, vat_rows
from funding.forms import AgreeForm, BursaryForm, DeclineForm, SponsorForm
from funding.letter_words import STAFF
from funding.links import AGREEMENT_LINK
from funding.models import FeeAgreement
from funding.queries import pots_for
from funding.states import AgreementStatus, Route
from funding.still import closing_of, if_they_leave, waits_for
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.formats.sameness import same_address
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.notices import Letter
from steppingup.steps.step import Step
from steppingup.steps.taking import look_ahead


def _agreement(link: TokenLink) -> FeeAgreement:
    return FeeAgreement.objects.for_steps().get(pk=link.object_id)


def _context(link: TokenLink, agreement: FeeAgreement, **more: Any) -> dict[str, Any]:
    return {
        "agreement": agreement,
        "provider": agreement.provider,
        "words": agreement.message_facts,
        "closing": closing_of(agreement),
        "waits": waits_for(agreement),
        "leaving": if_they_leave(agreement),
        "to_pay_words": "to pay" if agreement.enrolment_id else "to pay, if there is a place",
        "token": link.raw,
        "rows": place_rows(agreement),
        **more,
    }


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of the question, for whoever has the link that we sent them. It names nobody: the mail may have been passed on."""
    agreement = _agreement(link)
    place = f"a place on {agreement.cohort.programme.name} ({agreement.cohort.name})"
    if agreement.status == AgreementStatus.RELEASED:
        return (
            "There is nothing more to do",
            f"We asked you about the fee for {place}. That place is not needed any more, so you do not need to answer, and nothing "
            "is owed for it.",
        )
    if agreement.status == AgreementStatus.DRAFT or not same_address(agreement.sponsor_email, link.email):
        return (
            "There is nothing more to do",
            f"We asked you about the fee for {place}. You do not need to answer any more.",
        )
    return None


@token_view(AGREEMENT_LINK, afterwards)
def support(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What is asked, and the three answers; or what was answered."""
    agreement, by = _agreement(link), LinkHolder(link)
    status = agreement.status
    if status in (AgreementStatus.DRAFT, AgreementStatus.RELEASED):
        raise LinkGone(link=link)
    if status != AgreementStatus.ASKED and not (agreement.can_be_answered and request.GET.get("change") == "yes"):
        return render(request, "funding/answered.html", _answered(link, agreement))
    context = _context(
        link,
        agreement,
        bursaries=pots_for(agreement) if answers.ask_for_bursary.is_offered(by, agreement) else (),
        may_decline=answers.decline.is_offered(by, agreement),
        brief=[
            *(row for row in place_rows(agreement) if row["key"] not in ("Release from work", "Fee")),
            *vat_rows(agreement),
        ],
        levy=bool(agreement.employer and agreement.employer.is_levy_payer),
        refused=agreement.bursary_requests.filter(status="refused").first(),
    )
    return render(request, "funding/support.html", context)


def _answered(link: TokenLink, agreement: FeeAgreement) -> dict[str, Any]:
    full = agreement.is_settled and agreement.route == Route.BURSARY and not agreement.employer_pays
    request = agreement.bursary_requests.first()
    return _context(link, agreement, request_row=request, by_bursary=full) | {"rows": answered_rows(agreement)}


@dataclass(frozen=True)
class Answer:
    """One of the three answers: the step, what it asks, and what the form and the check page say."""

    name: str
    step: Step[Any, Any]
    form: type[SponsorForm]
    heading: str
    intro: str
    check: str


ANSWERS = {
    answer.name: answer
    for answer in (
        Answer(
            "agree",
            answers.agree,
            AgreeForm,
            "Agree the fee",
            "We need a few details from you. You can check everything before you send it.",
            "Check your answers before you agree",
        ),
        Answer(
            "bursary",
            answers.ask_for_bursary,
            BursaryForm,
            "Ask for a bursary",
            "A bursary can pay the fee, or part of it, if an employer cannot.",
            "Check your request before you send it",
        ),
        Answer(
            "decline",
            answers.decline,
            DeclineForm,
            "Decline",
            "The application cannot go ahead unless somebody pays the fee.",
            "Check your answer before you send it",
        ),
    )
}


@token_view(AGREEMENT_LINK, afterwards)
def answer(request: HttpRequest, link: TokenLink, name: str) -> HttpResponse:
    """A form, its check page, and the answer itself, on one address, told apart by what is posted."""
    chosen, agreement, by = ANSWERS.get(name), _agreement(link), LinkHolder(link)
    if chosen is None:
        raise Http404
    if not chosen.step.is_offered(by, agreement):
        return _what_stands(request, link, agreement, chosen)
    if request.method == "GET":
        return _show_form(request, link, agreement, chosen, chosen.form(initial=_initial(agreement)))
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "POST"])
    form = chosen.form(request.POST)
    if not form.is_valid() or "change" in request.POST:
        return _show_form(request, link, agreement, chosen, form)
    if "confirmed" not in request.POST:
        return _check(request, link, chosen, form)
    try:
        chosen.step(agreement=agreement, **form.values(), by=by)
    except NotPossible as refusal:
        agreement = _agreement(link)
        if agreement.status == AgreementStatus.ASKED:
            form.add_error(None, str(refusal))
            return _show_form(request, link, agreement, chosen, form)
        return _what_stands(request, link, agreement, chosen)
    return redirect("funding:support", link.raw)


def _check(request: HttpRequest, link: TokenLink, chosen: Answer, form: SponsorForm) -> HttpResponse:
    """What was typed, and who would be told, before the answer counts."""
    ahead = look_ahead(chosen.step, [_agreement(link)], by=LinkHolder(link), values=lambda subject: form.values())
    agreement = _agreement(link)
    for outlook in ahead.refused:  # of one agreement, so there is one at most
        form.add_error(outlook.field if outlook.field in form.fields else None, outlook.refused)
        return _show_form(request, link, agreement, chosen, form)
    told = _as_sponsors_see(ahead.letters, agreement)
    context = _context(link, agreement, answer=chosen, form=form, answers=form.summary(), told=told)
    return render(request, "funding/check.html", context)


def _as_sponsors_see(letters: Sequence[Letter], agreement: FeeAgreement) -> list[Letter]:
    """Nobody's address but their own. Staff are called by their organisation, once for each text."""
    shown: dict[tuple[str, str], Letter] = {}
    for letter in letters:
        name = str(agreement.provider) if letter.told in STAFF else letter.to_name
        email = letter.to_email if same_address(letter.to_email, agreement.sponsor_email) else ""
        text = letter.text.replace(letter.to_name, name) if letter.to_name else letter.text
        shown.setdefault((letter.subject, name), replace(letter, to_name=name, to_email=email, text=text))
    return list(shown.values())


def _what_stands(request: HttpRequest, link: TokenLink, agreement: FeeAgreement, chosen: Answer) -> HttpResponse:
    """It was posted twice, or answered in another window meanwhile. Another answer than the one that stands is said not
    to count; the same one again needs no words."""
    if "confirmed" in request.POST and not chosen.step.is_done(agreement):
        messages.warning(
            request, "This has already been answered in another window. That answer stands; this one does not count."
        )
    return redirect("funding:support", link.raw)


def _initial(agreement: FeeAgreement) -> dict[str, str]:
    return {
        "name": agreement.sponsor_name,
        "job_title": agreement.sponsor_job_title,
        "billing_address": agreement.billing_address or agreement.employer_display,
        "purchase_order": agreement.purchase_order,
        "finance_name": agreement.finance_name,
        "finance_email": agreement.finance_email,
    }


def _show_form(
    request: HttpRequest, link: TokenLink, agreement: FeeAgreement, chosen: Answer, form: SponsorForm
) -> HttpResponse:
    context = _context(link, agreement, answer=chosen, form=form, bursaries=pots_for(agreement))
    return render(request, "funding/answer.html", context)


@token_view(AGREEMENT_LINK)
def agreement_pdf(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What was agreed, as a PDF to keep."""
    agreement = _agreement(link)
    if agreement.status != AgreementStatus.AGREED:
        raise Http404
    return agreement_response(agreement)

"""The sponsor's pages: no account, one link. Reading changes nothing; every answer has a check page first (B36, B38)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone

from funding import telling
from funding.actions import agreements as act
from funding.forms import AgreeForm, BursaryForm, DeclineForm, SponsorForm
from funding.models import FeeAgreement, FundingSource
from funding.states import AGREEMENT, AgreementStatus, Route
from funding.telling import AGREEMENT_LINK, Notice
from funding.terms import invoiced_when, place_words
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink
from steppingup.formats.english import day_date
from steppingup.history.lifecycle import NotPossible
from steppingup.site.pdf import render_pdf


def _agreement(link: TokenLink) -> FeeAgreement:
    return FeeAgreement.objects.with_everything().select_related("cohort__plan").get(pk=link.object_id)


def _token(request: HttpRequest) -> str:
    """The secret as it stands in the address, for links to the other pages of the same sponsor."""
    return str(request.resolver_match.kwargs["token"]) if request.resolver_match else ""


def _bursaries(agreement: FeeAgreement) -> list[FundingSource]:
    """Pots that the sponsor may ask for; none once a part of this fee is paid by one."""
    if agreement.bursary_amount or "ask_for_bursary" not in AGREEMENT.possible(agreement.status):
        return []
    return list(FundingSource.objects.open_bursaries().filter(programme=agreement.cohort.programme_id))


def _context(agreement: FeeAgreement, token: str, **more: Any) -> dict[str, Any]:
    return {
        "agreement": agreement,
        "provider": agreement.provider,
        "words": place_words(agreement),
        "token": token,
        "rows": _place_rows(agreement),
        **more,
    }


def _place_rows(agreement: FeeAgreement) -> list[dict[str, str]]:
    words = place_words(agreement)
    rows = [
        {"key": "Who", "value": f"{words['participant']}, {words['employer']}"},
        {"key": "Programme", "value": f"{words['programme']}, {words['cohort']}"},
        {"key": "When", "value": f"{words['starts_on']} to {words['ends_on']}"},
        {"key": "Release from work", "value": words["days"]},
        {"key": "Fee", "value": words["fee"]},
    ]
    if agreement.bursary_amount:
        rows.append({"key": "Left for you to pay", "value": f"{words['to_pay']}, as a bursary pays the rest"})
    return rows


@token_view(AGREEMENT_LINK)
def support(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What is asked, and the three answers; or what was answered."""
    agreement, token = _agreement(link), _token(request)
    status = agreement.status
    if status == AgreementStatus.DRAFT or status == AgreementStatus.RELEASED:
        raise Http404
    if status != AgreementStatus.ASKED and not (agreement.can_be_answered and request.GET.get("change") == "yes"):
        return render(request, "funding/answered.html", _answered(agreement, token))
    possible = AGREEMENT.possible(status)
    context = _context(
        agreement,
        token,
        bursaries=_bursaries(agreement),
        may_decline="decline" in possible,
        invoiced_when=invoiced_when(agreement),
        brief=[row for row in _place_rows(agreement) if row["key"] not in ("Release from work", "Fee")],
        levy=bool(agreement.employer and agreement.employer.is_levy_payer),
        refused=agreement.bursary_requests.filter(status="refused").first(),
    )
    return render(request, "funding/support.html", context)


def _answered(agreement: FeeAgreement, token: str) -> dict[str, Any]:
    rows = _place_rows(agreement)
    if agreement.status == AgreementStatus.AGREED:
        rows += [
            {"key": "Agreed by", "value": f"{agreement.answered_by}, {agreement.sponsor_job_title}".rstrip(", ")},
            {"key": "Agreed on", "value": day_date(agreement.answered_at)},
        ]
        if agreement.employer_pays > 0:
            rows.append({"key": "Purchase order number", "value": agreement.purchase_order})
            rows.append({"key": "Invoice to", "value": agreement.billing_address})
    request = agreement.bursary_requests.first()
    full = (
        agreement.status == AgreementStatus.AGREED and agreement.route == Route.BURSARY and not agreement.employer_pays
    )
    return _context(agreement, token, request_row=request, by_bursary=full) | {"rows": rows}


@dataclass(frozen=True)
class Answer:
    """One of the three answers: its form, what the check page says, who will be told, and the action."""

    name: str
    step: str
    leads_to: AgreementStatus
    form: type[SponsorForm]
    heading: str
    intro: str
    check: str
    button: str
    told: Callable[[FeeAgreement, dict[str, Any]], list[Notice]]
    act: Callable[[FeeAgreement, dict[str, Any], LinkHolder], Any]


def _told_of_agreeing(agreement: FeeAgreement, data: dict[str, Any]) -> list[Notice]:
    """Shows the copy with what was typed; the object is not saved."""
    agreement.sponsor_name, agreement.answered_at = data["name"], timezone.now()
    agreement.purchase_order, agreement.billing_address = data["purchase_order"], data["billing_address"]
    return telling.of_agreeing(agreement)


def _agree(agreement: FeeAgreement, data: dict[str, Any], by: LinkHolder) -> None:
    fields = ("name", "job_title", "purchase_order", "billing_address")
    act.agree(agreement=agreement, by=by, **{field: data[field] for field in fields})


ANSWERS = {
    answer.name: answer
    for answer in (
        Answer(
            "agree",
            "agree",
            AgreementStatus.AGREED,
            AgreeForm,
            "Agree the fee",
            "We need a few details from you. You can check everything before it counts.",
            "Check your answers before you agree",
            "Agree to the fee",
            _told_of_agreeing,
            _agree,
        ),
        Answer(
            "bursary",
            "ask_for_bursary",
            AgreementStatus.BURSARY_ASKED,
            BursaryForm,
            "Ask for a bursary",
            "A bursary can pay the fee, or a part of it, where an employer cannot.",
            "Check your request before you send it",
            "Ask for a bursary",
            lambda agreement, data: telling.of_asking_for_bursary(agreement, data["reason"]),
            lambda agreement, data, by: act.ask_for_bursary(agreement=agreement, reason=data["reason"], by=by),
        ),
        Answer(
            "decline",
            "decline",
            AgreementStatus.DECLINED,
            DeclineForm,
            "Decline",
            "The application cannot go ahead unless somebody pays the fee.",
            "Check your answer before you send it",
            "Decline the fee",
            lambda agreement, data: telling.of_declining(agreement, data["reason"]),
            lambda agreement, data, by: act.decline(agreement=agreement, reason=data["reason"], by=by),
        ),
    )
}


@token_view(AGREEMENT_LINK)
def answer(request: HttpRequest, link: TokenLink, name: str) -> HttpResponse:
    """A form, its check page, and the answer itself: three steps on one address, told apart by what is posted."""
    chosen, agreement, token = ANSWERS.get(name), _agreement(link), _token(request)
    if chosen is None:
        raise Http404
    if chosen.step not in AGREEMENT.possible(agreement.status) or (name == "bursary" and not _bursaries(agreement)):
        return _what_stands(request, agreement, token, chosen)
    if request.method == "GET":
        form = chosen.form(agreement=agreement, initial=_initial(agreement))
        return _show_form(request, agreement, token, chosen, form)
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "POST"])
    form = chosen.form(request.POST, agreement=agreement)
    if not form.is_valid() or "change" in request.POST:
        return _show_form(request, agreement, token, chosen, form)
    if "confirmed" not in request.POST:
        told = telling.as_sponsors_see(chosen.told(agreement, form.cleaned_data), agreement)
        context = _context(agreement, token, answer=chosen, form=form, answers=form.summary(), told=told)
        return render(request, "funding/check.html", context)
    try:
        chosen.act(agreement, form.cleaned_data, LinkHolder(link))
    except NotPossible as refusal:
        agreement.refresh_from_db()
        if agreement.status == AgreementStatus.ASKED:
            form.add_error(None, str(refusal))
            return _show_form(request, agreement, token, chosen, form)
        return _what_stands(request, agreement, token, chosen)
    return redirect("funding:support", token)


def _what_stands(request: HttpRequest, agreement: FeeAgreement, token: str, chosen: Answer) -> HttpResponse:
    """It was posted twice, or answered in another window meanwhile. Another answer than the one that stands is said not
    to count; the same one again needs no words."""
    if "confirmed" in request.POST and agreement.status != chosen.leads_to:
        messages.warning(
            request, "This was answered before in another window. That answer stands; this one does not count."
        )
    return redirect("funding:support", token)


def _initial(agreement: FeeAgreement) -> dict[str, str]:
    return {
        "name": agreement.sponsor_name,
        "job_title": agreement.sponsor_job_title,
        "billing_address": agreement.billing_address or agreement.employer_display,
        "purchase_order": agreement.purchase_order,
    }


def _show_form(
    request: HttpRequest, agreement: FeeAgreement, token: str, chosen: Answer, form: SponsorForm
) -> HttpResponse:
    context = _context(agreement, token, answer=chosen, form=form, bursaries=_bursaries(agreement))
    return render(request, "funding/answer.html", context)


@token_view(AGREEMENT_LINK)
def agreement_pdf(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What was agreed, as a PDF to keep."""
    agreement = _agreement(link)
    if agreement.status != AgreementStatus.AGREED:
        raise Http404
    pdf = render_pdf("funding/agreement_pdf.html", _answered(agreement, _token(request)))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="fee-agreement-{agreement.pk}.pdf"'
    return response

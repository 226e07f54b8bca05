"""What is owed as somebody has left, for the participant, who is signed in, and for the employer, who has a link: how it stands, and
where they tell of circumstances or appeal (N13 to N15)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from funding.actions import liability
from funding.links import CASE_LINK
from funding.models import LiabilityCase, Statement
from funding.states import CaseStatus
from steppingup.accounts.actors import Actor, LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats.english import day_date, pounds, when
from steppingup.site.stepping import checked_first

SENT = "We have it. The people who decide read it, and we write to you when they have."


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    case = LiabilityCase.objects.filter(pk=link.object_id).first()
    if case is None or case.status != CaseStatus.CLOSED:
        return None
    return "There is nothing more to do", "Nothing is owed for somebody having left any more."


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def own_case(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mine, and nobody else's."""
    case = get_object_or_404(LiabilityCase.objects.for_steps().filter(agreement__person=request.user), pk=pk)
    return _page(request, case, request.user, request.path, {"breadcrumbs": _trail(case)})


@token_view(CASE_LINK, afterwards)
def employers_case(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """The employer's, by the link in our email."""
    case = LiabilityCase.objects.for_steps().get(pk=link.object_id)
    if case.status == CaseStatus.CLOSED:
        raise LinkGone(link=link)
    return _page(request, case, LinkHolder(link), request.path, {"token": link.raw})


def _trail(case: LiabilityCase) -> list[tuple[str, str]]:
    place = case.agreement.enrolment
    page = [("Your programme", reverse("cohorts:participant", args=[place.pk]))] if place else []
    return [("Home", reverse("home")), *page]


def _page(request: HttpRequest, case: LiabilityCase, by: Actor, here: str, more: dict[str, Any]) -> HttpResponse:
    step = liability.appeal if case.status == CaseStatus.DECIDED else liability.tell
    why, shown = step.refusal(by, case), None
    if request.method == "POST" and _has_sent(case, by, request.POST.get("text", "")):
        messages.success(request, SENT)
        return redirect(here)
    if request.method == "POST" and why is not None:
        messages.warning(request, f"What you sent does not count. {why}")
        return redirect(here)
    if why is None and (shown := checked_first(request, step, case, by=by)) is None:
        messages.success(request, SENT)
        return redirect(here)
    if shown and "looked" in shown:  # what was looked ahead at is not what the database has
        case.refresh_from_db()
    own = case.statements.filter(by_employer=isinstance(by, LinkHolder))
    context = {
        "case": case,
        "agreement": case.agreement,
        "provider": case.agreement.provider,
        "mine": isinstance(by, LinkHolder) is False,
        "step": step,
        "rows": _rows(case),
        "statements": own.prefetch_related("evidence__file"),
        "told_by_other": case.statements.exclude(pk__in=own).exists(),
        **(shown or {}),
        **more,
    }
    return render(request, "funding/case.html", context)


def _has_sent(case: LiabilityCase, by: Actor, text: str) -> bool:
    """Was this sent a moment ago, with the first of two clicks?"""
    kind = Statement.Kind.CIRCUMSTANCES if case.status in (CaseStatus.OPEN, CaseStatus.ASKED) else Statement.Kind.APPEAL
    sent = case.statements.filter(kind=kind, by_employer=isinstance(by, LinkHolder))
    return text.strip() in sent.values_list("text", flat=True)


def _rows(case: LiabilityCase) -> list[dict[str, str]]:
    agreement = case.agreement
    rows = [
        {"key": "Programme", "value": f"{agreement.cohort.programme.name}, {agreement.cohort.name}"},
        {"key": "Last day", "value": day_date(case.left_on)},
        {"key": "By the terms", "value": pounds(case.assessed)},
    ]
    if case.decided_at:
        rows.append({"key": "Decided", "value": f"{when(case.decided_at)}: {case.reason}"})
    if case.appeal_decided_at:
        rows.append({"key": "Appeal decided", "value": f"{when(case.appeal_decided_at)}: {case.appeal_reason}"})
    return rows

"""“Is it for me?”: the eligibility check, without an account. Nothing is stored on our side (B15 to B18).

The answers travel in a signed cookie of the visitor's own browser, for an hour; starting an application takes them over."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.models import EligibilityAnswer, EligibilityQuestion, Window
from applications.pages.forms import QuestionForm
from applications.rules.eligibility import Outcome, assess, verdict_of
from applications.states import Verdict
from cohorts.models import Programme

AN_HOUR = 3600
LABELS = dict(EligibilityAnswer.Answer.choices)


def _cookie(programme: Programme) -> str:
    return f"check-{programme.pk}"


def answers_in(request: HttpRequest, programme: Programme) -> dict[str, str]:
    """What this browser has answered so far; nothing if it is too old or was tampered with."""
    try:
        kept = json.loads(request.get_signed_cookie(_cookie(programme), default=None, max_age=AN_HOUR) or "{}")
    except ValueError:
        return {}
    return {str(key): value for key, value in kept.items() if value in LABELS}


def _keep(request: HttpRequest, response: HttpResponse, programme: Programme, answers: dict[str, str]) -> None:
    response.set_signed_cookie(
        _cookie(programme),
        json.dumps(answers),
        max_age=AN_HOUR,  # also checked against the signature, as a browser can keep a cookie for longer
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse, programme: Programme) -> None:
    response.delete_cookie(_cookie(programme), samesite="Lax")


def published(slug: str) -> Programme:
    return get_object_or_404(Programme.objects.published().select_related("provider"), slug=slug)


def _questions(programme: Programme) -> list[EligibilityQuestion]:
    """What the cohort asks that people can apply for now or next; else what the next one will ask."""
    found = openings(programme)
    window = found["window"] or found["coming"]
    rules = programme.rule_sets.filter(cohorts=window.cohort_id) if window else programme.rule_sets.current()
    asked = EligibilityQuestion.objects.filter(rule_set__in=rules, is_active=True)
    return list(asked.select_related("rule_set"))


def _address(programme: Programme, key: str) -> str:
    return reverse("applications:check_question", args=[programme.slug, key])


@require_safe
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """What the check is, before the first question."""
    programme = published(slug)
    questions = _questions(programme)
    context = {
        "programme": programme,
        "provider": programme.provider,
        "count": len(questions),
        "first": _address(programme, questions[0].key) if questions else "",
        "back_url": reverse("cohorts:programme", args=[slug]),
        "back_label": programme.name,
    }
    return render(request, "applications/check/begin.html", context)


@never_cache
def question(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One question on one page. A “no” that decides ends the check at once: the rest would be a waste of time."""
    programme = published(slug)
    questions = _questions(programme)
    keys = [q.key for q in questions]
    if key not in keys:
        return redirect("applications:check", slug)
    number = keys.index(key)
    asked = questions[number]
    answers = answers_in(request, programme)
    form = QuestionForm(request.POST or None, question=asked, initial={"answer": answers.get(key)})
    if request.method == "POST" and form.is_valid():
        answer = form.cleaned_data["answer"]
        following = questions[number + 1 :]
        if verdict_of(asked, answer) == Verdict.NO or not following or request.GET.get("from") == "result":
            response = redirect("applications:check_result", slug)
        else:
            response = redirect(_address(programme, following[0].key))
        _keep(request, response, programme, {**answers, key: answer})
        return response
    back = _address(programme, keys[number - 1]) if number else reverse("applications:check", args=[slug])
    if request.GET.get("from") == "result":
        back = reverse("applications:check_result", args=[slug])
    context = {
        "programme": programme,
        "provider": programme.provider,
        "form": form,
        "question": asked,
        "number": number + 1,
        "count": len(questions),
        "back_url": back,
    }
    return render(request, "applications/check/question.html", context)


@never_cache
@require_safe
def result(request: HttpRequest, slug: str) -> HttpResponse:
    """Yes, no with the reason, or “we would like to look at it”, each with what to do next."""
    programme = published(slug)
    questions = _questions(programme)
    answers = answers_in(request, programme)
    outcome = assess(questions, answers)
    if outcome.verdict is None:
        return redirect(
            _address(programme, outcome.unanswered[0]) if answers else reverse("applications:check", args=[slug])
        )
    found = openings(programme)
    context = {
        "programme": programme,
        "provider": programme.provider,
        "outcome": outcome,
        "rows": _rows(programme, questions, answers),
        "asking": [reason for reason in outcome.reasons if reason.verdict == Verdict.ASK],
        "heading": _heading(outcome, is_open=found["window"] is not None),
        "back_url": _address(programme, [q.key for q in questions if q.key in answers][-1]) if answers else "",
        "others": Programme.objects.published().exclude(pk=programme.pk).exists(),
        **found,
    }
    return render(request, "applications/check/result.html", context)


def _heading(outcome: Outcome, *, is_open: bool) -> str:
    return {
        Verdict.YES: "Yes, you can apply" if is_open else "Yes, this programme is for you",
        Verdict.ASK: "We would like to look at it with you",
        Verdict.NO: "This programme is not for you at the moment",
    }[outcome.verdict or Verdict.ASK]


def _rows(programme: Programme, questions: list[EligibilityQuestion], answers: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "key": q.text,
            "value": LABELS[answers[q.key]],
            "url": f"{_address(programme, q.key)}?from=result",
            "hidden": f"the answer to “{q.text}”",
        }
        for q in questions
        if q.key in answers
    ]


def openings(programme: Programme) -> dict[str, Any]:
    """The programme's windows that are open now, that of the cohort that starts first in front; or else the next to open.
    `window` is the first of them."""
    windows = Window.objects.public().filter(cohort__programme=programme).select_related("cohort")
    now_open = list(windows.open_at().order_by("cohort__starts_on", "closes_at", "pk"))
    coming = None if now_open else windows.coming().order_by("opens_at").first()
    return {"windows": now_open, "window": now_open[0] if now_open else None, "coming": coming}

"""“Is it for me?”: the eligibility check, without an account. Nothing is stored on our side (B15 to B18).

The answers travel in a signed cookie of the visitor's own browser, for an hour; starting an application takes them over."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.models import EligibilityQuestion, Window
from applications.pages.forms import QuestionForm, WhichCohortForm
from applications.queries import places_to_apply_for
from applications.rules.eligibility import Outcome, assess, still_asked
from applications.states import Verdict
from cohorts.models import Cohort, Programme, RuleSet

AN_HOUR = 3600


@dataclass
class Check:
    """What this browser has answered so far, and by which rules of admission these questions were asked."""

    rules: int | None = None
    answers: dict[str, str] = field(default_factory=dict)


def _cookie(programme: Programme) -> str:
    return f"check-{programme.pk}"


def kept_in(request: HttpRequest, programme: Programme) -> Check:
    """Nothing if it is too old or was tampered with."""
    try:
        kept = json.loads(request.get_signed_cookie(_cookie(programme), default=None, max_age=AN_HOUR) or "{}")
        answers = {str(key): str(value) for key, value in kept["answers"].items()}
        return Check(int(kept["rules"]), answers)
    except (ValueError, TypeError, KeyError, AttributeError):
        return Check()


def answers_for(request: HttpRequest, cohort: Cohort) -> dict[str, str]:
    """What was answered to the questions that this cohort asks, or asked in an earlier version of its rules."""
    kept = kept_in(request, cohort.programme)
    if kept.rules is None:
        return {}
    rules = RuleSet.objects.filter(pk=kept.rules, programme=cohort.programme_id).first()
    same = rules is not None and rules.newest().pk == cohort.rule_set.newest().pk
    return kept.answers if same else {}


def _keep(request: HttpRequest, response: HttpResponse, programme: Programme, check: Check) -> None:
    response.set_signed_cookie(
        _cookie(programme),
        json.dumps(asdict(check)),
        max_age=AN_HOUR,  # also checked against the signature, as a browser can keep a cookie for longer
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse, programme: Programme) -> None:
    response.delete_cookie(_cookie(programme), samesite="Lax")


def published(path: str) -> Programme:
    return get_object_or_404(Programme.objects.published().at(path))


def _rules(request: HttpRequest, programme: Programme, found: dict[str, Any]) -> int | None:
    """The rules that the check is about: those of the cohort that people can apply for now or next, else of the next one. Where
    open cohorts ask different things, those that were chosen; None before that."""
    if found["by_rules"]:
        chosen = kept_in(request, programme).rules
        return chosen if chosen in found["by_rules"] else None
    window = found["window"] or found["coming"]
    if window:
        return int(window.cohort.rule_set_id)
    usual = programme.rule_sets.usual()
    return usual.pk if usual else None


def _questions(rules: int | None) -> list[EligibilityQuestion]:
    found = EligibilityQuestion.objects.filter(rule_set=rules, is_active=True).select_related("rule_set")
    return list(found.prefetch_related("rule_set__grades"))


def _address(programme: Programme, key: str) -> str:
    return reverse("applications:check_question", args=[programme.path, key])


@never_cache
def begin(request: HttpRequest, path: str) -> HttpResponse:
    """What the check is, before the first question; and which cohort it is about, where they ask different things."""
    programme = published(path)
    found = openings(programme)
    choice = None
    if found["by_rules"]:
        choice = WhichCohortForm(request.POST if request.method == "POST" else None, windows=found["windows"])
    if choice and choice.is_valid():
        chosen = Check(choice.cleaned_data["cohort"])
        questions = _questions(chosen.rules)
        response = redirect(
            _address(programme, questions[0].key) if questions else reverse("cohorts:programme", args=[path])
        )
        _keep(request, response, programme, chosen)
        return response
    questions = [] if choice else _questions(_rules(request, programme, found))
    context = {
        "programme": programme,
        "provider": programme.provider,
        "choice": choice,
        "form": choice,
        "count": len(questions),
        "first": _address(programme, questions[0].key) if questions else "",
        "back_url": reverse("cohorts:programme", args=[path]),
        "back_label": programme.name,
    }
    return render(request, "applications/check/begin.html", context)


@never_cache
def question(request: HttpRequest, path: str, key: str) -> HttpResponse:
    """One question on one page. A “no” that decides ends the check at once: the rest would be a waste of time."""
    programme = published(path)
    rules = _rules(request, programme, openings(programme))
    questions = _questions(rules)
    keys = [q.key for q in questions]
    if key not in keys:
        return redirect("applications:check", path)
    number = keys.index(key)
    asked = questions[number]
    answers = _answered(request, programme, rules, questions)
    form = QuestionForm(request.POST or None, question=asked, initial={"answer": answers.get(key)})
    if request.method == "POST" and form.is_valid():
        answer = form.cleaned_data["answer"]
        given = {**answers, key: answer}
        asked_still = {one.key for one in still_asked(questions, given)}
        following = [one for one in questions[number + 1 :] if one.key in asked_still or one.key in answers]
        if assess(questions, given).verdict == Verdict.NO or not following or request.GET.get("from") == "result":
            response = redirect("applications:check_result", path)
        else:
            response = redirect(_address(programme, following[0].key))
        _keep(request, response, programme, Check(rules, given))
        return response
    back = _address(programme, keys[number - 1]) if number else reverse("applications:check", args=[path])
    if request.GET.get("from") == "result":
        back = reverse("applications:check_result", args=[path])
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
def result(request: HttpRequest, path: str) -> HttpResponse:
    """Yes, no with the reason, or “we would like to look at it”, each with what to do next."""
    programme = published(path)
    found = openings(programme)
    rules = _rules(request, programme, found)
    questions = _questions(rules)
    answers = _answered(request, programme, rules, questions)
    outcome = assess(questions, answers)
    if outcome.verdict is None or (found["by_rules"] and rules is None):
        return redirect(
            _address(programme, outcome.unanswered[0]) if answers else reverse("applications:check", args=[path])
        )
    if found["by_rules"]:
        found["windows"] = [window for window in found["windows"] if window.cohort.rule_set_id == rules]
        found["window"] = found["windows"][0]
    context = {
        "programme": programme,
        "provider": programme.provider,
        "outcome": outcome,
        "rows": _rows(programme, questions, answers),
        "asking": [reason for reason in outcome.reasons if reason.verdict == Verdict.ASK],
        "heading": _heading(outcome, is_open=found["window"] is not None),
        "back_url": _address(programme, [q.key for q in questions if q.key in answers][-1]) if answers else "",
        "is_of_one": bool(found["by_rules"]),
        "others": Programme.objects.published().exclude(pk=programme.pk).exists(),
        **found,
    }
    return render(request, "applications/check/result.html", context)


def _answered(
    request: HttpRequest, programme: Programme, rules: int | None, questions: list[EligibilityQuestion]
) -> dict[str, str]:
    """What was answered to these questions; nothing of what other rules asked."""
    kept = kept_in(request, programme)
    offered = {one.key: dict(one.offered) for one in questions} if kept.rules == rules else {}
    return {key: answer for key, answer in kept.answers.items() if answer in offered.get(key, {})}


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
            "value": dict(q.offered)[answers[q.key]],
            "url": f"{_address(programme, q.key)}?from=result",
            "hidden": f"the answer to “{q.text}”",
        }
        for q in questions
        if q.key in answers
    ]


def with_places_left(window: Window, cohort: Cohort) -> Window:
    """The window, which knows how many places are left, where they go in the order of submission."""
    window.left = places_to_apply_for([cohort]).get(cohort.pk)
    return window


def openings(programme: Programme) -> dict[str, Any]:
    """The programme's windows that are open now, that of the cohort that starts first in front; or else the next to open.
    `window` is the first of them; `by_rules` has their rules of admission where there are several. `full` are those that would be open,
    and whose places are gone (N19); a window knows how many are `left`, where places go in the order of submission."""
    windows = Window.objects.public().filter(cohort__programme=programme).select_related("cohort__rule_set")
    in_time = list(windows.open_at().order_by("cohort__starts_on", "closes_at", "pk"))
    left = places_to_apply_for(window.cohort for window in in_time)
    for window in in_time:
        window.left = left.get(window.cohort_id)
    full = [window for window in in_time if window.left == 0 and window.cohort.rule_set.closes_when_full]
    now_open = [window for window in in_time if window not in full]
    coming = None if now_open else windows.coming().order_by("opens_at").first()
    rules = {window.cohort.rule_set_id for window in now_open}
    return {
        "windows": now_open,
        "full": full,
        "window": now_open[0] if now_open else None,
        "coming": coming,
        "by_rules": rules if len(rules) > 1 else set(),
    }

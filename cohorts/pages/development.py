"""The pages of one's own development plan."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import development
from cohorts.forms import DayField
from cohorts.models import Goal, GoalAction
from cohorts.models.development import LONGEST_WORD, open_actions
from cohorts.models.journal import LONGEST
from cohorts.pages.journal import who_reads
from cohorts.pages.participant import around, own_enrolment, own_place, trail_from
from cohorts.pages.topics import OWN
from cohorts.states import EnrolmentStatus
from cohorts.states.development import Owner, Theme
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.site.lists import ListFilter
from steppingup.site.sections import one_page
from steppingup.site.stepping import act_on
from steppingup.site.topics import Ask, Status, Topic

TOPIC = "plan"
PER_PAGE = 20
#: From so many on a search is of use.
FEW = 5
#: So many actions that are overdue stand on the first page.
ASKED = 2


class GoalForm(forms.Form):
    title = NameInput(
        label="What do you want to reach?",
        help_text="For example: chair the project board without notes.",
        max_length=120,
        error_messages={"required": development.NO_GOAL},
    )
    text = forms.CharField(
        label="Why, and what do you need for it?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "class": "govuk-textarea"}),
        error_messages={"required": development.NO_NEED},
    )
    theme = forms.ChoiceField(
        label="What is it about?",
        choices=[("", "Choose one"), *Theme.choices],
        error_messages=dict.fromkeys(("required", "invalid_choice"), development.NO_THEME),
    )
    review_on: Any = DayField(
        missing="Enter a day.",
        label="When will you look at it again? (optional)",
        help_text="For example, 27 3 2020",
        require_all_fields=False,
        required=False,
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, goal: Goal | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"submission": uuid.uuid4()}
        if goal:
            own = {"title": goal.entry.title, "text": goal.entry.text, "theme": goal.theme, "review_on": goal.review_on}
            kwargs["initial"] = own
        super().__init__(*args, **kwargs)
        if goal:
            del self.fields["submission"]


class ActionForm(forms.Form):
    what = NameInput(label="What is to be done?", max_length=200, error_messages={"required": development.NO_ACTION})
    owner = forms.ChoiceField(
        label="Who does it?",
        choices=Owner.choices,
        initial=Owner.ME,
        error_messages=dict.fromkeys(("required", "invalid_choice"), development.NO_OWNER),
    )
    due_on: Any = DayField(
        missing="Enter a day.",
        label="By when? (optional)",
        help_text="For example, 27 3 2020",
        require_all_fields=False,
        required=False,
    )

    def __init__(self, *args: Any, action: GoalAction | None = None, **kwargs: Any) -> None:
        if action:
            kwargs["initial"] = {name: getattr(action, name) for name in ("what", "owner", "due_on")}
        super().__init__(*args, **kwargs)


class GoalFilter(ListFilter):
    search_in = ("entry__title", "entry__text", "outcome")
    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[("", "All goals"), ("ahead", "Those you are working on"), ("reached", "Those you have reached")],
    )
    theme = forms.ChoiceField(label="About", required=False, choices=[("", "Anything"), *Theme.choices])

    def narrow(self, rows: Any, values: dict[str, Any]) -> Any:
        if chosen := values.get("show"):
            rows = rows.filter(reached_on__isnull=chosen == "ahead")
        return rows.filter(theme=values["theme"]) if values.get("theme") else rows


class ReachForm(forms.Form):
    on: Any = DayField(
        missing="Enter the day.",
        label="When did you reach it?",
        help_text="For example, 27 3 2020",
        require_all_fields=False,
    )
    outcome = forms.CharField(
        label="What came of it? (optional)",
        max_length=LONGEST_WORD,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "govuk-textarea"}),
    )

    def __init__(self, *args: Any, goal: Goal, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.today(), "outcome": goal.outcome}  # it may have been reached before
        super().__init__(*args, **kwargs)


def _own(user: User, pk: int, goal: int) -> Goal:
    enrolment = own_enrolment(user, pk)
    found = get_object_or_404(Goal.objects.of_place(enrolment), pk=goal)
    found.entry.enrolment = enrolment
    return found


def _action(user: User, pk: int, goal: int, action: int) -> GoalAction:
    found = _own(user, pk, goal)
    own = get_object_or_404(GoalAction.objects.filter(goal=found), pk=action)
    own.goal = found
    return own


def _address(goal: Goal) -> str:
    return reverse("cohorts:goal", args=[goal.entry.enrolment_id, goal.pk])


def _given(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_safe
@login_required
@one_page()
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """My goals: those that I am working on, and then those that I have reached; found by their words and what they are about."""
    enrolment = own_place(request.user, pk)
    context = around(enrolment, request.user, TOPIC)
    if not any(entry.key == TOPIC for entry in context["menu"]):
        raise Http404
    form = GoalFilter(request.GET)
    every = Goal.objects.of_place(enrolment)
    page = Paginator(form.apply(every), PER_PAGE).get_page(request.GET.get("page"))
    goals = list(page.object_list)
    is_filtered = any(form.cleaned_data.values())
    context |= {
        "ahead": [one for one in goals if one.reached_on is None],
        "reached": [one for one in goals if one.reached_on],
        "has_any": bool(goals) or (is_filtered and every.exists()),
        "has_tools": is_filtered or page.paginator.count >= FEW,
        "filter_form": form,
        "is_filtered": is_filtered,
        "noun": "goal",
        "noun_plural": "goals",
        "page_obj": page,
        "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    return render(request, "cohorts/development/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def write(request: SignedInRequest, pk: int) -> HttpResponse:
    enrolment = own_enrolment(request.user, pk)
    form = GoalForm(_given(request))
    if made := act_on(form, development.set_goal, enrolment=enrolment, by=request.user):
        messages.success(request, "Kept. Only you can read it. Now: what is the first thing to do?")
        return redirect(_address(Goal.objects.of_place(enrolment).get(pk=made.pk)))
    return _form(request, enrolment, form, "Set a goal", reverse("cohorts:plan", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: SignedInRequest, pk: int, goal: int) -> HttpResponse:
    found = _own(request.user, pk, goal)
    form = GoalForm(_given(request), goal=found)
    if act_on(form, development.change_goal, goal=found, by=request.user):
        messages.success(request, "Saved.")
        return redirect(_address(found))
    return _form(request, found.entry.enrolment, form, "Change the goal", _address(found))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reach(request: SignedInRequest, pk: int, goal: int) -> HttpResponse:
    """Reached: said with joy, once."""
    found = _own(request.user, pk, goal)
    form = ReachForm(_given(request), goal=found)
    if act_on(form, development.reach, goal=found, by=request.user):
        messages.success(request, "Well done: you have reached what you set out to reach.")
        return redirect(_address(found))
    return _form(request, found.entry.enrolment, form, "You have reached it", _address(found))


def _form(request: SignedInRequest, enrolment: Any, form: forms.Form, heading: str, back: str) -> HttpResponse:
    context = {
        "enrolment": enrolment,
        "form": form,
        "heading": heading,
        "back_url": back,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from(TOPIC, enrolment),
    }
    return render(request, "cohorts/development/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def goal(request: SignedInRequest, pk: int, goal: int) -> HttpResponse:
    """One goal: what is done for it, who reads it, and a form for one thing more."""
    found = _own(request.user, pk, goal)
    form = ActionForm(_given(request))
    if act_on(form, development.add_action, goal=found, by=request.user):
        messages.success(request, "Added.")
        return redirect(_address(found))
    context = {
        "enrolment": found.entry.enrolment,
        "goal": found,
        "entry": found.entry,
        "form": form,
        **who_reads(found.entry, request.user),
        "provider": found.entry.enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from(TOPIC, found.entry.enrolment),
    }
    return render(request, "cohorts/development/goal.html", context)


@require_POST
@login_required
def take_up_again(request: SignedInRequest, pk: int, goal: int) -> HttpResponse:
    found = _own(request.user, pk, goal)
    if found.reached_on:  # a second press changes nothing
        development.take_up_again(goal=found, by=request.user)
        messages.success(request, "Back among what you are working on.")
    return redirect(_address(found))


@require_POST
@login_required
def mark(request: SignedInRequest, pk: int, goal: int, action: int) -> HttpResponse:
    """Done, or not done after all: one tap each."""
    own = _action(request.user, pk, goal, action)
    if request.POST.get("done") == "no":
        development.mark_open(action=own, by=request.user)
        messages.success(request, "It is open again.")
    else:
        development.mark_done(action=own, by=request.user)
        found = _own(request.user, pk, goal)
        is_last = found.actions_done == found.actions_there
        said = f"{found.actions_done} of {found.actions_there}"
        messages.success(request, "Done. That was the last one for this goal." if is_last else f"Done: {said}.")
    return redirect(_address(own.goal))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_action(request: SignedInRequest, pk: int, goal: int, action: int) -> HttpResponse:
    """Other words, somebody else, another day."""
    own = _action(request.user, pk, goal, action)
    form = ActionForm(_given(request), action=own)
    if act_on(form, development.change_action, action=own, by=request.user):
        messages.success(request, "Saved.")
        return redirect(_address(own.goal))
    return _form(request, own.goal.entry.enrolment, form, "Change what is to be done", _address(own.goal))


@require_POST
@login_required
def remove_action(request: SignedInRequest, pk: int, goal: int, action: int) -> HttpResponse:
    own = _action(request.user, pk, goal, action)
    development.remove_action(action=own, by=request.user)
    messages.success(request, "Removed.")
    return redirect(_address(own.goal))


# -- the topic -----------------------------------------------------------------------------------------


def _facts(viewer: Any) -> dict[str, Any]:
    goals = Goal.objects.filter(entry__enrolment=OuterRef("pk"), reached_on=None).order_by()
    late = open_actions(OuterRef("pk")).filter(due_on__lte=clock.today()).order_by("due_on", "pk")
    words = JSONObject(goal="goal", what="what", due="due_on")
    again = Goal.objects.filter(entry__enrolment=OuterRef("pk"), reached_on=None, review_on__lte=clock.today())
    return {
        "goals_ahead": goals.values("entry__enrolment").annotate(number=Count("pk")).values("number"),
        "actions_due": ArraySubquery(late.values(words=words)[:ASKED]),
        "goals_to_review": ArraySubquery(
            again.order_by("review_on", "pk").values(words=JSONObject(goal="pk", title="entry__title"))[:ASKED]
        ),
    }


def _status(*, subject: Any, viewer: Any) -> Status | None:
    if number := subject.goals_ahead:
        return Status(f"{english.counted(number, 'goal')} that you are working on")
    is_on_it = subject.status == EnrolmentStatus.ENROLLED
    return Status("What you want to reach, and how") if is_on_it else None


def _asks(*, subject: Any, viewer: Any) -> list[Ask]:
    if subject.status != EnrolmentStatus.ENROLLED:
        return []
    return [
        Ask(
            f"From your plan: {one['what']}",
            "See the goal",
            reverse("cohorts:goal", args=[subject.pk, one["goal"]]),
            line="Its day has come.",
            hidden=f"for {one['what']}",
        )
        for one in subject.actions_due
    ] + [
        Ask(
            f"Look at your goal again: {one['title']}",
            "See the goal",
            reverse("cohorts:goal", args=[subject.pk, one["goal"]]),
            line="You wanted to, by today. Change the day once you have.",
            hidden=f"“{one['title']}”",
        )
        for one in subject.goals_to_review
    ]


TOPICS = (Topic(OWN, TOPIC, 54, "Your development plan", "cohorts:plan", _status, _asks, facts=_facts),)

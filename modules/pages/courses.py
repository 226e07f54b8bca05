"""Choosing courses from the catalogue, with a running check of credits and courses (B41, B42)."""

from typing import Any, cast

from django import forms
from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.models import Enrolment
from modules.actions import courses as actions
from modules.models import Course, CourseChoice, Registration
from modules.pages.common import OwnStep, open_registration, own_page, own_registration, page, trail_to
from modules.progress import choices_of, offered_besides, standing_of
from modules.rules import check_adding
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.lists import ListFilter

PER_PAGE = 50


class CourseFilter(ListFilter):
    """Find a course by its title or code, by its level, or by its credits."""

    search_in = ("title", "code", "summary")
    level = forms.ChoiceField(label="Level", required=False)
    credits = forms.ChoiceField(label="Credits", required=False)

    def __init__(self, *args: Any, rows: QuerySet[Course], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, every in (("level", "All levels"), ("credits", "Any number")):
            values = rows.order_by(name).values_list(name, flat=True).distinct()
            cast("forms.ChoiceField", self.fields[name]).choices = [("", every), *((str(v), str(v)) for v in values)]

    def narrow(self, rows: QuerySet[Course], values: dict[str, Any]) -> QuerySet[Course]:
        for name in ("level", "credits"):
            if values.get(name):
                rows = rows.filter(**{name: values[name]})
        return rows


def _with_verdicts(registration: Registration, courses: list[Course], choices: list[CourseChoice]) -> list[Any]:
    """Each course with what the rules say about adding it, without asking the database for each; one that was chosen as it was
    when it was chosen."""
    chosen = {choice.course.newest().pk: choice for choice in choices}  # in whichever version
    credits, offered = [choice.credits for choice in choices], offered_besides(registration, choices)
    verdicts = {}
    for value in {course.credits for course in courses if course.pk not in chosen}:
        others = list(offered)
        others.remove(value)
        verdicts[value] = check_adding(registration.qualification.target, credits, value, others)
    return [
        {"course": chosen[c.pk].course, "choice": chosen[c.pk], "verdict": None}
        if c.pk in chosen
        else {"course": c, "choice": None, "verdict": verdicts[c.credits]}
        for c in courses
    ]


@require_safe
@login_required
def catalogue(request: SignedInRequest, pk: int) -> HttpResponse:
    """The courses on offer, with what may still be chosen."""
    registration = open_registration(request, pk)
    offered = Course.objects.offered_by(registration.enrolment.cohort.programme.provider_id)
    form = CourseFilter(request.GET, rows=offered)
    page_obj = Paginator(form.apply(offered), PER_PAGE).get_page(request.GET.get("page"))
    choices = choices_of(registration)
    return page(
        request,
        "courses",
        registration.enrolment,
        trail_to(registration.enrolment),
        registration=registration,
        qualification=registration.qualification,
        standing=standing_of(registration, choices=choices, with_offer=True),
        rows=_with_verdicts(registration, list(page_obj.object_list), choices),
        filter_form=form,
        is_filtered=any(form.cleaned_data.values()),
        page_obj=page_obj,
        page_range=page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1),
        noun="course",
        noun_plural="courses",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose(request: SignedInRequest, pk: int, course: int) -> HttpResponse:
    """One button in the list; a page with the warning where the credits would be out of reach."""
    registration = open_registration(request, pk)
    enrolment = registration.enrolment
    found = get_object_or_404(Course.objects.offered_by(enrolment.cohort.programme.provider_id), pk=course)
    back = reverse("modules:courses", args=[pk])
    if request.method == "POST":
        anyway = request.POST.get("anyway") == "yes"
        try:
            actions.choose_course(registration=registration, course=found, by=request.user, anyway=anyway)
        except actions.DeadEnd:
            return redirect("modules:choose", pk, course)
        standing = standing_of(registration)
        notices.success(request, f"You have chosen “{found.title}”. {standing.in_words}")
        return redirect(own_page(pk) if standing.is_complete else back)
    verdict = actions.verdict_on(registration, found)
    return page(
        request,
        "choose",
        enrolment,
        heading=f"Choose “{found.title}”?" if not verdict.refused else f"You cannot choose “{found.title}” now",
        course=found,
        verdict=verdict,
        standing=standing_of(registration, with_offer=True),
        qualification=registration.qualification,
        back_url=back,
    )


class Drop(OwnStep):
    """Drop a course that is not passed."""

    step = actions.drop_course

    def load(self) -> CourseChoice:
        registration = own_registration(self.request, self.kwargs["pk"])
        choice = get_object_or_404(registration.choices.select_related("course"), course=self.kwargs["course"])
        choice.registration = registration
        return choice

    def enrolment(self, subject: CourseChoice) -> Enrolment:
        return subject.registration.enrolment

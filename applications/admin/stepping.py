"""Steps on one review are taken on the page of its application."""

from typing import Any

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from applications.admin.steps import REVIEW_STEPS, STEPS
from applications.models import Application, Review
from applications.states import ApplicationStatus
from steppingup.desk.steps import AdminStep, StepsMixin


class SteppingMixin(StepsMixin):
    """The steps of an application, and `<pk>/review/<review>/<name>/` for those of a review."""

    steps = STEPS

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:pk>/review/<int:review>/<slug:name>/",
            self.admin_site.admin_view(self.review_step_view),
            name="applications_application_review_step",
        )
        return [own, *super().get_urls()]

    def steps_for(self, request: HttpRequest, obj: Model) -> list[dict[str, Any]]:
        """What comes next stands out: first assessors, then a decision."""
        steps = super().steps_for(request, obj)
        if getattr(obj, "status", None) == ApplicationStatus.SUBMITTED:
            for step in steps:
                step["strong"] = "/assign/" in step["url"]
        return steps

    def may_take(self, request: HttpRequest, step: AdminStep, obj: Model) -> bool:
        return self.may_decide(request, obj) and super().may_take(request, step, obj)

    def review_steps_for(self, request: HttpRequest, application: Application, review: Review) -> list[tuple[str, str]]:
        """The links beside one review, as its state stands: what they say and where they lead."""
        route = "admin:applications_application_review_step"
        return [
            (step.label, reverse(route, args=[application.pk, review.pk, step.name]))
            for step in REVIEW_STEPS
            if step.possible(review) and self.may_take(request, step, application)
        ]

    def review_step_view(self, request: HttpRequest, pk: int, review: int, name: str) -> HttpResponse:
        application: Any = self.get_object(request, str(pk))
        step = next((step for step in REVIEW_STEPS if step.name == name), None)
        if application is None or step is None or not self.may_take(request, step, application):
            raise Http404
        found = Review.objects.filter(application=application, pk=review).select_related("assessor").first()
        if found is None:
            raise Http404
        found.application = application
        return self.show_step(request, step, found, original=application)

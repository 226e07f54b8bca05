"""The pages on which a step is looked at, filled in, and taken."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from applications.admin.steps import REVIEW_STEPS, STEPS, Step
from applications.models import Application, Review
from steppingup.accounts.actors import NotAllowed
from steppingup.audit.lifecycle import NotPossible
from steppingup.web.admin_steps import style


class SteppingMixin:
    """Adds `<pk>/step/<name>/`, and the same for one review, to the admin of applications."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("<int:pk>/step/<slug:name>/", view(self.step_view), name="applications_application_step"),
            path(
                "<int:pk>/review/<int:review>/<slug:name>/",
                view(self.review_step_view),
                name="applications_application_review_step",
            ),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def _found(self, request: HttpRequest, pk: int) -> Application:
        application: Application = self.find(request, pk)  # type: ignore[attr-defined]
        if not self.may_decide(request, application):  # type: ignore[attr-defined]
            raise Http404
        return application

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        application = self._found(request, pk)
        return self._step(request, application, application, STEPS.get(name))

    def review_step_view(self, request: HttpRequest, pk: int, review: int, name: str) -> HttpResponse:
        application = self._found(request, pk)
        found = Review.objects.filter(application=application, pk=review).select_related("assessor").first()
        if found is None:
            raise Http404
        found.application = application
        return self._step(request, application, found, REVIEW_STEPS.get(name))

    def _step(self, request: HttpRequest, application: Application, subject: Any, step: Step | None) -> HttpResponse:
        """GET shows what will happen; POST does it (after showing who is told, where that depends on the form)."""
        if step is None:
            raise Http404
        back = reverse("admin:applications_application_change", args=[application.pk])
        if not step.possible(subject):
            if step.target and application.status == step.target:
                messages.info(request, "This was done already. Nobody was told twice.")
            else:
                messages.error(
                    request, "This is not possible any more: somebody has changed the application meanwhile."
                )
            return HttpResponseRedirect(back)
        form = step.form(subject, request.POST if request.method == "POST" else None) if step.form else None
        filled = request.method == "POST" and (form is None or form.is_valid())
        if filled and (not step.check or "confirm" in request.POST):
            return self._take(request, subject, step, form, back)
        return self._show(request, application, subject, step, form, back, checking=filled)

    def _take(self, request: HttpRequest, subject: Any, step: Step, form: forms.Form | None, back: str) -> HttpResponse:
        try:
            step.run(subject, form, request.user)
        except NotAllowed as error:
            raise Http404 from error
        except NotPossible as sentence:
            messages.error(request, str(sentence))
        else:
            messages.success(request, step.done)
        return HttpResponseRedirect(back)

    def _show(
        self,
        request: HttpRequest,
        application: Application,
        subject: Any,
        step: Step,
        form: forms.Form | None,
        back: str,
        *,
        checking: bool,
    ) -> HttpResponse:
        later = step.check and not checking
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": step.label,
            "application": application,
            "subject": subject,
            "step": step,
            "text": step.text(subject),
            "form": style(form) if form else None,
            "checking": checking,
            "later": later,
            "told": [] if later else step.told(subject, form.cleaned_data if checking and form else {}),
            "back_url": back,
        }
        return TemplateResponse(request, "admin/applications/step.html", context)

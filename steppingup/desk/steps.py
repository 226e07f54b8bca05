"""Buttons in the admin that do something: each opens a page that says what will happen and who will be told what.

class CohortAdmin(StepsMixin, ScopedAdmin):
    steps = (
        AdminStep("publish", "Publish the cohort", actions.publish, "cohort", Permission.EDIT_PROGRAMMES,
                  possible=lambda cohort: "publish" in COHORT.possible(cohort.status)),
    )
    sections_page = "cohort_admin"
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import ScopedAdmin
from steppingup.desk.fields import style
from steppingup.history.lifecycle import NotPossible
from steppingup.site.sections import render_sections
from steppingup.steps.step import StepForm


@dataclass(frozen=True)
class AdminStep:
    """One button. `run` is the action: it gets the object under the name `noun`, `by`, and what the form asks for.

    `told(obj)` lists who will be told: things with `to`, `subject` and `text`. With `check`, that depends on what is
    filled in: it is `told(obj, values)`, and is shown on a second page before anything happens.
    `text` says what it means (a sentence, or made from the object). `initial(obj)` is what stands in the form to begin
    with. `is_done(obj)`: it was done before, so pressing the button twice is no mistake. `strong` buttons stand out.
    `against(obj)` says why it cannot be done yet, and what to do first: then the page has that and no button."""

    name: str
    label: str
    run: Callable[..., Any]
    noun: str
    permission: Permission
    possible: Callable[[Any], bool]
    told: Callable[..., Iterable[Any]] | None = None
    form_class: type[forms.Form] | None = None
    text: str | Callable[[Any], str] = ""
    done: str = "Done."
    initial: Callable[[Any], dict[str, Any]] | None = None
    check: bool = False
    is_done: Callable[[Any], bool] | None = None
    strong: bool = False
    against: Callable[[Any], str] | None = None

    def form(self, subject: Any, data: Any = None) -> forms.Form | None:
        if self.form_class is None:
            return None
        more = {"subject": subject} if issubclass(self.form_class, StepForm) else {}
        return style(self.form_class(data, initial=self.initial(subject) if self.initial else None, **more))

    def take(self, subject: Any, form: forms.Form | None, by: Any) -> Any:
        return self.run(**{self.noun: subject}, by=by, **values_of(form))

    def who_is_told(self, subject: Any, form: forms.Form | None) -> list[Any]:
        if self.told is None:
            return []
        return list(self.told(subject, values_of(form)) if self.check else self.told(subject))

    def meaning(self, subject: Any) -> str:
        return self.text(subject) if callable(self.text) else self.text


def values_of(form: forms.Form | None) -> dict[str, Any]:
    """What a form that is filled in gives to the action."""
    if form is None:
        return {}
    return form.values() if isinstance(form, StepForm) else form.cleaned_data


class StepsMixin(ScopedAdmin):
    """Adds `steps` as buttons and `sections_page` as cards to the change page of a ScopedAdmin."""

    steps: ClassVar[Sequence[AdminStep]] = ()
    sections_page: ClassVar[str] = ""
    change_form_outer_before_template = "admin/components/steps.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        own = path(
            "<path:object_id>/step/<slug:name>/",
            self.admin_site.admin_view(self.step_view),
            name=name,
        )
        return [own, *super().get_urls()]

    def may_take(self, request: HttpRequest, step: AdminStep, obj: Model) -> bool:
        """By role. A subclass may refuse more."""
        return self.allows(request, step.permission, obj)

    def steps_for(self, request: HttpRequest, obj: Model) -> list[dict[str, Any]]:
        """The buttons that this person sees on this object now."""
        route = f"admin:{self.opts.app_label}_{self.opts.model_name}_step"
        return [
            {"label": step.label, "url": reverse(route, args=[obj.pk, step.name]), "strong": step.strong}
            for step in self.steps
            if self.may_take(request, step, obj) and step.possible(obj)
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        extra = dict(kwargs.pop("extra_context", None) or {})
        obj = self.get_object(request, object_id)
        if obj is not None:
            extra["steps"] = self.steps_for(request, obj)
            extra["sections"] = render_sections(self.sections_page, request, obj) if self.sections_page else []
        return super().change_view(request, object_id, *args, extra_context=extra, **kwargs)

    def step_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        obj = self.get_object(request, object_id)
        step = next((step for step in self.steps if step.name == name), None)
        if step is None or obj is None or not self.may_take(request, step, obj):
            raise Http404
        return self.show_step(request, step, obj, original=obj)

    def show_step(self, request: HttpRequest, step: AdminStep, subject: Any, *, original: Model) -> HttpResponse:
        """GET shows what will happen; POST does it, once (after a page that says who is told, with `check`).

        `subject` is what the step is taken on, `original` the object of this admin that it belongs to."""
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[original.pk])
        if not step.possible(subject):
            if step.is_done and step.is_done(subject):
                messages.info(request, "This was done already. Nobody was told twice.")
            else:
                messages.error(request, "This is not possible any more: somebody has changed it meanwhile.")
            return HttpResponseRedirect(back)
        form = step.form(subject, request.POST if request.method == "POST" else None)
        filled = request.method == "POST" and "change" not in request.POST and (form is None or form.is_valid())
        if filled and (not step.check or "confirm" in request.POST):
            try:
                result = step.take(subject, form, request.user)
            except NotAllowed as error:
                raise Http404 from error
            except NotPossible as sentence:
                subject.refresh_from_db()
                if form is None or not step.possible(subject):
                    messages.error(request, str(sentence))
                    return HttpResponseRedirect(back)
                form.add_error(None, str(sentence))  # something else would do: what was typed stays
                filled = False
            else:
                messages.success(request, step.done)
                if type(result) is type(original) and result != original:  # a copy: go on with that
                    back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[result.pk])
                return HttpResponseRedirect(back)
        later = step.check and not filled
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": step.label,
            "original": original,
            "subject": subject,
            "step": step,
            "text": step.meaning(subject),
            "form": form,
            "checking": step.check and filled,
            "later": later,
            "told": [] if later else step.who_is_told(subject, form),
            "against": step.against(subject) if step.against else "",
            "back_url": back,
        }
        return TemplateResponse(request, "admin/legacy_step.html", context)

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
from unfold.widgets import SELECT_CLASSES, TEXTAREA_CLASSES, UnfoldAdminTextInputWidget

from steppingup.accounts.roles import Permission
from steppingup.audit.lifecycle import NotPossible
from steppingup.web.sections import render_sections


@dataclass(frozen=True)
class AdminStep:
    """One button. `run` is the action: it gets the object under the name `noun`, `by`, and what the form asks for.

    `told(obj)` lists who will be told: things with `to`, `subject` and `text`. `text` says what it means.
    `initial(obj)` is what stands in the form to begin with."""

    name: str
    label: str
    run: Callable[..., Any]
    noun: str
    permission: Permission
    possible: Callable[[Any], bool]
    told: Callable[[Any], Iterable[Any]] | None = None
    form_class: type[forms.Form] | None = None
    text: str = ""
    done: str = "Done."
    initial: Callable[[Any], dict[str, Any]] | None = None


def style(form: forms.Form) -> forms.Form:
    """Give the fields of a plain form the look of the admin."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, forms.Textarea):
            widget.attrs.setdefault("class", " ".join(TEXTAREA_CLASSES))
            widget.attrs.setdefault("rows", 4)
        elif isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect):
            widget.attrs.setdefault("class", " ".join(SELECT_CLASSES))
        elif isinstance(widget, forms.TextInput | forms.NumberInput | forms.EmailInput | forms.URLInput):
            classes = UnfoldAdminTextInputWidget().attrs["class"]
            widget.attrs.setdefault("class", classes)
    return form


class StepsMixin:
    """Adds `steps` as buttons and `sections_page` as cards to the change page of a ScopedAdmin."""

    steps: ClassVar[Sequence[AdminStep]] = ()
    sections_page: ClassVar[str] = ""
    change_form_outer_before_template = "admin/components/steps.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"  # type: ignore[attr-defined]
        own = path(
            "<path:object_id>/step/<slug:name>/",
            self.admin_site.admin_view(self.step_view),  # type: ignore[attr-defined]
            name=name,
        )
        return [own, *super().get_urls()]  # type: ignore[misc]

    def steps_for(self, request: HttpRequest, obj: Model) -> list[dict[str, str]]:
        """The buttons that this person sees on this object now."""
        route = f"admin:{self.opts.app_label}_{self.opts.model_name}_step"  # type: ignore[attr-defined]
        return [
            {"label": step.label, "url": reverse(route, args=[obj.pk, step.name])}
            for step in self.steps
            if self.allows(request, step.permission, obj) and step.possible(obj)  # type: ignore[attr-defined]
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        extra = dict(kwargs.pop("extra_context", None) or {})
        obj = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if obj is not None:
            extra["steps"] = self.steps_for(request, obj)
            extra["sections"] = render_sections(self.sections_page, request, obj) if self.sections_page else []
        return super().change_view(request, object_id, *args, extra_context=extra, **kwargs)  # type: ignore[misc]

    def step_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """GET shows what will happen; POST does it, once."""
        step = next((step for step in self.steps if step.name == name), None)
        obj = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if step is None or obj is None or not self.allows(request, step.permission, obj):  # type: ignore[attr-defined]
            raise Http404
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])  # type: ignore[attr-defined]
        initial = step.initial(obj) if step.initial else None
        form = step.form_class(request.POST or None, initial=initial) if step.form_class else None
        if request.method == "POST" and (form is None or form.is_valid()):
            values = form.cleaned_data if form else {}
            try:
                step.run(**{step.noun: obj}, by=request.user, **values)
            except NotPossible as sentence:
                messages.error(request, str(sentence))
            else:
                messages.success(request, step.done)
            return HttpResponseRedirect(back)
        if not step.possible(obj) and request.method != "POST":
            messages.error(request, "That has been done already, or is not possible any more.")
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": step.label,
            "original": obj,
            "step": step,
            "form": style(form) if form else None,
            "told": list(step.told(obj)) if step.told else [],
            "back_url": back,
        }
        return TemplateResponse(request, "admin/step.html", context)

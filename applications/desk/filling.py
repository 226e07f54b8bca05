"""Filling in an application for somebody who writes on paper or rang: its parts, one after the other, in the admin."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from applications.actions import applications as actions
from applications.actions.access import DECIDE
from applications.fee.standing import fee_state
from applications.form.fields import PartForm, with_plain_lines
from applications.form.part import Part
from applications.form.part_forms import form_for
from applications.form.parts import is_done, missing_parts, part_of, parts_of, seen_now, shown_values
from applications.models import Application, Draft
from applications.states import ApplicationStatus
from steppingup.desk.admin import own_page
from steppingup.desk.fields import style
from steppingup.desk.stepping import SteppedAdmin
from steppingup.history.lifecycle import NotPossible
from steppingup.steps.actions.back import take_back
from steppingup.steps.step import Step, steps_of

#: Nobody else gives these answers.
NEVER = "equality"


class FillIn(SteppedAdmin):
    """Of applications in progress, those that staff fill in for somebody; whatever else is in one is for nobody."""

    def steps(self) -> list[Step[Any, Any]]:
        return [step for step in steps_of(Application) if step.for_them]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing is done for many of them at once."""
        return {}

    def address_of(self, step: Step[Any, Any], subject: Any) -> str:
        if step in self.steps():
            return reverse("admin:applications_draft_step", args=[subject.pk, step.name])
        return super().address_of(step, subject)

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        """What is done for whoever asked, and the way back; what staff decide about comes once it is submitted."""
        found = super().buttons(request, subject)
        return [button for button in found if button["for_them"] or button["step"] is take_back]

    def after_step(self, subject: Any, result: Any) -> str:
        """On to what is filled in; to the application, once it is submitted."""
        now = Application.objects.get(pk=subject.pk)
        kind = "draft" if now.status == ApplicationStatus.DRAFT else "application"
        if kind == "draft" and now.helped_at is None:
            return reverse("admin:applications_draft_changelist")
        return reverse(f"admin:applications_{kind}_change", args=[subject.pk])

    def _drafts(self, request: HttpRequest) -> Any:
        return Application.objects.for_steps().filter(
            pk__in=Draft.objects.visible_to(request.user, DECIDE).values("pk")
        )

    def find_for_step(self, request: HttpRequest, step: Step[Any, Any], object_id: str) -> Any:
        """Any of them: whether it may be filled in is asked by the step."""
        return self._drafts(request).filter(pk=object_id if object_id.isdecimal() else None).first()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Only what is filled in for somebody. The list is for whoever sees applications; other drafts are for nobody."""
        return (
            self._drafts(request)
            .filter(pk=object_id if object_id.isdecimal() else None, helped_at__isnull=False)
            .first()
        )

    def _helped(self, request: HttpRequest, pk: int) -> Application:
        found = self.get_object(request, str(pk))
        if found is None or found.applicant_id == request.user.pk:
            raise Http404
        return cast("Application", found)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The parts: what is complete, and what is not yet."""
        application = self._helped(request, int(object_id) if object_id.isdecimal() else 0)
        begun = set(application.part_drafts.values_list("part", flat=True))
        parts = [
            {
                "part": part,
                "url": reverse("admin:applications_draft_part", args=[application.pk, part.key]),
                "status": "Complete"
                if is_done(application, part)
                else "In progress"
                if part.key in begun
                else "Not started",
                "optional": part.optional,
            }
            for part in parts_of(application)
            if part.key != NEVER
        ]
        return self.page(
            request,
            "admin/applications/fill.html",
            title=f"Fill in for {application.full_name or application.applicant} · {application.reference}",
            application=application,
            parts=parts,
            missing=missing_parts(application),
            fee=fee_state(application),
            **self.asked_and_possible(request, application),
        )

    @own_page("<int:pk>/part/<slug:key>/", "part")
    def part_view(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        """One part. Whatever is pressed and whatever is wrong, what was typed is kept."""
        application = self._helped(request, pk)
        part = part_of(application, key)
        if part is None or part.key == NEVER:
            raise Http404
        kept = self._kept(application, part)
        if request.method != "POST":
            return self._show(request, application, part, kept)
        form = form_for(part.key)(
            with_plain_lines(request.POST), request.FILES, application=application, part=part, initial=kept.initial
        )
        try:
            if form.is_valid():
                self._save(request, application, part, form)
                messages.success(request, f"“{part.title}” is complete.")
                return HttpResponseRedirect(self.after_step(application, None))
            if part.keeps_drafts and form.has_changed():
                given: dict[str, Any] = {"typed": form.typed(), "seen": request.POST.get("seen")}
                actions.keep_draft(application=application, part=part.key, by=request.user, **given)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        return self._show(request, application, part, form)

    def _save(self, request: HttpRequest, application: Application, part: Part, form: PartForm) -> None:
        actions.save_part(
            application=application,
            part=part.key,
            values=form.cleaned_data,
            by=request.user,
            seen=request.POST.get("seen"),
        )

    def _kept(self, application: Application, part: Part) -> PartForm:
        return form_for(part.key).showing(application, part, shown_values(application, part))

    def _show(self, request: HttpRequest, application: Application, part: Part, form: PartForm) -> HttpResponse:
        return self.page(
            request,
            "admin/applications/fill_part.html",
            title=part.title,
            application=application,
            part=part,
            form=style(form),
            seen=seen_now(application, part),
            back_url=reverse("admin:applications_draft_change", args=[application.pk]),
        )

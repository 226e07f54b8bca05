"""Steps in the admin: the buttons of a record, the page before a step, the same for many records, and what came of it.

class CohortAdmin(SteppedAdmin):
    sections_page = "cohort_admin"

Which steps there are follows from the model (`steppingup.steps`); nothing is said about a step here.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from steppingup.accounts.roles import SENSITIVE
from steppingup.accounts.second_factor import ask_again
from steppingup.desk.admin import ScopedAdmin, own_page
from steppingup.desk.fields import style
from steppingup.desk.waiting import NextFilter
from steppingup.formats import english
from steppingup.formats.keys import is_key, keys_in
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.jobs.states import JobStatus
from steppingup.site.sections import render_sections
from steppingup.site.stepping import StepPage, bound_form, is_filled
from steppingup.steps.actions.back import asked_for, latest_of, latest_on, take_back
from steppingup.steps.jobs import LETTERS_SHOWN, as_result, filled_in, forget_look_aheads, subjects_of
from steppingup.steps.models import Taking
from steppingup.steps.step import Step, StepForm, steps_of
from steppingup.steps.taking import Taken, look_ahead
from steppingup.steps.waiting import waiting_of

#: What takes longer than about two seconds is done by a worker, with a progress bar.
AT_ONCE = 50
LAST_BACK = "Take back the last step"


_elsewhere: dict[str, Callable[[Any, Any], str]] = {}


def link_button(label: str, url: str) -> dict[str, Any]:
    """A page of a record among the buttons of its steps."""
    return {"step": None, "label": label, "url": url, "strong": False, "asks": True, "for_them": False}


def leads_to(step: Step[Any, Any], where: Callable[[Any], str], then: Callable[[Any], str] | None = None) -> None:
    """For a step that another app adds to a record: the page it is taken from and goes back to, from the record; and where it
    goes on to, from what it has made, if that is another one."""
    _elsewhere[step.key] = lambda subject, result: then(result) if then and result else where(subject)


class SteppedAdmin(ScopedAdmin):
    """A ScopedAdmin with the steps of its model as buttons and bulk actions, and `sections_page` as cards."""

    sections_page: ClassVar[str] = ""
    change_form_outer_before_template = "admin/components/steps.html"

    @property
    def _route(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}"

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        given = super().get_list_filter(request)
        return [NextFilter, *given] if waiting_of(self.model) else given

    def steps(self) -> list[Step[Any, Any]]:
        return steps_of(self.model)

    def _step(self, name: str) -> Step[Any, Any]:
        step = next((step for step in self.steps() if step.name == name), None)
        if step is None:
            raise Http404
        return step

    def _asked(self, request: HttpRequest, step: Step[Any, Any]) -> Step[Any, Any]:
        """Before what is sensitive, or done in somebody's name, the second factor is asked for again, of those who may."""
        if (step.permission in SENSITIVE or step.for_them) and self.allows(request, step.permission):
            ask_again(request)
        return step

    # -- one record ----------------------------------------------------------------------------

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        """The steps that this person can take on this record now."""
        found = [
            {
                "step": step,
                "label": step.label,
                "url": self.address_of(step, subject),
                "strong": step.weight == "strong",
                "asks": step.form is not None,
                "for_them": step.for_them,
            }
            for step in steps_of(type(subject))
            if step.is_offered(request.user, subject)
        ]
        if latest := latest_on(subject, request.user):
            address = self.address_of(take_back, latest)
            label = f"Take back: {latest.past[:1].lower()}{latest.past[1:]}"
            back = {"step": take_back, "label": label, "url": address, "strong": False, "asks": True, "for_them": False}
            found.append(back)
        # Steps for somebody who rang or wrote come last, and together.
        return sorted(found, key=lambda button: button["for_them"])

    def address_of(self, step: Step[Any, Any], subject: Any) -> str:
        """The page before the step, which is among those of the record's own admin."""
        return reverse(admin_urlname(subject._meta, "step"), args=[subject.pk, step.name])

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = self.get_object(request, object_id)
        extra = kwargs.pop("extra_context", None) or {}
        if obj is not None:
            extra = {**extra, **self.asked_and_possible(request, obj), **self.around(request, obj)}
        return super().change_view(request, object_id, *args, **kwargs | {"extra_context": extra})

    def asked_and_possible(self, request: HttpRequest, subject: Any) -> dict[str, Any]:
        """The buttons, and what was done for somebody who rang or wrote: for `admin/components/steps.html`."""
        asked = any(step.for_them and step.page_model is type(subject) for step in Step.registry.values())
        buttons = self.buttons(request, subject)
        return {"steps": buttons, "asked_for": asked_for(subject) if asked else []}

    def around(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What the page of a record shows besides its own fields and buttons."""
        return {"sections": render_sections(self.sections_page, request, obj) if self.sections_page else []}

    def after_step(self, subject: Any, result: Any) -> str:
        """Where to go on: the record's page, or that of a copy of it."""
        found = result if type(result) is type(subject) else subject
        return reverse(f"{self._route}_change", args=[found.pk])

    def find_for_step(self, request: HttpRequest, step: Step[Any, Any], object_id: str) -> Any:
        """The record, through the access rule; nothing for whoever may not see it."""
        return self.get_object(request, object_id)

    @own_page("<path:object_id>/step/<slug:name>/", "step")
    def step_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """The page before the step, and the step itself (`steppingup.site.stepping`)."""
        return self._own_page(request, self._asked(request, self._step(name)), object_id).respond()

    def open_step(self, request: HttpRequest, step: Step[Any, Any], subject: Any, **begins: Any) -> HttpResponse:
        """The page before a step, from anywhere else, with what its form begins with."""
        return self._own_page(request, step, str(subject.pk)).ask(begins, action_url=self.address_of(step, subject))

    def _own_page(self, request: HttpRequest, step: Step[Any, Any], object_id: str) -> StepPage:
        def load() -> Any:
            found = self.find_for_step(request, step, object_id)
            if found is None:
                raise Http404
            return found

        return self.step_page(request, step, load, _elsewhere.get(step.key, self.after_step))

    def step_page(self, request: HttpRequest, step: Step[Any, Any], load: Any, after: Any) -> StepPage:
        """The page before a step for a record that `load()` finds, and from which `after(subject, result)` leads on."""

        def show(context: dict[str, Any]) -> HttpResponse:
            return self.page(request, "admin/step.html", **context)

        def hand_over(subject: Any, form: StepForm | None) -> HttpResponse | None:
            if step.number is None or self._number(step, [subject], form) <= AT_ONCE:
                return None
            return self.many_page(request, step, [subject.pk])

        return StepPage(request, step, load, after, show, style, hand_over)

    # -- many records --------------------------------------------------------------------------

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Every step that can be taken for many is an action of the list, for whoever may take it."""
        actions = super().get_actions(request)
        for step in self.steps():
            if step.bulk and self.may_take(request, step):
                actions[f"step_{step.name}"] = (self._bulk_action(step), f"step_{step.name}", step.label)
        if any(not step.final and self.may_take(request, step) for step in self.steps()):
            actions["step_last_back"] = (_take_back_last, "step_last_back", LAST_BACK)
        return actions

    def may_take(self, request: HttpRequest, step: Step[Any, Any]) -> bool:
        """Does this person hold what the step asks for, for any record?"""
        return self.allows(request, step.permission)

    def take_back_last(self, request: HttpRequest, ids: list[int]) -> HttpResponse:
        """On to the page that takes back, for many, the last step that was taken on each, where it is one that can be taken
        for many: nobody wants to take back what an applicant sent, or an assessor's scores, because they ticked a line too
        many."""
        latest = latest_of(self.model, ids, [step.key for step in self.steps() if step.bulk])
        if not latest:
            messages.error(request, "None of those selected has a step that can be taken back from here.")
            return HttpResponseRedirect(self.after_many(ids))
        if left := len(ids) - len(latest):
            who = english.counted(left, "record is left out, as its", "records are left out, as their")
            messages.warning(
                request, f"{who} last step is not one that is taken for many. Look for it on its own page."
            )
        own: Any = self.admin_site.get_model_admin(Taking)
        return own.many_page(request, take_back, latest)

    def _bulk_action(self, step: Step[Any, Any]) -> Any:
        def choose(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
            return self.many_page(request, step, list(queryset.order_by().values_list("pk", flat=True)))

        return choose

    @own_page("steps/<slug:name>/", "steps")
    def many_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """The same as `step_view`, for the records named in `ids`."""
        step = self._step(name)
        if request.method != "POST" or not (step.bulk or step.number) or not self.may_take(request, step):
            raise Http404
        ids = keys_in(request.POST.get("ids", "").split(","))
        return self.many_page(request, step, ids)

    def many_page(self, request: HttpRequest, step: Step[Any, Any], ids: list[int]) -> HttpResponse:
        self._asked(request, step)
        subjects = subjects_of(step, ids, request.user)
        if not subjects:
            messages.error(request, "Select at least one.")
            return HttpResponseRedirect(reverse(f"{self._route}_changelist"))
        form = style(bound_form(step, request, subjects)) if step.form else None
        if not is_filled(form):
            return self._many_page(request, step, ids, form, {"asking": True, "number": len(subjects)})
        warnings = form.warnings(subjects[0]) if form else []
        ids = [subject.pk for subject in subjects]
        number = self._number(step, subjects, form)
        asked = {"step": step.key, "ids": ids, "data": _as_sent(form), "back": self._many_address(step)}
        if "confirm" in request.POST:
            return self._start(request, step, asked | {"digests": dict(_digests(request))}, number)
        if number > AT_ONCE:
            title = f"{step.label}: what would happen"
            return HttpResponseRedirect(self._job(request, "steps.look_ahead", title, asked).get_absolute_url())
        try:
            ahead = look_ahead(step, subjects, by=request.user, values=form.values_for if form else lambda subject: {})
        except NotPossible as busy:
            return self._many_page(request, step, ids, form, {"problem": str(busy), "number": len(ids)})
        return self._many_page(request, step, ids, form, {"number": len(ids), "warnings": warnings, **as_result(ahead)})

    def _number(self, step: Step[Any, Any], subjects: list[Any], form: StepForm | None) -> int:
        """How many records are changed: those that the step is taken for, or those that it says."""
        if step.number is None:
            return len(subjects)
        return sum(step.number(subject, **(form.values_for(subject) if form else {})) for subject in subjects)

    def after_many(self, ids: Sequence[int]) -> str:
        """Where to go on from what came of a step for many: the list that they were ticked in."""
        return reverse(f"{self._route}_changelist")

    def _on_from(self, step: Step[Any, Any], ids: Sequence[int]) -> str:
        """The same for a step that leads elsewhere (`leads_to`)."""
        subject = step.model._default_manager.filter(pk__in=ids[:1]).first() if step.key in _elsewhere else None
        return _elsewhere[step.key](subject, None) if subject else self.after_many(ids)

    def _many_address(self, step: Step[Any, Any]) -> str:
        return reverse(f"{self._route}_steps", args=[step.name])

    def _job(self, request: HttpRequest, kind: str, title: str, asked: dict[str, Any]) -> Job:
        return jobs.start(kind=kind, title=title, about=None, by=request.user, arguments=asked, total=len(asked["ids"]))

    def _start(self, request: HttpRequest, step: Step[Any, Any], asked: dict[str, Any], number: int) -> HttpResponse:
        """A few at once, in this request; more by a worker. Either way what came of it has a page of its own."""
        with transaction.atomic():
            # With the job or not at all: who was to be told what is not kept longer than it is needed.
            forget_look_aheads(step, asked["ids"], request.user)
            job = self._job(request, "steps.take", f"{step.label}: {number}", asked)
        if number <= AT_ONCE:
            jobs.run(job.pk)
            job.refresh_from_db()
        return HttpResponseRedirect(job.result_url or job.get_absolute_url())

    @own_page("steps/<slug:name>/<uuid:uuid>/", "steps_job")
    def job_view(self, request: HttpRequest, name: str, uuid: UUID) -> HttpResponse:
        """What a worker found out (with the button that does it), or what came of it, for as long as that is kept."""
        step = self._step(name)
        job = get_object_or_404(Job.objects.for_person(request.user), uuid=uuid, status=JobStatus.DONE)
        kept = job.result.get("shown")
        if kept is None:
            return self._many_page(request, step, job.result.get("ids", []), None, {"too_old": True})
        if "rows" in kept:
            rows = [Taken(**row) for row in kept["rows"]]
            refused = ",".join(str(row.pk) for row in rows if row.state == "refused")
            back = self._on_from(step, [row.pk for row in rows])
            lines = [{"taken": row, "url": reverse(f"{self._route}_change", args=[row.pk])} for row in rows]
            done = [row.pk for row in rows if row.state == "done"]
            back_ids = "" if step.final else ",".join(map(str, latest_of(self.model, done, [step.key])))
            shown = {"rows": lines, "refused_ids": refused, "back_url": back, "back_ids": back_ids}
            return self._many_page(request, step, [], None, shown)
        asked = kept["asked"]
        subjects = subjects_of(step, asked["ids"], request.user)
        form = filled_in(step, asked["data"], subjects, request.user)[0]
        return self._many_page(request, step, asked["ids"], form, {"number": len(subjects), **kept})

    def _many_page(
        self, request: HttpRequest, step: Step[Any, Any], ids: list[int], form: Any, shown: dict[str, Any]
    ) -> HttpResponse:
        context = {
            "title": step.label,
            "step": step,
            "ids": ",".join(map(str, ids)),
            "form": form,
            "counted": english.counted(
                shown.get("number", 0), str(self.opts.verbose_name), str(self.opts.verbose_name_plural)
            ),
            "back_url": self._on_from(step, ids),
            "further": [
                {"label": other.label, "url": self._many_address(other)}
                for other in self.steps()
                if other.bulk and other is not step and self.may_take(request, other)
            ],
            "letters_shown": LETTERS_SHOWN,
            "action_url": self._many_address(step),
        }
        return self.page(request, "admin/step_for_many.html", **context | shown)


def _take_back_last(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
    return model_admin.take_back_last(request, list(queryset.order_by().values_list("pk", flat=True)))


def _as_sent(form: StepForm | None) -> str:
    """What was filled in, as a worker can read it again."""
    sent = QueryDict(mutable=True)
    for name, value in (form.data if form else {}).items():
        if name not in ("csrfmiddlewaretoken", "ids", "digests", "filled", "confirm"):
            sent.setlist(name, form.data.getlist(name) if isinstance(form.data, QueryDict) else [str(value)])  # type: ignore[union-attr]
    return sent.urlencode()


def _digests(request: HttpRequest) -> list[tuple[str, str]]:
    """“12:ab34…” for each record that was shown as possible."""
    pairs = (pair.partition(":") for pair in request.POST.get("digests", "").split(",") if ":" in pair)
    return [(pk, digest) for pk, _, digest in pairs if is_key(pk)]

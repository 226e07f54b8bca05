"""The page before a step, for one record: what it means, what it asks, who will be told what, and the button.

class Withdraw(StepView):
    step = applications.withdraw

    def load(self):  # through the access rule: whoever may not, gets 404
        return get_object_or_404(Application.objects.of_applicant(self.request.user), pk=self.kwargs["pk"])

GET says what it is. POST looks ahead, which writes and undoes. POST with the digest of what was read takes the step; when it
would say something else by now, the page is shown again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views import View

from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.requests import SignedInRequest
from steppingup.history.changes import last_change
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.notices import as_the_public_sees
from steppingup.site.together import SEEN, Meeting, Seen, Sheet, Told, one_at_a_time
from steppingup.steps.models import Taking
from steppingup.steps.step import Step, StepForm
from steppingup.steps.taking import Changed, look_ahead, take

R = TypeVar("R")

DONE_ALREADY = "This had already been done. Nobody was told twice."
NOT_ANY_MORE = "This is no longer possible: somebody has changed it in the meantime."


def bound_form(step: Step[Any, Any], request: HttpRequest, subjects: list[Any]) -> StepForm | None:
    """What the step asks, filled in with what was sent. Before anything was sent it is filled in with what it begins with,
    if that is enough, so that a step which asks nothing that must be given shows at once what it would do."""
    if step.form is None:
        return None
    about = {"subject": subjects[0], "subjects": subjects, "by": request.user}
    if request.method != "POST":
        begins = {name: request.GET[name] for name in step.form.begins_by if name in request.GET}
        return step.form(None, initial=begins, **about)
    if "filled" in request.POST:
        return step.form(request.POST, request.FILES, **about)
    empty = step.form(None, **about)
    begins = {name: empty.get_initial_for_field(field, name) for name, field in empty.fields.items()}
    if any(field.required and begins[name] in (None, "") for name, field in empty.fields.items()):
        return empty
    given = step.form({name: value for name, value in begins.items() if value is not None}, **about)
    return given if given.is_valid() else empty


def act_on(form: forms.Form, action: Callable[..., R], /, **given: Any) -> R | None:
    """What the action returns for what was filled in. Nothing before that is done and right, and where the action refuses,
    which says its sentence beside the field."""
    if not form.is_valid():
        return None
    try:
        return action(**given, **(form.values() if isinstance(form, StepForm) else form.cleaned_data))
    except NotPossible as sentence:
        form.add_error(sentence.field if sentence.field in form.fields else None, str(sentence))
        return None


def checked_first(request: HttpRequest, step: Step[Any, Any], subject: Any, *, by: Actor) -> dict[str, Any] | None:
    """A step on a page that stands on its own, such as one by a link: its form; once that is filled in, with who will be told what, and
    the button; and nothing when it was taken after that. Load the record again before the page is made of it."""
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = cast(Any, step.form)(*given, subject=subject, by=by)
    if "confirmed" in request.POST and act_on(form, step, **{step.noun: subject}, by=by):
        return None
    if not form.is_valid():
        return {"form": form}
    try:
        [outlook] = look_ahead(step, [subject], by=by, values=form.values_for).outlooks
    except NotPossible as busy:
        form.add_error(None, str(busy))
        return {"form": form}
    if outlook.refused:
        form.add_error(outlook.field if outlook.field in form.fields else None, outlook.refused)
        return {"form": form}
    return {"form": form, "looked": True, "told": as_the_public_sees(outlook.letters)}


def is_filled(form: forms.Form | None) -> bool:
    return form is None or (form.is_bound and form.is_valid())


@dataclass(frozen=True)
class StepPage:
    """How one step is asked for and taken on a page.

    `load()` fetches the record through the access rule, anew each time: after a look ahead the old object is not what the
    database has. `after(subject, result)` is the address to go on to, `show(context)` makes the page, `style(form)`
    dresses the form; `hand_over(subject, form)` answers in the page's place where it is too much for one request; `done` is
    said in the place of “Withdrawn. Amara Okafor was told.”"""

    request: HttpRequest
    step: Step[Any, Any]
    load: Callable[[], Any]
    after: Callable[[Any, Any], str]
    show: Callable[[dict[str, Any]], HttpResponse]
    style: Callable[[Any], Any] = lambda form: form
    hand_over: Callable[[Any, Any], HttpResponse | None] = lambda subject, form: None
    done: str = ""

    def respond(self) -> HttpResponse:
        if self.request.method == "POST" and self.request.POST.get("digest"):  # it is to be taken now
            subject = self.load()
            with one_at_a_time(type(subject), subject.pk):
                return self._respond()
        return self._respond()

    def _respond(self) -> HttpResponse:
        subject, user = self.load(), self.request.user
        why = self.step.refusal(user, subject)  # type: ignore[arg-type]
        if isinstance(why, NotAllowed):
            raise Http404
        if why is not None and (not self.step.explains or why.code == "state"):
            return self._leave(subject, why)
        met = self._meeting(subject)
        form = self.style(bound_form(self.step, self.request, [subject])) if self.step.form else None
        if met is not None and met.shows:
            return self._page(form, {"together": {"sealed": met.sealed(), "met": met.met, "is_open": met.is_open}})
        if why is not None or self.request.method != "POST" or not is_filled(form):
            return self._page(form, {"against": str(why) if why else ""})
        if elsewhere := self.hand_over(subject, form):
            return elsewhere
        shown: dict[str, Any] = {}
        if digest := self.request.POST.get("digest", ""):
            try:
                return self._take(subject, form, digest)
            except Changed as changed:
                shown["changed"] = str(changed)
            except NotAllowed as error:
                raise Http404 from error
            except NotPossible as sentence:
                return self._refuse(form, sentence)
        return self._page(form, shown | self._look_ahead(form))

    def ask(self, begins: dict[str, Any], **shown: Any) -> HttpResponse:
        """What the step asks, with what its form begins with: for whoever comes from another page."""
        subject = self.load()
        why = self.step.refusal(self.request.user, subject)  # type: ignore[arg-type]
        if isinstance(why, NotAllowed):
            raise Http404
        about = {"subject": subject, "by": self.request.user, "initial": begins}
        form = self.style(self.step.form(None, **about)) if self.step.form else None
        return self._page(form, {"against": str(why) if why else "", **shown})

    # -- what others have done since the page was opened -----------------------------------------

    def _empty(self, subject: Any) -> Sheet:
        """What the step asks, as its page shows it now."""
        given: dict[str, Any] = {"subject": subject, "by": self.request.user}
        return Sheet(self.step.form(None, **given) if self.step.form else forms.Form())

    def _seen(self, subject: Any) -> Sheet:
        """With what was sent has been compared already, or what there is now."""
        met = getattr(self.request, "meeting", None)
        return met.sheet if met else self._empty(subject)

    def _meeting(self, subject: Any) -> Meeting | None:
        """What was filled in, with what others have changed since."""
        seen = Seen.read(self.request.POST.get(SEEN, "")) if "filled" in self.request.POST and self.step.form else None
        if seen is None:
            return None
        data, files = self.request.POST, self.request.FILES
        met = Meeting(self._empty(subject), seen, data, files, partial(self._told, seen.at), acts=True)
        self.request.POST, self.request._files = met.data, met.files  # type: ignore[attr-defined, assignment]
        self.request.meeting = met  # type: ignore[attr-defined]
        return met

    def _told(self, since: datetime, record: Any, name: str) -> Told:
        """The public is not told who of the staff it was."""
        if (latest := self._latest(record)) and latest.at > since:
            return Told(latest.whose, latest.at)
        found = last_change(record, name) if getattr(self.request.user, "is_staff", False) else None
        return Told(*found) if found else Told()

    def _latest(self, subject: Any) -> Taking | None:
        """The last step on the record, if this person may know of it."""
        page = getattr(subject, self.step.page) if self.step.page else subject
        return Taking.objects.visible_to(self.request.user, of=type(page)).on(page).for_steps().first()

    def _leave(self, subject: Any, why: NotPossible) -> HttpResponse:
        """It cannot be taken (any more): back to the record, with a sentence that says why, or what was done instead."""
        said_why = NOT_ANY_MORE if why.code == "state" else str(why)
        level, sentence = (messages.INFO, DONE_ALREADY) if self.step.is_done(subject) else (messages.ERROR, said_why)
        latest = self._latest(subject)
        said = f" The last step was {latest.in_words}." if latest else ""
        messages.add_message(self.request, level, sentence + said)
        return HttpResponseRedirect(self.after(subject, None))

    def _take(self, subject: Any, form: StepForm | None, digest: str) -> HttpResponse:
        values = form.values_for(subject) if form else {}
        taken = take(self.step, subject, by=self.request.user, values=values, digest=digest)  # type: ignore[arg-type]
        messages.success(self.request, self.done or f"{self.step.past}. {taken.sentence}".strip())
        return HttpResponseRedirect(self.after(subject, taken.result))

    def _refuse(self, form: StepForm | None, sentence: NotPossible) -> HttpResponse:
        """Where something else would do, what was typed stays; otherwise there is nothing to mend on the page."""
        if form is None or sentence.code == "state":
            messages.error(self.request, str(sentence))
            return HttpResponseRedirect(self.after(self.load(), None))
        form.add_error(sentence.field if sentence.field in form.fields else None, str(sentence))
        return self._page(form, {})

    def _look_ahead(self, form: StepForm | None) -> dict[str, Any]:
        """Who would be told what, and what else would change: found out on a copy of the record that goes with it."""
        values = form.values_for if form else lambda subject: {}
        try:
            ahead = look_ahead(self.step, [self.load()], by=self.request.user, values=values)  # type: ignore[arg-type]
        except NotPossible as busy:
            return {"problem": str(busy)}
        outlook = ahead.outlooks[0]
        if outlook.refused and form is not None:
            form.add_error(outlook.field if outlook.field in form.fields else None, outlook.refused)
            return {}
        return {
            "told": list(outlook.letters),
            "notes": list(outlook.notes),
            "became": outlook.became,
            "problem": outlook.refused,
            "digest": outlook.digest,
            "changes": ahead.changes,
            "looked": not outlook.refused,
        }

    def _page(self, form: StepForm | None, shown: dict[str, Any]) -> HttpResponse:
        subject = self.load()
        values = form.values_for(subject) if form and form.is_bound and not form.errors else None
        context = {
            "title": self.step.label,
            "original": subject,
            "step": self.step,
            "text": self.step.says(subject, values),
            "table": form.table(subject) if form and values is not None else None,
            "warnings": form.warnings(subject) if form and values is not None else [],
            "form": form,
            "back_url": self.after(subject, None),
            "together": {"sealed": Seen.of_sheet(self._seen(subject), subject.pk).sealed()},
        }
        return self.show(context | shown)


class StepView(View):
    """A step on a public page."""

    step: ClassVar[Step[Any, Any]]
    template_name = "components/step_page.html"
    done: ClassVar[str] = ""

    def load(self) -> Any:
        """The record, through the access rule. Raises Http404 for whoever may not see it."""
        raise NotImplementedError

    def after(self, subject: Any, result: Any) -> str:
        """Where to go on to: the record's own page."""
        return str(subject.get_absolute_url())

    def get_extra(self, subject: Any) -> dict[str, Any]:
        """What else the page shows."""
        return {}

    def show(self, context: dict[str, Any]) -> HttpResponse:
        seen = {**context, "told": as_the_public_sees(context.get("told", ()))}
        return render(self.request, self.template_name, seen | self.get_extra(context["original"]))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return self.http_method_not_allowed(request)
        return StepPage(request, self.step, self.load, self.after, self.show, done=self.done).respond()


class SignedInStepView(LoginRequiredMixin, StepView):  # type: ignore[misc]
    """The same for somebody who has to sign in."""

    request: SignedInRequest

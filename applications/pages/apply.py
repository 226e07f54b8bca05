"""Writing an application: beginning, its parts, checking, submitting (B22 to B23, B33 to B36, B57)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import prefetch_related_objects
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.actions import applications as actions
from applications.fee.standing import FeeState, fee_state
from applications.form.fields import PartForm, with_plain_lines
from applications.form.part import Part, fingerprint
from applications.form.part_forms import form_for
from applications.form.parts import missing_parts, part_of, seen_now, shown_values
from applications.form.submitting import DeclarationForm
from applications.form.task_list import Fee, in_order
from applications.models import Application, Window
from applications.models.late import window_of
from applications.pages.check import answers_for, forget, openings, with_places_left
from applications.queries import who_is_asked_to_pay
from applications.standings import who_pay_themselves
from applications.states import ApplicationStatus
from applications.words import how_we_choose
from cohorts.models import Cohort
from funding.terms import asks_without_fee, terms_for
from steppingup.accounts.requests import SignedInRequest
from steppingup.files.serving import serve
from steppingup.history.lifecycle import NotPossible


def mine(request: SignedInRequest, pk: int) -> Application:
    """The person's own application; anybody else's does not exist."""
    found = Application.objects.of_applicant(request.user).select_related(
        "cohort__programme__provider", "cohort__window", "cohort__rule_set"
    )
    application = get_object_or_404(found, pk=pk)
    application.applicant = request.user
    return application


def frame(application: Application, **more: Any) -> dict[str, Any]:
    """What every page of an application shows around its own content."""
    programme = application.cohort.programme
    return {
        "application": application,
        "cohort": application.cohort,
        "programme": programme,
        "provider": programme.provider,
        "window": application.own_window,
        "is_closed": application.own_window.has_closed(),
        "back_url": reverse("applications:application", args=[application.pk]),
        "back_label": "Back to your application",
        **more,
    }


def page(request: HttpRequest, template: str, application: Application, **more: Any) -> HttpResponse:
    return render(request, f"applications/{template}.html", frame(application, **more))


# -- beginning -------------------------------------------------------------------------------------


@login_required
@never_cache
def start(request: SignedInRequest, cohort_id: int) -> HttpResponse:
    """What it takes, and a button; or when it opens; or that it is closed. Who has begun is led to what they have."""
    cohort = get_object_or_404(Cohort.objects.public().select_related("programme__provider", "rule_set"), pk=cohort_id)
    existing = Application.objects.of_applicant(request.user).filter(cohort=cohort).first()
    if existing:
        return redirect("applications:application", existing.pk)
    if request.method == "POST":
        application = actions.start(cohort=cohort, by=request.user, answers=answers_for(request, cohort))
        response = redirect("applications:application", application.pk)
        forget(response, cohort.programme)
        return response
    window = Window.objects.public().filter(cohort=cohort).first()
    if window:
        window = with_places_left(window_of(window, request.user), cohort)
    full = bool(window and window.is_open() and window.left == 0 and cohort.rule_set.closes_when_full)
    context = {
        "cohort": cohort,
        "programme": cohort.programme,
        "provider": cohort.programme.provider,
        "window": window,
        "is_full": full,
        "again": openings(cohort.programme)["window"] if full else None,
        "how_we_choose": how_we_choose(cohort.rule_set),
        "criteria": cohort.rule_set.criteria.all(),
        "ways_to_work": cohort.rule_set.standing_rules.exists(),
        "themselves": bool(who_pay_themselves([cohort])),
        **who_is_asked_to_pay(cohort),
        "asks_terms": asks_without_fee(terms_for(cohort), cohort.fee, cohort.cost),
        "asked": dict(cohort.rule_set.form_parts.values_list("kind", "is_required")),
        "back_url": reverse("cohorts:programme", args=[cohort.programme.path]),
        "back_label": cohort.programme.name,
    }
    return render(request, "applications/start.html", context)


# -- parts -----------------------------------------------------------------------------------------


@method_decorator(never_cache, name="dispatch")
class PartView(LoginRequiredMixin, View):
    """One part. Whatever is pressed and whatever is wrong, what was typed is kept."""

    request: SignedInRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.application = mine(self.request, kwargs["pk"])
        found = part_of(self.application, kwargs["part"])
        if found is None:
            raise Http404("There is no such part.")
        self.part = found
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: SignedInRequest, **kwargs: Any) -> HttpResponse:
        if self.application.status != ApplicationStatus.DRAFT:
            return redirect("applications:application", self.application.pk)
        values = shown_values(self.application, self.part)
        form = form_for(self.part.key).showing(self.application, self.part, values)
        return self.show(form, seen=fingerprint(values))

    def kept(self) -> PartForm:
        """The form as it stands in the database: stored, or typed and not complete."""
        values = shown_values(self.application, self.part)
        return form_for(self.part.key).showing(self.application, self.part, values)

    def post(self, request: SignedInRequest, **kwargs: Any) -> HttpResponse:
        kind, values = form_for(self.part.key), shown_values(self.application, self.part)
        form = kind(
            with_plain_lines(request.POST),
            request.FILES,
            application=self.application,
            part=self.part,
            initial=kind.initial_from(self.application, self.part, values),
        )
        later = "later" in request.POST
        is_valid = form.is_valid()
        try:
            if is_valid and not (later and self.part.keeps_drafts):
                self.save(form)
                return self.leave("later" if later else "saved")
            if self.part.keeps_drafts:
                self.keep(form)
            if later and not form.files:
                return self.leave("later")
        except actions.ChangedElsewhere as changed:
            form.add_error(None, str(changed))
            return self.show(form, theirs=self.kept().rows())
        except NotPossible as refused:
            form.add_error(None, str(refused))
        return self.show(form)

    def save(self, form: PartForm) -> None:
        actions.save_part(
            application=self.application,
            part=self.part.key,
            values=form.cleaned_data,
            by=self.request.user,
            seen=self.request.POST.get("seen"),
        )

    def keep(self, form: PartForm) -> None:
        """Looking at a part and leaving it again changes nothing about it: what is complete stays complete."""
        if not form.has_changed():
            return
        actions.keep_draft(
            application=self.application,
            part=self.part.key,
            typed=form.typed(),
            by=self.request.user,
            seen=self.request.POST.get("seen"),
        )

    def leave(self, how: str) -> HttpResponse:
        """Back to the list. The address says what was saved, so that the browser can drop its own copy."""
        if how == "later":
            messages.success(self.request, "We have kept what you have written. Come back whenever you like.")
        address = reverse("applications:application", args=[self.application.pk])
        return redirect(f"{address}?saved={self.application.pk}-{self.part.key}#tasks")

    def show(self, form: PartForm, theirs: list[tuple[str, str]] | None = None, seen: str = "") -> HttpResponse:
        return page(
            self.request,
            "part",
            self.application,
            form=form,
            part=self.part,
            theirs=theirs,
            seen=seen or seen_now(self.application, self.part),
            words=getattr(self.part.criterion, "word_limit", None),
        )


@login_required
@require_safe
def cv(request: SignedInRequest, pk: int) -> FileResponse:
    application = mine(request, pk)
    if application.cv is None:
        raise Http404("There is no CV yet.")
    return serve(application.cv)


@login_required
def delete_equality(request: SignedInRequest, pk: int) -> HttpResponse:
    """The equality answers can be taken back at any time."""
    application = mine(request, pk)
    if request.method == "POST":
        actions.delete_equality_answers(application=application, by=request.user)
        messages.success(request, "Your equality monitoring answers have been deleted.")
        return redirect("applications:application", application.pk)
    context = frame(
        application,
        heading="Delete your equality monitoring answers",
        text="They will be deleted straight away and for good. This does not affect your application.",
        button="Delete my answers",
        is_warning=True,
        told=[],
    )
    return render(request, "confirm.html", context)


# -- the end ---------------------------------------------------------------------------------------


def _sections(application: Application, placed: list[tuple[str, Part | Fee]], state: FeeState) -> list[dict[str, Any]]:
    """Every answer in words, by group, each with a link that changes it; what is not complete, as it was typed."""
    groups: dict[str, list[dict[str, Any]]] = {}
    drafts = dict(application.part_drafts.values_list("part", "typed"))
    for group, part in placed:
        if isinstance(part, Fee):
            rows = [{"key": "How it stands", "value": state.words}]
            page = reverse("applications:fee", args=[application.pk])
            groups.setdefault(group, []).append({"part": part, "rows": rows, "url": page})
            continue
        values = {"typed": drafts[part.key]} if part.key in drafts else {"stored": part.read(application)}
        form = form_for(part.key).showing(application, part, values)
        address = reverse("applications:part", args=[application.pk, part.key])
        rows = [{"key": label, "value": value} for label, value in form.rows()]
        row = {"part": part, "rows": rows, "url": address, "is_begun": part.key in drafts}
        groups.setdefault(group, []).append(row)
    return [{"title": title, "parts": parts} for title, parts in groups.items()]


@login_required
@never_cache
@require_safe
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """Check your answers."""
    application = mine(request, pk)
    prefetch_related_objects([application], "statements")
    state = fee_state(application)
    placed = in_order(application, state)
    missing = missing_parts(application, [part for _, part in placed if not isinstance(part, Fee)])
    return page(
        request,
        "check_answers",
        application,
        sections=_sections(application, placed, state),
        missing=missing,
        fee=state,
        is_ready=not missing and not state.stands_against,
        is_draft=application.status == ApplicationStatus.DRAFT,
    )


@login_required
@never_cache
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The declaration, the notice (B57), and the button."""
    application = mine(request, pk)
    if application.status != ApplicationStatus.DRAFT:
        return redirect("applications:application", application.pk)
    if request.method != "POST" and (fee_state(application).stands_against or missing_parts(application)):
        return redirect("applications:check_answers", application.pk)  # which says what is still missing
    form = DeclarationForm(request.POST or None, subject=application)
    if request.method == "POST" and form.is_valid():
        try:
            actions.submit(application=application, by=request.user, **form.values())
            return redirect("applications:submitted", application.pk)
        except NotPossible as refused:
            application.refresh_from_db()
            if application.status != ApplicationStatus.DRAFT:  # the other of two clicks was first
                return redirect("applications:submitted", application.pk)
            form.add_error(None, str(refused))
    return page(
        request,
        "submit",
        application,
        form=form,
        back_url=reverse("applications:check_answers", args=[pk]),
        back_label="Back",
    )

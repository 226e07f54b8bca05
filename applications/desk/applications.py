"""The queue: every application of the person's cohorts, and the way to everything that can be done with one."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList as DjangoChangeList
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from applications.actions.allocation import allocate
from applications.actions.decisions import mark_as_looked_at
from applications.actions.employers import settle_employer
from applications.actions.reviews import assign
from applications.desk import export as export_rows
from applications.desk import filters
from applications.desk.contests import say_what_is_not_seen
from applications.desk.facts import facts_of
from applications.desk.ranking import RankingMixin
from applications.desk.rehearsals import Rehearses
from applications.desk.tags import FEE_TAGS, NO_FEE, TAGS, number
from applications.models import Answer, Application, Criterion, Offer, Question
from applications.rules import scores
from applications.states import CHOSEN, ApplicationStatus
from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from steppingup.accounts.requests import kept_with
from steppingup.desk.admin import own_page
from steppingup.desk.changelist import OfferedList
from steppingup.desk.listed import headings
from steppingup.desk.lists import column
from steppingup.desk.uploads import open_upload
from steppingup.formats import english
from steppingup.site.export import Column
from steppingup.steps.actions.back import take_back

MOST_SETTLED = 500  # applications whose employers are settled on one page
MOST_LISTED = 6  # further questions beside the columns of a list: more would not be read


def _wanted(application: Application) -> int:
    window = getattr(application.cohort, "window", None)
    return window.assessors_each if window else 0


def _submitted(application: Application) -> str:
    """“3 May 2026”, “3 May 2026, no. 12”."""
    number = f", no. {application.number}" if application.number else ""
    return english.day_date(application.submitted_at) + number


def _reviews(application: Application) -> str:
    """“1 of 2”; nothing where nobody is scored."""
    wanted = max(_wanted(application), application.reviews_active)
    return "" if application.number else f"{application.reviews_given} of {wanted}"


#: All offers of an application, for its page and for what can be done about the one that is open.
OFFERS = Prefetch("offers", Offer.objects.select_related("made_by"))


class Queue(OfferedList):
    """Reads what its rows show and nothing else: whole rows are ten times as wide, and thousands of them are sorted."""

    SHOWN = (
        *(
            "reference",
            "full_name",
            "status",
            "submitted_at",
            "number",
            "standing",
            "employer_name",
            "reviews_active",
            "reason_words",
        ),
        *scores.FIGURES,
        *("employer__name", "fee_agreement__status", "cohort__name", "cohort__window__assessors_each"),
    )

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = self.result_list.only(*self.SHOWN)


@admin.register(Application)
class ApplicationAdmin(RankingMixin, Rehearses):
    """Coordinators see names and decide. Assessors have a page of their own; finance sees agreements, not applications."""

    list_class = Queue
    list_fullwidth = True
    list_display = ("person", "works_for", "state", "submitted", "reviews_done", "mean", "spread", "fee", "why")
    list_filter: ClassVar[Any] = filters.ALL
    list_select_related = ("employer", "fee_agreement", "cohort__window")
    # Not what the account is called: an application from paper has the name that was written on it.
    search_fields = ("reference", "full_name", "applicant__email")
    search_help_text = "Name, email address or reference"
    actions = ("spread_chosen",)
    change_list_template = "admin/applications/queue.html"
    export_columns = export_rows.columns([], [])

    # -- the list ------------------------------------------------------------------------------

    person = column("Name", "full_name", "full_name")
    works_for = column("Employer", "works_as", "employer__name")
    state = column("Status", lambda row: TAGS[row.status], "status")
    submitted = column("Submitted", lambda row: _submitted(row), "submitted_at")
    reviews_done = column("Reviews", lambda row: _reviews(row))
    mean = column("Mean", lambda row: number(row.mean_total), "mean_total")
    spread = column("Spread", lambda row: number(row.figures.spread) if row.reviews_given > 1 else "", scores.SPREAD)
    fee = column(
        "Fee", lambda row: FEE_TAGS[row.fee_agreement.status] if row.fee_agreement else NO_FEE, "fee_agreement__status"
    )

    why = column("Reason", "why", "reason_words")

    def questions_listed(self, request: HttpRequest) -> list[Question]:
        """Further questions that stand in the list, where it is that of one cohort."""
        cohort = request.GET.get(filters.CohortFilter.parameter_name, "")
        if not cohort.isdecimal():
            return []
        asked = Question.objects.visible_to(request.user, self.see).filter(rule_set__cohorts=int(cohort), in_list=True)
        return kept_with(request, f"listed-{cohort}", lambda: list(asked[:MOST_LISTED]))

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        few = [question for question in self.questions_listed(request) if question.kind in CHOSEN]
        return [*super().get_list_filter(request), *map(filters.by_answer, few)]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if "export" not in request.GET:
            say_what_is_not_seen(request)
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None)
        if shown and "cl" in shown:
            shown["headers"] = headings(shown["cl"])
            listed = self.questions_listed(request)
            shown["headers"] += [{"text": question.text, "sortable": False} for question in listed]
            shown["queue_rows"] = self.rows(shown["cl"], listed)
        return response

    def exported(self, request: HttpRequest, rows: QuerySet[Application]) -> tuple[Sequence[Column], Iterable[Any]]:
        """With a column for each criterion by which the rows were judged, and for each further question."""
        rules = rows.order_by().values("cohort__rule_set").distinct()
        criteria = export_rows.asked(Criterion.objects.filter(rule_set__in=rules).select_related("rule_set"))
        questions = export_rows.asked(Question.objects.filter(rule_set__in=rules).select_related("rule_set"))
        return export_rows.columns(criteria, questions), export_rows.rows(rows, criteria, questions)

    def rows(self, changes: DjangoChangeList, listed: list[Question]) -> list[dict[str, Any]]:
        """What the template prints: the columns, worked out once for each row, and answers to further questions."""
        given: dict[tuple[int, int], str] = {}
        if listed:
            answers = Answer.objects.filter(application__in=changes.result_list, question__in=listed)
            related = answers.select_related("question", "file")
            given = {(one.application_id, one.question_id): one.in_words for one in related}
        address = reverse("admin:applications_application_change", args=[0])
        return [
            {
                "pk": application.pk,
                "reference": application.reference,
                "cohort": application.cohort.name,
                "url": address.replace("/0/", f"/{application.pk}/"),
                **{name: getattr(self, name)(application) for name in self.list_display},
                "answers": [(one.text, given.get((application.pk, one.pk), "")) for one in listed],
            }
            for application in changes.result_list
        ]

    @admin.action(description="Share out among the assessors", permissions=["spread"])
    def spread_chosen(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        """On to the step of the cohort, for those that were chosen."""
        chosen = dict(queryset.lacking_assessors().order_by().values_list("pk", "cohort"))  # type: ignore[attr-defined]
        if len(set(chosen.values())) != 1:
            messages.error(request, "Choose applications from one cohort, some of which still need assessors.")
            return None
        cohort = self._of_cohort(request, next(iter(chosen.values())), CohortPermission.DECIDE_APPLICATIONS)
        own: Any = self.admin_site.get_model_admin(Cohort)
        return own.open_step(request, allocate, cohort, applications=",".join(map(str, chosen)))

    def has_spread_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, CohortPermission.DECIDE_APPLICATIONS)

    @own_page("employers/", "employers")
    def employers_view(self, request: HttpRequest) -> HttpResponse:
        """Every name of an employer that was typed and is not in the directory, to be settled at once."""
        if not self.allows(request, CohortPermission.DECIDE_APPLICATIONS):
            raise Http404
        rows: Any = Application.objects.visible_to(request.user, CohortPermission.DECIDE_APPLICATIONS)
        ids = list(rows.of_unknown_employers().order_by("pk").values_list("pk", flat=True)[:MOST_SETTLED])
        if ids:
            return self.many_page(request, settle_employer, ids)
        return self.page(request, "admin/applications/employers.html", title="Employers to match")

    # -- one application -----------------------------------------------------------------------

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Application:
        """Fetched through the access rule: strangers get 404."""
        related = ("applicant__organisation", "cv", "decided_by", "access_needs", "planned__set_by")
        rows: Any = self.get_queryset(request).for_steps().select_related(*related)
        rows = rows.annotate(
            has_answers=Exists(Answer.objects.filter(application=OuterRef("pk"))),
            has_offers=Exists(Offer.objects.filter(application=OuterRef("pk"))),
        )
        found: Any = get_object_or_404(rows, pk=object_id if object_id.isdecimal() else None)
        if found.has_offers:
            prefetch_related_objects([found], OFFERS)
        else:  # and nobody asks for them again
            found._prefetched_objects_cache["offers"] = Offer.objects.none()
        return cast("Application", found)

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        """What staff do; applicants and assessors have pages of their own. What comes next stands out: assessors first."""
        found = [
            button
            for button in super().buttons(request, subject)
            if button["step"].permission or button["step"] is take_back
        ]
        if isinstance(subject, Application) and subject.status == ApplicationStatus.SUBMITTED:
            first = assign if subject.cohort.rule_set.is_by_merit else mark_as_looked_at
            for button in found:
                button["strong"] = button["step"] is first
        return found

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Facts to read, and the buttons that are possible now. There is nothing to edit here."""
        application = self.get_object(request, object_id)
        facts = facts_of(application, steps_of_review=partial(self.buttons, request))
        return self.page(
            request,
            "admin/applications/application.html",
            title=f"{application.full_name or application.applicant} · {application.reference}",
            workspace_of=application.cohort,
            **self.asked_and_possible(request, application),
            **facts,
        )

    @own_page("<int:pk>/answers/<int:answer>/", "answer")
    def answer_view(self, request: HttpRequest, pk: int, answer: int) -> HttpResponseBase:
        """A file that was asked for."""
        found = get_object_or_404(self.get_object(request, str(pk)).answers.exclude(file=None), pk=answer)
        return open_upload(self, request, found.file)

    def after_many(self, ids: Sequence[int]) -> str:
        """Back to the ranking, where those that are ticked mostly come from."""
        cohort = Application.objects.filter(pk__in=ids[:1]).values_list("cohort", flat=True).first()
        return reverse("admin:applications_application_ranking", args=[cohort]) if cohort else super().after_many(ids)

    @own_page("<int:pk>/cv/", "cv")
    def cv_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        application = self.get_object(request, str(pk))
        if application.cv is None:
            raise Http404
        return open_upload(self, request, application.cv)

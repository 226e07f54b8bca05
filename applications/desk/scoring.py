"""An assessor's own reviews, and the page on which they score blind (design rule 7).

Nothing that says who applied reaches these pages: no name, address, employer, age, CV or equality answer. The CV is left
out because it names its writer on the first line (docs/adr)."""

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db.models import Count, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.templatetags.unfold_list import result_headers

from applications.actions import reviews
from applications.actions.access import DECIDE
from applications.desk.tags import REVIEW_TAGS
from applications.models import Criterion, Review, Score
from applications.selection.masking import mask_for
from applications.states import ReviewStatus
from steppingup.desk.admin import OfferedList, own_page
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.formats.counting import length, plain_lines
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.site.export import Column

MOST = 4000  # characters of a comment


class ReviewList(OfferedList):
    """Adds how many scores are given, to the rows of the page that is shown and to no others."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = shown = list(self.result_list)
        scores = Score.objects.filter(review__in=shown, value__isnull=False).order_by().values_list("review")
        given = dict(scores.annotate(number=Count("pk")))
        rules = {review.application.cohort.rule_set_id for review in shown}
        criteria = Criterion.objects.filter(rule_set__in=rules).order_by().values_list("rule_set")
        asked = dict(criteria.annotate(number=Count("pk")))
        for review in shown:
            review.given = given.get(review.pk, 0)
            review.asked = asked.get(review.application.cohort.rule_set_id, 0)


@admin.register(Review)
class ReviewAdmin(SteppedAdmin):
    """Assessors see their own reviews and nobody else's, whatever other roles they hold."""

    list_display = ("application_reference", "cohort", "state", "progress", "points", "assigned")
    list_filter: ClassVar[Any] = ("status",)
    search_fields = ("application__reference",)
    list_select_related = ("application__cohort__programme",)
    ordering = ("status", "assigned_at", "pk")
    actions = None
    export_columns = (
        Column("Application", "application__reference"),
        Column("Cohort", "application__cohort"),
        Column("Status", "get_status_display"),
        Column("Points", "total"),
        Column("Assigned to you", "assigned_at"),
        Column("Submitted", "submitted_at"),
    )
    list_class = ReviewList
    change_list_template = "admin/applications/reviews.html"

    application_reference = column("Application", "application__reference", "application__reference")
    cohort = column("Cohort", lambda review: str(review.application.cohort))
    state = column("Status", lambda review: REVIEW_TAGS[review.status], "status")
    progress = column("Scores", lambda review: f"{review.given} of {review.asked}")
    points = column("Points", lambda review: "" if review.total is None else review.total, "total")
    assigned = column("Assigned to you", lambda review: english.day_date(review.assigned_at), "assigned_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        """One's own, except those that were taken off."""
        return super().get_queryset(request).exclude(status=ReviewStatus.REMOVED)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None)
        if shown and "cl" in shown:
            shown["headers"] = list(result_headers(shown["cl"]))
            shown["review_rows"] = [
                {"pk": review.pk, **{name: getattr(self, name)(review) for name in self.list_display}}
                for review in shown["cl"].result_list
            ]
        return response

    # -- scoring -------------------------------------------------------------------------------

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Review:
        """One's own review; anybody else's is not found."""
        rows: Any = self.get_queryset(request).for_steps()  # type: ignore[attr-defined]
        return cast("Review", get_object_or_404(rows, pk=object_id if object_id.isdecimal() else None))

    def find_for_step(self, request: HttpRequest, step: Any, object_id: str) -> Review | None:
        """Coordinators take assessors off, and open scores again; they do not score in somebody's place."""
        if step.permission != DECIDE:
            return self.get_object(request, object_id)
        # Remembered on the row, for where to go on to.
        rows = Review.objects.visible_to(request.user, DECIDE).for_steps().annotate(of_others=Value(True))
        return rows.filter(pk=object_id).first() if object_id.isdecimal() else None

    def after_step(self, subject: Review, result: Any) -> str:
        """Back to one's own reviews, or to the application that the review is of."""
        if getattr(subject, "of_others", False):
            return reverse("admin:applications_application_change", args=[subject.application_id])
        return reverse("admin:applications_review_changelist")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        review = self.get_object(request, object_id)
        cohort = review.application.cohort
        locked = review.status != ReviewStatus.ASSIGNED
        others = list(Review.objects.by_others(review).prefetch_related("scores"))
        return self.page(
            request,
            "admin/applications/score.html",
            title=f"{review.application.reference} · {cohort}",
            review=review,
            state=REVIEW_TAGS[review.status],
            parts=_parts(review, others),
            others=others,
            values=list(range(cohort.window.max_score + 1)),
            locked=locked,
            next=self._next(request, review),
            highest=cohort.window.max_score,
            missing=not locked and "missing" in request.GET,
        )

    def _next(self, request: HttpRequest, review: Review) -> Review | None:
        return super().get_queryset(request).to_do().exclude(pk=review.pk).order_by("assigned_at", "pk").first()

    def _given(self, request: HttpRequest, review: Review) -> tuple[dict[int, tuple[int | None, str]], str | None]:
        """What was posted: only the criteria that the form named."""
        kept = {score.criterion_id: score for score in review.scores.all()}
        given: dict[int, tuple[int | None, str]] = {}
        for criterion in Criterion.objects.filter(rule_set=review.application.cohort.rule_set_id):
            value, comment = f"score_{criterion.pk}", f"comment_{criterion.pk}"
            if value not in request.POST and comment not in request.POST:
                continue
            before = kept.get(criterion.pk)
            raw = request.POST.get(value)
            refuse_if(raw is not None and raw != "" and not raw.isdecimal(), "Choose a score that is a whole number.")
            number = int(raw) if raw else (before.value if before and raw is None else None)
            text = plain_lines(request.POST.get(comment, before.comment if before else ""))
            given[criterion.pk] = (number, text)
        overall = request.POST.get("comment")
        for one in (*(text for _, text in given.values()), overall or ""):
            refuse_if(length(one) > MOST, f"A comment has {length(one)} characters. Shorten it to {MOST}.", "too_long")
        return given, None if overall is None else plain_lines(overall)

    def _save(self, request: HttpRequest, review: Review) -> None:
        given, comment = self._given(request, review)
        reviews.save_scores(review=review, scores=given, comment=comment, by=request.user)

    def _posted(self, request: HttpRequest, pk: int) -> Review:
        if request.method != "POST":
            raise Http404
        return self.get_object(request, str(pk))

    @own_page("<int:pk>/save/", "save")
    def save_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Saves what was typed. The page's script posts each field as it changes and reads the answer as JSON."""
        review = self._posted(request, pk)
        quiet = request.headers.get("X-Requested-With") == "fetch"
        page = reverse("admin:applications_review_change", args=[pk])
        try:
            self._save(request, review)
        except NotPossible as sentence:
            if quiet:
                return JsonResponse({"saved": False, "message": str(sentence)}, status=409)
            messages.error(request, str(sentence))
            return HttpResponseRedirect(page)
        if quiet:
            return JsonResponse({"saved": True})
        messages.success(request, "Saved. You can come back to it at any time.")
        return HttpResponseRedirect(page)

    @own_page("<int:pk>/submit/", "submit")
    def submit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Saves, then submits. What was typed is kept, whatever is still missing."""
        review = self._posted(request, pk)
        page = reverse("admin:applications_review_change", args=[pk])
        if review.status == ReviewStatus.SUBMITTED:
            messages.info(request, "You have already submitted these scores.")
            return HttpResponseRedirect(page)
        try:
            self._save(request, review)
            reviews.submit(review=review, by=request.user)
        except NotPossible as sentence:
            messages.error(request, str(sentence))
            return HttpResponseRedirect(f"{page}?missing")
        seen = Review.objects.by_others(review).exists()
        others = "You can see what others gave below." if seen else "Nobody else has scored it yet."
        messages.success(request, f"Thank you. Your scores count now. {others}")
        return HttpResponseRedirect(page)


def _parts(review: Review, others: list[Review]) -> list[dict[str, Any]]:
    """For each criterion: the masked statement, one's own score and comment, and others' once one's own are in."""
    mask = mask_for(review.application)
    written = {statement.criterion_id: statement.text for statement in review.application.statements.order_by()}
    mine = {score.criterion_id: score for score in review.scores.all()}
    parts = []
    for criterion in Criterion.objects.filter(rule_set=review.application.cohort.rule_set_id):
        score = mine.get(criterion.pk)
        parts.append(
            {
                "criterion": criterion,
                "text": mask(written.get(criterion.pk, "")),
                "value": score.value if score else None,
                "comment": score.comment if score else "",
                "others": [one for other in others for one in other.scores.all() if one.criterion_id == criterion.pk],
            }
        )
    return parts
